"""Makes documents of provgraph from the relations of a PROV document.

`provgraph.interchange.stored_relations` is the way back. What stands in further slots of a
relation, as the plan of an association, is kept in attributes of the relation. A relation that
leaves an end open is kept as an attribute of a record that it does name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from provgraph.errors import LoadError
from provgraph.interchange.reading.attributes import (
    AttributeReader,
    AttributeValues,
    canonical_time,
    first_mark,
    take_role,
    written_zone,
)
from provgraph.interchange.reading.context import StatementContext
from provgraph.interchange.reading.ivoa_records import reference_document, without_class
from provgraph.model.attributes import HIDDEN, OPEN, OPEN_RELATION
from provgraph.model.identifiers import is_strong
from provgraph.model.records import (
    INFERRED,
    TIME_OF_INVALIDATION,
    Agent,
    Document,
    End,
    Fact,
    Mention,
    Run,
    StatedEntity,
    StatedRelation,
    build_quickly,
)
from provgraph.model.values import Value, Values
from provgraph.model.vocabulary import DESCRIPTIONS, Kind, RelationType
from provgraph.prov import ivoa, names
from provgraph.prov.marks import SOURCE
from provgraph.prov.statements import SLOT_NAMES, SLOTS, ProvStatement, ProvType, Slot
from provgraph.prov.values import class_in

_KINDS = {
    Slot.ENTITY: Kind.ENTITY,
    Slot.ACTIVITY: Kind.ACTIVITY,
    Slot.AGENT: Kind.AGENT,
}
_RECORD_SLOTS = frozenset({*_KINDS, Slot.ANY})
_MENTIONS = {ProvType.USAGE: RelationType.USED, ProvType.GENERATION: RelationType.WAS_GENERATED_BY}
_TRIGGERED = (ProvType.START, ProvType.END)
#: The slots behind the first, which holds the effect; of most types the second holds the cause.
_MORE_SLOTS = {
    kind: tuple(
        (number, name, SLOTS[kind][number] is Slot.TIME)
        for number, name in enumerate(slot_names)
        if number > (0 if kind in _TRIGGERED else 1)
    )
    for kind, slot_names in SLOT_NAMES.items()
}
#: The slot of a derivation that names the activity.
_DERIVING = SLOT_NAMES[ProvType.DERIVATION].index("activity")
#: Class of the IVOA's → the relation that provgraph makes of it.
_OF_IVOA = {
    ivoa.DESCRIBED: RelationType.IS_DESCRIBED_BY,
    ivoa.RELATED: RelationType.WAS_INFLUENCED_BY,
}
_DESCRIBED_BY = {
    Kind.ACTIVITY: Kind.ACTIVITY_DESCRIPTION,
    Kind.ENTITY: Kind.ENTITY_DESCRIPTION,
}
#: What a mark may say a relation was: inputs and outputs of runs are mentions, and no such.
_RELATIONS = frozenset(RelationType) - frozenset(_MENTIONS.values())
_ANY_KIND = frozenset(kind.value for kind in Kind)


def relation_document(
    statement: ProvStatement, reader: AttributeReader, context: StatementContext
) -> Document:
    """Read a relation.

    Args:
        statement: of any type but `ELEMENTS`.
        reader: of the document's attributes.
        context: of the document.

    Returns:
        a document with an input or output of a run, with a stated relation, or with the record that
        keeps a relation with an open end.

    Raises:
        LoadError: a time can't be read.
    """
    attributes, marks = reader.read(statement.attributes) if statement.attributes else ({}, {})
    kind, slots = statement.type, _named_slots(statement)
    cause = 2 if kind in _TRIGGERED and slots[1] is None else 1
    if statement.id is not None and not statement.id.startswith("_:"):
        attributes[names.ID] = (statement.id,)
    if statement.bundle is not None:
        attributes[names.BUNDLE] = (statement.bundle,)
    if slots[0] is None or slots[cause] is None:
        return _with_time(_open_document(statement, attributes, context), kind, slots)
    time = None
    for number, name, is_time in _MORE_SLOTS[kind]:
        value = slots[number]
        if value is None or number == cause:
            continue
        if is_time:
            time = canonical_time(value)
            attributes |= written_zone(names.TIME, value)
        else:
            attributes[names.SLOT + name] = (value,)
    role = take_role(attributes)
    if kind in _MENTIONS:
        return _mention_document(statement, role, time, attributes, marks)
    effect_end, cause_end = (
        _end(statement, slots, number, marks, context) for number in (0, cause)
    )
    if kind is ProvType.INFLUENCE and (of_ivoa := class_in(statement.attributes, _OF_IVOA)):
        return _of_ivoa(of_ivoa, (effect_end, cause_end), role, attributes)
    relation_type = RelationType(kind.value)
    stated = _stated_document(
        StatedRelation(relation_type, effect_end, cause_end, role, time, attributes), marks
    )
    if kind is ProvType.DERIVATION and slots[_DERIVING] is not None:
        return _with_run(stated, slots)
    return _with_time(stated, kind, slots)


def _of_ivoa(
    relation: RelationType, ends: tuple[End, End], role: str | None, attributes: AttributeValues
) -> Document:
    """Read a relation of the IVOA's model that PROV knows as an influence only."""
    effect, cause = ends
    is_description = relation is RelationType.IS_DESCRIBED_BY
    if is_description and cause.kind is Kind.ENTITY and effect.kind in _DESCRIBED_BY:
        # The document does not say what it is.
        cause = End(_DESCRIBED_BY[effect.kind], cause.id.removeprefix("prov:"))
    if is_description and cause.kind in DESCRIPTIONS:
        rest = without_class(attributes)
        return Document(relations=(StatedRelation(relation, effect, cause, role, None, rest),))
    influence = StatedRelation(
        RelationType.WAS_INFLUENCED_BY, effect, cause, role, None, attributes
    )
    return reference_document(effect, cause) or Document(relations=(influence,))


