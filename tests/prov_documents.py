"""Documents of the prov package as statements, so that its corpus can be checked."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from prov.model import Literal as ProvLiteral
from prov.model import ProvBundle, ProvDocument, ProvRecord, QualifiedName

from provgraph.model.prov import PLACES, Literal, ProvStatement, ProvType

_NAMES = {
    "Entity": ProvType.ENTITY,
    "Activity": ProvType.ACTIVITY,
    "Agent": ProvType.AGENT,
    "Usage": ProvType.USAGE,
    "Generation": ProvType.GENERATION,
    "Invalidation": ProvType.INVALIDATION,
    "Start": ProvType.START,
    "End": ProvType.END,
    "Communication": ProvType.COMMUNICATION,
    "Derivation": ProvType.DERIVATION,
    "Association": ProvType.ASSOCIATION,
    "Attribution": ProvType.ATTRIBUTION,
    "Delegation": ProvType.DELEGATION,
    "Influence": ProvType.INFLUENCE,
    "Membership": ProvType.MEMBERSHIP,
    "Specialization": ProvType.SPECIALIZATION,
    "Alternate": ProvType.ALTERNATE,
    "Mention": ProvType.MENTION,
}


def of_prov_document(document: ProvDocument) -> Iterator[ProvStatement]:
    """The statements of a document and of its bundles."""
    yield from _statements(document, None)
    for bundle in document.bundles:
        assert bundle.identifier is not None
        yield from _statements(bundle, bundle.identifier.uri)


def _statements(bundle: ProvBundle, name: str | None) -> Iterator[ProvStatement]:
    for record in bundle.get_records():
        yield _statement(record, name)


def _statement(record: ProvRecord, bundle: str | None) -> ProvStatement:
    type_ = _NAMES[record.get_type().localpart]
    identifier = record.identifier.uri if record.identifier is not None else None
    values = [value for _, value in record.formal_attributes]
    places = tuple(None if value is None else _text(value) for value in values)
    attributes = tuple((attribute.uri, _literal(value)) for attribute, value in record.extra_attributes)
    return ProvStatement(type_, identifier, places[: len(PLACES[type_])], attributes, bundle)


def _literal(value: Any) -> Literal:
    if isinstance(value, ProvLiteral):
        return Literal(str(value.value), None if value.datatype is None else value.datatype.uri, value.langtag)
    return Literal(_text(value))


def _text(value: Any) -> str:
    if isinstance(value, QualifiedName):
        return str(value.uri)
    return value.isoformat() if isinstance(value, datetime) else str(value)
