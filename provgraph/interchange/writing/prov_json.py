"""Writes PROV-JSON as a stream (W3C member submission, 24 April 2013).

The format wants all prefixes first and the records of each type, and of each bundle, together. So
the records go through a temporary database on disk, `SortedRows`, which puts them in order; memory
stays bounded however many there are. PROV-N is sorted by the same class.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from json.encoder import encode_basestring
from types import TracebackType
from typing import TypeAlias

from provgraph.model.records import batches
from provgraph.model.vocabulary import DESCRIPTIONS
from provgraph.prov.ivoa import NAMING
from provgraph.prov.names import KNOWN_PREFIXES, Prefixes
from provgraph.prov.statements import (
    QUALIFIED_NAME,
    REFERENCES,
    SLOT_NAMES,
    SLOTS,
    BundleNamed,
    DocumentPart,
    Literal,
    ProvStatement,
    ProvType,
    Slot,
)
from provgraph.prov.values import BOOLEAN, STRING, UNRESOLVED_NAME

#: What `SortedRows` sorts: the bundle's name, "" of the document itself; the number of the section;
#: the id, "" without one; the record's text.
Row: TypeAlias = tuple[str, int, str, str]
#: The number in place of a section in a row that only says that there is such a bundle.
BUNDLE_ITSELF = -1
_BATCH = 5000
#: The sections of a document: W3C's, and those of the IVOA flavour (`vo_prov`).
SECTIONS = (
    *(kind.value for kind in ProvType),
    "valueEntity",
    "datasetEntity",
    *(kind.value for kind in sorted(DESCRIPTIONS)),
    "datasetDescription",
    "valueDescription",
    "parameter",
    "configFile",
    "isDescribedBy",
    "wasConfiguredBy",
    "isRelatedTo",
)
#: Attributes whose values are names as they stand.
_NAMING = REFERENCES | NAMING
#: Section → its number in a row.
SECTION_NUMBERS = {name: number for number, name in enumerate(SECTIONS)}
_FORMAL = {
    kind: tuple(
        (f'"prov:{name}":', place is Slot.TIME)
        for name, place in zip(SLOT_NAMES[kind], places, strict=True)
    )
    for kind, places in SLOTS.items()
}


class SortedRows:
    """Sorts rows on disk by bundle (the document itself first), section and id.

    Rows that are equal in all these stay in the order in which they came.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        """Put all rows into a temporary database.

        Args:
            rows: in any order.
        """
        self._database = sqlite3.connect("")  # a temporary file, gone with the connection
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-32000"):
            self._database.execute(f"PRAGMA {setting}")
        self._database.execute(
            "CREATE TABLE record (bundle TEXT, type INTEGER, id TEXT, text TEXT)"
        )
        for batch in batches(rows, _BATCH):
            self._database.executemany("INSERT INTO record VALUES (?, ?, ?, ?)", batch)

    def __enter__(self) -> "SortedRows":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._database.close()

    def __iter__(self) -> Iterator[Row]:
        with closing(
            self._database.execute(
                "SELECT bundle, type, id, text FROM record ORDER BY bundle, type, id, rowid"
            )
        ) as found:
            yield from found


def write(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write a document.

    Args:
        statements: in any order.

    Yields:
        the document, piece by piece.
    """
    prefixes = Prefixes()
    yield from write_rows((row_of(each, prefixes) for each in statements), prefixes)


def write_rows(rows: Iterable[Row], prefixes: Prefixes) -> Iterator[str]:
    """Write a document of records that have been made already.

    Args:
        rows: in any order, as `row_of` makes them.
        prefixes: which the rows use; all are known when the last row has been made.

    Yields:
        the document, piece by piece.
    """
    with SortedRows(rows) as ordered:
        yield '{\n"prefix": ' + json.dumps({**KNOWN_PREFIXES, **prefixes.used}, ensure_ascii=False)
        yield from _sections_and_bundles(ordered)
        yield "\n}\n"


def _sections_and_bundles(ordered: Iterable[Row]) -> Iterator[str]:
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
    """Group the records by sections."""
    for number, some in groupby(rows, key=lambda row: row[1]):
        if number != BUNDLE_ITSELF:
            yield _section(SECTIONS[number], some)


def _section(name: str, rows: Iterable[Row]) -> Iterator[str]:
    yield f'"{name}": {{'
    before = "\n  "
    for identifier, same in groupby(rows, key=lambda row: row[2]):
        for key, text in _by_key(identifier, same, name):
            yield f"{before}{_text(key)}: {text}"
            before = ",\n  "
    yield "\n}"


def _by_key(identifier: str, rows: Iterable[Row], section: str) -> Iterator[tuple[str, str]]:
    """Write the records of one id under it, and each of those without one under its own name."""
    if identifier:
        texts = dict.fromkeys(row[3] for row in rows)
        yield identifier, next(iter(texts)) if len(texts) == 1 else f"[{', '.join(texts)}]"
    else:
        yield from ((f"_:{section}{number}", row[3]) for number, row in enumerate(rows, 1))


def row_of(part: DocumentPart, prefixes: Prefixes, section: str | None = None) -> Row:
    """Write a statement as a record of PROV-JSON.

    Args:
        part: the statement, or the name of a bundle.
        prefixes: gives out the prefixes that the record needs.
        section: the section in which the record stands, as ``valueEntity``; None for the one of the
            statement's type.

    Returns:
        the row by which `SortedRows` puts the record in its place.
    """
    short = prefixes.short
    if isinstance(part, BundleNamed):
        return short(part.id), BUNDLE_ITSELF, "", ""
    parts: list[str] = []
    for (name, is_time), value in zip(_FORMAL[part.type], part.slots, strict=True):
        if value is not None:
            parts.append(name + _text(value if is_time or value.startswith("_:") else short(value)))
    if part.attributes:
        parts.extend(_attributes(part, prefixes))
    identifier = part.id or ""
    if identifier and not identifier.startswith("_:"):
        identifier = short(identifier)
    bundle = "" if part.bundle is None else prefixes.short_name(part.bundle)
    return (
        bundle,
        SECTION_NUMBERS[section or part.type.value],
        identifier,
        "{" + ", ".join(parts) + "}",
    )


def _attributes(statement: ProvStatement, prefixes: Prefixes) -> list[str]:
    texts_by_uri: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    for uri, literal in statement.attributes:
        if literal.type is None and literal.language is None:
            text = _text(literal.text)
        elif literal.type == QUALIFIED_NAME and uri in _NAMING:
            text = _text(prefixes.short(literal.text))
        else:
            text = _value(literal, prefixes)
        if uri in texts_by_uri:
            several.setdefault(uri, [texts_by_uri[uri]]).append(text)
        texts_by_uri[uri] = text
    texts_by_uri |= {uri: f"[{', '.join(some)}]" for uri, some in several.items()}
    return [f"{_text(prefixes.short_name(uri))}: {text}" for uri, text in texts_by_uri.items()]


def _value(literal: Literal, prefixes: Prefixes) -> str:
    """Write a value (PROV-JSON member submission, section 3.1.2)."""
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
