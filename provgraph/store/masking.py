"""What of a store who asks may see, and what stands in the place of the rest.

A hidden record has another key and another id to who asks: a keyed hash of its key. So whatever is
made of an answer, such as the order of its records, tells nothing about the record.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import Final

from provgraph.model.filters import Filter
from provgraph.model.hiding import (
    PSEUDONYM,
    WHY_WITHHELD,
    WITHHELD,
    HiddenFiles,
    told_attributes,
    told_value,
)
from provgraph.model.identifiers import location_of
from provgraph.model.lineage import Direction, Edge, Node, Setup
from provgraph.model.recalls import UsesOfPath, recall_of
from provgraph.model.records import Settings, key_of
from provgraph.model.values import Value
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.protocol import Questions, Store

#: The kinds between which relations are told also where a record at an end is hidden.
_TOLD_KINDS: Final = (Kind.ENTITY, Kind.ACTIVITY)


class Showing(Enum):
    """How much of a record is shown."""

    WHOLE = "whole"
    #: A run some of whose files are hidden: which tool it was, and when; not how it was set up.
    PARTLY = "partly"
    #: Only that there is something.
    MASKED = "masked"


class Masks:
    """What is hidden in the answers to one request."""

    def __init__(self, store: Store, hidden: tuple[HiddenFiles, ...], secret: bytes) -> None:
        """Know nothing yet.

        Args:
            store: that has all records.
            hidden: what the rules hide from who asks.
            secret: from which pseudonyms are made.
        """
        self.hidden = hidden
        self._store: Questions = store
        self._secret = secret
        self._showing: dict[bytes, Showing] = {}
        self._kinds: dict[bytes, Kind] = {}
        self._keys: dict[bytes, bytes] = {}
        self._ids: dict[str, str] = {}

    def learn(self, keys: Collection[bytes]) -> None:
        """Decide how much of some records is shown, where that is not decided yet.

        Args:
            keys: of records, as the store has them.
        """
        if new := [key for key in dict.fromkeys(keys) if not self.is_known(key)]:
            self.learn_of(self._store.nodes(new).values())

    def learn_of(self, nodes: Iterable[Node]) -> None:
        """Decide how much of some records is shown, where that is not decided yet.

        Args:
            nodes: the records as the store has them.
        """
        new = {node.key: node for node in nodes if not self.is_known(node.key)}
        for node in new.values():
            if node.kind is not Kind.ACTIVITY:
                self._decide(node, Showing.MASKED if self._is_hidden(node) else Showing.WHOLE)
        if runs := [node for node in new.values() if node.kind is Kind.ACTIVITY]:
            keys = [run.key for run in runs]
            made = self._files(keys, Direction.DOWNSTREAM, RelationType.WAS_GENERATED_BY)
            self.learn_of_runs(runs, made, self._files(keys, Direction.UPSTREAM, RelationType.USED))

    def _files(
        self, runs: Sequence[bytes], way: Direction, relation: RelationType
    ) -> defaultdict[bytes, set[bytes]]:
        """Key of a run → the files that a relation leads to; how they are shown is known then."""
        found: defaultdict[bytes, set[bytes]] = defaultdict(set)
        for run, file in self._store.links(runs, way, (relation,)):
            found[run].add(file)
        self.learn({file for files in found.values() for file in files})
        return found

    def learn_of_runs(
        self,
        runs: Iterable[Node],
        made: Mapping[bytes, Collection[bytes]],
        read: Mapping[bytes, Collection[bytes]],
    ) -> None:
        """Find out how much of some runs is shown, by their files.

        Args:
            runs: as the store has them.
            made: key of a run → the keys of the files that it made; they have been learned.
            read: the same of those that it read.
        """
        for run in runs:
            outputs, inputs = made.get(run.key, ()), read.get(run.key, ())
            if self._is_named_in(run.id):
                self._decide(run, Showing.MASKED)
            elif not any(map(self.is_masked, (*outputs, *inputs))):
                self._decide(run, Showing.WHOLE)
            else:
                is_masked = all(map(self.is_masked, outputs))
                self._decide(run, Showing.MASKED if is_masked else Showing.PARTLY)

    def _decide(self, node: Node, showing: Showing) -> None:
        self._showing[node.key], self._kinds[node.key] = showing, node.kind
        if showing is Showing.MASKED:
            self._keys[self.pseudonym(node.key)] = node.key
            self._ids[self.alias(node.kind, node.id)] = node.id

    def _is_hidden(self, node: Node) -> bool:
        if node.kind is Kind.ENTITY and any(each.has(node) for each in self.hidden):
            return True
        recall = recall_of(node.id)
        if isinstance(recall, UsesOfPath):
            return self._is_hidden_place(recall.place)
        return any(map(self._is_named_in, (node.id, *node.identifiers)))

    def _is_hidden_place(self, place: str) -> bool:
        """Whether a path is one that a rule names, or any file that stood there is hidden."""
        if any(each.under and each.is_under(location_of(place)) for each in self.hidden):
            return True
        found = self._store.find(Filter(identifiers=(place,), kinds=(Kind.ENTITY,))).found
        return any(each.has(some.node) for each in self.hidden for some in found)

    def _is_named_in(self, text: str) -> bool:
        return any(each.is_named_in(text) for each in self.hidden)

    def pseudonym(self, key: bytes) -> bytes:
        """Make the key of something hidden.

        Args:
            key: as the store has it.
        """
        return hashlib.blake2b(key, digest_size=16, key=self._secret).digest()

    # What is known.

    def is_known(self, key: bytes) -> bool:
        """Tell whether a record has been learned.

        Args:
            key: as the store has it.
        """
        return key in self._showing

    def showing(self, key: bytes) -> Showing:
        """Tell how much of a record is shown; an unknown one has nothing to hide.

        Args:
            key: as the store has it; it has been learned.
        """
        return self._showing.get(key, Showing.WHOLE)

    def is_masked(self, key: bytes) -> bool:
        """Tell whether a record is hidden.

        Args:
            key: as the store has it; it has been learned.
        """
        return self.showing(key) is Showing.MASKED

    def shown_key(self, key: bytes) -> bytes:
        """Write a key as who asks may have it.

        Args:
            key: as the store has it; it has been learned.
        """
        return self.pseudonym(key) if self.is_masked(key) else key

    def real_key(self, key: bytes) -> bytes:
        """Read a key that who asks has.

        Args:
            key: as `shown_key` wrote it.
        """
        return self._keys.get(key, key)

    def real_keys(self, keys: Iterable[bytes]) -> list[bytes]:
        """Read keys that who asks has, and find out how much of these records is shown.

        Args:
            keys: as `shown_key` wrote them.
        """
        found = [self.real_key(key) for key in keys]
        self.learn(found)
        return found

    def alias(self, kind: Kind, identifier: str) -> str:
        """Make the id of a hidden record.

        Args:
            kind: of the record.
            identifier: its id in the store.
        """
        return PSEUDONYM + self.pseudonym(key_of(kind, identifier)).hex()

    def shown_id(self, kind: Kind, identifier: str) -> str:
        """Write the id of a record as who asks may have it.

        Args:
            kind: of the record.
            identifier: its id in the store; its key has been learned.
        """
        masked = self.is_masked(key_of(kind, identifier))
        return self.alias(kind, identifier) if masked else identifier

    def real_id(self, identifier: str) -> str:
        """Read an id that who asks has.

        Args:
            identifier: as `shown_id` wrote it.
        """
        return self._ids.get(identifier, identifier)

    # What is shown.

    def node(self, node: Node) -> Node:
        """Show a record.

        Args:
            node: as the store has it; it has been learned.

        Returns:
            The record, or what may be told of it.
        """
        showing = self.showing(node.key)
        if showing is Showing.MASKED:
            return Node(
                self.pseudonym(node.key),
                self.alias(node.kind, node.id),
                node.kind,
                type=node.type,
                distance=node.distance,
                more=node.more,
                masked=True,
            )
        attributes = told_attributes(node.attributes, self.hidden)
        if showing is Showing.PARTLY:
            attributes = {WITHHELD: (WHY_WITHHELD,)}
        mark = node.invalidation
        return replace(
            node,
            name=self._told(node.name),
            version=self._told(node.version),
            host=self._told(node.host),
            invalidation=mark and replace(mark, reason=self._told(mark.reason)),
            attributes=attributes,
        )

    def _told(self, text: str | None) -> str | None:
        return None if text is None else str(told_value(text, self.hidden))

    def places(self, places: Iterable[str]) -> list[str]:
        """Show the places of configuration files.

        Args:
            places: as the store has them.

        Returns:
            Those that no rule hides.
        """
        return [
            place
            for place in places
            if not any(each.is_under(location_of(place)) for each in self.hidden)
        ]

    def setups(self, setups: Mapping[bytes, Setup]) -> dict[bytes, Setup]:
        """Show what runs were set up by.

        Args:
            setups: key of a run, which has been learned → what set it up, as the store has it.

        Returns:
            Those of the runs of which nothing is hidden.
        """
        return {
            key: replace(each, config_files=tuple(self.places(each.config_files)))
            for key, each in setups.items()
            if self.showing(key) is Showing.WHOLE
        }

    def texts(self, texts: Iterable[str]) -> frozenset[str]:
        """Show texts of settings.

        Args:
            texts: as the store has them.
        """
        return frozenset(str(told_value(each, self.hidden)) for each in texts)

    def settings(self, settings: Settings) -> Settings:
        """Show settings of a run of which nothing is hidden.

        Args:
            settings: as the store has them.
        """
        values = dict(settings.values)
        told = told_value(values, self.hidden)
        return settings if told == values else Settings(settings.name, members_of(told))

    def edges(self, edges: Iterable[Edge]) -> list[Edge]:
        """Show some relations.

        Args:
            edges: as the store has them; their ends have been learned.

        Returns:
            Those that may be told: who answers for a hidden record, and what describes it, is not.
            Role, time and location of the others at a hidden record are not told.
        """
        return list(dict.fromkeys(each for edge in edges for each in self._shown_edge(edge)))

    def _shown_edge(self, edge: Edge) -> Iterable[Edge]:
        if not (self.is_masked(edge.source) or self.is_masked(edge.target)):
            return (edge,)
        if not self.is_told_of_masked(edge.source, edge.target):
            return ()
        ends = self.shown_key(edge.source), self.shown_key(edge.target)
        return (Edge(edge.relation, *ends, inferred=edge.inferred),)

    def is_told_of_masked(self, source: bytes, target: bytes) -> bool:
        """Tell whether a relation is told though a record at an end is hidden.

        Args:
            source: the key of the effect, as the store has it.
            target: the key of the cause.
        """
        return all(self._kinds.get(key) in _TOLD_KINDS for key in (source, target))


def members_of(value: Value) -> dict[str, Value]:
    """Take a value for an object.

    Args:
        value: an object.
    """
    return dict(value) if isinstance(value, dict) else {}