def _with_time(document: Document, kind: ProvType, slots: Sequence[str | None]) -> Document:
    """Add the time of a start or end to its activity, that of an invalidation to its entity.

    See PROV-CONSTRAINTS, constraints 28 and 29.
    """
    if slots[0] is None or slots[-1] is None:
        return document
    if kind is ProvType.INVALIDATION and slots[1] is not None:
        time = canonical_time(slots[-1])
        entity = StatedEntity(names.entity_id(slots[0]), {TIME_OF_INVALIDATION: (time,)})
        return replace(document, entities=(entity,))
    if kind not in _TRIGGERED:
        return document
    fact = Fact.TIME_OF_START if kind is ProvType.START else Fact.TIME_OF_END
    facts = {} if document.run is None else document.run.facts
    times = {**facts, fact: (canonical_time(slots[-1]),)}
    return replace(document, run=Run(names.record_id(slots[0], Kind.ACTIVITY), times))


def _with_run(derivation: Document, slots: Sequence[str | None]) -> Document:
    """Add what a derivation that names its activity implies (PROV-CONSTRAINTS, inference 11).

    The activity used the one entity and generated the other.
    """
    generated, used, activity = (str(slots[at]) for at in (0, 1, _DERIVING))
    run = names.record_id(activity, Kind.ACTIVITY)
    inputs_and_outputs = tuple(
        Mention(run, relation, None, *_place_and_identifier(entity), INFERRED)
        for relation, entity in (
            (RelationType.USED, used),
            (RelationType.WAS_GENERATED_BY, generated),
        )
    )
    return replace(derivation, run=Run(run, {}), mentions=inputs_and_outputs)


def _place_and_identifier(entity: str) -> tuple[str | None, str | None]:
    """Find how a run names an entity of which a document gives the URI."""
    named = names.entity_id(entity)
    if named[:5] == "prov:" or is_strong(named):
        return None, named
    return named.rpartition("@")[0] or named, None


