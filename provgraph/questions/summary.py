"""What speaks for and against trusting the records of an answer: taints, and the summary."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TypeAlias

from provgraph.model.assembly import distances_from, reached_from
from provgraph.model.filters import Filter, PageRequest
from provgraph.model.identifiers import location_of, places_named
from provgraph.model.lineage import WALK_LIMIT, Direction, Edge, Lineage, Node, is_raw
from provgraph.model.recalls import recall_of
from provgraph.model.records import Fact, key_of
from provgraph.model.summary import EndReason, LineageEnd, LineageSummary, SuspectedInput
from provgraph.model.vocabulary import (
    AGENT_RELATIONS,
    FAILED,
    ORIGIN_RELATIONS,
    EntityType,
    Kind,
    RelationType,
)
from provgraph.store.protocol import Store
from provgraph.store.tainting import taints_by_key, taints_within

_Taints: TypeAlias = Mapping[bytes, tuple[str, ...]]
_CONFIGURATION = re.compile("config", re.IGNORECASE)


def with_taints(store: Store, nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Say of some records which invalid records they were made from.

    Args:
        store: that holds the records.
        nodes: the records.

    Returns:
        The records in the same order, with their field ``tainted``.

    Raises:
        StoreError: the store failed.
    """
    known = tuple(nodes)
    return _tainted(known, store.taints([node.key for node in known]))


def lineage_with_taints(
    store: Store, lineage: Lineage, relations: Iterable[RelationType]
) -> Lineage:
    """Say of the records of a lineage which invalid records they were made from.

    A whole lineage to the causes holds all of these invalid records itself, but for recalls. For
    any other lineage the store is asked.

    Args:
        store: that answered with the lineage.
        lineage: the answer.
        relations: the types that the walk followed.

    Returns:
        The same lineage, whose records have the field ``tainted``.

    Raises:
        StoreError: the store failed.
    """
    is_whole = (
        lineage.direction is Direction.UPSTREAM
        and lineage.depth is None
        and not lineage.truncated
        and set(ORIGIN_RELATIONS) <= set(relations)
    )
    keys = [node.key for node in lineage.nodes]
    inside = _taints_inside(store, lineage) if is_whole else None
    taints = store.taints(keys) if inside is None else inside
    if not taints:
        return lineage
    (root,) = _tainted((lineage.root,), taints)
    return replace(lineage, root=root, nodes=_tainted(lineage.nodes, taints))


def _taints_inside(store: Store, lineage: Lineage) -> _Taints | None:
    """Key → the invalid records of the lineage that the record with this key was made from.

    None where who asks may not know the rule of a recall, and only the store can tell.
    """
    seeds: dict[bytes, Collection[bytes]] = {
        node.key: (node.key,) for node in lineage.nodes if node.invalidation is not None
    }
    ids = {node.key: node.id for node in lineage.nodes}
    runs = [node.key for node in lineage.of_kind(Kind.ACTIVITY)]
    for identifier in store.recalls() if runs else ():
        if (recall := recall_of(identifier)) is None:
            return None
        key = key_of(Kind.ENTITY, identifier)
        seeds[key], ids[key] = store.runs_of(recall, runs), identifier
    if not seeds:
        return {}
    edges = (
        (edge.source, edge.target) for edge in lineage.edges if edge.relation in ORIGIN_RELATIONS
    )
    return taints_by_key(taints_within(edges, seeds, ids), ids)


def _tainted(nodes: tuple[Node, ...], taints: _Taints) -> tuple[Node, ...]:
    return tuple(
        replace(node, tainted=taints[node.key]) if node.key in taints else node for node in nodes
    )


def with_summary(store: Store, lineage: Lineage) -> Lineage:
    """Add the summary to a lineage.

    Args:
        store: that answered with the lineage.
        lineage: the answer, whole or filtered.

    Returns:
        The same lineage with the summary of the whole answer.

    Raises:
        StoreError: the store failed.
    """
    return replace(lineage, summary=summary_of(store, lineage))


def summary_of(store: Store, lineage: Lineage) -> LineageSummary:
    """Sum up how far a lineage reaches, and what speaks against trusting it.

    Args:
        store: that answered with the lineage. It is asked for the configuration of the runs.
        lineage: the answer; of a filtered one the whole is summed up.

    Returns:
        The summary; docs/contract.md, Commands, says what each field means.

    Raises:
        StoreError: the store failed.
    """
    whole = lineage.whole or lineage
    origin = _Origin(whole)
    ends = tuple(origin.ends())
    settled = origin.configuration(store)
    fine = all(end.why is EndReason.RAW or end.id in settled for end in ends)
    is_cut = whole.truncated or any(node.more for node in whole.nodes)
    runs = whole.of_kind(Kind.ACTIVITY)
    return LineageSummary(
        complete=not is_cut and fine and origin.leads_to_ends(),
        ends=ends,
        failed=tuple(run.id for run in runs if run.status in FAILED),
        invalid=_invalid(whole),
        versions=_versions(runs),
        rewritten=tuple(_rewritten(whole)),
        suspected=tuple(_suspected(store, origin)),
        configuration=settled,
    )


