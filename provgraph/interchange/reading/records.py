"""Statements of PROV documents → documents of provgraph.

One statement, or all of one id, becomes one `Document`.

docs/explanation/interchange.md has the mapping. `provgraph.interchange.store_reader` is the way back; what it
needs to give each statement back as it was said is kept under the names of `provgraph.prov.names`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from provgraph.errors import LoadError
from provgraph.loaders.protocol import Problem
from provgraph.model.attributes import HIDDEN, OPEN, OPEN_RELATION, TEXT, TYPE, text_of
from provgraph.model.identifiers import is_strong
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Fact,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
    build_quickly,
)
from provgraph.model.times import utc
from provgraph.model.values import Value, Values, canonical_json, is_plain_text, join_attributes
from provgraph.model.vocabulary import AgentType, DescriptionType, EntityType, Kind, RelationType
from provgraph.prov import names
from provgraph.prov.statements import (
    ELEMENTS,
    PROV,
    QUALIFIED_NAME,
    SLOT_NAMES,
    SLOTS,
    BundleNamed,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
    Slot,
)
from provgraph.prov.values import join_values, native_value, stored_value

#: Who says what a document says, as CONTRACT section 2 rule 9 tells sources apart.
SOURCE = "prov"
#: What provgraph's own documents say of their statements, under names of this beginning.
MARK = "provgraph."
ROLE = "prov:role"
_TYPE = "prov:type"
_KINDS = {
    Slot.ENTITY: Kind.ENTITY,
    Slot.ACTIVITY: Kind.ACTIVITY,
    Slot.AGENT: Kind.AGENT,
}
_RECORD_PLACES = frozenset({*_KINDS, Slot.ANY})
#: The finer kinds that follow from the types that a document says.
ENTITY_TYPES = {
    PROV + "Collection": EntityType.COLLECTION,
    PROV + "EmptyCollection": EntityType.COLLECTION,
    PROV + "Bundle": EntityType.BUNDLE,
    PROV + "Plan": EntityType.PLAN,
    names.VOPROV + "ValueEntity": EntityType.VALUE,
    names.VOPROV + "DatasetEntity": EntityType.DATASET,
}
AGENT_TYPES = {PROV + each.value: each for each in AgentType}
_KIND_OF = {
    ProvType.ENTITY: Kind.ENTITY,
    ProvType.ACTIVITY: Kind.ACTIVITY,
    ProvType.AGENT: Kind.AGENT,
}
_MENTIONS = {ProvType.USAGE: RelationType.USED, ProvType.GENERATION: RelationType.WAS_GENERATED_BY}
_TRIGGERED = (ProvType.START, ProvType.END)
#: The places behind the first, which is the effect; of most types the second is the cause.
_MORE_PLACES = {
    kind: tuple(
        (at, name, SLOTS[kind][at] is Slot.TIME)
        for at, name in enumerate(places)
        if at > (0 if kind in _TRIGGERED else 1)
    )
    for kind, places in SLOT_NAMES.items()
}

Found = ProvStatement | BundleNamed | Problem
_Said = dict[str, Values]


@dataclass
class Context:
    """What one statement of a document means because of others of it.

    Attributes:
        kinds: what records are, of those that stand where PROV allows any kind.
        in_bundles: hashes of what bundles say of records.
    """

    kinds: dict[str, Kind] = field(default_factory=dict)
    in_bundles: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, statements: Callable[[], Iterable[Found]]) -> "Context":
        """Read a document, twice where kinds depend on it.

        Args:
            statements: begins to read.
        """
        context, converter = cls(), Converter()
        unknown: set[str] = set()
        for each in statements():
            if isinstance(each, ProvStatement):
                if each.bundle is not None and each.type in ELEMENTS and each.id is not None:
                    said, _ = converter.said(each)
                    context.in_bundles.update(_hashes(each, said))
                elif each.type is ProvType.INFLUENCE:
                    unknown.update(
                        end for end in each.slots if end is not None and names.kind_in(end) is None
                    )
        for each in statements() if unknown else ():
            if isinstance(each, ProvStatement) and each.type in ELEMENTS and each.id in unknown:
                context._note(each.id, _KIND_OF[each.type])
        return context

    def _note(self, uri: str, kind: Kind) -> None:
        """Of several kinds that a record is said to be, the one that lineage walks from."""
        order = (Kind.ACTIVITY, Kind.ENTITY, Kind.AGENT)
        self.kinds[uri] = min(kind, self.kinds.get(uri, kind), key=order.index)

    def kind(self, uri: str) -> Kind:
        """What a record is that stands where PROV allows any kind.

        An entity when nobody says more.
        """
        return names.kind_in(uri) or self.kinds.get(uri, Kind.ENTITY)


def documents(found: Iterable[Found]) -> Iterator[Document | Problem]:
    """The documents that all the statements of a PROV document make."""
    listed = list(found)
    context = Context.of(lambda: listed)
    converter = Converter(context)
    elements: dict[tuple[ProvType, str | None], list[ProvStatement]] = defaultdict(list)
    for each in listed:
        if isinstance(each, ProvStatement) and each.type in ELEMENTS:
            elements[each.type, each.id].append(each)
    for same in elements.values():
        yield converter.converted(same)
    for each in listed:
        if isinstance(each, Problem):
            yield each
        elif isinstance(each, BundleNamed):
            yield bundle(each)
        elif each.type not in ELEMENTS:
            yield converter.converted([each])


def bundle(named: BundleNamed) -> Document:
    """That there is a bundle."""
    return Document(
        entities=(
            StatedEntity(names.entity_id(named.id), {names.IS_BUNDLE: (True,)}, EntityType.BUNDLE),
        )
    )


class Converter:
    """Turns statements of one document into provgraph's."""

    def __init__(self, context: Context | None = None) -> None:
        """Take what statements mean because of others.

        Nothing when there are no bundles and no influences.
        """
        self._context = context or Context()
        self._names: dict[str, tuple[str, Callable[[Literal], Value]]] = {}
        self._marks = False

    def converted(self, same: Sequence[ProvStatement]) -> Document | Problem:
        """What one relation says, or all the statements of one element.

        A problem when it can't be read.
        """
        try:
            return self.element(same) if same[0].type in ELEMENTS else self.relation(same[0])
        except LoadError as error:
            return Problem(
                f"{same[0].type.value} {same[0].id or ''}".strip(), f"this is not loaded: {error}"
            )

    # Attributes.

    def _named(self, uri: str) -> tuple[str, Callable[[Literal], Value]]:
        name = names.attribute_name(uri)
        known = self._names[uri] = name, native_value if names.is_native(name) else stored_value
        self._marks |= name.startswith(MARK)
        return known

    def attributes(self, pairs: Iterable[Pair]) -> tuple[_Said, _Said]:
        """A statement's attributes, and apart from them provgraph's marks."""
        said: _Said = {}
        several: set[str] = set()
        known = self._names
        for uri, literal in pairs:
            name, keep = known.get(uri) or self._named(uri)
            is_plain = (
                literal.type is None and literal.language is None and is_plain_text(literal.text)
            )
            value = literal.text if is_plain else keep(literal)
            if name in said:
                said[name] += (value,)
                several.add(name)
            else:
                said[name] = (value,)
        for name in several:
            said[name] = join_values(said[name])
        marked = [name for name in said if name.startswith(MARK)] if self._marks else ()
        return said, {name.removeprefix(MARK): said.pop(name) for name in marked}

    def said(self, statement: ProvStatement) -> tuple[_Said, _Said]:
        """All that a statement says of a record, and provgraph's marks."""
        said, marks = self.attributes(statement.attributes)
        if statement.type is ProvType.ACTIVITY:
            start, end = statement.slots
            if start is not None:
                _add_time(said, marks, (Fact.START, names.START), start)
            if end is not None:
                _add_time(said, marks, (Fact.END, names.END), end)
        return said, marks

    # Elements.

    def element(self, same: Sequence[ProvStatement]) -> Document:
        """What is said of one entity, activity or agent.

        Args:
            same: all statements of one type and id.

        Raises:
            LoadError: it has no id, or a time is none.
        """
        first = same[0]
        if first.id is None or first.id.startswith("_:"):
            raise LoadError("it has no identifier")
        if len(same) == 1 and first.bundle is None:
            said, marks = self.said(first)
            if said and not self._context.in_bundles:
                return _document(first.type, first.id, said, marks)
            is_alone = (
                self._context.in_bundles.isdisjoint(_hashes(first, said))
                if self._context.in_bundles
                else True
            )
            if is_alone and (
                said or marks or names.kind_in(first.id) or first.id.startswith(names.OURS)
            ):
                return _document(first.type, first.id, said, marks)
            return _document(
                first.type, first.id, _with_records(said, [_record(first, said)]), marks
            )
        together: _Said = {}
        marks = {}
        records = []
        for each in same:
            said, some = self.said(each)
            together, marks = join_attributes(together, said), {**marks, **some}
            records.append(_record(each, said))
        if len({canonical_json(each) for each in records}) == 1 and first.bundle is None:
            return self.element(same[:1])
        return _document(first.type, first.id, _with_records(together, records), marks)

    # Relations.

    def relation(self, statement: ProvStatement) -> Document:
        """What a relation says.

        Raises:
            LoadError: its time is none.
        """
        said, marks = self.attributes(statement.attributes) if statement.attributes else ({}, {})
        kind, places = statement.type, _named_places(statement)
        effect, cause = 0, 1
        if kind in _TRIGGERED and places[1] is None:
            cause = 2
        if statement.id is not None and not statement.id.startswith("_:"):
            said[names.ID] = (statement.id,)
        if statement.bundle is not None:
            said[names.BUNDLE] = (statement.bundle,)
        if places[effect] is None or places[cause] is None:
            return self._kept_open(statement, said)
        time = None
        for index, name, is_time in _MORE_PLACES[kind]:
            value = places[index]
            if value is None or index == cause:
                continue
            if is_time:
                time = _utc(value)
                said |= _as_written(names.TIME, value)
            else:
                said[names.SLOT + name] = (value,)
        role = _role(said) if ROLE in said else None
        if kind in _MENTIONS:
            return self._mention(statement, role, time, said, marks)
        ends = [self._end(statement, places, index, marks) for index in (effect, cause)]
        return _stated(
            StatedRelation(RelationType(kind.value), ends[0], ends[1], role, time, said), marks
        )

    def _mention(
        self,
        statement: ProvStatement,
        role: str | None,
        time: str | None,
        said: _Said,
        marks: _Said,
    ) -> Document:
        is_usage = statement.type is ProvType.USAGE
        activity, entity = (
            statement.slots[0 if is_usage else 1],
            statement.slots[1 if is_usage else 0],
        )
        run = names.record_id(str(activity), Kind.ACTIVITY)
        named = names.entity_id(str(entity))
        place: str | None = None
        identifier: str | None = named
        if named[:5] != "prov:" and not is_strong(named):
            place, identifier = named.rpartition("@")[0] or named, None
        source = SOURCE
        if "source" in marks:
            place, identifier = _mark(marks, "place"), _mark(marks, "identifier")
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
            attributes=said,
        )
        return build_quickly(Document, run=Run(run, {}), mentions=(mention,))

    def _end(
        self, statement: ProvStatement, places: Sequence[str | None], index: int, marks: _Said
    ) -> End:
        uri = str(places[index])
        place = SLOTS[statement.type][index]
        if place is not Slot.ANY:
            return names.end_from_uri(uri, _KINDS[place])
        told = _mark(marks, ("effect", "cause")[index])
        return names.end_from_uri(uri, Kind(told) if told in _ANY_KIND else self._context.kind(uri))

    def _kept_open(self, statement: ProvStatement, said: _Said) -> Document:
        """A relation that leaves an end open, kept on a record that it does name."""
        places = _named_places(statement)
        all_places = dict(zip(SLOT_NAMES[statement.type], places, strict=True))
        content: dict[str, Any] = {
            "places": {name: value for name, value in all_places.items() if value is not None}
        }
        role = _role(dict(said))
        content["says"] = {name: list(values) for name, values in said.items()}
        value: dict[str, Any] = {
            "open": "source" if places[0] is None else "target",
            OPEN_RELATION: content,
        }
        time = all_places.get("time")
        value |= {"role": role} if role is not None else {}
        value |= {"time": _utc(time)} if time is not None else {}
        for index, place in enumerate(SLOTS[statement.type]):
            uri = places[index]
            if uri is not None and place in _RECORD_PLACES:
                is_end = index < 2 or statement.type in _TRIGGERED
                return _kept_on(
                    self._end(statement, places, index, {}),
                    _open_name(statement.type, is_end),
                    value,
                )
        return _kept_on(End(Kind.ENTITY, names.NOTHING), _open_name(statement.type, False), value)


