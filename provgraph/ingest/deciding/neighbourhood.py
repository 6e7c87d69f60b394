"""The neighbourhood of a change: what is decided anew because of the change.

A change of some mentions can only matter to those that share a place, an identifier or a twin with
them, directly or through each other. These are fetched, resolved together, and what is other than
before is noted.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from provgraph.identity.entities import ResolvedEntity, Standing, newest_first
from provgraph.identity.files import EquivalenceClasses, RunTimes, files_of, times_of, twins
from provgraph.identity.resolution import Resolution, resolve
from provgraph.model.attributes import data_level, join_attributes
from provgraph.model.derived import stated_generation, stated_invalidation, stated_places
from provgraph.model.identifiers import is_strong, places_in, version_of
from provgraph.model.records import Mention, StatedEntity
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import EntityType
from provgraph.store.journal import marks_of_changes
from provgraph.store.records import Changes, EntityRecord, StoredMention
from provgraph.store.views import Facts

#: The greatest number that a column of type integer holds.
_GREATEST_RANK = 2**31 - 1


@dataclass(frozen=True, slots=True)
class TouchedMention:
    """A mention to decide on.

    Attributes:
        now: the mention as it is from this change on.
        before: the mention as the store has it; None when it is new.
        moved: whether its run has other times now.
    """

    now: StoredMention
    before: StoredMention | None
    moved: bool

    @property
    def can_change_others(self) -> bool:
        """Whether the mention, as it was or as it is now, can change which file others mean."""
        states = (self.now,) if self.before is None else (self.now, self.before)
        return any(each.mention.is_structural(each.twin) for each in states)


def mentions_by_run(
    facts: Facts, runs: Collection[str]
) -> defaultdict[str, dict[bytes, StoredMention]]:
    """Read all mentions of runs.

    Args:
        facts: as they stand.
        runs: ids of runs.

    Returns:
        run → key of the mention → the mention. A run without mentions has an empty dict.
    """
    return _by_run(facts.mentions_of(runs))


def mentions_beside(
    facts: Facts, said: Mapping[str, Mapping[bytes, Mention]], moved: Collection[str]
) -> defaultdict[str, dict[bytes, StoredMention]]:
    """Read the mentions of runs that matter for new ones.

    Args:
        facts: as they stand.
        said: id of a run → the new mentions.
        moved: ids of runs that have other times now, so that all their mentions matter.

    Returns:
        run → key of the mention → the mention.
    """
    others = {run: mentions.values() for run, mentions in said.items() if run not in moved}
    return _by_run([*facts.mentions_of(moved), *facts.mentions_beside(others)])


def _by_run(mentions: Iterable[StoredMention]) -> defaultdict[str, dict[bytes, StoredMention]]:
    found: defaultdict[str, dict[bytes, StoredMention]] = defaultdict(dict)
    for stored in mentions:
        found[stored.mention.run][stored.mention.key] = stored
    return found


def touched_mentions(
    known: Mapping[bytes, StoredMention], mentions: Mapping[bytes, Mention], moved: bool
) -> Iterator[TouchedMention]:
    """Find the mentions of one run that are to be decided on.

    These are the mentions that are new or have another twin now, and all when the run has other
    times now.

    Args:
        known: the run's mentions in the store.
        mentions: the run's mentions from now on.
        moved: whether the run has other times now.

    Yields:
        each mention to decide on.
    """
    twin_of = twins(mentions.values())
    for key, mention in mentions.items():
        before, twin = known.get(key), twin_of.get(key)
        now = (
            StoredMention(before.mention, twin, before.entity, before.rule)
            if before
            else StoredMention(mention, twin)
        )
        if moved or now != before:
            yield TouchedMention(now, before, moved)


def marks_of_decisions(changes: Changes, touched: Iterable[TouchedMention]) -> frozenset[bytes]:
    """Mark all that changes write.

    Args:
        changes: what is to be written.
        touched: the mentions that brought the changes about.

    Returns:
        the marks that overtaken plans are compared with.
    """
    return marks_of_changes(changes, ((each.now, each.can_change_others) for each in touched))


class Neighbourhood:
    """All that may be decided otherwise because of the touched mentions.

    Attributes:
        mentions: by key, as they are to be decided on.
        unwritten: the keys of those that the store holds otherwise or not at all.
        before: the entities that they were of.
        stated: names of entities that sources state outright.
        changed: the names for which every mention is here, so that entities may go; for the others
            only new reads are.
    """

    def __init__(
        self,
        facts: Facts,
        touched: Sequence[TouchedMention],
        stated: Collection[str],
        gone: Sequence[StoredMention] = (),
        unsaid: Collection[str] = (),
    ) -> None:
        """Fetch what is to be decided.

        Args:
            facts: as they are before the change.
            touched: mentions that change.
            stated: names of entities that sources state outright, as far as the change touches
                them.
            gone: mentions that nobody makes any more.
            unsaid: names of entities of which less is stated outright than before, or nothing.
        """
        self.mentions = {each.now.mention.key: each.now for each in touched}
        self.unwritten = {each.now.mention.key for each in touched if each.now != each.before}
        self.stated = set(stated)
        self._facts = facts
        self._gone = {stored.mention.key for stored in gone}
        start = {
            name
            for stored in (*(each.now for each in touched), *gone)
            for name in stored.mention.names
        }
        self._close_over(start | _with_places(stated) | _with_places(unsaid))
        weak = {name for name in stated if not is_strong(name)}
        self.changed = self._changed_names(touched, gone, _with_places({*weak, *unsaid}))
        for stored in facts.plain_reads({name for name in self.changed if not is_strong(name)}):
            self._add(stored)
        decided = [stored for stored in (*self.mentions.values(), *gone) if stored.entity]
        self.before = {stored.entity for stored in decided if stored.entity}
        self.stated |= self._weakly_stated(decided) - set(unsaid)

    def _add(self, stored: StoredMention) -> None:
        if stored.mention.key not in self._gone:
            self.mentions.setdefault(stored.mention.key, stored)

    def _close_over(self, names: set[str]) -> None:
        """Fetch structural mentions until no place, identifier or twin leads to another one."""
        twin_keys = {stored.twin for stored in self.mentions.values() if stored.twin is not None}
        seen_names, seen_twins = set(names), set(twin_keys)
        while names or twin_keys:
            fetched = self._facts.structural_mentions(names, twin_keys)
            for stored in fetched:
                self._add(stored)
            names = {name for stored in fetched for name in stored.mention.names} - seen_names
            twin_keys = {stored.twin for stored in fetched if stored.twin is not None} - seen_twins
            seen_names |= names
            seen_twins |= twin_keys

    def _weakly_stated(self, decided: Iterable[StoredMention]) -> set[str]:
        """Find the weak names of which a source states something.

        Weak names are paths that may mean another entity now, and the identifiers of values.
        """
        names = set()
        for mention in (stored.mention for stored in decided):
            if mention.place in self.changed:
                names |= {mention.place, version_of(mention.place, mention.run)}
        named = (stored.mention.identifier for stored in self.mentions.values())
        names.update(name for name in named if name is not None and not is_strong(name))
        return set(self._facts.stated(names)) if names else set()

    def _changed_names(
        self, touched: Iterable[TouchedMention], gone: Sequence[StoredMention], named: set[str]
    ) -> set[str]:
        """Find the places and identifiers that are joined to a change, directly or through others.

        An input that is known by its path alone changes nothing for others, with two exceptions:
        its run has other times now and other runs write to the same place, or no source names the
        input any more. Then the input leaves its entity, which may be left without a mention.
        """
        joint = EquivalenceClasses([])
        written = set()
        for stored in (*self.mentions.values(), *gone):
            if stored.mention.is_structural(stored.twin):
                joint.add_together(
                    [*stored.mention.names, *([stored.twin.hex()] if stored.twin else [])]
                )
                written.update(stored.mention.names)
        changed = {
            joint.name(name)
            for each in touched
            for name in each.now.mention.names
            if each.can_change_others or (each.moved and name in written)
        }
        named = named | {name for stored in gone for name in stored.mention.names}
        changed |= {joint.name(name) for name in named}
        within = {
            name for root, group in joint.groups().items() if root in changed for name in group
        }
        return within | named


def decide_entities(
    facts: Facts,
    around: Neighbourhood,
    stated_now: Mapping[str, StatedEntity | None],
    changes: Changes,
) -> None:
    """Resolve the neighbourhood and note what is other than before.

    Args:
        facts: as they are before the change.
        around: what is to be decided.
        stated_now: what is stated of names as from this change; None of those of which nothing is
            any more.
        changes: its runs are as they will be; its mentions and entities, and the entities to
            remove, are set.
    """
    times = facts.times({stored.mention.run for stored in around.mentions.values()})
    times |= {run.id: times_of(run) for run in changes.runs}
    resolution = _resolved(around, times)
    changes.mentions = [
        decided
        for key, stored in around.mentions.items()
        if (decided := _decided(stored, resolution)) != stored or key in around.unwritten
    ]
    names = {name for entity in resolution.entities.values() for name in entity.stated_names} | set(
        stated_now
    )
    known = facts.entities(around.before | names | resolution.entities.keys())
    names.update(name for record in known.values() for name in record.former)
    stated = {
        name: each
        for name, each in {**facts.stated(names), **stated_now}.items()
        if each is not None
    }
    roles, written = _roles(around, resolution), _times_of_writing(around, resolution)
    for resolved in resolution.entities.values():
        entity, old = resolved, known.get(resolved.id)
        if old is not None and not around.changed.intersection(entity.identifiers):
            # Not all of its reads are here.
            roles[entity.id].add(old.data_level or "")
            entity = entity.also_called(old.former)
        record = _record(entity, stated, roles[entity.id], written.get(entity.id))
        if old != record:
            changes.entities.append(record)
    changes.removals.entities = sorted(known.keys() - resolution.entities.keys())


def _resolved(around: Neighbourhood, times: Mapping[str, RunTimes]) -> Resolution:
    mentions = [stored.mention for stored in around.mentions.values()]
    twin_of = {
        key: stored.twin for key, stored in around.mentions.items() if stored.twin is not None
    }
    return resolve(files_of(mentions, twin_of, times), around.stated)


def _decided(stored: StoredMention, resolution: Resolution) -> StoredMention:
    given = resolution.assignments[stored.mention.key]
    return StoredMention(stored.mention, stored.twin, given.entity, given.rule)


def _roles(around: Neighbourhood, resolution: Resolution) -> defaultdict[str, set[str]]:
    roles: defaultdict[str, set[str]] = defaultdict(set)
    for key, stored in around.mentions.items():
        if stored.mention.role is not None:
            roles[resolution.assignments[key].entity].add(stored.mention.role)
    return roles


def _times_of_writing(around: Neighbourhood, resolution: Resolution) -> dict[str, list[str]]:
    """Find the times of generation that sources state, of each entity that a run made.

    All outputs that are of one entity share its names, so all of them are here.
    """
    found: dict[str, list[str]] = {}
    for key, stored in around.mentions.items():
        if stored.mention.is_output:
            times = found.setdefault(resolution.assignments[key].entity, [])
            if stored.mention.time is not None:
                times.append(stored.mention.time)
    return found


def _record(
    entity: ResolvedEntity,
    stated: Mapping[str, StatedEntity],
    roles: set[str],
    written: Collection[str] | None,
) -> EntityRecord:
    """One entity; ``written`` are the stated times of its generation, None when no run made it."""
    attributes: Attributes = {}
    types = {EntityType.DATASET}
    for name in entity.stated_names:
        if name in stated:
            said = stated[name].attributes
            attributes = join_attributes(attributes, said) if attributes else said
            types.add(stated[name].type)
    stated_at = _stated_standings(entity, attributes)
    return EntityRecord(
        id=entity.id,
        type=max(types, key=list(EntityType).index),
        identifiers=(*entity.identifiers, *(each.place for each in stated_at)),
        standings=newest_first((*entity.standings, *stated_at)),
        generated_at=stated_generation(attributes, written or ()) or entity.generated_at,
        invalidated_at=stated_invalidation(attributes) or entity.invalidated_at,
        data_level=data_level(attributes, roles),
        attributes=attributes,
        former=tuple(name for name in entity.former if name in stated),
        external=written is None,
    )


def _stated_standings(entity: ResolvedEntity, attributes: Attributes) -> list[Standing]:
    """Say where documents locate an entity, which changes nothing for others at that place.

    Of several entities at one place the one that was made last is the newest.
    """
    since = entity.generated_at or ""
    rank = 0
    if since:
        seconds = int(datetime.fromisoformat(since).replace(tzinfo=UTC).timestamp())
        rank = min(max(seconds, 0), _GREATEST_RANK)
    known = set(entity.identifiers)
    places = (place for place in stated_places(attributes) if place not in known)
    return [Standing(place, rank, since, None) for place in places]


def _with_places(names: Collection[str]) -> set[str]:
    return {*names, *(place for name in names for place in places_in(name))}
