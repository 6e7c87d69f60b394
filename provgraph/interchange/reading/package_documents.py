"""Statements of documents that the prov package has read, such as PROV-N.

`provgraph.interchange.reading.prov_package` imports this module when such a document is read, and
not before: the libraries take a second.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from prov.constants import PROV_ATTR_ENTITY
from prov.identifier import Identifier, QualifiedName
from prov.model import Literal as ProvLiteral
from prov.model import ProvBundle, ProvDocument, ProvRecord

from provgraph.interchange.reading.context import PartOrProblem
from provgraph.model.values import storable_text
from provgraph.prov.statements import (
    QUALIFIED_NAME,
    BundleNamed,
    Literal,
    ProvStatement,
    ProvType,
)
from provgraph.prov.values import ANY_URI, DATE_TIME, UNRESOLVED_NAME, native_literal


def statements_of(document: ProvDocument) -> Iterator[PartOrProblem]:
    """Read a document of the prov package.

    Args:
        document: as the package's reader made it.

    Yields:
        the statements of the document, then of each bundle its name and its statements.
    """
    yield from _of_bundle(document, None)
    for bundle in document.bundles:
        if bundle.identifier is not None:  # it always has one
            yield BundleNamed(_uri(bundle.identifier))
            yield from _of_bundle(bundle, _uri(bundle.identifier))


def _of_bundle(bundle: ProvBundle, name: str | None) -> Iterator[PartOrProblem]:
    for record in bundle.get_records():
        yield from _statements(record, name)


def _statements(record: ProvRecord, bundle: str | None) -> Iterator[ProvStatement]:
    """Read a record: one statement, of a membership one a member (PROV-DM, section 5.6.2)."""
    kind = _TYPES[record.get_type().localpart]
    identifier = None if record.identifier is None else _uri(record.identifier)
    slots = tuple(
        None if value is None else _name_or_time(value) for _, value in record.formal_attributes
    )
    pairs = tuple(
        (_uri(name), literal_from_package(value)) for name, value in record.extra_attributes
    )
    members = [_uri(value) for name, value in record.attributes if name == PROV_ATTR_ENTITY]
    if kind is ProvType.MEMBERSHIP and len(members) > 1:
        for member in members:
            yield ProvStatement(kind, identifier, (slots[0], member), pairs, bundle)
    else:
        yield ProvStatement(kind, identifier, slots, pairs, bundle)


def _name_or_time(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else _uri(value)


def _uri(name: Any) -> str:
    """Read the URI of one of the package's names; JSON can write what UTF-8 can't hold."""
    return storable_text(str(name.uri))


def literal_from_package(value: Any) -> Literal:
    """Read a value of the prov package.

    Args:
        value: an attribute's, as the package's reader made it.

    Returns:
        the literal that a document writes for it.
    """
    if isinstance(value, QualifiedName):
        return Literal(_uri(value), QUALIFIED_NAME)
    if isinstance(value, Identifier):
        return Literal(_uri(value), ANY_URI)
    if isinstance(value, ProvLiteral):
        kind = None if value.datatype is None else _uri(value.datatype)
        language = None if value.langtag is None else storable_text(str(value.langtag))
        return Literal(
            storable_text(value.value),
            UNRESOLVED_NAME if kind == QUALIFIED_NAME else kind,
            language,
        )
    if isinstance(value, datetime):
        return Literal(value.isoformat(), DATE_TIME)
    return native_literal(storable_text(value) if isinstance(value, str) else value)


_TYPES = {kind.name.capitalize(): kind for kind in ProvType}
