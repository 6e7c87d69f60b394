"""PROV-JSON, written as a stream (W3C member submission, 24 April 2013).

The format wants all prefixes first and the records of each type, and of each bundle, together. So
the records go through a temporary database on disk, which puts them in order; memory stays bounded
however many there are.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from json.encoder import encode_basestring

from provgraph.interchange.store_reader import Stated
from provgraph.interchange.writing.sorting import BUNDLE_ITSELF, Row, Spool
from provgraph.model.vocabulary import DESCRIPTIONS
from provgraph.prov.names import VO_ENDS, VOPROV
from provgraph.prov.prefixes import KNOWN, Prefixes
from provgraph.prov.statements import (
    QUALIFIED_NAME,
    REFERENCES,
    SLOT_NAMES,
    SLOTS,
    BundleNamed,
    Literal,
    ProvStatement,
    ProvType,
    Slot,
)
from provgraph.prov.values import BOOLEAN, STRING, UNRESOLVED_NAME

#: The sections of a document: W3C's, and those of the IVOA flavour (`vo_prov`).
SECTIONS = (
    *(kind.value for kind in ProvType),
    "valueEntity",
    "datasetEntity",
    *(kind.value for kind in sorted(DESCRIPTIONS)),
    "parameter",
    "configFile",
    "isDescribedBy",
    "wasConfiguredBy",
)
#: Attributes whose values are names as they stand.
_NAMING = REFERENCES | {VOPROV + name for ends in VO_ENDS.values() for name in ends}
NUMBER = {name: number for number, name in enumerate(SECTIONS)}
_FORMAL = {
    kind: tuple(
        (f'"prov:{name}":', place is Slot.TIME)
        for name, place in zip(SLOT_NAMES[kind], places, strict=True)
    )
    for kind, places in SLOTS.items()
}


def write(statements: Iterable[Stated]) -> Iterator[str]:
    """The document, piece by piece.

    Args:
        statements: in any order.
    """
    prefixes = Prefixes()
    yield from document((row(each, prefixes) for each in statements), prefixes)


def document(rows: Iterable[Row], prefixes: Prefixes) -> Iterator[str]:
    """The document with these records, piece by piece.

    Args:
        rows: of the number of a section and the text of a record.
        prefixes: those that the rows use, when all have been made.
    """
    with Spool(rows) as spool:
        yield '{\n"prefix": ' + json.dumps({**KNOWN, **prefixes.used}, ensure_ascii=False)
        yield from _document(spool.rows())
        yield "\n}\n"


def _document(ordered: Iterable[Row]) -> Iterator[str]:
    is_first_bundle = True
    for bundle, rows in groupby(ordered, key=lambda row: str(row[0])):
        if not bundle:
            for section in _sections(rows):
                yield ",\n"
                yield from section
            continue
        yield (',\n"bundle": {\n' if is_first_bundle else ",\n") + f"{_text(bundle)}: {{\n"
        is_first_bundle = False
        for index, section in enumerate(_sections(rows)):
            yield ",\n" if index else ""
            yield from section
        yield "}"
    if not is_first_bundle:
        yield "}"


def _sections(rows: Iterable[Row]) -> Iterator[Iterator[str]]:
    """The records of each type."""
    for number, some in groupby(rows, key=lambda row: row[1]):
        if number != BUNDLE_ITSELF:
            yield _section(SECTIONS[number], some)


def _section(name: str, rows: Iterable[Row]) -> Iterator[str]:
    yield f'"{name}": {{'
    before = "\n  "
    for identifier, same in groupby(rows, key=lambda row: row[2]):
        for key, text in _named(identifier, same, name):
            yield f"{before}{_text(key)}: {text}"
            before = ",\n  "
    yield "\n}"


def _named(identifier: str, rows: Iterable[Row], section: str) -> Iterator[tuple[str, str]]:
    """The records of one id under it; each of those without one under a name of its own."""
    if identifier:
        texts = dict.fromkeys(row[3] for row in rows)
        yield identifier, next(iter(texts)) if len(texts) == 1 else f"[{', '.join(texts)}]"
    else:
        yield from ((f"_:{section}{number}", row[3]) for number, row in enumerate(rows, 1))


def row(stated: Stated, prefixes: Prefixes, section: str | None = None) -> Row:
    """A statement as a record.

    Args:
        stated: the statement.
        prefixes: gives out those that it needs.
        section: where it stands; None for that of its type.
    """
    short = prefixes.short
    if isinstance(stated, BundleNamed):
        return short(stated.id), BUNDLE_ITSELF, "", ""
    parts: list[str] = []
    for (name, is_time), value in zip(_FORMAL[stated.type], stated.slots, strict=True):
        if value is not None:
            parts.append(name + _text(value if is_time or value.startswith("_:") else short(value)))
    if stated.attributes:
        parts.extend(_attributes(stated, prefixes))
    identifier = stated.id or ""
    if identifier and not identifier.startswith("_:"):
        identifier = short(identifier)
    bundle = "" if stated.bundle is None else prefixes.short_name(stated.bundle)
    return bundle, NUMBER[section or stated.type.value], identifier, "{" + ", ".join(parts) + "}"


def _attributes(statement: ProvStatement, prefixes: Prefixes) -> list[str]:
    said: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    for uri, literal in statement.attributes:
        if literal.type is None and literal.language is None:
            text = _text(literal.text)
        elif literal.type == QUALIFIED_NAME and uri in _NAMING:
            text = _text(prefixes.short(literal.text))
        else:
            text = _value(literal, prefixes)
        if uri in said:
            several.setdefault(uri, [said[uri]]).append(text)
        said[uri] = text
    said |= {uri: f"[{', '.join(texts)}]" for uri, texts in several.items()}
    return [f"{_text(prefixes.short_name(uri))}: {text}" for uri, text in said.items()]


def _value(literal: Literal, prefixes: Prefixes) -> str:
    """A value (PROV-JSON, section 3.1.2)."""
    kind, text = literal.type, literal.text
    if literal.language is not None:
        return f'{{"$": {_text(text)}, "lang": {_text(literal.language)}}}'
    if kind is None or kind == STRING:
        return _text(text)
    if kind == BOOLEAN and text in ("true", "false"):
        return text
    if kind == QUALIFIED_NAME:
        return f'{{"$": {_text(prefixes.short(text))}, "type": "xsd:QName"}}'
    named = "prov:QUALIFIED_NAME" if kind == UNRESOLVED_NAME else prefixes.short_name(kind)
    return f'{{"$": {_text(text)}, "type": {_text(named)}}}'


_text = encode_basestring