def ends_of(lineage: Lineage) -> tuple[LineageEnd, ...]:
    """Find where the ways to the origin end; no store is asked.

    Args:
        lineage: the answer; of a filtered one the ends of the whole are found.

    Returns:
        The ends, nearest first.
    """
    return tuple(_Origin(lineage.whole or lineage).ends())


def _invalid(lineage: Lineage) -> tuple[str, ...]:
    """The ids of the marked records, and of those beyond a cut that taint the root."""
    root = lineage.nodes[0] if lineage.nodes else lineage.root
    marked = (node.id for node in lineage.nodes if node.invalidation is not None)
    return tuple(dict.fromkeys((*marked, *root.tainted)))


def _versions(runs: Iterable[Node]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        if run.name:
            found[run.name].update([run.version] if run.version else ())
    return {tool: tuple(sorted(found[tool])) for tool in sorted(found)}


def _rewritten(lineage: Lineage) -> Iterator[str]:
    """The files that their reader overwrote, or that were read when they were overwritten."""
    nodes = {node.key: node for node in lineage.nodes}
    wrote: dict[tuple[bytes, str | None], bytes] = {
        (edge.target, edge.location): edge.source
        for edge in lineage.edges
        if edge.relation is RelationType.WAS_GENERATED_BY and edge.location
    }
    found: dict[str, None] = {}
    for edge in lineage.edges:
        run, file = nodes.get(edge.source), nodes.get(edge.target)
        if edge.relation is RelationType.USED and run is not None and file is not None:
            in_place = wrote.get((run.key, edge.location), file.key) != file.key
            if in_place or _is_read_late(edge, run, file):
                found[file.id] = None
    yield from found


def _is_read_late(edge: Edge, run: Node, file: Node) -> bool:
    """Whether a file had lost its place when a run read it, or lost it to this very run."""
    gone, read = _time(file.invalidated_at), _time(edge.time or run.start_time)
    if not gone or file.end_word != "overwritten":
        return False
    return gone == _time(run.end_time or run.start_time) or (bool(read) and read > gone)


def _time(time: str | None) -> str:
    """A time in a form whose order is that of texts."""
    return (time or "").rstrip("Z")


@dataclass(frozen=True)
class _Origin:
    """The part of a lineage that leads to the origin of its root.

    Attributes:
        lineage: the whole lineage.
    """

    lineage: Lineage

    @cached_property
    def edges(self) -> list[Edge]:
        """The relations that lead from an effect to a cause; those to agents are none."""
        return [edge for edge in self.lineage.edges if edge.relation not in AGENT_RELATIONS]

    @cached_property
    def nodes(self) -> list[Node]:
        """The records, nearest first; none of a lineage that leads to effects only."""
        match self.lineage.direction:
            case Direction.DOWNSTREAM:
                return []
            case Direction.UPSTREAM:
                return [node for node in self.lineage.nodes if node.kind is not Kind.AGENT]
        reached = distances_from(self.lineage.root.key, self.edges, Direction.UPSTREAM)
        return [node for node in self.lineage.nodes if node.key in reached]

    @cached_property
    def _uses(self) -> dict[bytes, list[Edge]]:
        """Key of a record → the relations in which others used it, or it was made."""
        found: dict[bytes, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            if edge.relation is RelationType.WAS_GENERATED_BY:
                found[edge.source].append(edge)
            elif edge.relation is RelationType.USED:
                found[edge.target].append(edge)
        return found

    def ends(self) -> Iterator[LineageEnd]:
        """The records from which nothing leads on, and those where the answer was cut."""
        for node in self._ending:
            if node.masked:
                yield LineageEnd(node.id, EndReason.HIDDEN)
            elif node.more:
                yield LineageEnd(node.id, EndReason.CUT)
            elif node.kind is Kind.ACTIVITY:
                raw = self._made_only_raw.get(node.key, False)
                yield LineageEnd(node.id, EndReason.RAW if raw else EndReason.UNRECORDED)
            elif self._is_raw(node):
                yield LineageEnd(node.id, EndReason.RAW)
            else:
                is_made = node.generated_at is not None
                yield LineageEnd(node.id, EndReason.UNRECORDED if is_made else EndReason.EXTERNAL)

    @cached_property
    def _ending(self) -> list[Node]:
        leading = {edge.source for edge in self.edges}
        return [node for node in self.nodes if node.more or node.key not in leading]

    def _is_raw(self, node: Node) -> bool:
        return is_raw(node, (edge.role or "" for edge in self._uses.get(node.key, ())))

    @cached_property
    def _made_only_raw(self) -> dict[bytes, bool]:
        """Key of a run → whether all that it made for this lineage is raw data."""
        nodes = {node.key: node for node in self.nodes}
        found: dict[bytes, bool] = {}
        for edge in self.edges:
            if edge.relation is RelationType.WAS_GENERATED_BY and edge.source in nodes:
                is_one = self._is_raw(nodes[edge.source])
                found[edge.target] = found.get(edge.target, True) and is_one
        return found

    def leads_to_ends(self) -> bool:
        """Whether each record leads to an end: what only leads back to itself has no origin."""
        if not self.nodes:
            return self.lineage.direction is Direction.DOWNSTREAM
        effects: dict[bytes, list[bytes]] = defaultdict(list)
        for edge in self.edges:
            effects[edge.target].append(edge.source)
        reached = reached_from((node.key for node in self._ending), effects)
        return all(node.key in reached for node in self.nodes)

    def configuration(self, store: Store) -> frozenset[str]:
        """The ids of the ends that are configuration: by each role, or by what the runs say."""
        files = [node for node in self._ending if node.kind is Kind.ENTITY and not node.more]
        found = {node.id for node in files if node.type == EntityType.PLAN}
        open_uses: dict[str, list[Edge]] = {}
        for node in files:
            uses = self._uses.get(node.key, ())
            others = [edge for edge in uses if not _CONFIGURATION.search(edge.role or "")]
            if uses and others and not self._is_raw(node):
                open_uses[node.id] = others
            elif uses and not others:
                found.add(node.id)
        runs = {edge.source for edges in open_uses.values() for edge in edges}
        stood = store.config_files_of(runs) if runs else {}
        paths = {run: set(map(location_of, places)) for run, places in stood.items()}
        for identifier, edges in open_uses.items():
            if all(edge.location in paths.get(edge.source, ()) for edge in edges):
                found.add(identifier)
        return frozenset(found)


def _suspected(store: Store, origin: _Origin) -> Iterator[SuspectedInput]:
    """Files known to the store that the runs name in their configuration, but did not note."""
    runs = {node.key: node for node in origin.nodes if node.kind is Kind.ACTIVITY}
    named = _named_places(store, origin, runs) if runs else {}
    files = _files_at(store, {place for places in named.values() for place in places})
    found = [
        (run, place, stood)
        for run, places in named.items()
        for place in sorted(files.keys() & places)
        if (stood := _standing(files[place], runs[run])) is not None
    ]
    noted = _otherwise_noted(store, {run for run, _, _ in found}) if found else set()
    for run, place, stood in found:
        if not noted.intersection((run, each) for each in (place, *(f.key for f in files[place]))):
            yield SuspectedInput(runs[run].id, location_of(place), stood.id)


def _files_at(store: Store, places: set[str]) -> dict[str, list[Node]]:
    """Place → all files that ever stood there; only of places where any did."""
    wanted = Filter(identifiers=tuple(sorted(places)), kinds=(Kind.ENTITY,))
    known = store.find(wanted, page=PageRequest(size=WALK_LIMIT)).found if places else ()
    found: dict[str, list[Node]] = defaultdict(list)
    for each in known:
        for place in places.intersection(each.node.identifiers):
            found[place].append(each.node)
    return found


def _otherwise_noted(store: Store, runs: Collection[bytes]) -> set[tuple[bytes, bytes | str]]:
    """Each run with each file that it noted, and with the place of each configuration file.

    A lineage does not show all that a run made, and a run may spell a path in several ways.
    """
    edges = store.edges_of(runs, (RelationType.USED, RelationType.WAS_GENERATED_BY))
    files = store.config_files_of(runs)
    return {
        *((edge.source, edge.target) for edge in edges),
        *((edge.target, edge.source) for edge in edges),
        *((run, place) for run, places in files.items() for place in places),
    }


def _standing(files: Iterable[Node], run: Node) -> Node | None:
    """The one of some files at a path that stood there for a run (docs/contract.md, rule 5)."""
    begin, end = (_time(time) for time in (run.start_time or run.end_time, run.end_time))
    made = sorted((_time(file.generated_at), file.id, file) for file in files if file.generated_at)
    before = [file for time, _, file in made if not begin or time <= begin]
    during = [file for time, _, file in made if begin < time <= end]
    outside = [file for file in files if not file.generated_at]
    return next(chain(before[-1:], during[:1], outside), None)


def _named_places(
    store: Store, origin: _Origin, runs: Mapping[bytes, Node]
) -> dict[bytes, set[str]]:
    """Run → the places that its parameters and arguments name, besides those of what it noted."""
    stood = {node.key: node.locations for node in origin.nodes}
    noted: dict[bytes, set[str]] = defaultdict(set)
    for edge in origin.edges:
        run, file = edge.source, edge.target
        if edge.relation is RelationType.WAS_GENERATED_BY:
            run, file = file, run
        noted[run].update(stood.get(file, ()))
        if edge.location:
            noted[run].add(edge.location)
    parameters = store.path_parameters_of(runs)
    return {
        key: places_named(
            parameters.get(key, {}), run.attributes.get(Fact.ARGUMENTS, ()), noted[key]
        )
        for key, run in runs.items()
    }
