"""Forgetting a load: what only this load asserts is removed, and files are identified anew.

Afterwards the store is as if it had never seen the load (`docs/contract.md`, rule 8).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeVar

from provgraph.errors import AmbiguousError, LookupFailedError, NameCandidate, StoreError
from provgraph.identity.files import times_of
from provgraph.ingest.deciding.assertions import (
    AssertedFacts,
    join_agents,
    join_descriptions,
    join_entities,
    read_assertion,
    subject_of_entity,
)
from provgraph.ingest.deciding.neighbourhood import (
    Neighbourhood,
    TouchedMention,
    decide_entities,
    marks_of_decisions,
    mentions_by_run,
    touched_mentions,
)
from provgraph.ingest.deciding.restating import restated
from provgraph.model.attributes import join_attributes
from provgraph.model.records import Mention, Run, StatedEntity, key_of
from provgraph.model.values import with_zone
from provgraph.model.vocabulary import Kind
from provgraph.store.protocol import Store, Transaction
from provgraph.store.records import (
    UNKNOWN_SIZE,
    Assertion,
    Changes,
    LoadRecord,
    Removals,
    StoredMention,
)

T = TypeVar("T")
K = TypeVar("K")
#: How many subjects are settled at once.
BATCH = 500
#: How many characters of a load's id name it.
SHORTEST_BEGINNING = 6
_COUNTED = ("activities", "entities", "agents", "descriptions", "relations")


@dataclass(frozen=True, slots=True)
class Forgettable:
    """What would go with a load.

    Attributes:
        load: the load.
        activities: how many runs only it knows, and so the others.
        entities: how many entities.
        agents: how many agents.
        descriptions: how many descriptions.
        relations: how many relations, inputs and outputs among them.
        is_all: whether that is all; of a load that the store takes back in several transactions
            only the first is looked at.
    """

    load: LoadRecord
    activities: int
    entities: int
    agents: int
    descriptions: int
    relations: int
    is_all: bool


class _TakenBackError(Exception):
    """Ends a transaction that was only made to see what it would do."""


def would_go(store: Store, identifier: str) -> Forgettable:
    """Find out what `forget` would remove, and change nothing.

    Args:
        store: the store that holds the load.
        identifier: as in `forget`.

    Returns:
        The load, and how much would go with it.

    Raises:
        LookupFailedError: no load has that id, or its beginning is too short.
        AmbiguousError: several loads have an id that begins so.
        StoreError: the load can't be forgotten, or the store failed.
    """
    load = find_load(store, identifier)
    counts: Counter[str] = Counter()
    is_all = False
    try:
        with store.writing() as transaction:
            is_all = not _forget_within(transaction, load, store.limits.documents, counts)
            raise _TakenBackError
    except _TakenBackError:
        return Forgettable(load, **{name: counts[name] for name in _COUNTED}, is_all=is_all)


def forget(store: Store, identifier: str) -> LoadRecord:
    """Remove a load, and what only this load asserts.

    A load that one transaction can't take is forgotten in steps. Between two steps its status is
    ``remainder``; to forget it again goes on.

    Args:
        store: the store that holds the load.
        identifier: the load's id, or a beginning of it of 6 characters or more that no other load's
            id has.

    Returns:
        the record of the load that was removed.

    Raises:
        LookupFailedError: no load has that id, or its beginning is too short.
        AmbiguousError: several loads have an id that begins so.
        StoreError: a load was made before provgraph kept what each load asserts; or the store
            failed.
    """
    load = find_load(store, identifier)
    while _forget_on(store, load):
        pass
    return load


def _forget_on(store: Store, load: LoadRecord) -> bool:
    """Forget as much as one transaction takes; True when there may be more."""
    with store.writing() as transaction:
        if not _forget_within(transaction, load, store.limits.documents, Counter()):
            return False
        # It is no load of the source any more; to forget it again goes on.
        transaction.apply(Changes(loads=[replace(load, status="remainder")]), ())
    return True


def _forget_within(
    transaction: Transaction, load: LoadRecord, limit: int | None, counts: Counter[str]
) -> bool:
    """Forget what one transaction takes, and count it; True when there may be more."""
    for _ in count() if limit is None else range(max(1, limit // BATCH)):
        assertions = transaction.assertions_of(key_of(Kind.LOAD, load.id), BATCH)
        if not assertions:
            transaction.apply(Changes(removals=Removals(load=load.id)), ())
            return False
        counts.update(_forget_some(transaction, assertions))
    return True


def find_load(store: Store, identifier: str) -> LoadRecord:
    """Find the load that an id, or the beginning of an id, names.

    Args:
        store: that holds the load.
        identifier: as in `forget`.

    Returns:
        The load.

    Raises:
        LookupFailedError: no load has that id, or its beginning is too short to mean one.
        AmbiguousError: several loads have an id that begins so.
        StoreError: a load was made before provgraph kept what each load asserts.
    """
    loads = store.loads()
    found = [load for load in loads if load.id == identifier]
    if not found and len(identifier) < SHORTEST_BEGINNING:
        raise LookupFailedError(
            f"{identifier!r} is too short to name a load: give {SHORTEST_BEGINNING} characters of "
            "its id or more; `provgraph loads` lists them"
        )
    found = found or [load for load in loads if load.id.startswith(identifier)]
    if not found:
        raise LookupFailedError(f"no load has the id {identifier!r}; `provgraph loads` lists them")
    if len(found) > 1:
        raise AmbiguousError(
            identifier,
            [
                NameCandidate(load.id, "load", load.source, time=with_zone(load.time))
                for load in found
            ],
        )
    if any(load.size == UNKNOWN_SIZE for load in loads):
        raise StoreError(
            "some loads were made before provgraph 0.2, which kept no record of what each load "
            "says, so none can be taken out; load the sources into a new store"
        )
    return found[0]


def _forget_some(transaction: Transaction, assertions: Sequence[Assertion]) -> dict[str, int]:
    """Forget all that the load says of some subjects; return how much goes."""
    removal = _Removal(transaction, assertions)
    changes = removal.changes()
    gone = _counts_of(transaction, changes)
    transaction.apply(changes, marks_of_decisions(changes, removal.touched))
    return gone


def _counts_of(transaction: Transaction, changes: Changes) -> dict[str, int]:
    """How many records and relations changes remove.

    An entity that is known by another id from now on is not gone.
    """
    removals, now = changes.removals, [record.id for record in changes.entities]
    renamed = len(now) - len(transaction.entities(now)) if removals.entities else 0
    return {
        "activities": len(removals.runs),
        "entities": len(removals.entities) - renamed,
        "agents": len(removals.agents),
        "descriptions": len(removals.descriptions),
        "relations": len(removals.relations) + len(removals.mentions),
    }


class _Removal:
    """What becomes of some subjects when one load's assertions about them are gone."""

    def __init__(self, transaction: Transaction, assertions: Sequence[Assertion]) -> None:
        self._transaction = transaction
        self._load = assertions[0].load
        self._subjects = sorted({assertion.subject for assertion in assertions})
        self._mine = [read_assertion(assertion) for assertion in assertions]
        self._entities = {entity.identifier for facts in self._mine for entity in facts.entities}
        self._rest = self._said_by_others()
        self.touched: list[TouchedMention] = []

    def changes(self) -> Changes:
        changes = Changes()
        changes.removals.assertions_of = self._load
        changes.removals.assertions = self._subjects
        moved = self._runs(changes)
        stated = self._stated(changes)
        self._agents(changes)
        self._descriptions(changes)
        self._configuration(changes)
        kept = {relation.key for facts in self._rest for relation in facts.relations}
        said = {relation.key: relation for facts in self._mine for relation in facts.relations}
        changes.removals.relations = [relation for key, relation in said.items() if key not in kept]
        gone = self._mentions(moved)
        changes.removals.mentions = [stored.mention for stored in gone]
        entities = None if self.touched or gone else restated(self._transaction, stated)
        if entities is not None:
            changes.entities = entities
            return changes
        remaining = {name for name, entity in stated.items() if entity is not None}
        around = Neighbourhood(self._transaction, self.touched, remaining, gone, self._entities)
        decide_entities(self._transaction, around, stated, changes)
        return changes

    def _said_by_others(self) -> list[AssertedFacts]:
        """Read what the other loads say of the subjects.

        Assertions about runs speak of entities too: those of the runs that mention the entities are
        read as well.
        """
        mentioning = self._transaction.structural_mentions(self._entities, ())
        runs = {key_of(Kind.ACTIVITY, stored.mention.run) for stored in mentioning}
        subjects = {*self._subjects, *map(subject_of_entity, self._entities), *runs}
        return [
            read_assertion(assertion)
            for assertion in self._transaction.assertions_about(subjects, self._load)
        ]

    def _runs(self, changes: Changes) -> set[str]:
        """Note the runs that go or lose facts; return the runs that have other times now."""
        rest: dict[str, Run] = {}
        for facts in self._rest:
            if (run := facts.run) is not None:
                before = rest.get(run.id)
                rest[run.id] = (
                    Run(run.id, join_attributes(before.facts, run.facts)) if before else run
                )
        moved = set()
        for identifier, run in self._transaction.runs(self._run_ids()).items():
            now = rest.get(identifier)
            if now is None:
                changes.removals.runs.append(identifier)
            elif now.facts != run.facts:
                changes.runs.append(now)
                if times_of(now) != times_of(run):
                    moved.add(identifier)
        return moved

    def _run_ids(self) -> set[str]:
        return {facts.run.id for facts in self._mine if facts.run is not None}

    def _stated(self, changes: Changes) -> dict[str, StatedEntity | None]:
        """Note the entities of which less is stated now.

        Returns what is still stated of each: None where nothing is.
        """
        said = ((entity.identifier, entity) for facts in self._rest for entity in facts.entities)
        rest = _rest_of(self._entities, said, join_entities)
        changes.stated, changes.removals.stated = _changed(rest, self._transaction.stated(rest))
        return rest

    def _agents(self, changes: Changes) -> None:
        mine = (agent.id for facts in self._mine for agent in facts.agents)
        said = ((agent.id, agent) for facts in self._rest for agent in facts.agents)
        rest = _rest_of(mine, said, join_agents)
        changes.agents, changes.removals.agents = _changed(rest, self._transaction.agents(rest))

    def _descriptions(self, changes: Changes) -> None:
        mine = (each.as_end for facts in self._mine for each in facts.descriptions)
        said = ((each.as_end, each) for facts in self._rest for each in facts.descriptions)
        rest = _rest_of(mine, said, join_descriptions)
        changes.descriptions, changes.removals.descriptions = _changed(
            rest, self._transaction.descriptions(rest)
        )

    def _configuration(self, changes: Changes) -> None:
        gone = changes.removals
        gone.settings_of = sorted(_settings_of(self._mine) - _settings_of(self._rest))
        gone.config_files_of = sorted(_config_files_of(self._mine) - _config_files_of(self._rest))

    def _mentions(self, moved: set[str]) -> list[StoredMention]:
        """Note the touched mentions; return the mentions that no source makes any more."""
        kept = {mention.key for facts in self._rest for mention in facts.mentions}
        known = mentions_by_run(self._transaction, self._run_ids())
        for run, mentions in known.items():
            self.touched.extend(touched_mentions(mentions, _kept(mentions, kept), run in moved))
        return [
            stored
            for mentions in known.values()
            for key, stored in mentions.items()
            if key not in kept
        ]


