"""From documents to changes: joins what is new with what is known and settles again which file is which.

One `integrate` is one transaction. It looks only at what the new documents touch, directly or through shared places
and identifiers, and leaves the store as if all documents had come at once (CONTRACT section 2 rule 8).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from provgraph.identity.classes import Classes
from provgraph.identity.files import RunTimes, files_of, times_of, twins
from provgraph.identity.resolution import Resolution, ResolvedEntity, resolve
from provgraph.model.identifiers import is_strong
from provgraph.model.levels import data_level
from provgraph.model.records import Agent, Document, Mention, Run, StatedEntity
from provgraph.model.values import Attributes, joined
from provgraph.model.vocabulary import EntityType, Kind
from provgraph.store.protocol import Changes, EntityRecord, LoadRecord, StoredMention, Transaction


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Values of one run that differ between sources; all are kept (rule 9)."""

    run: str
    fact: str
    values: tuple[object, ...]


def integrate(
    transaction: Transaction, documents: Sequence[Document], loads: Sequence[LoadRecord] = ()
) -> list[Disagreement]:
    """Write what the documents say, and what follows from it.

    Args:
        transaction: of the store.
        documents: what the sources say, in any order.
        loads: bookkeeping to write with them.

    Returns:
        where the documents disagree with each other or with what was known.
    """
    update = _Update(transaction, documents)
    changes = update.changes()
    changes.loads.extend(loads)
    transaction.apply(changes)
    return update.disagreements


class _Update:
    """One integration: facts first, then the neighbourhood they touch, then what is decided anew."""

    def __init__(self, transaction: Transaction, documents: Sequence[Document]) -> None:
        self.transaction = transaction
        self.documents = documents
        self.disagreements: list[Disagreement] = []

    def changes(self) -> Changes:
        changes = Changes()
        self._plain_facts(changes)
        changes.runs, moved = self._joined_runs()
        changes.stated = self._joined_entities()
        neighbourhood = _Neighbourhood(self.transaction, self._touched_mentions(moved), self._stated_names())
        _decide(self.transaction, neighbourhood, {entity.identifier: entity for entity in changes.stated}, changes)
        return changes

    def _plain_facts(self, changes: Changes) -> None:
        settings = {}
        for document in self.documents:
            changes.relations.extend(document.relations)
            for setting in document.settings:
                settings[setting.key] = setting
            if document.run is not None:
                changes.settings_of.extend((document.run.id, setting.key) for setting in document.settings)
                changes.config_files_of.extend((document.run.id, place) for place in document.config_files)
        changes.settings = list(settings.values())
        changes.agents = self._joined_agents()

    def _joined_runs(self) -> tuple[list[Run], set[str]]:
        """The runs whose facts change, and the ids of known runs whose times or process change."""
        said: dict[str, Attributes] = {name: {} for name in self._ends(Kind.ACTIVITY)}
        for document in self.documents:
            if document.run is not None:
                said[document.run.id] = joined(said.get(document.run.id, {}), document.run.facts)
        known = self.transaction.runs(said)
        changed: list[Run] = []
        moved: set[str] = set()
        for identifier, facts in said.items():
            before = known.get(identifier)
            run = Run(identifier, joined(before.facts, facts) if before else facts)
            if before is None or before.facts != run.facts:
                changed.append(run)
                self._note_disagreements(run)
                if before is not None and times_of(before) != times_of(run):
                    moved.add(identifier)
        self.times = {run.id: times_of(run) for run in changed}
        return changed, moved

    def _note_disagreements(self, run: Run) -> None:
        several = ((name, values) for name, values in run.facts.items() if len(values) > 1)
        self.disagreements.extend(Disagreement(run.id, name, values) for name, values in several)

    def _joined_agents(self) -> list[Agent]:
        said: dict[str, Agent] = {}
        ends = self._ends(Kind.AGENT)
        known = self.transaction.agents(ends | {agent.id for document in self.documents for agent in document.agents})
        for document in self.documents:
            for agent in document.agents:
                said[agent.id] = _joined_agent(said.get(agent.id) or known.get(agent.id), agent)
        said.update((name, Agent(name)) for name in ends - said.keys() - known.keys())
        return [agent for agent in said.values() if known.get(agent.id) != agent]

    def _joined_entities(self) -> list[StatedEntity]:
        known = self.transaction.stated(self._stated_names())
        said = dict(known)
        for document in self.documents:
            for entity in document.entities:
                said[entity.identifier] = _joined_entity(said.get(entity.identifier), entity)
        for identifier in self._ends(Kind.ENTITY) - said.keys():
            said[identifier] = StatedEntity(identifier)
        return [entity for entity in said.values() if known.get(entity.identifier) != entity]

    def _ends(self, kind: Kind) -> set[str]:
        """The records that stated relations name: they exist, though nothing else may be said of them."""
        ends = (end for d in self.documents for relation in d.relations for end in (relation.source, relation.target))
        return {end.id for end in ends if end.kind is kind}

    def _stated_names(self) -> set[str]:
        return self._ends(Kind.ENTITY) | {entity.identifier for d in self.documents for entity in d.entities}

    def _touched_mentions(self, moved: Collection[str]) -> list["_Touched"]:
        """Mentions that are new, that have other twins now, or whose run has other times now."""
        said: dict[str, dict[bytes, Mention]] = defaultdict(dict)
        for document in self.documents:
            for mention in document.mentions:
                said[mention.run][mention.key] = mention
        runs = said.keys() | set(moved)
        known: dict[str, dict[bytes, StoredMention]] = defaultdict(dict)
        for stored in self.transaction.mentions_of(runs):
            known[stored.mention.run][stored.mention.key] = stored
        return [touched for run in sorted(runs) for touched in _touched_in_run(known[run], said[run], run in moved)]


