"""Which version a run read (docs/contract.md, rule 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.oracle.files import File, inputs, only
from tests.oracle.makings import Making, accepted_claimant, sequence
from tests.oracle.places import Place
from tests.oracle.runs import Run, Runs, rank


def stood(file: File, makings: Sequence[Making], runs: Runs) -> Making | None:
    """Section 2 rule 5 (a) to (d): the version that stood there, None for (d)."""
    before = [
        m for m in sequence(file.places, makings, runs) if rank(m.run, runs) < rank(file.run, runs)
    ]
    reader = runs[file.run]
    for candidates in (
        rule_5a(before, reader, runs),
        rule_5b(before, reader, runs),
        rule_5c(before, reader, runs),
    ):
        if candidates:
            return candidates[0]
    return None


def rule_5a(before: Sequence[Making], reader: Run, runs: Runs) -> list[Making]:
    """Section 2 rule 5a.

    The last one made by a run of the same process inside the reader's interval.
    """
    return [making for making in before if is_nested(runs[making.run], reader)][-1:]


def rule_5b(before: Sequence[Making], reader: Run, runs: Runs) -> list[Making]:
    """Section 2 rule 5b: the last one with a generation time not after the reader's start."""
    return [making for making in before if runs[making.run].generation <= reader.start][-1:]


def rule_5c(before: Sequence[Making], reader: Run, runs: Runs) -> list[Making]:
    """Section 2 rule 5c.

    The first one with a generation time not after the reader's end (its start if never ended).
    """
    return [making for making in before if runs[making.run].generation <= reader.generation][:1]


def is_nested(inner: Run, outer: Run) -> bool:
    """Section 2 rule 5a.

    All four facts known and equal, start and generation time inside the outer's.
    """
    same = all(inner.process) and inner.process == outer.process
    return same and outer.start <= inner.start and inner.generation <= outer.generation


def late_named(makings: Sequence[Making], runs: Runs, files: Sequence[File]) -> list[Making]:
    """Section 2 rule 5 *Late names*.

    Versions known by path that a later reader gives their product id.
    """
    names = late_names(makings, runs, files)
    return [replace(making, entity=names.get(making.entity, making.entity)) for making in makings]


def late_names(makings: Sequence[Making], runs: Runs, files: Sequence[File]) -> dict[str, str]:
    """Version id to the product id that it bears in the end."""
    decided = {
        version: earliest_name(readers, runs)
        for version, readers in late_readers(makings, runs, files).items()
    }
    names = {}
    for name in set(decided.values()):
        so_named = [making for making in makings if decided.get(making.entity) == name]
        first = min(so_named, key=lambda making: (rank(making.run, runs), min(making.places)))
        names[first.entity] = f"product:{name}"
    return names


def late_readers(
    makings: Sequence[Making], runs: Runs, files: Sequence[File]
) -> dict[str, list[File]]:
    """Section 2 rule 5 *Late names*.

    The inputs that name an unclaimed product where a version without one stood.
    """
    found: dict[str, list[File]] = {}
    for file in inputs(files):
        if file.product is None or accepted_claimant(file.product, runs, files) is not None:
            continue
        version = stood(file, makings, runs)
        if version is not None and version.known_by_path:
            found.setdefault(version.entity, []).append(file)
    return found


def earliest_name(readers: Sequence[File], runs: Runs) -> str:
    """Section 2 rule 5 *Late names*.

    The earliest reader (start, then activity id, then product id) decides.
    """
    return min((runs[file.run].start, file.run, file.product or "") for file in readers)[2]


def product_named_there(
    place: Place, makings: Sequence[Making], files: Sequence[File]
) -> str | None:
    """Section 2 rule 5: the one product that readers name at a path which has no version at all."""
    if any(place in making.places for making in makings):
        return None
    return only(
        {
            file.product
            for file in inputs(files)
            if place in file.places and file.product is not None
        }
    )


def entity_read(
    file: File, makings: Sequence[Making], runs: Runs, files: Sequence[File]
) -> str | None:
    """Section 2 rules 2 and 5: what this input is; None for an external file."""
    if file.product is not None:
        return f"product:{file.product}"
    version = stood(file, makings, runs)
    if version is not None:
        return version.entity
    names = {product_named_there(place, makings, files) for place in file.places} - {None}
    product = only({name for name in names if name is not None})
    return f"product:{product}" if product is not None else None


@dataclass(frozen=True)
class Read:
    """One run read one entity, which it found at these places."""

    file: File
    entity: str


def resolved_reads(makings: Sequence[Making], runs: Runs, files: Sequence[File]) -> list[Read]:
    """Section 2 rule 5: what each input of each run is."""
    known = {file: entity_read(file, makings, runs, files) for file in inputs(files)}
    external = external_ids([file for file, id_ in known.items() if id_ is None])
    return [
        Read(file, id_ if id_ is not None else external[min(file.places)])
        for file, id_ in known.items()
    ]


def external_ids(files: Sequence[File]) -> dict[Place, str]:
    """Section 2 rule 5d and 6: the id of the external file at each place.

    Rule 9 may join several places.
    """
    together = {place: frozenset([place]) for file in files for place in file.places}
    for file in files:
        union = frozenset().union(*(together[place] for place in file.places))
        together.update(dict.fromkeys(union, union))
    return {place: min(each.text for each in places) for place, places in together.items()}
