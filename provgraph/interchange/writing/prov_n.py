"""PROV-N, written as a stream (W3C recommendation, 30 April 2013)."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from provgraph.interchange.store_reader import Stated
from provgraph.interchange.writing.sorting import BUNDLE_ITSELF, Row, Spool
from provgraph.prov.prefixes import Prefixes
from provgraph.prov.statements import (
    ELEMENTS,
    INTERNATIONALIZED_STRING,
    QUALIFIED_NAME,
    SLOTS,
    BundleNamed,
    Literal,
    ProvStatement,
    ProvType,
    Slot,
)
from provgraph.prov.values import INT, STRING, UNRESOLVED_NAME

#: What stands in a local name only behind a backslash (production 55), at its ends too.
_ESCAPED = re.compile(r"[='(),:;\[\]]|^[-.]|\.\Z")
_ALLOWED = "/@~&+*?#$!%=-_.()',:;[]"
_LETTERS = re.compile(r"[^\W\d_]|[\u00b7\u0300-\u036f\u203f-\u2040]")
_TYPES = list(ProvType)
_NUMBER = {kind: number for number, kind in enumerate(_TYPES)}


def write(statements: Iterable[Stated]) -> Iterator[str]:
    """The document, piece by piece.

    Args:
        statements: in any order.
    """
    prefixes = Prefixes()
    with Spool(_rows(statements, prefixes)) as spool:
        yield "document\n"
        yield from (f"  prefix {prefix} <{uri}>\n" for prefix, uri in prefixes.used.items())
        inside = ""
        for bundle, _, _, text in spool.rows():
            if bundle != inside:
                yield from (["  endBundle\n"] if inside else [])
                yield f"  bundle {bundle}\n"
                inside = bundle
            yield f"{'    ' if inside else '  '}{text}\n" if text else ""
        yield from (["  endBundle\n"] if inside else [])
        yield "endDocument\n"


def _rows(statements: Iterable[Stated], prefixes: Prefixes) -> Iterator[Row]:
    names = _Names(prefixes)
    for each in statements:
        if isinstance(each, BundleNamed):
            yield names.short(each.id), BUNDLE_ITSELF, "", ""
        else:
            bundle = "" if each.bundle is None else names.short(each.bundle)
            yield bundle, _NUMBER[each.type], each.id or "", _statement(each, names)


def _statement(each: ProvStatement, names: "_Names") -> str:
    """One expression (section 3)."""
    parts = [names.short(each.id)] if each.type in ELEMENTS and each.id is not None else []
    for place, value in zip(SLOTS[each.type], each.slots, strict=True):
        is_open = value is None or value.startswith("_:")
        parts.append(
            "-" if is_open else str(value) if place is Slot.TIME else names.short(str(value))
        )
    if each.attributes:
        pairs = (f"{names.short(name)}={_literal(value, names)}" for name, value in each.attributes)
        parts.append(f"[{', '.join(pairs)}]")
    is_named = each.type not in ELEMENTS and each.id is not None and not each.id.startswith("_:")
    return f"{each.type.value}({names.short(str(each.id)) + '; ' if is_named else ''}{', '.join(parts)})"


def _literal(literal: Literal, names: "_Names") -> str:
    """A literal (section 3.7.3)."""
    kind, text = literal.type, literal.text
    if literal.language and kind in (None, INTERNATIONALIZED_STRING):
        return f"{_quoted(text)}@{literal.language.replace('_', '-')}"
    if kind is None or kind == STRING:
        return _quoted(text)
    if kind == QUALIFIED_NAME:
        return f"'{names.short(text)}'"
    if kind == INT and re.fullmatch(r"-?\d+", text, re.ASCII):
        return text
    named = "prov:QUALIFIED_NAME" if kind == UNRESOLVED_NAME else names.short(kind)
    return f"{_quoted(text)} %% {named}"


def _quoted(text: str) -> str:
    said = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""{said}"""' if "\n" in said else '"' + said.replace("\r", "\\r") + '"'


class _Names:
    """Qualified names as PROV-N writes them (section 3.7.1)."""

    def __init__(self, prefixes: Prefixes) -> None:
        self._prefixes = prefixes

    def short(self, uri: str) -> str:
        """The name, with its local part escaped."""
        prefix, _, local = self._prefixes.short(uri).partition(":")
        return f"{prefix}:{local if local.isalnum() else _escaped(local)}"


def _escaped(local: str) -> str:
    said = "".join(
        each if _LETTERS.match(each) or each.isalnum() else quote(each, safe=_ALLOWED)
        for each in local
    )
    return _ESCAPED.sub(lambda found: "\\" + found[0], said)
