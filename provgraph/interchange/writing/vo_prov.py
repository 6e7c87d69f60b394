"""Writes the IVOA's flavour of PROV-JSON (IVOA recommendation "Provenance Data Model" 1.0).

The document is as the voprov package writes and reads it. It has the model's classes and names
(datasetEntity, activityDescription, parameter, ``voprov:location``), and nothing that only
provgraph reads: PROV-JSON takes a store elsewhere, this format serves the VO's tools.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from provgraph.interchange.writing import prov_json
from provgraph.interchange.writing.prov_json import Row
from provgraph.model.identifiers import base_name, location_of
from provgraph.model.records import SOFTWARE
from provgraph.model.vocabulary import DESCRIPTIONS, EntityType, RelationType
from provgraph.prov import ivoa, names
from provgraph.prov.marks import ADDED, MARK
from provgraph.prov.names import Prefixes
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    DocumentPart,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
)
from provgraph.prov.values import native_literal, native_value

_SECTIONS_OF = {EntityType.VALUE.value: "valueEntity", EntityType.DATASET.value: "datasetEntity"}


def write(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write a document.

    Args:
        statements: in any order in which settings come before what they configure.

    Yields:
        the document, piece by piece.
    """
    prefixes = Prefixes()
    yield from prov_json.write_rows(_rows(statements, prefixes), prefixes)


def _rows(statements: Iterable[DocumentPart], prefixes: Prefixes) -> Iterator[Row]:
    parameters: dict[str, list[str]] = {}
    for each in statements:
        if not isinstance(each, ProvStatement):
            yield prov_json.row_of(each, prefixes)
        elif each.id is not None and each.id.startswith(names.SETTINGS):
            own = list(_parameters(each))
            parameters[each.id] = [str(parameter.id) for parameter in own]
            yield from (prov_json.row_of(parameter, prefixes, "parameter") for parameter in own)
        elif each.type is ProvType.INFLUENCE and "relation" in marks_by_name(each):
            yield from _relation_of_ivoa(each, parameters, prefixes)
        else:
            yield prov_json.row_of(in_terms(each), prefixes, _section(each))
            yield from _configuration_files(each, prefixes)


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


def _section(statement: ProvStatement) -> str | None:
    """Choose the section of an element; None for the one of its type."""
    if statement.type is not ProvType.ENTITY or statement.id is None:
        return None
    if statement.id.startswith(names.DESCRIPTION):
        described = statement.id[len(names.DESCRIPTION) :].partition("/")[0]
        return described if described in {kind.value for kind in DESCRIPTIONS} else None
    kind = marks_by_name(statement).get("type", EntityType.DATASET.value)
    return _SECTIONS_OF.get(kind) if statement.id.startswith(names.ENTITY) else None


def in_terms(statement: ProvStatement) -> ProvStatement:
    """Rename the attributes of a statement as the IVOA's model calls them.

    Args:
        statement: of a store.

    Returns:
        the statement with ``voprov:`` names, without what only provgraph needs; a file that has a
        location has a name too.
    """
    attributes = _said(statement)
    if statement.id is not None and statement.id.startswith(names.DESCRIPTION):
        own = names.own_attribute_uri(MARK)  # the class of a description is no attribute of it
        attributes = tuple(pair for pair in attributes if not pair[0].startswith(own))
    pairs = list(dict.fromkeys(pair for each in attributes if (pair := _term(each)) is not None))
    present = {name for name, _ in pairs}
    locations = [value.text for name, value in pairs if name == names.VOPROV + "location"]
    if statement.type is ProvType.ENTITY and locations and PROV + "name" not in present:
        pairs.append((PROV + "name", Literal(base_name(locations[0]))))
    return replace(statement, attributes=tuple(pairs))


def _said(statement: ProvStatement) -> tuple[Pair, ...]:
    """Leave out what is only there for readers of W3C's PROV: the model has its own terms."""
    mark = names.own_attribute_uri(MARK + ADDED)
    added = {names.attribute_uri(value.text) for uri, value in statement.attributes if uri == mark}
    return tuple(pair for pair in statement.attributes if pair[0] not in added)


def _term(pair: Pair) -> Pair | None:
    """Rename an attribute; None of one that only provgraph needs."""
    uri, value = pair
    if not uri.startswith(names.ATTRIBUTE):
        return pair
    name = uri[len(names.ATTRIBUTE) :]
    is_mark = name.startswith(MARK)
    name = name.removeprefix(MARK)
    if name in ivoa.IN_PROV:
        return PROV + name, value
    if name in ivoa.TERMS:
        return names.VOPROV + name, value
    return None if is_mark else pair


def _parameters(settings: ProvStatement) -> Iterator[ProvStatement]:
    """Take settings apart into parameters; the packages of an environment are one of them."""
    marks = marks_by_name(settings)
    values = json.loads(marks["values"])
    if marks.get("name") == SOFTWARE:
        values = {SOFTWARE: values}
    for name, value in values.items():
        text = native_literal(value).text
        pairs = (
            ("name", Literal(name)),
            ("value", native_literal(value)),
            ("label", Literal(f"{name} = {text[:80]}")),
        )
        uri = f"{settings.id}/{names.quoted(name)}"
        yield ProvStatement(
            ProvType.ENTITY, uri, (), tuple((PROV + key, literal) for key, literal in pairs)
        )


def _relation_of_ivoa(
    statement: ProvStatement, parameters: Mapping[str, list[str]], prefixes: Prefixes
) -> Iterator[Row]:
    """Write a description or configuration of a run, which PROV has no relation for."""
    effect, cause = (str(slot) for slot in statement.slots)
    if marks_by_name(statement)["relation"] == RelationType.WAS_CONFIGURED_BY:
        for parameter in parameters.get(cause, ()):
            yield _configured(effect, parameter, "Parameter", prefixes)
    else:
        ends = (("described", effect), ("descriptor", cause))
        yield _related("isDescribedBy", ends, (), prefixes)


def _configuration_files(statement: ProvStatement, prefixes: Prefixes) -> Iterator[Row]:
    mark = names.own_attribute_uri(MARK + "configFile")
    for uri, value in statement.attributes:
        if uri == mark:
            path = str(native_value(value))
            file = names.entity_uri(path)
            pairs = (
                (PROV + "name", Literal(base_name(path))),
                (PROV + "location", Literal(location_of(path))),
            )
            yield prov_json.row_of(
                ProvStatement(ProvType.ENTITY, file, (), pairs), prefixes, "configFile"
            )
            yield _configured(str(statement.id), file, "ConfigFile", prefixes)


def _configured(activity: str, by: str, artefact: str, prefixes: Prefixes) -> Row:
    more = ((names.VOPROV + "artefactType", Literal(artefact)),)
    return _related(
        "wasConfiguredBy", (("configured", activity), ("configurator", by)), more, prefixes
    )


def _related(
    section: str, ends: Iterable[tuple[str, str]], more: tuple[Pair, ...], prefixes: Prefixes
) -> Row:
    pairs = tuple((names.VOPROV + name, Literal(uri, QUALIFIED_NAME)) for name, uri in ends)
    return prov_json.row_of(
        ProvStatement(ProvType.INFLUENCE, None, (None, None), pairs + more), prefixes, section
    )
