"""Says what a store holds in the classes of the IVOA Provenance Data Model 1.0.

The writers of the IVOA's formats take `VoRecord` from here. A record has the model's class and
names, as the voprov package has them; it has no marks, which only provgraph reads. What the model
wants always (multiplicity 1) and no source states is there with a neutral value, see `_NEUTRAL`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from provgraph.interchange.writing.vo_configuration import ArtefactWriter, related
from provgraph.model.identifiers import base_name, local_name
from provgraph.model.vocabulary import DESCRIPTIONS, EntityType, Kind, RelationType
from provgraph.prov import ivoa, names
from provgraph.prov.marks import ADDED, ENTITY_TYPES, MARK
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    DocumentPart,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
)
from provgraph.prov.values import class_in

_SECTIONS_OF: Final[dict[str, str]] = {
    EntityType.VALUE: "valueEntity",
    EntityType.DATASET: "datasetEntity",
}
_NAME, _ROLE, _LABEL = (PROV + each for each in ("name", "role", "label"))
_VALUE, _VALUE_TYPE, _DATATYPE = (
    names.VOPROV + each for each in ("value", "valueType", "datatype")
)
#: The attributes by which one description names another → kind of the other.
_NAMING: Final = {
    names.own_attribute_uri(kind.value): kind
    for kind in (Kind.ACTIVITY_DESCRIPTION, Kind.ENTITY_DESCRIPTION)
}
#: The attributes that a record of the model has once at most.
_SINGLE: Final = frozenset(
    {_NAME, _ROLE, *(names.VOPROV + each for each in ivoa.TERMS if each != "options")}
)
#: The attribute of a description that names the bundle which says so.
_BUNDLE: Final = names.own_attribute_uri("bundle")
#: Type of relation → the attribute by which it names its description, and that one's kind.
_DESCRIBED_RELATIONS: Final = {
    names.own_attribute_uri(kind.value): (names.VOPROV + kind.value, kind)
    for kind in (Kind.USAGE_DESCRIPTION, Kind.GENERATION_DESCRIPTION)
}
#: Section → the attributes that the model wants always → what stands there when nobody states it.
#: None stands for the last part of the record's id.
_NEUTRAL: Final[dict[str, dict[str, str | None]]] = {
    "agent": {_NAME: None},
    "activityDescription": {_NAME: None},
    "entityDescription": {_NAME: None},
    "datasetDescription": {
        _NAME: None,
        names.VOPROV + "contentType": "application/octet-stream",
    },
    "valueDescription": {_NAME: None, _VALUE_TYPE: "char"},
    "usageDescription": {_ROLE: None},
    "generationDescription": {_ROLE: None},
    "parameterDescription": {_NAME: None, _VALUE_TYPE: "char"},
    "configFileDescription": {
        _NAME: None,
        names.VOPROV + "contentType": "application/octet-stream",
    },
}


@dataclass(frozen=True, slots=True)
class VoRecord:
    """A record of the model.

    Attributes:
        part: the statement, with the model's names; or the name of a bundle.
        section: what the voprov package calls records of this class, such as ``datasetEntity``;
            None where that is the type of the statement.
    """

    part: DocumentPart
    section: str | None = None


def records(statements: Iterable[DocumentPart]) -> Iterator[VoRecord]:
    """Say statements of a store in the model's classes.

    Args:
        statements: in any order in which settings come before what they configure, and runs and
            what describes them before what configures them.

    Yields:
        the records, in the order of the statements.
    """
    configurations = ArtefactWriter()
    for each in statements:
        if not isinstance(each, ProvStatement):
            yield VoRecord(each)
        elif is_of_settings(each):
            yield from _of_settings(each, configurations)
        elif _description_kind(each) is not None:
            configurations.note_description(each)
            yield from _of_description(each)
        else:
            rest = configurations.note_run(each) if each.type is ProvType.ACTIVITY else each
            section = _section(rest)
            own = _without_class(in_terms(rest)) if section else in_terms(rest)
            yield VoRecord(_complete(_with_ends(own), section), section)
            for part, name in configurations.files_of(each):
                yield VoRecord(part, name)


def _of_settings(statement: ProvStatement, configurations: ArtefactWriter) -> Iterator[VoRecord]:
    """Say a group of settings, or what relates a run to its configuration or description."""
    if statement.id is not None and statement.id.startswith(names.SETTINGS):
        found = configurations.of_settings(statement, marks_by_name(statement))
    elif marks_by_name(statement)["relation"] == RelationType.WAS_CONFIGURED_BY:
        found = configurations.of_relation(statement)
    else:
        effect, cause = map(str, statement.slots)
        yield VoRecord(*related("isDescribedBy", effect, cause))
        found = configurations.note_relation(statement)
    for part, section in found:
        yield VoRecord(part, section)


def marks_by_name(statement: ProvStatement) -> dict[str, str]:
    """Read what provgraph marks a statement with.

    Args:
        statement: of a store.

    Returns:
        name of the mark, as ``source`` of ``pg:provgraph.source`` → its value as text.
    """
    beginning = names.own_attribute_uri(MARK)
    return {
        uri[len(beginning) :]: value.text
        for uri, value in statement.attributes
        if uri.startswith(beginning)
    }


def is_of_settings(statement: ProvStatement) -> bool:
    """Tell whether a statement says how runs were set up.

    Args:
        statement: of a store.

    Returns:
        whether it is a group of settings, or relates a run to what configured or describes it; the
        IVOA's model has classes of its own for these (sections 2.5 and 2.6).
    """
    is_settings = statement.id is not None and statement.id.startswith(names.SETTINGS)
    return is_settings or (
        statement.type is ProvType.INFLUENCE and "relation" in marks_by_name(statement)
    )


def _description_kind(statement: ProvStatement) -> str | None:
    """The kind of a description; None of any other statement."""
    if statement.type is not ProvType.ENTITY or statement.id is None:
        return None
    if not statement.id.startswith(names.DESCRIPTION):
        return None
    kind = statement.id[len(names.DESCRIPTION) :].partition("/")[0]
    return kind if kind in {each.value for each in DESCRIPTIONS} else None


def _of_description(statement: ProvStatement) -> Iterator[VoRecord]:
    """Say a description, and that it belongs to another one."""
    finer = marks_by_name(statement).get("type") or _description_kind(statement) or ""
    section = ivoa.section_of(finer)
    uri = ivoa.model_uri(str(statement.id))
    references = [
        (_NAMING[name], value.text) for name, value in statement.attributes if name in _NAMING
    ]
    rest = tuple(pair for pair in statement.attributes if pair[0] not in (*_NAMING, _BUNDLE))
    own = replace(in_terms(replace(statement, attributes=rest)), id=uri)
    own = _complete(_with_votable_type(own), section)
    bundles = (value.text for name, value in statement.attributes if name == _BUNDLE)
    for bundle in tuple(bundles) or (None,):
        yield VoRecord(replace(own, bundle=bundle), section)
    for kind, identifier in references:
        other = f"{names.DESCRIPTION}{kind.value}/{names.quoted(identifier)}"
        ends = (other, uri) if kind is Kind.ENTITY_DESCRIPTION else (uri, other)
        yield VoRecord(*related("isRelatedTo", *ends))


def _with_votable_type(statement: ProvStatement) -> ProvStatement:
    """Say the type of a value in VOTable's words; what it was called stands beside."""
    said = dict(statement.attributes)
    known = said.get(_VALUE_TYPE)
    if known is None or known.text in ivoa.VALUE_TYPES:
        return statement
    kind = ivoa.value_type(known.text)
    pairs = [
        (_VALUE_TYPE, Literal(kind)) if name == _VALUE_TYPE else (name, value)
        for name, value in statement.attributes
    ]
    more = () if _DATATYPE in said else ((_DATATYPE, known),)
    return replace(statement, attributes=(*pairs, *more))


