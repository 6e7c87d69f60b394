"""What a store holds → statements of PROV.

The way back of `provgraph.interchange.reading.records` (docs/explanation/interchange.md).

Read in bulk from a view, so that a store of any size passes in bounded memory.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from provgraph.errors import LoadError
from provgraph.interchange.reading.records import (
    AGENT_TYPES,
    ENTITY_TYPES,
    MARK,
    ROLE,
    SOURCE,
    types_of,
)
from provgraph.model.attributes import HIDDEN, OPEN, OPEN_RELATION, is_open_relation
from provgraph.model.batches import batches
from provgraph.model.identifiers import is_strong, location_of
from provgraph.model.records import Agent, End, Fact, Run, StatedEntity, StatedRelation
from provgraph.model.times import utc, with_zone
from provgraph.model.values import Attributes, Value, Values, canonical_json
from provgraph.model.vocabulary import DESCRIPTIONS, AgentType, EntityType, Kind, RelationType
from provgraph.prov import names
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    SLOT_NAMES,
    SLOTS,
    TYPE_NAMED,
    BundleNamed,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
    Slot,
)
from provgraph.prov.values import literal_of, native_literal
from provgraph.store.journal import Subject, pages
from provgraph.store.protocol import View
from provgraph.store.records import EntityRecord, StoredMention

PAGE = 2000
Stated: TypeAlias = ProvStatement | BundleNamed
_KINDS = {
    ProvType.ENTITY: Kind.ENTITY,
    ProvType.ACTIVITY: Kind.ACTIVITY,
    ProvType.AGENT: Kind.AGENT,
}
_WITH_TYPE = frozenset({EntityType.COLLECTION, EntityType.BUNDLE, EntityType.PLAN})
_DESCRIPTION_SUBJECTS = {Subject(kind.value): kind for kind in DESCRIPTIONS}


@dataclass(frozen=True)
class Selection:
    """Which records to write.

    Attributes:
        ids: of each kind.
        is_closed: whether only relations between them are wanted.
    """

    ids: Mapping[Kind, Collection[str]]
    is_closed: bool = False


def statements(view: View, selection: Selection | None = None) -> Iterator[Stated]:
    """All statements of a store, elements of a kind before the next kind.

    Those that relate records behind them.

    Args:
        view: of the store.
        selection: which records; None for all.
    """
    reader = _Reader(view, selection)
    if selection is None:
        for ids in reader.pages(Subject.SETTINGS):
            yield from reader.settings(ids)
        for subject, kind in _DESCRIPTION_SUBJECTS.items():
            for ids in reader.pages(subject):
                yield from reader.descriptions(kind, ids)
        for ids in reader.pages(Subject.STATED):
            yield from reader.stated(ids)
    for subject, read in (
        (Subject.ENTITY, reader.entities),
        (Subject.AGENT, reader.agents),
        (Subject.ACTIVITY, reader.activities),
    ):
        for ids in reader.pages(subject):
            yield from read(ids)


class _Reader:
    """Reads records of a view and makes statements of them."""

    def __init__(self, view: View, selection: Selection | None) -> None:
        self._view = view
        self._selection = selection

    def pages(self, subject: Subject) -> Iterator[list[str]]:
        """The ids of a kind, some at a time."""
        if self._selection is not None:
            ids = sorted(self._selection.ids.get(Kind(subject.value), ()))
            yield from batches(ids, PAGE)
        else:
            yield from pages(self._view, subject, PAGE)

    def _is_wanted(self, kind: Kind, identifier: str) -> bool:
        """Whether a relation to this record is to be written."""
        chosen = self._selection
        return chosen is None or not chosen.is_closed or identifier in chosen.ids.get(kind, ())

    # Records.

    def settings(self, keys: Collection[str]) -> Iterator[Stated]:
        """Settings, as entities."""
        for key, settings in self._view.settings(keys).items():
            marks: dict[str, Values] = {"name": (settings.name,), "values": (settings.values,)}
            yield ProvStatement(ProvType.ENTITY, names.SETTINGS + key, (), tuple(_marked(marks)))

    def descriptions(self, kind: Kind, ids: Collection[str]) -> Iterator[Stated]:
        """Descriptions, as entities."""
        for end, each in self._view.descriptions([End(kind, each) for each in ids]).items():
            pairs = (*_pairs(each.attributes), *_marked({"type": (each.type,)}))
            yield ProvStatement(ProvType.ENTITY, names.uri_of_end(end), (), pairs)

    def stated(self, identifiers: Collection[str]) -> Iterator[Stated]:
        """What is stated of entities, but of those whose id it is: that stands with them."""
        known = self._view.entities([each for each in identifiers if not each.startswith("prov:")])
        for identifier, each in self._view.stated(identifiers).items():
            if identifier not in known:
                yield from _entity(each)

    def entities(self, ids: Collection[str]) -> Iterator[Stated]:
        """Entities, as far as no document said all of them, and their relations."""
        # What PROV documents say of their entities has been read with all that is stated.
        found = self._view.entities(
            [each for each in ids if self._selection or not each.startswith("prov:")]
        )
        own = self._view.stated(self._stated_names(found.values()))
        for entity in found.values():
            if not entity.id.startswith("prov:"):
                stated = own.pop(entity.id, None)
                marks = _resolved(entity) | ({"stated": (True,)} if stated else {})
                yield from _entity(stated or StatedEntity(entity.id), marks)
        if self._selection is not None:
            for each in own.values():
                yield from _entity(each)
            yield from self._mentions_elsewhere(found.values(), self._selection)
        yield from self._relations(Kind.ENTITY, ids)

    def _mentions_elsewhere(
        self, entities: Iterable[EntityRecord], selection: Selection
    ) -> Iterator[Stated]:
        """Who wrote and read chosen entities, of the activities that are not chosen themselves."""
        if selection.is_closed:
            return
        ids = {each.id for each in entities}
        all_names = {name for each in entities for name in (each.id, *each.identifiers)}
        found = (*self._view.structural_mentions(all_names, ()), *self._view.plain_reads(all_names))
        for stored in found:
            if stored.entity in ids and stored.mention.run not in selection.ids.get(
                Kind.ACTIVITY, ()
            ):
                yield _mention(stored)

    def _stated_names(self, entities: Iterable[EntityRecord]) -> set[str]:
        if self._selection is None:
            return {each.id for each in entities if not each.id.startswith("prov:")}
        return {
            name
            for each in entities
            for name in (each.id, *each.identifiers)
            if is_strong(name) or name == each.id
        }

    def agents(self, ids: Collection[str]) -> Iterator[Stated]:
        """Agents and their relations."""
        for agent in self._view.agents(ids).values():
            yield from _agent(agent)
        yield from self._relations(Kind.AGENT, ids)

    def activities(self, ids: Collection[str]) -> Iterator[Stated]:
        """Activities with their inputs, outputs, configuration and relations."""
        view = self._view
        files = view.config_files_of(ids)
        for run in view.runs(ids).values():
            yield from _activity(run, files.get(run.id, ()))
        for stored in view.mentions_of(ids):
            if self._is_wanted(Kind.ENTITY, stored.entity):
                yield _mention(stored)
        for run_id, keys in view.settings_of(ids).items() if self._selection is None else ():
            for key in keys:
                yield _configured(run_id, key)
        yield from self._relations(Kind.ACTIVITY, ids)

    def _relations(self, kind: Kind, ids: Collection[str]) -> Iterator[Stated]:
        """The stated relations of which these records are the effect."""
        asked = set(ids)
        for stored in self._view.relations_of(kind, ids):
            relation = stored.relation
            is_ours = relation.source.kind is kind and stored.source in asked
            if is_ours and self._is_wanted(relation.target.kind, stored.target):
                yield _relation(relation)


# Elements.


def _entity(stated: StatedEntity, marks: Mapping[str, Values] | None = None) -> Iterator[Stated]:
    uri = names.entity_uri(stated.identifier)
    if names.IS_BUNDLE in stated.attributes:
        yield BundleNamed(uri)
    told = dict(marks or {})
    implied = {EntityType.BUNDLE} if names.IS_BUNDLE in stated.attributes else set()
    implied |= {EntityType.DATASET, *_implied(stated.attributes, ENTITY_TYPES)}
    if stated.type not in implied:
        told["type"] = (stated.type,)
    more = _type_pairs(stated.type) if "type" in told and stated.type in _WITH_TYPE else ()
    yield from _element(ProvType.ENTITY, uri, stated.attributes, told, more)


def _agent(agent: Agent) -> Iterator[Stated]:
    marks: dict[str, Values] = {} if agent.name is None else {"name": (agent.name,)}
    more: tuple[Pair, ...] = ()
    if agent.type is not None and agent.type != min(
        _implied(agent.attributes, AGENT_TYPES), default=None
    ):
        marks["type"] = (agent.type,)
        more = _type_pairs(agent.type)
    uri = names.record_uri(agent.id, Kind.AGENT)
    yield from _element(ProvType.AGENT, uri, agent.attributes, marks, more)


def _activity(run: Run, files: Iterable[str]) -> Iterator[Stated]:
    places = sorted(files)
    marks: dict[str, Values] = {"configFile": tuple(places)} if places else {}
    uri = names.record_uri(run.id, Kind.ACTIVITY)
    yield from _element(ProvType.ACTIVITY, uri, run.facts, marks, ())


def _element(
    kind: ProvType,
    uri: str,
    attributes: Attributes,
    marks: Mapping[str, Values],
    more: tuple[Pair, ...],
) -> Iterator[Stated]:
    """The statements that said what a store knows of a record, and the open relations that it
    keeps.
    """
    if not any(name.startswith((HIDDEN, OPEN)) for name in attributes):
        if attributes or marks or names.kind_in(uri) is not None:
            yield _one(kind, uri, attributes, (*_marked(marks), *more) if marks else more)
        return
    visible = {
        name: values for name, values in attributes.items() if not name.startswith((HIDDEN, OPEN))
    }
    opened = {
        name: values
        for name, values in attributes.items()
        if name.startswith((OPEN, HIDDEN + OPEN))
    }
    for name, values in opened.items():
        if own := tuple(value for value in values if not is_open_relation(value)):
            visible[name] = own
    texts = {name: attributes[name] for name in (names.START, names.END) if name in attributes}
    records = [each for each in attributes.get(names.RECORDS, ()) if isinstance(each, Mapping)]
    rest = _uncovered(visible, records) if records else visible
    if rest or marks or (not records and names.kind_in(uri) is not None):
        yield _one(kind, uri, {**rest, **texts}, (*_marked(marks), *more))
    for record in records:
        says: Any = record["says"]
        yield _one(
            kind,
            uri,
            {name: tuple(values) for name, values in says.items()},
            (),
            _text(record.get("bundle")),
        )
    for name, values in opened.items():
        yield from (
            _open(name.removeprefix(HIDDEN).removeprefix(OPEN), value)
            for value in values
            if is_open_relation(value)
        )


def _one(
    kind: ProvType,
    uri: str,
    attributes: Mapping[str, Values],
    more: tuple[Pair, ...],
    bundle: str | None = None,
) -> ProvStatement:
    if kind is not ProvType.ACTIVITY:
        return ProvStatement(kind, uri, (), (*_pairs(attributes), *more), bundle)
    start, more_starts = _time_of(attributes, Fact.START, names.START, min)
    end, more_ends = _time_of(attributes, Fact.END, names.END, max)
    others = {
        name: values for name, values in attributes.items() if name not in (Fact.START, Fact.END)
    }
    if more_starts or more_ends:
        more = (*more, *_marked({Fact.START: more_starts, Fact.END: more_ends}))
    return ProvStatement(kind, uri, (start, end), (*_pairs(others), *more), bundle)


def _time_of(
    attributes: Mapping[str, Values],
    fact: str,
    text_name: str,
    choose: Callable[[Iterable[str]], str],
) -> tuple[str | None, Values]:
    """The time that a document can say, as it was written, and the others that sources give."""
    values = [str(value) for value in attributes.get(fact, ())]
    if not values:
        return None, ()
    chosen = choose(values)
    return _written(chosen, attributes.get(text_name, ())), tuple(
        value for value in values if value != chosen
    )


def _written(time: str, texts: Values) -> str:
    """A canonical time as a document wrote it."""
    for text in texts:
        try:
            if utc(str(text).replace("T24:00:00", "T23:59:60")) == time:
                return str(text)
        except LoadError:
            continue
    return str(with_zone(time))


def _uncovered(
    attributes: Mapping[str, Values], records: Iterable[Mapping[str, Any]]
) -> dict[str, Values]:
    """What none of the records says."""
    covered = {
        (name, canonical_json(value))
        for record in records
        for name, values in record["says"].items()
        for value in values
    }
    left = {
        name: tuple(value for value in values if (name, canonical_json(value)) not in covered)
        for name, values in attributes.items()
    }
    return {name: values for name, values in left.items() if values}


def _resolved(entity: EntityRecord) -> dict[str, Values]:
    """What provgraph has made out of an entity, for whoever reads the document."""
    found: dict[str, Values] = {
        "resolved": (True,),
        "identifier": entity.identifiers,
        "location": tuple(location_of(each.place) for each in entity.standings),
        "generatedAtTime": _present(with_zone(entity.generated_at)),
        "invalidatedAtTime": _present(with_zone(entity.invalidated_at)),
        "dataLevel": _present(entity.data_level),
    }
    return {name: values for name, values in found.items() if values}


# Relations.


def _mention(stored: StoredMention) -> ProvStatement:
    mention = stored.mention
    named = names.entity_uri(mention.identifier or mention.place or stored.entity)
    marks: dict[str, Values] = {}
    if mention.source != SOURCE:
        named = names.entity_uri(stored.entity)
        said_of = (
            ("source", mention.source),
            ("place", mention.place),
            ("identifier", mention.identifier),
        )
        marks = {name: (value,) for name, value in said_of if value is not None}
    activity = names.record_uri(mention.run, Kind.ACTIVITY)
    is_output = mention.is_output
    places = [named, activity, None] if is_output else [activity, named, None]
    kind = ProvType.GENERATION if is_output else ProvType.USAGE
    return _related(kind, places, (mention.role, mention.time), mention.attributes, marks)


def _configured(run: str, key: str) -> ProvStatement:
    activity = names.record_uri(run, Kind.ACTIVITY)
    return ProvStatement(ProvType.INFLUENCE, None, (activity, names.SETTINGS + key), _CONFIGURED)


def _relation(relation: StatedRelation) -> ProvStatement:
    kind = TYPE_NAMED.get(relation.relation)
    marks: dict[str, Values] = {}
    if kind is None:
        kind = ProvType.INFLUENCE
        marks = {
            "relation": (relation.relation,),
            "effect": (relation.source.kind,),
            "cause": (relation.target.kind,),
        }
    places: list[str | None] = [None] * len(SLOTS[kind])
    places[0] = names.uri_of_end(relation.source)
    starts = kind in (ProvType.START, ProvType.END) and relation.target.kind is Kind.ACTIVITY
    places[2 if starts else 1] = names.uri_of_end(relation.target)
    return _related(kind, places, (relation.role, relation.time), relation.attributes, marks)


def _related(
    kind: ProvType,
    places: list[str | None],
    role_and_time: tuple[str | None, str | None],
    attributes: Attributes,
    marks: dict[str, Values],
) -> ProvStatement:
    role, time = role_and_time
    for index, (name, place) in enumerate(zip(SLOT_NAMES[kind], SLOTS[kind], strict=True)):
        if place is Slot.TIME and time is not None:
            places[index] = _written(time, attributes.get(names.TIME, ()))
            time = None
        elif names.SLOT + name in attributes and place is not Slot.TIME:
            places[index] = _text(attributes[names.SLOT + name][0])
    if time is not None:
        marks["time"] = (time,)
    pairs = [*_pairs(attributes), *_marked(marks)]
    if role is not None and ROLE not in attributes:
        pairs.append((PROV + "role", Literal(role)))
    identifier, bundle = (_first(attributes, name) for name in (names.ID, names.BUNDLE))
    return ProvStatement(kind, identifier, tuple(places), tuple(pairs), bundle)


def _open(type_name: str, value: Value) -> ProvStatement:
    """A relation with an open end, as it was said."""
    content: Any = value[OPEN_RELATION] if isinstance(value, Mapping) else {}
    kind = ProvType(type_name)
    places = tuple(content["places"].get(name) for name in SLOT_NAMES[kind])
    says = {name: tuple(values) for name, values in content["says"].items()}
    return ProvStatement(
        kind, _first(says, names.ID), places, tuple(_pairs(says)), _first(says, names.BUNDLE)
    )


# Attributes.


def _pairs(attributes: Mapping[str, Values]) -> Iterator[Pair]:
    """Attributes as documents write them; what only the store needs is left out."""
    for name, values in attributes.items():
        if not name.startswith(HIDDEN):
            uri = names.attribute_uri(name)
            write = (
                native_literal
                if uri.startswith(names.ATTRIBUTE) and names.is_native(name)
                else literal_of
            )
            for value in values:
                yield uri, Literal(value) if type(value) is str else write(value)


def _marked(marks: Mapping[str, Values]) -> Iterator[Pair]:
    for name, values in marks.items():
        for value in values:
            yield names.own_attribute_uri(MARK + name), native_literal(value)


_CONFIGURED = tuple(
    _marked(
        {
            "relation": (RelationType.WAS_CONFIGURED_BY,),
            "cause": (Kind.COLLECTION,),
            "effect": (Kind.ACTIVITY,),
        }
    )
)


def _type_pairs(kind: EntityType | AgentType) -> tuple[Pair, ...]:
    return ((PROV + "type", Literal(PROV + kind.value, QUALIFIED_NAME)),)


def _implied(attributes: Attributes, types: Mapping[str, Any]) -> list[Any]:
    """The finer kinds that follow from the types that are said."""
    return [types[uri] for uri in types_of(attributes) if uri in types]


def _present(value: str | None) -> Values:
    return () if value is None else (value,)


def _first(attributes: Mapping[str, Values], name: str) -> str | None:
    return _text(attributes[name][0]) if name in attributes else None


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
