"""What each run says of its files (docs/contract.md, rules 1, 2 and 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tests.oracle.places import Place, place_of
from tests.oracle.runs import Said

Side = Literal["input", "output"]


@dataclass(frozen=True)
class Mention:
    """One line of one list of one record."""

    source: str
    place: Place
    product: str | None
    role: str | None


@dataclass(frozen=True)
class File:
    """One file of one run: the places and the product by which the run's sources name it."""

    run: str
    side: Side
    places: frozenset[Place]
    product: str | None
    roles: frozenset[str | None]


def real_product(meta: object) -> str | None:
    """Section 2 rule 2: a product id counts only if it was read from a real header."""
    if (
        not isinstance(meta, Mapping)
        or not meta.get("CTA ACTIVITY ID")
        or not meta.get("CTA PRODUCT ID")
    ):
        return None
    return str(meta["CTA PRODUCT ID"])


def mentions(told: Sequence[Said], run: str, side: Side) -> frozenset[Mention]:
    """Every file that any record of this run lists on this side, as it is named there."""
    found = frozenset(
        Mention(
            namespace,
            place_of(namespace, line["url"]),
            real_product(line.get("reference_meta")),
            line.get("role"),
        )
        for namespace, record in told
        if record["activity_uuid"] == run
        for line in record.get(side) or ()
    )
    return named_by_their_own_run(found) if side == "input" else found


def named_by_their_own_run(found: frozenset[Mention]) -> frozenset[Mention]:
    """Section 2 rule 5, last sentence.

    One run's unnamed inputs are the one product it names at that path.
    """
    return frozenset(
        replace(mention, product=only(products_of(m for m in found if m.place == mention.place)))
        if mention.product is None
        else mention
        for mention in found
    )


def products_of(found: Iterable[Mention]) -> set[str]:
    return {mention.product for mention in found if mention.product is not None}


def only(values: set[str]) -> str | None:
    """The one value, if there is exactly one."""
    return next(iter(values)) if len(values) == 1 else None


def same_name_groups(found: frozenset[Mention]) -> list[frozenset[Mention]]:
    """Section 2 rule 9.

    Mentions by several sources, each of which has exactly one file of that base name.
    """
    groups = []
    for name in {mention.place.base_name for mention in found}:
        named = frozenset(mention for mention in found if mention.place.base_name == name)
        sources = {mention.source for mention in named}
        files = {(mention.source, mention.place, mention.product) for mention in named}
        if len(sources) > 1 and len(files) == len(sources):
            groups.append(named)
    return groups


def files_of(run: str, side: Side, found: frozenset[Mention]) -> list[File]:
    """Section 2 rule 9: the files of one side, those that several sources name differently joined.

    Different products are never one file."""
    joined = [group for group in same_name_groups(found) if len(products_of(group)) <= 1]
    alone = found - frozenset(mention for group in joined for mention in group)
    keys = {(mention.place, mention.product) for mention in alone}
    joined += [frozenset(m for m in alone if (m.place, m.product) == key) for key in keys]
    return [
        File(
            run,
            side,
            frozenset(m.place for m in group),
            only(products_of(group)),
            frozenset(m.role for m in group),
        )
        for group in joined
    ]


def files_of_runs(told: Sequence[Said]) -> list[File]:
    runs = sorted({str(record["activity_uuid"]) for _, record in told})
    sides: tuple[Side, Side] = ("input", "output")
    return [
        file
        for run in runs
        for side in sides
        for file in files_of(run, side, mentions(told, run, side))
    ]


def inputs(files: Sequence[File]) -> list[File]:
    return [file for file in files if file.side == "input"]


def outputs(files: Sequence[File]) -> list[File]:
    return [file for file in files if file.side == "output"]