def _open_name(kind: ProvType, is_end: bool) -> str:
    """The attribute that keeps a relation; people see it only on one of its ends."""
    return f"{'' if is_end else HIDDEN}{OPEN}{kind.value}"


def _stated(relation: StatedRelation, marks: _Said) -> Document:
    """A relation, which provgraph's own documents may mark as one that PROV doesn't have."""
    told = _mark(marks, "relation")
    if told == RelationType.WAS_CONFIGURED_BY and relation.target.kind is Kind.COLLECTION:
        return Document(run=Run(relation.source.id, {}), settings_keys=(_key(relation.target.id),))
    kind = RelationType(told) if told in _RELATIONS else relation.relation
    return Document(
        relations=(replace(relation, relation=kind, time=relation.time or _mark(marks, "time")),)
    )


def _named_places(statement: ProvStatement) -> list[str | None]:
    """The places; a blank name there tells nobody anything."""
    return [None if each is not None and each[:2] == "_:" else each for each in statement.slots]


def _kept_on(end: End, name: str, value: Value) -> Document:
    if end.kind is Kind.ACTIVITY:
        return Document(run=Run(end.id, {name: (value,)}))
    if end.kind is Kind.AGENT:
        return Document(agents=(Agent(end.id, attributes={name: (value,)}),))
    return Document(entities=(StatedEntity(end.id, {name: (value,)}),))


