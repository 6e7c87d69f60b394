"""Makes documents of provgraph from what a PROV document says of one element.

All statements of one type and id are read together. `provgraph.interchange.stored_elements` is the
way back; what it needs to give each statement back as it was said is kept in attributes that are
named in `provgraph.prov.names`.
"""

from collections.abc import Mapping, Sequence

from provgraph.errors import LoadError
from provgraph.interchange.reading.attributes import (
    AttributeReader,
    AttributeValues,
    first_mark,
    value_hashes,
)
from provgraph.interchange.reading.context import StatementContext
from provgraph.interchange.reading.ivoa_records import description_document
from provgraph.model.attributes import TEXT, TYPE, join_attributes
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    Run,
    Settings,
    StatedEntity,
    build_quickly,
)
from provgraph.model.values import Attributes, Value, Values, canonical_json
from provgraph.model.vocabulary import (
    DESCRIPTIONS,
    AgentType,
    DescriptionType,
    EntityType,
    Kind,
)
from provgraph.prov import names
from provgraph.prov.marks import AGENT_TYPES, ENTITY_TYPES
from provgraph.prov.statements import PROV, QUALIFIED_NAME, BundleNamed, ProvStatement, ProvType
from provgraph.prov.values import join_values, types_of

_TYPE = "prov:type"
#: The types of entities, the coarsest first.
_BY_FINENESS = list(EntityType)


def bundle_document(named: BundleNamed) -> Document:
    """Say that there is a bundle.

    Args:
        named: the bundle, which may be empty.

    Returns:
        a document that states an entity of the type Bundle (PROV-DM, section 5.4.2).
    """
    attributes: AttributeValues = {names.IS_BUNDLE: (True,)}
    bundle = StatedEntity(names.entity_id(named.id), attributes, EntityType.BUNDLE)
    return Document(entities=(bundle,))


def element_document(
    same: Sequence[ProvStatement], reader: AttributeReader, context: StatementContext
) -> Document:
    """Read what is said of one entity, activity or agent.

    Args:
        same: all statements of one type and id.
        reader: of the document's attributes.
        context: of the document.

    Returns:
        a document with one record, which has all attributes. Where several statements, or one in a
        bundle, say them, the attribute `names.RECORDS` keeps what each of them says.

    Raises:
        LoadError: the element has no identifier, or a time can't be read.
    """
    first = same[0]
    if first.id is None or first.id.startswith("_:"):
        raise LoadError("it has no identifier")
    if context.kinds.get(first.id) in DESCRIPTIONS and first.type is ProvType.ENTITY:
        return description_document(same, reader)
    if len(same) == 1 and first.bundle is None:
        return _single(first, first.id, reader, context)
    together: Attributes = {}
    marks: AttributeValues = {}
    records = []
    for each in same:
        attributes, some = reader.read_element(each)
        together, marks = join_attributes(together, attributes), {**marks, **some}
        records.append(_record(each, attributes))
    if len({canonical_json(each) for each in records}) == 1 and first.bundle is None:
        return _single(first, first.id, reader, context)
    return _document(first.type, first.id, _with_records(together, records), marks)


def _single(
    statement: ProvStatement, uri: str, reader: AttributeReader, context: StatementContext
) -> Document:
    """Read the only statement of an element, which stands in no bundle."""
    attributes, marks = reader.read_element(statement)
    in_bundles = context.in_bundles
    if attributes and not in_bundles:
        return _document(statement.type, uri, attributes, marks)
    is_alone = not in_bundles or in_bundles.isdisjoint(value_hashes(statement, attributes))
    says_something = attributes or marks or names.kind_in(uri) or uri.startswith(names.OURS)
    if is_alone and says_something:
        return _document(statement.type, uri, attributes, marks)
    records = [_record(statement, attributes)]
    return _document(statement.type, uri, _with_records(attributes, records), marks)