def _section(statement: ProvStatement) -> str | None:
    """Choose the section of an element; None for the one of its type."""
    if statement.type is not ProvType.ENTITY or statement.id is None:
        return None
    stated = class_in(statement.attributes, ENTITY_TYPES)
    marked = marks_by_name(statement).get("type")
    if marked is None and stated is None and statement.id.startswith(names.ENTITY):
        stated = EntityType.DATASET
    kind = marked or stated or ""
    is_whole = kind != EntityType.VALUE or _has_value(statement)
    return _SECTIONS_OF.get(kind) if is_whole else None


def _without_class(statement: ProvStatement) -> ProvStatement:
    """Leave out the type that the section says already."""
    rest = (
        (name, value)
        for name, value in statement.attributes
        if name != PROV + "type" or not value.text.startswith(names.VOPROV)
    )
    return replace(statement, attributes=tuple(rest))


def _has_value(statement: ProvStatement) -> bool:
    """Whether an entity has the value without which the model has no ValueEntity."""
    own = {names.own_attribute_uri("value"), _VALUE, PROV + "value"}
    return any(name in own for name, _ in statement.attributes)


def in_terms(statement: ProvStatement) -> ProvStatement:
    """Rename the attributes of a statement as the IVOA's model calls them.

    Args:
        statement: of a store.

    Returns:
        the statement with ``voprov:`` names, without what only provgraph needs; a file that has a
        location has a name too. Of an attribute that the model has once, further values keep
        provgraph's name.
    """
    attributes = _said(statement)
    if statement.id is not None and statement.id.startswith(names.DESCRIPTION):
        own = names.own_attribute_uri(MARK)  # the class of a description is no attribute of it
        attributes = tuple(pair for pair in attributes if not pair[0].startswith(own))
    pairs = list(dict.fromkeys(pair for each in attributes if (pair := _term(each)) is not None))
    present = {name for name, _ in pairs}
    locations = [value.text for name, value in pairs if name == names.VOPROV + "location"]
    if statement.type is ProvType.ENTITY and locations and _NAME not in present:
        pairs.append((_NAME, Literal(base_name(locations[0]))))
    return replace(statement, attributes=tuple(_once(pairs)))