def _record(statement: ProvStatement, said: Mapping[str, Values]) -> Value:
    """One of several statements of an element, as the attribute `prov_names.RECORDS` keeps it."""
    content: dict[str, Value] = {"says": {name: list(values) for name, values in said.items()}}
    return content if statement.bundle is None else {**content, "bundle": statement.bundle}


def _with_records(said: Mapping[str, Values], records: Sequence[Value]) -> _Said:
    return {**said, names.RECORDS: join_values(records)}


def _hashes(statement: ProvStatement, said: Mapping[str, Values]) -> Iterator[int]:
    for name, values in said.items():
        for value in values:
            yield hash((statement.type, statement.id, name, canonical_json(value)))


def _document(kind: ProvType, uri: str, said: _Said, marks: _Said) -> Document:
    if kind is ProvType.ACTIVITY:
        return _of_activity(uri, said, marks)
    if kind is ProvType.AGENT:
        types = [AGENT_TYPES[each] for each in types_of(said) if each in AGENT_TYPES]
        if (told := _mark(marks, "type")) in set(AgentType):
            said, types = _without_type(said, PROV + str(told)), [*types, AgentType(told)]
        name = _mark(marks, "name")
        return Document(
            agents=(Agent(names.record_id(uri, Kind.AGENT), name, min(types, default=None), said),)
        )
    return _of_entity(uri, said, marks)


