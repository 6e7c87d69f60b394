"""Writes PROV-N as a stream (W3C recommendation "PROV-N", 30 April 2013).

The notation wants all prefixes first and the expressions of each bundle together, so the
expressions are sorted on disk and memory stays bounded.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from provgraph.interchange.writing.prov_json import BUNDLE_ITSELF, Row, SortedRows
from provgraph.prov.names import Prefixes
from provgraph.prov.statements import (
    ELEMENTS,
    INTERNATIONALIZED_STRING,
    QUALIFIED_NAME,
    SLOTS,
    BundleNamed,
    DocumentPart,
    Literal,
    ProvStatement,
    ProvType,
    Slot,
)
from provgraph.prov.values import INT, STRING, UNRESOLVED_NAME

#: What stands in a local name only behind a backslash, at its ends too (PROV-N, section 3.7.1,
#: productions 55 to 57).
_ESCAPED = re.compile(r"[='(),:;\[\]]|^[-.]|\.\Z")
_ALLOWED = "/@~&+*?#$!%=-_.()',:;[]"
_LETTERS = re.compile(r"[^\W\d_]|[\u00b7\u0300-\u036f\u203f-\u2040]")
_TYPES = list(ProvType)
_NUMBER = {kind: number for number, kind in enumerate(_TYPES)}


def write(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write a document.

    Args:
        statements: in any order.

    Yields:
        the document, piece by piece.
    """
    prefixes = Prefixes()
    with SortedRows(_rows(statements, prefixes)) as ordered:
        yield "document\n"
        yield from (f"  prefix {prefix} <{uri}>\n" for prefix, uri in prefixes.used.items())
        inside = ""
        for bundle, _, _, text in ordered:
            if bundle != inside:
                yield from (["  endBundle\n"] if inside else [])
                yield f"  bundle {bundle}\n"
                inside = bundle
            yield f"{'    ' if inside else '  '}{text}\n" if text else ""
        yield from (["  endBundle\n"] if inside else [])
        yield "endDocument\n"


def _rows(statements: Iterable[DocumentPart], prefixes: Prefixes) -> Iterator[Row]:
    names = QualifiedNames(prefixes)
    for each in statements:
        if isinstance(each, BundleNamed):
            yield names.short(each.id), BUNDLE_ITSELF, "", ""
        else:
            bundle = "" if each.bundle is None else names.short(each.bundle)
            yield bundle, _NUMBER[each.type], each.id or "", _statement(each, names)


def _statement(each: ProvStatement, names: "QualifiedNames") -> str:
    """Write one expression (PROV-N, section 3)."""
    parts = [names.short(each.id)] if each.type in ELEMENTS and each.id is not None else []
    for slot, value in zip(SLOTS[each.type], each.slots, strict=True):
        is_open = value is None or value.startswith("_:")
        parts.append(
            "-" if is_open else str(value) if slot is Slot.TIME else names.short(str(value))
        )
    if each.attributes:
        pairs = (f"{names.short(name)}={_literal(value, names)}" for name, value in each.attributes)
        parts.append(f"[{', '.join(pairs)}]")
    is_named = each.type not in ELEMENTS and each.id is not None and not each.id.startswith("_:")
    name = f"{names.short(str(each.id))}; " if is_named else ""
    return f"{each.type.value}({name}{', '.join(parts)})"


def _literal(literal: Literal, names: "QualifiedNames") -> str:
    """Write a literal (PROV-N, section 3.7.3)."""
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
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""{escaped}"""' if "\n" in escaped else '"' + escaped.replace("\r", "\\r") + '"'


class QualifiedNames:
    """Writes qualified names (PROV-N, section 3.7.1)."""

    def __init__(self, prefixes: Prefixes) -> None:
        """Take what gives out prefixes.

        Args:
            prefixes: of the document.
        """
        self._prefixes = prefixes

    def short(self, uri: str) -> str:
        r"""Write the name of a URI.

        Args:
            uri: of a record, an attribute or a type.

        Returns:
            prefix and local name, in which special characters are escaped, as ``ex:a\=b``.
        """
        prefix, _, local = self._prefixes.short(uri).partition(":")
        return f"{prefix}:{local if local.isalnum() else _escaped(local)}"


def _escaped(local: str) -> str:
    encoded = "".join(
        each if _LETTERS.match(each) or each.isalnum() else quote(each, safe=_ALLOWED)
        for each in local
    )
    return _ESCAPED.sub(lambda found: "\\" + found[0], encoded)
