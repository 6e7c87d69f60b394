"""What speaks for and against trusting the records of an answer: taints, and the summary."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

from provgraph.model.assembly import distances_from, reached_from
from provgraph.model.identifiers import location_of, places_named
from provgraph.model.lineage import Direction, Edge, Lineage, Node, Setup, is_raw
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
_Setups: TypeAlias = Mapping[bytes, Setup]
_USED, _MADE = RelationType.USED, RelationType.WAS_GENERATED_BY
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
        and (relations is ORIGIN_RELATIONS or set(ORIGIN_RELATIONS) <= set(relations))
    )
    inside = _taints_inside(store, lineage) if is_whole else None
    taints = store.taints([node.key for node in lineage.nodes]) if inside is None else inside
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
    recalls = store.recalls() if lineage.recalls is None else lineage.recalls
    for identifier in recalls if runs else ():
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
        store: that answered with the lineage. It is asked for the files that the runs name.
        lineage: the answer; of a filtered one the whole is summed up.

    Returns:
        The summary; docs/contract.md, Commands, says what each field means.

    Raises:
        StoreError: the store failed.
    """
    whole = lineage.whole or lineage
    origin = _Origin(whole)
    setups = origin.setups(store)
    ends = tuple(origin.ends())
    settled = origin.configuration(setups)
    fine = all(end.why is EndReason.RAW or end.id in settled for end in ends)
    is_cut = whole.truncated or any(node.more for node in whole.nodes)
    runs = whole.of_kind(Kind.ACTIVITY)
    return LineageSummary(
        complete=not is_cut and fine and origin.leads_to_ends(),
        ends=ends,
        failed=tuple(run.id for run in runs if run.status in FAILED),
        invalid=_invalid(whole),
        versions=_versions(runs),
        rewritten=tuple(dict.fromkeys(origin.rewritten())),
        suspected=tuple(_suspected(store, origin, setups)),
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


@lru_cache(maxsize=1024)
def _is_configuration(role: str) -> bool:
    return _CONFIGURATION.search(role) is not None


def _is_read_late(edge: Edge, run: Node, file: Node) -> bool:
    """Whether a file had lost its place when a run read it, or lost it to this very run."""
    gone, read = _time(file.invalidated_at), _time(edge.time or run.start_time)
    if not gone or file.end_word != "overwritten":
        return False
    return gone == _time(run.end_time or run.start_time) or (bool(read) and read > gone)


def _time(time: str | None) -> str:
    """A time in a form whose order is that of texts."""
    return (time or "").rstrip("Z")


class _Origin:
    """The part of a lineage that leads to the origin of its root.

    Attributes:
        nodes: key → record, nearest first; none of a lineage that leads to effects only.
        runs: those of them that are runs.
        noted: key of a run → the relations in which it used or made files, or names a cause.
        state: of the store in which the lineage was read.
    """

    def __init__(self, lineage: Lineage) -> None:
        """Take the whole lineage, and read its relations once."""
        self._lineage, self.state = lineage, lineage.state
        self.noted: dict[bytes, list[Edge]] = defaultdict(list)
        #: Key of a file → the relations in which runs used it, or it was made.
        self._uses: dict[bytes, list[Edge]] = defaultdict(list)
        #: Run and path → the file that the run made there.
        self._made: dict[tuple[bytes, str | None], bytes] = {}
        #: Cause → its effects; relations to agents lead to no cause.
        self._effects: dict[bytes, list[bytes]] = defaultdict(list)
        causes: set[bytes] = set()
        for edge in lineage.edges:
            relation, source, target = edge.relation, edge.source, edge.target
            if relation is _USED:
                self.noted[source].append(edge)
                self._uses[target].append(edge)
            elif relation is _MADE:
                self.noted[target].append(edge)
                self._uses[source].append(edge)
                self._made[target, edge.location] = source
            elif relation in AGENT_RELATIONS:
                continue
            else:
                self.noted[source].append(edge)
            self._effects[target].append(source)
            causes.add(source)
        self.nodes = {node.key: node for node in self._leading_to_origin()}
        self.runs = {key: node for key, node in self.nodes.items() if node.kind is Kind.ACTIVITY}
        self._ending = [each for each in self.nodes.values() if each.more or each.key not in causes]

    def _leading_to_origin(self) -> Iterable[Node]:
        if self._lineage.direction is Direction.DOWNSTREAM:
            return ()
        if self._lineage.direction is Direction.UPSTREAM:
            return (node for node in self._lineage.nodes if node.kind is not Kind.AGENT)
        edges = self._lineage.edges
        reached = distances_from(self._lineage.root.key, edges, Direction.UPSTREAM)
        return (node for node in self._lineage.nodes if node.key in reached)

    def setups(self, store: Store) -> _Setups:
        """What set up the runs: as the lineage says; else the store is asked."""
        if self._lineage.setups is None and self.runs:
            return store.setups_of(self.runs)
        return self._lineage.setups or {}

    def ends(self) -> Iterator[LineageEnd]:
        """The records from which nothing leads on, and those where the answer was cut."""
        for node in self._ending:
            if node.masked:
                yield LineageEnd(node.id, EndReason.HIDDEN)
            elif node.more:
                yield LineageEnd(node.id, EndReason.CUT)
            elif node.kind is Kind.ACTIVITY:
                raw = self._made_only_raw(node.key)
                yield LineageEnd(node.id, EndReason.RAW if raw else EndReason.UNRECORDED)
            elif self._is_raw(node):
                yield LineageEnd(node.id, EndReason.RAW)
            else:
                is_made = node.generated_at is not None
                yield LineageEnd(node.id, EndReason.UNRECORDED if is_made else EndReason.EXTERNAL)

    def _is_raw(self, node: Node) -> bool:
        return is_raw(node, (edge.role or "" for edge in self._uses.get(node.key, ())))

    def _made_only_raw(self, run: bytes) -> bool:
        """Whether all that a run made for this lineage is raw data."""
        made = (edge.source for edge in self.noted.get(run, ()) if edge.relation is _MADE)
        files = [self.nodes[key] for key in made if key in self.nodes]
        return bool(files) and all(map(self._is_raw, files))

    def leads_to_ends(self) -> bool:
        """Whether each record leads to an end: what only leads back to itself has no origin."""
        if not self.nodes:
            return self._lineage.direction is Direction.DOWNSTREAM
        return self.nodes.keys() <= reached_from((node.key for node in self._ending), self._effects)

    def configuration(self, setups: _Setups) -> frozenset[str]:
        """The ids of the ends that are configuration: by each role, or by what the runs say."""

        def is_said(use: Edge) -> bool:
            files = setups[use.source].config_files if use.source in setups else ()
            return any(use.location == location_of(each) for each in files)

        found: set[str] = set()
        for node in self._ending:
            if node.kind is not Kind.ENTITY or node.more:
                continue
            uses = self._uses.get(node.key, ())
            others = [edge for edge in uses if not _is_configuration(edge.role or "")]
            is_used_so = bool(uses) and not (others and self._is_raw(node))
            if node.type == EntityType.PLAN or (is_used_so and all(map(is_said, others))):
                found.add(node.id)
        return frozenset(found)

    def rewritten(self) -> Iterator[str]:
        """The files that their reader overwrote, or that were read when they were overwritten."""
        nodes = {node.key: node for node in self._lineage.nodes}
        for run, edges in self.noted.items():
            for edge in edges:
                file = nodes.get(edge.target) if edge.relation is _USED else None
                if file is None or run not in nodes:
                    continue
                in_place = self._made.get((run, edge.location), file.key) != file.key
                if (in_place and edge.location) or (
                    file.invalidated_at and _is_read_late(edge, nodes[run], file)
                ):
                    yield file.id


def _suspected(store: Store, origin: _Origin, setups: _Setups) -> Iterator[SuspectedInput]:
    """Files known to the store that the runs name in their configuration, but did not note."""
    runs = origin.runs
    named = _named_places(store, origin, setups)
    places = frozenset[str]().union(*named.values())
    if not (places and (files := store.files_at(places, origin.state))):
        return
    found = [
        (run, place, stood)
        for run, places in named.items()
        for place in sorted(files.keys() & places)
        if (stood := _standing(files[place], runs[run])) is not None
    ]
    noted = _otherwise_noted(store, {run for run, _, _ in found}, setups) if found else set()
    for run, place, stood in found:
        if not noted.intersection((run, each) for each in (place, *(f.key for f in files[place]))):
            yield SuspectedInput(runs[run].id, location_of(place), stood.id)


def _otherwise_noted(
    store: Store, runs: Collection[bytes], setups: _Setups
) -> set[tuple[bytes, bytes | str]]:
    """Each run with each file that it noted, and with the place of each configuration file.

    A lineage does not show all that a run made, and a run may spell a path in several ways.
    """
    edges = store.edges_of(runs, (_USED, _MADE))
    return {
        *((edge.source, edge.target) for edge in edges),
        *((edge.target, edge.source) for edge in edges),
        *((run, place) for run in runs if run in setups for place in setups[run].config_files),
    }


def _standing(files: Iterable[Node], run: Node) -> Node | None:
    """The one of some files at a path that stood there for a run (docs/contract.md, rule 5)."""
    begin, end = (_time(time) for time in (run.start_time or run.end_time, run.end_time))
    made = sorted((_time(file.generated_at), file.id, file) for file in files if file.generated_at)
    before = [file for time, _, file in made if not begin or time <= begin]
    during = [file for time, _, file in made if begin < time <= end]
    outside = [file for file in files if not file.generated_at]
    return next(chain(before[-1:], during[:1], outside), None)


def _named_places(store: Store, origin: _Origin, setups: _Setups) -> dict[bytes, frozenset[str]]:
    """Run → the places that its parameters and arguments name, besides those of what it noted."""
    texts = _texts_in(store, {setups[run].settings for run in origin.runs if run in setups})
    found: dict[bytes, frozenset[str]] = {}
    for key, run in origin.runs.items():
        edges = origin.noted.get(key, ())
        noted = {edge.location for edge in edges if edge.location}
        for edge in edges:
            file = origin.nodes.get(edge.target if edge.source == key else edge.source)
            if file is not None:
                noted.update(file.locations)
        arguments = run.attributes.get(Fact.ARGUMENTS, ())
        said = texts[setups[key].settings] if key in setups else frozenset[str]()
        if places := places_named(said, arguments, frozenset(noted)):
            found[key] = places
    return found


def _texts_in(
    store: Store, several: Collection[tuple[bytes, ...]]
) -> dict[tuple[bytes, ...], frozenset[str]]:
    """What may be paths in settings, for each of several that runs have together."""
    known = store.paths_in({key for settings in several for key in settings})
    # Most settings name no paths.
    return {each: frozenset().union(*filter(None, map(known.get, each))) for each in several}
