"""The one graph that a history describes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.oracle.files import files_of_runs, mentions, products_of, same_name_groups
from tests.oracle.makings import Making, versions
from tests.oracle.reads import Read, late_named, resolved_reads
from tests.oracle.runs import Said, runs_of
from tests.oracle.standing import OracleEntity, entity, events_of, newest_at

Edge = tuple[str, str, str, str | None]


@dataclass(frozen=True)
class Graph:
    """Entities by id, edges from effect to cause, and what each place's path means now."""

    entities: dict[str, OracleEntity]
    edges: frozenset[Edge]
    newest: dict[str, str]


def graph_of(said: Iterable[Said]) -> Graph:
    """The one graph that these records describe, in whatever order they are given."""
    told = list(said)
    runs = runs_of(told)
    files = files_of_runs(told)
    makings = late_named(versions(runs, files), runs, files)
    reads = resolved_reads(makings, runs, files)
    events = events_of(makings, reads, runs)
    return Graph(
        entities={
            id_: entity(id_, events, makings, runs)
            for id_ in sorted({event.entity for event in events})
        },
        edges=frozenset(used_edges(reads) | generation_edges(makings)),
        newest={
            place.text: newest_at(place, events, makings, runs)
            for place in sorted({e.place for e in events})
        },
    )


def upstream(graph: Graph, start: str) -> tuple[set[str], set[str]]:
    """(activity ids, entity ids) on every way from `start` back to its causes, `start` itself left
    out.
    """
    reached, todo = {start}, [start]
    while todo:
        here = todo.pop()
        causes = {target for _, source, target, _ in graph.edges if source == here} - reached
        reached |= causes
        todo += causes
    entities = reached & set(graph.entities)
    return reached - entities - {start}, entities - {start}


def contradictory(said: Iterable[Said]) -> bool:
    """Whether two sources name one file of one run by two different products (no rule says what
    then).
    """
    told = list(said)
    return any(
        len(products_of(group)) > 1
        for uuid in {str(record["activity_uuid"]) for _, record in told}
        for side in ("input", "output")
        for group in same_name_groups(mentions(told, uuid, side))
    )


def used_edges(reads: Sequence[Read]) -> set[Edge]:
    """Section 2 rule 9.

    One file listed twice by one run in two roles is one entity used in two roles.
    """
    return {
        ("used", read.file.run, read.entity, role) for read in reads for role in read.file.roles
    }


def generation_edges(makings: Sequence[Making]) -> set[Edge]:
    """Section 2 rule 3: who made a file is what the runs' output lists say."""
    return {
        ("wasGeneratedBy", making.entity, making.run, role)
        for making in makings
        for role in making.roles
    }