def _rest_of(
    names: Iterable[K], said: Iterable[tuple[K, T]], join: Callable[[T | None, T], T]
) -> dict[K, T | None]:
    """Join what others say of each of the named records; None where others say nothing."""
    rest: dict[K, T | None] = dict.fromkeys(names)
    for name, each in said:
        if name in rest:
            rest[name] = join(rest[name], each)
    return rest


def _changed(rest: Mapping[K, T | None], known: Mapping[K, T]) -> tuple[list[T], list[K]]:
    """Find the records that differ from the known ones, and the names of those that are gone."""
    changed = [each for name, each in rest.items() if each is not None and known.get(name) != each]
    return changed, [name for name, each in rest.items() if each is None]


def _kept(mentions: Mapping[bytes, StoredMention], kept: set[bytes]) -> dict[bytes, Mention]:
    return {key: stored.mention for key, stored in mentions.items() if key in kept}


def _settings_of(asserted: Iterable[AssertedFacts]) -> set[tuple[str, bytes]]:
    return {
        (facts.run.id, key) for facts in asserted if facts.run is not None for key in facts.settings
    }


def _config_files_of(asserted: Iterable[AssertedFacts]) -> set[tuple[str, str]]:
    return {
        (facts.run.id, place)
        for facts in asserted
        if facts.run is not None
        for place in facts.config_files
    }