def _mention_document(
    statement: ProvStatement,
    role: str | None,
    time: str | None,
    attributes: AttributeValues,
    marks: AttributeValues,
) -> Document:
    slots = statement.slots
    is_usage = statement.type is ProvType.USAGE
    activity, entity = (slots[0], slots[1]) if is_usage else (slots[1], slots[0])
    run = names.record_id(str(activity), Kind.ACTIVITY)
    place, identifier = _place_and_identifier(str(entity))
    source = SOURCE
    if "source" in marks:
        place, identifier = first_mark(marks, "place"), first_mark(marks, "identifier")
        source = str(marks["source"][0])
    mention = build_quickly(
        Mention,
        run=run,
        relation=_MENTIONS[statement.type],
        role=role,
        place=place,
        identifier=identifier,
        source=source,
        time=time,
        attributes=attributes,
    )
    return build_quickly(Document, run=Run(run, {}), mentions=(mention,))


def _stated_document(relation: StatedRelation, marks: AttributeValues) -> Document:
    """Keep a relation, which provgraph's own documents may mark as one that PROV does not have."""
    marked = first_mark(marks, "relation")
    if marked == RelationType.WAS_CONFIGURED_BY and relation.target.kind is Kind.COLLECTION:
        key = _settings_key(relation.target.id)
        return Document(run=Run(relation.source.id, {}), settings_keys=(key,))
    kind = RelationType(marked) if marked in _RELATIONS else relation.relation
    time = relation.time or first_mark(marks, "time")
    return Document(relations=(replace(relation, relation=kind, time=time),))


def _open_document(
    statement: ProvStatement, attributes: AttributeValues, context: StatementContext
) -> Document:
    """Keep a relation that leaves an end open on a record that it does name."""
    slots = _named_slots(statement)
    by_name = dict(zip(SLOT_NAMES[statement.type], slots, strict=True))
    role = take_role(dict(attributes))
    content: dict[str, Any] = {
        "places": {name: value for name, value in by_name.items() if value is not None},
        "says": {name: list(values) for name, values in attributes.items()},
    }
    value: dict[str, Any] = {
        "open": "source" if slots[0] is None else "target",
        OPEN_RELATION: content,
    }
    time = by_name.get("time")
    value |= {"role": role} if role is not None else {}
    value |= {"time": canonical_time(time)} if time is not None else {}
    for number, slot in enumerate(SLOTS[statement.type]):
        if slots[number] is not None and slot in _RECORD_SLOTS:
            is_end = number < 2 or statement.type in _TRIGGERED
            end = _end(statement, slots, number, {}, context)
            return _kept_on(end, _open_name(statement.type, is_end=is_end), value)
    nothing = End(Kind.ENTITY, names.NOTHING)
    return _kept_on(nothing, _open_name(statement.type, is_end=False), value)


def _end(
    statement: ProvStatement,
    slots: Sequence[str | None],
    number: int,
    marks: Mapping[str, Values],
    context: StatementContext,
) -> End:
    uri = str(slots[number])
    slot = SLOTS[statement.type][number]
    if slot is not Slot.ANY:
        return names.end_from_uri(uri, _KINDS[slot])
    marked = first_mark(marks, ("effect", "cause")[number])
    return names.end_from_uri(uri, Kind(marked) if marked in _ANY_KIND else context.kind(uri))


def _open_name(kind: ProvType, *, is_end: bool) -> str:
    """Name the attribute that keeps a relation; people see it only on one of its ends."""
    return f"{'' if is_end else HIDDEN}{OPEN}{kind.value}"


def _named_slots(statement: ProvStatement) -> list[str | None]:
    """List what stands in the slots; a blank name there tells nobody anything."""
    return [None if each is not None and each[:2] == "_:" else each for each in statement.slots]


def _kept_on(end: End, name: str, value: Value) -> Document:
    if end.kind is Kind.ACTIVITY:
        return Document(run=Run(end.id, {name: (value,)}))
    if end.kind is Kind.AGENT:
        return Document(agents=(Agent(end.id, attributes={name: (value,)}),))
    return Document(entities=(StatedEntity(end.id, {name: (value,)}),))


def _settings_key(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise LoadError(f"{text[:60]!r} is no key of settings") from None
