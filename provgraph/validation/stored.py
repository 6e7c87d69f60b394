"""All that a store holds, as statements of PROV, read in pages."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from provgraph.identity.standings import newest_first
from provgraph.interchange.reading.records import types_of
from provgraph.model.attributes import OPEN, OPEN_RELATION, is_open_relation
from provgraph.model.identifiers import base_name
from provgraph.model.records import Fact, end_of, first_text, start_of
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import Kind
from provgraph.prov import names
from provgraph.prov.statements import (
    SLOT_NAMES,
    TYPE_NAMED,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
)
from provgraph.store.journal import Subject, pages
from provgraph.store.protocol import View
from provgraph.store.records import EntityRecord, StoredRelation
from provgraph.validation.instance import EMPTY_COLLECTION, LABEL, TYPE

#: How many records are read at once.
PAGE = 500
_PROV_SCHEME = "prov:"
_TIMED = (ProvType.USAGE, ProvType.GENERATION, ProvType.INVALIDATION)


def statements(view: View) -> Iterator[ProvStatement]:
    """What a store says, as statements.

    The names of entities are their ids, of ``prov`` identifiers the URI.

    A run's start is the earliest and its end the latest that any source gives (CONTRACT section 2
    rule 3), and the time at which a file was no longer there is the store's own conclusion (rule
    4).

    Args:
        view: of the store.

    Raises:
        StoreError: the store failed.
    """
    for kind, read in (
        (Kind.ACTIVITY, _activities),
        (Kind.ENTITY, _entities),
        (Kind.AGENT, _agents),
    ):
        for ids in pages(view, Subject(kind.value), PAGE):
            yield from read(view, ids)
            yield from _relations(view, kind, ids)


def _activities(view: View, ids: Collection[str]) -> Iterator[ProvStatement]:
    for run in view.runs(ids).values():
        name = first_text(run.facts, Fact.NAME)
        yield from _element(ProvType.ACTIVITY, run.id, run.facts, name)
    for stored in view.mentions_of(ids):
        mention, entity = stored.mention, _uri(stored.entity)
        type_, ends = (
            (ProvType.GENERATION, (entity, mention.run))
            if mention.is_output
            else (ProvType.USAGE, (mention.run, entity))
        )
        yield _relation(type_, (*ends, mention.time), mention.attributes)


def _entities(view: View, ids: Collection[str]) -> Iterator[ProvStatement]:
    for entity in view.entities(ids).values():
        uri = _uri(entity.id)
        yield from _element(ProvType.ENTITY, uri, entity.attributes, _file_name(entity))
        if entity.invalidated_at is not None:
            yield ProvStatement(ProvType.INVALIDATION, None, (uri, None, entity.invalidated_at))


def _agents(view: View, ids: Collection[str]) -> Iterator[ProvStatement]:
    for agent in view.agents(ids).values():
        yield from _element(ProvType.AGENT, agent.id, agent.attributes, agent.name)


def _element(
    type_: ProvType, name: str, attributes: Attributes, label: str | None
) -> Iterator[ProvStatement]:
    """What is said of a record, in each bundle by itself, and the relations with an open end that
    it keeps.
    """
    records = [each for each in attributes.get(names.RECORDS, ()) if isinstance(each, Mapping)]
    by_itself = [each for each in records if each.get("bundle") is None]
    if by_itself or not records:
        yield ProvStatement(type_, name, _times(type_, attributes), _pairs(attributes, label))
    for each in (
        *(by_itself if len(by_itself) > 1 else ()),
        *(each for each in records if each not in by_itself),
    ):
        says: Any = {key: tuple(values) for key, values in each["says"].items()}
        yield ProvStatement(
            type_, name, _times(type_, says), _pairs(says, label), each.get("bundle")
        )
    for key, values in attributes.items():
        if key.startswith(OPEN):
            yield from (
                _opened(key.removeprefix(OPEN), each) for each in values if is_open_relation(each)
            )


def _times(type_: ProvType, attributes: Attributes) -> tuple[str | None, ...]:
    return (start_of(attributes), end_of(attributes)) if type_ is ProvType.ACTIVITY else ()


def _pairs(attributes: Attributes, label: str | None) -> tuple[Pair, ...]:
    pairs = [] if label is None else [(LABEL, Literal(label))]
    return (
        *pairs,
        *((TYPE, Literal(each)) for each in types_of(attributes) if each == EMPTY_COLLECTION),
    )


def _opened(type_name: str, value: Any) -> ProvStatement:
    """A relation with an open end."""
    content, type_ = value[OPEN_RELATION], ProvType(type_name)
    places = tuple(content["places"].get(each) for each in SLOT_NAMES[type_])
    says = {key: tuple(values) for key, values in content["says"].items()}
    return ProvStatement(
        type_, first_text(says, names.ID), places, (), first_text(says, names.BUNDLE)
    )


def _relations(view: View, kind: Kind, ids: Collection[str]) -> Iterator[ProvStatement]:
    """The stated relations that begin at these records; IVOA's say nothing about order."""
    asked = set(ids)
    for stored in view.relations_of(kind, ids):
        relation = stored.relation
        if (
            relation.source.kind is kind
            and stored.source in asked
            and relation.relation in TYPE_NAMED
        ):
            yield _relation(TYPE_NAMED[relation.relation], _places(stored), relation.attributes)


def _relation(
    type_: ProvType, places: Sequence[str | None], attributes: Attributes
) -> ProvStatement:
    """A relation, with what a document says of it beside its ends."""
    more = (first_text(attributes, names.SLOT + each) for each in SLOT_NAMES[type_])
    padded = (*places, *[None] * (len(SLOT_NAMES[type_]) - len(places)))
    filled = tuple(place or other for place, other in zip(padded, more, strict=True))
    return ProvStatement(
        type_, first_text(attributes, names.ID), filled, (), first_text(attributes, names.BUNDLE)
    )


def _places(stored: StoredRelation) -> tuple[str | None, ...]:
    relation = stored.relation
    source, target = (
        _uri(name) if end.kind is Kind.ENTITY else name
        for name, end in ((stored.source, relation.source), (stored.target, relation.target))
    )
    type_ = TYPE_NAMED[relation.relation]
    if type_ in (ProvType.START, ProvType.END):
        is_trigger = relation.target.kind is Kind.ENTITY
        return source, target if is_trigger else None, None if is_trigger else target, relation.time
    return (source, target, relation.time) if type_ in _TIMED else (source, target)


def _uri(entity: str) -> str:
    return entity.removeprefix(_PROV_SCHEME)


def _file_name(entity: EntityRecord) -> str | None:
    standings = newest_first(entity.standings)
    return base_name(standings[0].place) if standings else first_text(entity.attributes, "name")
