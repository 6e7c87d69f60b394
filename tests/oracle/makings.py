"""Who made what (docs/contract.md, rules 3 and 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.oracle.files import File, inputs, outputs
from tests.oracle.places import Place
from tests.oracle.runs import Run, Runs, rank


@dataclass(frozen=True)
class Making:
    """One run made one entity at these places."""

    run: str
    places: frozenset[Place]
    entity: str
    roles: frozenset[str | None]

    @property
    def known_by_path(self) -> bool:
        return not self.entity.startswith("product:")


def claims_to(product: str, files: Sequence[File]) -> set[str]:
    """Section 2 rule 3 *Claims*: an output that names a product claims to have made it."""
    return {file.run for file in outputs(files) if file.product == product}


def reads_itself(run: str, product: str, files: Sequence[File]) -> bool:
    """Section 2 rule 3 *Claims*: an id that is among the run's own inputs."""
    return any(file.run == run and file.product == product for file in inputs(files))


def ended_before(reader: Run, claimant: Run) -> bool:
    """Section 2 rule 3 *Claims*.

    'some run which ended before the claimant started' (the same moment is not before).
    """
    return reader.end is not None and reader.end < claimant.start


def read_before(run: str, product: str, runs: Runs, files: Sequence[File]) -> bool:
    """Section 2 rule 3 *Claims*.

    A product that some run which ended before the claimant started had read.
    """
    return any(
        file.product == product and ended_before(runs[file.run], runs[run])
        for file in inputs(files)
    )


def accepted_claimant(product: str, runs: Runs, files: Sequence[File]) -> str | None:
    """Section 2 rule 3 *Claims*.

    Of those not turned down the first in the order of runs is accepted.
    """
    standing = {
        run
        for run in claims_to(product, files)
        if not reads_itself(run, product, files) and not read_before(run, product, runs, files)
    }
    return min(standing, key=lambda run: rank(run, runs)) if standing else None


def versions(runs: Runs, files: Sequence[File]) -> list[Making]:
    """Section 2 rules 3 and 4.

    An output is the product whose claim was accepted, else a version known by its path.
    """
    makings = []
    for file in outputs(files):
        accepted = (
            file.product is not None and accepted_claimant(file.product, runs, files) == file.run
        )
        entity_id = f"product:{file.product}" if accepted else version_id(file)
        makings.append(Making(file.run, file.places, entity_id, file.roles))
    return makings


def version_id(file: File) -> str:
    """Section 2 rule 6: `file:PATH@ACTIVITY`, of several the smallest."""
    return min(f"{place.text}@{file.run}" for place in file.places)


def sequence(places: frozenset[Place], makings: Sequence[Making], runs: Runs) -> list[Making]:
    """Section 2 rules 3 and 4.

    The versions at these places, in the order of runs, in one run by id.
    """
    here = [making for making in makings if making.places & places]
    return sorted(here, key=lambda making: (rank(making.run, runs), making.entity))