@dataclass(frozen=True, slots=True)
class _Touched:
    """A mention to decide on: as it is now, as it was, and whether its run has other times now."""

    now: StoredMention
    before: StoredMention | None
    moved: bool

    @property
    def can_change_others(self) -> bool:
        return self.now.is_structural or (self.before is not None and self.before.is_structural)


def _touched_in_run(
    known: Mapping[bytes, StoredMention], said: Mapping[bytes, Mention], moved: bool
) -> Iterator[_Touched]:
    mentions = {key: stored.mention for key, stored in known.items()} | dict(said)
    twin_of = twins(mentions.values())
    for key, mention in mentions.items():
        before = known.get(key)
        now = replace(before or StoredMention(mention), twin=twin_of.get(key))
        if moved or now != before:
            yield _Touched(now, before, moved)


class _Neighbourhood:
    """All that may be decided otherwise because of the touched mentions.

    Attributes:
        mentions: by key, as they are to be decided on.
        unwritten: the keys of those that the store holds otherwise or not at all.
        before: the entities that they were of.
        stated: strong identifiers stated outright.
        changed: the names for which every mention is here, so that entities may go; for the others only new reads are.
    """

    def __init__(self, transaction: Transaction, touched: Sequence[_Touched], stated: set[str]) -> None:
        self.mentions = {each.now.mention.key: each.now for each in touched}
        self.unwritten = {each.now.mention.key for each in touched if each.now != each.before}
        self.stated = stated
        self._transaction = transaction
        self._close_over({name for each in touched for name in _names(each.now)} | stated)
        self.changed = self._changed_names(touched)
        places = {name for name in self.changed if not is_strong(name)}
        for stored in transaction.plain_reads(places):
            self.mentions.setdefault(stored.mention.key, stored)
        self.before = {stored.entity for stored in self.mentions.values() if stored.entity}

    def _close_over(self, names: set[str]) -> None:
        """Fetch structural mentions until no place, identifier or twin leads to another one."""
        twin_keys = {stored.twin for stored in self.mentions.values() if stored.twin is not None}
        seen_names, seen_twins = set(names), set(twin_keys)
        while names or twin_keys:
            fetched = self._transaction.structural_mentions(names, twin_keys)
            for stored in fetched:
                self.mentions.setdefault(stored.mention.key, stored)
            names = {name for stored in fetched for name in _names(stored)} - seen_names
            twin_keys = {stored.twin for stored in fetched if stored.twin is not None} - seen_twins
            seen_names |= names
            seen_twins |= twin_keys

    def _changed_names(self, touched: Iterable[_Touched]) -> set[str]:
        """The places and identifiers joined, directly or through others, to something that changed.

        A read by path alone changes nothing for others; but when its run has moved in time, at a place that runs write
        to, it may leave an entity that nobody else is of.
        """
        joint = Classes([])
        written = set()
        for stored in self.mentions.values():
            if stored.is_structural:
                joint.add_together([*_names(stored), *([stored.twin.hex()] if stored.twin else [])])
                written.update(_names(stored))
        changed = {
            joint.name(name)
            for each in touched
            for name in _names(each.now)
            if each.can_change_others or (each.moved and name in written)
        }
        return {name for root, group in joint.groups().items() if root in changed for name in group}


