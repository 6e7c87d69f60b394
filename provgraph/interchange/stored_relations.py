"""Makes statements of PROV from the relations of a store.

A relation comes out as a document said it. The check of PROV-CONSTRAINTS makes its own statements
of the same relations, and shares `filled_slots`, `identified` and `open_relations`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from provgraph.errors import LoadError
from provgraph.model.attributes import HIDDEN, OPEN, OPEN_RELATION, is_open_relation
from provgraph.model.records import StatedRelation
from provgraph.model.values import Attributes, Value, Values, utc, with_zone
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.prov import names
from provgraph.prov.marks import MARK, ROLE, SOURCE
from provgraph.prov.statements import (
    PROV,
    SLOT_NAMES,
    SLOTS,
    TYPE_NAMED,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
    Slot,
)
from provgraph.prov.values import literal_of, native_literal
from provgraph.store.records import StoredMention, StoredRelation

#: Type of statement → number of the slot that holds its time.
_TIME_SLOTS = {kind: slots.index(Slot.TIME) for kind, slots in SLOTS.items() if Slot.TIME in slots}
#: Type of statement → number of each other slot behind the first, and the attribute that keeps it.
_KEPT_SLOTS = {
    kind: tuple(
        (number, names.SLOT + name)
        for number, name in enumerate(SLOT_NAMES[kind])
        if number and slots[number] is not Slot.TIME
    )
    for kind, slots in SLOTS.items()
}


def of_mention(stored: StoredMention) -> ProvStatement:
    """Make a usage or generation of an input or output.

    What a document said comes out as it was said. What another source said is marked with path,
    identifier and source, from which a reader decides again which file is which.

    Args:
        stored: the input or output, with the entity that it is.

    Returns:
        a statement ``used`` or ``wasGeneratedBy``.
    """
    mention = stored.mention
    named = names.entity_uri(mention.identifier or mention.place or stored.entity)
    marks: dict[str, Values] = {}
    if mention.source != SOURCE:
        named = names.entity_uri(stored.entity)
        marks = {
            name: (value,)
            for name, value in (
                ("source", mention.source),
                ("place", mention.place),
                ("identifier", mention.identifier),
            )
            if value is not None
        }
    activity = names.record_uri(mention.run, Kind.ACTIVITY)
    kind, ends = (
        (ProvType.GENERATION, (named, activity))
        if mention.is_output
        else (ProvType.USAGE, (activity, named))
    )
    time = _as_written(mention.time, mention.attributes)
    slots = filled_slots(kind, ends, time, mention.attributes)
    return identified(
        kind, slots, mention.attributes, _relation_pairs(mention.role, mention.attributes, marks)
    )


def of_configuration(run: str, key: str) -> ProvStatement:
    """Say that a run was set up by a group of settings.

    Args:
        run: the run's id.
        key: the settings' key in hexadecimal.

    Returns:
        a statement ``wasInfluencedBy`` that is marked as the IVOA's ``wasConfiguredBy``.
    """
    slots = (names.record_uri(run, Kind.ACTIVITY), names.SETTINGS + key)
    return ProvStatement(ProvType.INFLUENCE, None, slots, _CONFIGURED)


def of_relation(stored: StoredRelation) -> ProvStatement:
    """Make a statement of a relation that a source states.

    Args:
        stored: the relation; its ends bear the names that the source gave them.

    Returns:
        a statement of the relation's type; of a type that PROV has not, ``wasInfluencedBy`` that is
        marked with the relation and the kinds of its ends.
    """
    relation = stored.relation
    kind = TYPE_NAMED.get(relation.relation)
    marks: dict[str, Values] = {}
    if kind is None:
        kind = ProvType.INFLUENCE
        marks = {
            "relation": (relation.relation,),
            "effect": (relation.source.kind,),
            "cause": (relation.target.kind,),
        }
    if relation.time is not None and kind not in _TIME_SLOTS:
        marks["time"] = (relation.time,)
    ends = names.uri_of_end(relation.source), names.uri_of_end(relation.target)
    slots = filled_slots(
        kind,
        ends,
        _as_written(relation.time, relation.attributes),
        relation.attributes,
        is_starter=is_starter(kind, relation),
    )
    pairs = _relation_pairs(relation.role, relation.attributes, marks)
    return identified(kind, slots, relation.attributes, pairs)


def is_starter(kind: ProvType, relation: StatedRelation) -> bool:
    """Tell whether a start or end names the activity that caused it, and no trigger.

    Args:
        kind: the type of statement that the relation makes.
        relation: the relation as a source states it.

    Returns:
        whether its target belongs into the slot ``starter`` or ``ender`` (PROV-DM, sections 5.1.6
        and 5.1.7).
    """
    return kind in (ProvType.START, ProvType.END) and relation.target.kind is Kind.ACTIVITY


def filled_slots(
    kind: ProvType,
    ends: tuple[str, str],
    time: str | None,
    attributes: Attributes,
    *,
    is_starter: bool = False,
) -> tuple[str | None, ...]:
    """Fill the slots of a relation's statement.

    Args:
        kind: the type of statement.
        ends: effect and cause.
        time: when; left out where the type has no slot for it.
        attributes: of the relation; those under `names.SLOT` keep what stands in other slots, as
            the plan of an association.
        is_starter: whether the cause is the starter or ender of an activity, and no trigger.

    Returns:
        what stands in each of `SLOTS`; None in an open one.
    """
    slots: list[str | None] = [None] * len(SLOTS[kind])
    slots[0], slots[2 if is_starter else 1] = ends
    if attributes:
        for number, name in _KEPT_SLOTS[kind]:
            if name in attributes:
                slots[number] = first_text_in(attributes, name)
    if time is not None and kind in _TIME_SLOTS:
        slots[_TIME_SLOTS[kind]] = time
    return tuple(slots)


def identified(
    kind: ProvType,
    slots: tuple[str | None, ...],
    attributes: Mapping[str, Values],
    pairs: tuple[Pair, ...] = (),
) -> ProvStatement:
    """Make a relation's statement with the id and the bundle that its attributes keep.

    Args:
        kind: the type of statement.
        slots: what stands in each of `SLOTS`.
        attributes: of the relation, as a store keeps them.
        pairs: the attributes of the statement.

    Returns:
        the statement.
    """
    identifier, bundle = (first_text_in(attributes, name) for name in (names.ID, names.BUNDLE))
    return ProvStatement(kind, identifier, slots, pairs, bundle)


def open_relations(attributes: Attributes) -> Iterator[tuple[str, ProvStatement]]:
    """Rebuild the relations that leave an end open, which the record at the other end keeps.

    Args:
        attributes: of the record, as a store keeps them.

    Yields:
        the name of the attribute that keeps the relation, which is hidden from people where the
        record is none of the relation's two ends; and the statement as the document said it.
    """
    for name, values in attributes.items():
        if name.startswith((OPEN, HIDDEN + OPEN)):
            kind_name = name.removeprefix(HIDDEN).removeprefix(OPEN)
            yield from (
                (name, _open_relation(ProvType(kind_name), value))
                for value in values
                if is_open_relation(value)
            )


def _open_relation(kind: ProvType, value: Value) -> ProvStatement:
    content: Any = value[OPEN_RELATION] if isinstance(value, Mapping) else {}
    slots = tuple(content["places"].get(name) for name in SLOT_NAMES[kind])
    says = {name: tuple(values) for name, values in content["says"].items()}
    return identified(kind, slots, says, tuple(pairs_of(says)))


# Attributes.


def _relation_pairs(
    role: str | None, attributes: Attributes, marks: Mapping[str, Values]
) -> tuple[Pair, ...]:
    pairs = (*pairs_of(attributes), *marked(marks))
    if role is None or ROLE in attributes:
        return pairs
    return (*pairs, (PROV + "role", Literal(role)))


def pairs_of(attributes: Mapping[str, Values]) -> Iterator[Pair]:
    """Write attributes as documents do; what only the store needs is left out.

    Args:
        attributes: of a record or relation, as a store keeps them.

    Yields:
        URI of an attribute and a value of it, one pair a value.
    """
    for name, values in attributes.items():
        if not name.startswith(HIDDEN):
            uri = names.attribute_uri(name)
            is_own = uri.startswith(names.ATTRIBUTE) and names.is_native(name)
            literal = native_literal if is_own else literal_of
            for value in values:
                yield uri, Literal(value) if type(value) is str else literal(value)


def marked(marks: Mapping[str, Values]) -> Iterator[Pair]:
    """Write what provgraph marks a statement of its own documents with.

    Args:
        marks: values by names such as ``source``.

    Yields:
        URI, as that of ``pg:provgraph.source``, and a value, one pair a value.
    """
    for name, values in marks.items():
        for value in values:
            yield names.own_attribute_uri(MARK + name), native_literal(value)


def _as_written(time: str | None, attributes: Attributes) -> str | None:
    return None if time is None else written_time(time, attributes.get(names.TIME, ()))


def written_time(time: str, texts: Values) -> str:
    """Write a canonical time as a document wrote it.

    Args:
        time: canonical UTC.
        texts: how documents wrote times of the record, as ``2026-11-21T09:30:00+01:00``.

    Returns:
        the text that means the time; the time in UTC with its zone when none does.
    """
    for text in texts:
        try:
            if utc(str(text).replace("T24:00:00", "T23:59:60")) == time:
                return str(text)
        except LoadError:
            continue
    return str(with_zone(time))


def first_text_in(attributes: Mapping[str, Values], name: str) -> str | None:
    """Read an attribute that holds a text.

    Args:
        attributes: of a relation or record, as a store keeps them.
        name: of the attribute.

    Returns:
        its first value; None without any, or when that is no text.
    """
    return text_or_none(attributes[name][0]) if name in attributes else None


def text_or_none(value: Value) -> str | None:
    """Take a value for a text.

    Args:
        value: of any type.

    Returns:
        the value itself when it is a text, else None.
    """
    return value if isinstance(value, str) else None


_CONFIGURED = tuple(
    marked(
        {
            "relation": (RelationType.WAS_CONFIGURED_BY,),
            "cause": (Kind.COLLECTION,),
            "effect": (Kind.ACTIVITY,),
        }
    )
)