def _once(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Give what the model has once its name once."""
    seen: set[str] = set()
    for name, value in pairs:
        is_again = name in seen and name in _SINGLE
        seen.add(name)
        yield names.own_attribute_uri(local_name(name)) if is_again else name, value


def _said(statement: ProvStatement) -> tuple[Pair, ...]:
    """Leave out what is only there for readers of W3C's PROV: the model has its own terms."""
    mark = names.own_attribute_uri(MARK + ADDED)
    added = {names.attribute_uri(value.text) for uri, value in statement.attributes if uri == mark}
    return tuple(pair for pair in statement.attributes if pair[0] not in added)


def _term(pair: Pair) -> Pair | None:
    """Rename an attribute; None of one that only provgraph needs."""
    uri, value = pair
    if uri in _DESCRIBED_RELATIONS:
        name, kind = _DESCRIBED_RELATIONS[uri]
        named = ivoa.model_uri(f"{names.DESCRIPTION}{kind.value}/{names.quoted(value.text)}")
        return name, Literal(named, QUALIFIED_NAME)
    if not uri.startswith(names.ATTRIBUTE):
        return pair
    name = uri[len(names.ATTRIBUTE) :]
    is_mark = name.startswith(MARK)
    name = name.removeprefix(MARK)
    if name in ivoa.IN_PROV:
        return PROV + name, value
    if name in ivoa.TERMS:
        return names.VOPROV + ivoa.SYNONYMS.get(name, name), value
    return None if is_mark else pair


def _with_ends(statement: ProvStatement) -> ProvStatement:
    """Name the descriptions that stand in the slots of a relation as their records do."""
    if not any(each is not None and each.startswith(names.DESCRIPTION) for each in statement.slots):
        return statement
    slots = tuple(None if each is None else ivoa.model_uri(each) for each in statement.slots)
    return replace(statement, slots=slots)


def _complete(statement: ProvStatement, section: str | None) -> ProvStatement:
    """Add what the model wants always and nobody states."""
    wanted = _NEUTRAL.get(section or statement.type.value)
    if wanted is None:
        return statement
    said = dict(statement.attributes)
    label = said.get(_LABEL)
    missing = [
        (name, label if name == _NAME and label else Literal(_last_part(statement.id)))
        if neutral is None
        else (name, Literal(neutral))
        for name, neutral in wanted.items()
        if name not in said
    ]
    return (
        replace(statement, attributes=(*statement.attributes, *missing)) if missing else statement
    )


def _last_part(uri: str | None) -> str:
    """The last part of an id, for want of a name."""
    identifier = str(uri)
    if identifier.startswith(names.DESCRIPTION):
        identifier = names.end_from_uri(identifier, Kind.ENTITY).id
    elif identifier.startswith(names.AGENT):
        identifier = names.record_id(identifier, Kind.AGENT)
    return local_name(identifier) or identifier