def _record(statement: ProvStatement, attributes: Mapping[str, Values]) -> Value:
    """Keep one of several statements of an element, for the attribute `names.RECORDS`."""
    content: dict[str, Value] = {
        "says": {name: list(values) for name, values in attributes.items()}
    }
    return content if statement.bundle is None else {**content, "bundle": statement.bundle}


def _with_records(attributes: Mapping[str, Values], records: Sequence[Value]) -> AttributeValues:
    return {**attributes, names.RECORDS: join_values(records)}


def _document(
    kind: ProvType, uri: str, attributes: AttributeValues, marks: AttributeValues
) -> Document:
    if kind is ProvType.ACTIVITY:
        return _of_activity(uri, attributes, marks)
    if kind is ProvType.AGENT:
        return _of_agent(uri, attributes, marks)
    return _of_entity(uri, attributes, marks)


def _of_activity(uri: str, attributes: AttributeValues, marks: AttributeValues) -> Document:
    files = tuple(map(str, marks.get("configFile", ())))
    run = Run(names.record_id(uri, Kind.ACTIVITY), attributes)
    return build_quickly(Document, run=run, config_files=files)


def _of_agent(uri: str, attributes: AttributeValues, marks: AttributeValues) -> Document:
    types = [AGENT_TYPES[each] for each in types_of(attributes) if each in AGENT_TYPES]
    if (marked := first_mark(marks, "type")) in set(AgentType):
        attributes = _without_type(attributes, PROV + str(marked))
        types = [*types, AgentType(marked)]
    identifier, name = names.record_id(uri, Kind.AGENT), first_mark(marks, "name")
    return Document(agents=(Agent(identifier, name, min(types, default=None), attributes),))


def _of_entity(uri: str, attributes: AttributeValues, marks: AttributeValues) -> Document:
    if "resolved" in marks and "stated" not in marks:
        return Document()
    if uri.startswith(names.SETTINGS) and "values" in marks:
        return _of_settings(marks)
    if not marks and not uri.startswith(names.OURS):
        stated = StatedEntity(f"prov:{uri}", attributes, _entity_type(attributes))
        return build_quickly(Document, entities=(stated,))
    marked = first_mark(marks, "type")
    end = names.end_from_uri(uri, Kind.ENTITY)
    if end.kind is not Kind.ENTITY:
        kind = (
            DescriptionType(marked)
            if marked in set(DescriptionType)
            else DescriptionType.of(end.kind)
        )
        return Document(descriptions=(Description(end.id, kind, attributes),))
    if marked in set(EntityType):
        attributes = _without_type(attributes, PROV + str(marked))
        finest = max(_entity_type(attributes), EntityType(marked), key=_BY_FINENESS.index)
        return Document(entities=(StatedEntity(end.id, attributes, finest),))
    return Document(entities=(StatedEntity(end.id, attributes, _entity_type(attributes)),))


def _of_settings(marks: AttributeValues) -> Document:
    (values,) = marks["values"]
    if not isinstance(values, Mapping):
        raise LoadError("its values are no JSON object")
    return Document(settings=(Settings(first_mark(marks, "name") or "", values),))


def _entity_type(attributes: Mapping[str, Values]) -> EntityType:
    """Find the finest type that follows from the types that are said."""
    found = EntityType.DATASET
    for uri in types_of(attributes) if _TYPE in attributes else ():
        if uri in ENTITY_TYPES:
            found = max(found, ENTITY_TYPES[uri], key=_BY_FINENESS.index)
    return found


def _without_type(attributes: AttributeValues, uri: str) -> AttributeValues:
    """Leave out a type that follows from provgraph's own mark."""
    implied = {TEXT: uri, TYPE: QUALIFIED_NAME}
    left = tuple(value for value in attributes.get(_TYPE, ()) if value != implied)
    rest = {name: values for name, values in attributes.items() if name != _TYPE}
    return {**rest, _TYPE: left} if left else rest
