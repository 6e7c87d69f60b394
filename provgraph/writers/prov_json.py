"""PROV-JSON, written as a stream (W3C member submission, 24 April 2013).

The format wants all prefixes first and the records of each type, and of each bundle, together. So the records go
through a temporary database on disk, which puts them in order; memory stays bounded however many there are.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import count, groupby
from json.encoder import encode_basestring

from provgraph.model.prov import (
    PLACE_NAMES,
    PLACES,
    QUALIFIED_NAME,
    REFERENCES,
    BundleNamed,
    Literal,
    Place,
    ProvStatement,
    ProvType,
)
from provgraph.model.prov_prefixes import KNOWN, Prefixes
from provgraph.model.prov_values import BOOLEAN, STRING, UNRESOLVED_NAME
from provgraph.writers.prov_records import Stated
from provgraph.writers.spooling import BUNDLE_ITSELF, Row, Spool

_TYPES = list(ProvType)
_NUMBER = {kind: number for number, kind in enumerate(_TYPES)}
_FORMAL = {
    kind: tuple((f'"prov:{name}":', place is Place.TIME) for name, place in zip(PLACE_NAMES[kind], places, strict=True))
    for kind, places in PLACES.items()
}


def write(statements: Iterable[Stated]) -> Iterator[str]:
    """The document, piece by piece.

    Args:
        statements: in any order.
    """
    prefixes = Prefixes()
    with Spool(_rows(statements, prefixes)) as spool:
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
            yield _section(_TYPES[number].value, some)


def _section(name: str, rows: Iterable[Row]) -> Iterator[str]:
    blank = count(1)
    yield f'"{name}": {{'
    is_first = True
    for identifier, same in groupby(rows, key=lambda row: row[2]):
        bodies = dict.fromkeys(row[3] for row in same)
        if identifier:
            named = [(identifier, next(iter(bodies)) if len(bodies) == 1 else f"[{', '.join(bodies)}]")]
        else:
            named = [(f"_:id{next(blank)}", body) for body in bodies]
        for key, body in named:
            yield f"{'' if is_first else ','}\n  {_text(key)}: {body}"
            is_first = False
    yield "\n}"


def _rows(statements: Iterable[Stated], prefixes: Prefixes) -> Iterator[Row]:
    short, text = prefixes.short, _text
    for each in statements:
        if isinstance(each, BundleNamed):
            yield short(each.id), BUNDLE_ITSELF, "", ""
            continue
        parts: list[str] = []
        for (name, is_time), value in zip(_FORMAL[each.type], each.places, strict=True):
            if value is not None:
                parts.append(name + text(value if is_time or value.startswith("_:") else short(value)))
        if each.attributes:
            parts.extend(_attributes(each, prefixes))
        bundle = "" if each.bundle is None else short(each.bundle)
        identifier = each.id or ""
        if identifier and not identifier.startswith("_:"):
            identifier = short(identifier)
        yield bundle, _NUMBER[each.type], identifier, "{" + ", ".join(parts) + "}"


def _attributes(statement: ProvStatement, prefixes: Prefixes) -> Iterator[str]:
    values: dict[str, list[str]] = {}
    for uri, literal in statement.attributes:
        is_reference = literal.type == QUALIFIED_NAME and uri in REFERENCES
        said = _text(prefixes.short(literal.text)) if is_reference else _value(literal, prefixes)
        values.setdefault(uri, []).append(said)
    for uri, some in values.items():
        yield f"{_text(prefixes.short(uri))}: {some[0] if len(some) == 1 else '[' + ', '.join(some) + ']'}"


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
    named = "prov:QUALIFIED_NAME" if kind == UNRESOLVED_NAME else prefixes.short(kind)
    return f'{{"$": {_text(text)}, "type": {_text(named)}}}'


_text = encode_basestring