def _of_activity(uri: str, said: _Said, marks: _Said) -> Document:
    files = tuple(map(str, marks.get("configFile", ())))
    return build_quickly(
        Document, run=Run(names.record_id(uri, Kind.ACTIVITY), said), config_files=files
    )


def _of_entity(uri: str, said: _Said, marks: _Said) -> Document:
    if "resolved" in marks and "stated" not in marks:
        return Document()
    if uri.startswith(names.SETTINGS) and "values" in marks:
        (values,) = marks["values"]
        if not isinstance(values, Mapping):
            raise LoadError("its values are no JSON object")
        return Document(settings=(Settings(_mark(marks, "name") or "", values),))
    if not marks and not uri.startswith(names.OURS):
        return build_quickly(
            Document, entities=(StatedEntity(f"prov:{uri}", said, _entity_type(said)),)
        )
    told = _mark(marks, "type")
    end = names.end_from_uri(uri, Kind.ENTITY)
    if end.kind is not Kind.ENTITY:
        kind = (
            DescriptionType(told) if told in set(DescriptionType) else DescriptionType.of(end.kind)
        )
        return Document(descriptions=(Description(end.id, kind, said),))
    if told in set(EntityType):
        said = _without_type(said, PROV + str(told))
        finest = max(_entity_type(said), EntityType(told), key=_ORDER.index)
        return Document(entities=(StatedEntity(end.id, said, finest),))
    return Document(entities=(StatedEntity(end.id, said, _entity_type(said)),))