def _decide(
    transaction: Transaction, around: _Neighbourhood, newly_stated: Mapping[str, StatedEntity], changes: Changes
) -> None:
    """Resolve the neighbourhood and note what is other than before."""
    times = transaction.times({stored.mention.run for stored in around.mentions.values()})
    times |= {run.id: times_of(run) for run in changes.runs}
    resolution = _resolved(around, times)
    changes.mentions = [
        decided
        for key, stored in around.mentions.items()
        if (decided := _decided(stored, resolution)) != stored or key in around.unwritten
    ]
    names = {name for entity in resolution.entities.values() for name in entity.identifiers if is_strong(name)}
    known = transaction.entities(around.before | names | resolution.entities.keys())
    stated = {**transaction.stated(names), **newly_stated}
    roles = _roles(around, resolution)
    for entity in resolution.entities.values():
        old = known.get(entity.id)
        if old is not None and not around.changed.intersection(entity.identifiers):
            roles[entity.id].add(old.data_level or "")
        record = _record(entity, stated, roles[entity.id])
        if old != record:
            changes.entities.append(record)
    changes.removed_entities = sorted(known.keys() - resolution.entities.keys())


def _resolved(around: _Neighbourhood, times: Mapping[str, RunTimes]) -> Resolution:
    mentions = [stored.mention for stored in around.mentions.values()]
    twin_of = {key: stored.twin for key, stored in around.mentions.items() if stored.twin is not None}
    return resolve(files_of(mentions, twin_of, times), around.stated)


def _decided(stored: StoredMention, resolution: Resolution) -> StoredMention:
    given = resolution.assignments[stored.mention.key]
    return replace(stored, entity=given.entity, rule=given.rule)


def _roles(around: _Neighbourhood, resolution: Resolution) -> defaultdict[str, set[str]]:
    roles: defaultdict[str, set[str]] = defaultdict(set)
    for key, stored in around.mentions.items():
        if stored.mention.role is not None:
            roles[resolution.assignments[key].entity].add(stored.mention.role)
    return roles


def _record(entity: ResolvedEntity, stated: Mapping[str, StatedEntity], roles: set[str]) -> EntityRecord:
    attributes: Attributes = {}
    types = {EntityType.DATASET}
    for name in entity.identifiers:
        if name in stated:
            attributes = joined(attributes, stated[name].attributes)
            types.add(stated[name].type)
    return EntityRecord(
        id=entity.id,
        type=max(types, key=list(EntityType).index),
        identifiers=entity.identifiers,
        standings=entity.standings,
        generated_at=entity.generated_at,
        invalidated_at=entity.invalidated_at,
        data_level=data_level(attributes, roles),
        attributes=attributes,
    )


def _joined_agent(before: Agent | None, agent: Agent) -> Agent:
    """Both together; of different names the smaller is shown and all are kept."""
    if before is None:
        return agent
    names = sorted({name for name in (before.name, agent.name) if name is not None})
    attributes = joined(before.attributes, agent.attributes)
    if len(names) > 1:
        attributes = joined(attributes, {"name": tuple(names)})
    kinds = sorted(kind for kind in (before.type, agent.type) if kind is not None)
    return Agent(agent.id, min(names, default=None), min(kinds, default=None), attributes)


def _joined_entity(before: StatedEntity | None, entity: StatedEntity) -> StatedEntity:
    if before is None:
        return entity
    kind = max(before.type, entity.type, key=list(EntityType).index)
    return StatedEntity(entity.identifier, joined(before.attributes, entity.attributes), kind)


def _names(stored: StoredMention) -> list[str]:
    mention = stored.mention
    return [name for name in (mention.place, mention.identifier) if name is not None]
