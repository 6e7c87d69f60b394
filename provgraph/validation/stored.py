"""Makes statements of PROV for the check from all that a store holds, page by page.

A document's statements come out of a store as they were said (`provgraph.interchange.export`). The
check takes what the store concluded from them: one name for each file, however many names sources
give it, and one start and end for each run.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from provgraph.identity.entities import newest_first
from provgraph.interchange.store_reader import StoreReader
from provgraph.interchange.stored_elements import records_in
from provgraph.interchange.stored_relations import (
    filled_slots,
    identified,
    is_starter,
    open_relations,
)
from provgraph.model.attributes import is_hidden
from provgraph.model.derived import end_of, invalid_since, start_of
from provgraph.model.identifiers import base_name
from provgraph.model.records import Fact, first_text
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import Kind
from provgraph.prov.statements import (
    TYPE_NAMED,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
)
from provgraph.prov.values import types_of
from provgraph.store.journal import Subject
from provgraph.store.records import EntityRecord, StoredMention, StoredRelation
from provgraph.store.views import View
from provgraph.validation.instance import EMPTY_COLLECTION, LABEL, TYPE

#: How many records are read at once.
PAGE = 500
_PROV_SCHEME = "prov:"


def statements(view: View) -> Iterator[ProvStatement]:
    """Make statements of all that a store says.

    The names of entities are their ids, without ``prov:`` where documents give them a URI. A run's
    start is the earliest and its end the latest that any source gives (docs/contract.md, rule 3).
    The time at which a file was no longer there is the store's own conclusion (docs/contract.md,
    rule 4).

    Args:
        view: of the store.

    Yields:
        activities, then entities, then agents, each page with the relations that begin there.

    Raises:
        StoreError: the store failed.
    """
    reader = StoreReader(view, PAGE)
    for ids in reader.pages(Subject.ACTIVITY):
        for run in reader.runs(ids, has_configuration=False):
            facts = run.run.facts
            yield from _element(ProvType.ACTIVITY, run.run.id, facts, first_text(facts, Fact.NAME))
            yield from map(_mention, run.mentions)
            yield from _relations(run.relations)
    for ids in reader.pages(Subject.ENTITY):
        for entity in reader.entities(ids):
            if entity.entity is not None:
                yield from _entity(entity.entity)
            yield from _relations(entity.relations)
    for ids in reader.pages(Subject.AGENT):
        for agent in reader.agents(ids):
            known = agent.agent
            yield from _element(ProvType.AGENT, known.id, known.attributes, known.name)
            yield from _relations(agent.relations)


def _mention(stored: StoredMention) -> ProvStatement:
    mention, entity = stored.mention, _uri(stored.entity)
    kind, ends = (
        (ProvType.GENERATION, (entity, mention.run))
        if mention.is_output
        else (ProvType.USAGE, (mention.run, entity))
    )
    slots = filled_slots(kind, ends, mention.time, mention.attributes)
    return identified(kind, slots, mention.attributes)


def _entity(entity: EntityRecord) -> Iterator[ProvStatement]:
    uri = _uri(entity.id)
    yield from _element(ProvType.ENTITY, uri, entity.attributes, _file_name(entity))
    ends = (entity.invalidated_at, invalid_since(entity.attributes))
    if known := [time for time in ends if time is not None]:
        yield ProvStatement(ProvType.INVALIDATION, None, (uri, None, min(known)))


def _element(
    type_: ProvType, name: str, attributes: Attributes, label: str | None
) -> Iterator[ProvStatement]:
    """Make statements of what each bundle says of a record, and of the open relations it keeps."""
    records = records_in(attributes)
    by_itself = [each for each in records if each.get("bundle") is None]
    if by_itself or not records:
        yield ProvStatement(type_, name, _times(type_, attributes), _pairs(attributes, label))
    for each in (
        *(by_itself if len(by_itself) > 1 else ()),
        *(each for each in records if each not in by_itself),
    ):
        says = {key: tuple(values) for key, values in each["says"].items()}
        yield ProvStatement(
            type_, name, _times(type_, says), _pairs(says, label), each.get("bundle")
        )
    for key, relation in open_relations(attributes):
        if not is_hidden(key):
            yield replace(relation, attributes=())


def _times(type_: ProvType, attributes: Attributes) -> tuple[str | None, ...]:
    """The times that are said of an activity itself; starts and ends are relations of their own."""
    if type_ is not ProvType.ACTIVITY:
        return ()
    own = {name: attributes.get(name, ()) for name in (Fact.START, Fact.END)}
    return start_of(own), end_of(own)


def _pairs(attributes: Attributes, label: str | None) -> tuple[Pair, ...]:
    pairs = [] if label is None else [(LABEL, Literal(label))]
    return (
        *pairs,
        *((TYPE, Literal(each)) for each in types_of(attributes) if each == EMPTY_COLLECTION),
    )


def _relations(relations: Iterable[StoredRelation]) -> Iterator[ProvStatement]:
    """Make statements of stated relations; those of the IVOA say nothing about order."""
    for stored in relations:
        relation = stored.relation
        kind = TYPE_NAMED.get(relation.relation)
        if kind is not None:
            source, target = (
                _uri(name) if end.kind is Kind.ENTITY else name
                for name, end in (
                    (stored.source, relation.source),
                    (stored.target, relation.target),
                )
            )
            slots = filled_slots(
                kind,
                (source, target),
                relation.time,
                relation.attributes,
                is_starter=is_starter(kind, relation),
            )
            yield identified(kind, slots, relation.attributes)


def _uri(entity: str) -> str:
    return entity.removeprefix(_PROV_SCHEME)


def _file_name(entity: EntityRecord) -> str | None:
    standings = newest_first(entity.standings)
    return base_name(standings[0].place) if standings else first_text(entity.attributes, "name")