def _entity_type(said: Mapping[str, Values]) -> EntityType:
    """The finest kind that follows from the types that are said."""
    found = EntityType.DATASET
    for uri in types_of(said) if _TYPE in said else ():
        if uri in ENTITY_TYPES:
            found = max(found, ENTITY_TYPES[uri], key=_ORDER.index)
    return found


def types_of(said: Mapping[str, Values]) -> Iterator[str]:
    """The URIs of the types that a record is said to have."""
    for value in said.get(_TYPE, ()):
        if isinstance(value, Mapping) and value.get(TYPE) == QUALIFIED_NAME:
            yield str(value[TEXT])


def _without_type(said: _Said, uri: str) -> _Said:
    """Without a type that follows from provgraph's own mark."""
    told = {TEXT: uri, TYPE: QUALIFIED_NAME}
    left = tuple(value for value in said.get(_TYPE, ()) if value != told)
    rest = {name: values for name, values in said.items() if name != _TYPE}
    return {**rest, _TYPE: left} if left else rest


def _role(said: _Said) -> str | None:
    """The role as one text; taken out of the attributes when it says no more."""
    roles = said.get(ROLE)
    if roles is None:
        return None
    (role, *more) = roles
    if not more and (
        isinstance(role, str) or (isinstance(role, Mapping) and role.keys() == {TEXT})
    ):
        del said[ROLE]
    return min(map(text_of, roles))


def _utc(text: str) -> str:
    """The time in canonical form.

    The hour 24 is the next day's hour 0 (XML Schema 1.1 part 2, 3.3.7).
    """
    return utc(text.replace("T24:00:00", "T23:59:60") if "T24" in text else text)


def _add_time(said: _Said, marks: _Said, fact_and_text: tuple[str, str], time: str) -> None:
    """A time of an activity, with others that our own documents mark."""
    fact, text_name = fact_and_text
    found = _utc(time)
    said[fact] = join_values((*marks.pop(fact), found)) if fact in marks else (found,)
    if time[-1:] != "Z":
        said |= _as_written(text_name, time)


def _as_written(name: str, text: str) -> _Said:
    """A time as it was written, where its zone is not UTC or not said."""
    return {} if text.endswith(("Z", "+00:00")) else {name: (text,)}


def _mark(marks: Mapping[str, Values], name: str) -> str | None:
    values = marks.get(name)
    return None if values is None else str(values[0])


def _key(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise LoadError(f"{text[:60]!r} is no key of settings") from None


_ORDER = list(EntityType)
_RELATIONS = frozenset(RelationType)
_ANY_KIND = frozenset(kind.value for kind in Kind)
