"""PROV-N as it is written."""

import pytest

from provgraph.interchange.writing.prov_n import QualifiedNames, write
from provgraph.prov.names import ENTITY, Prefixes
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    XSD,
    BundleNamed,
    Literal,
    ProvStatement,
    ProvType,
)

_EX = "http://example.org/"
E1, A1, B = (_EX + name for name in ("e1", "a1", "b"))


def _lines(*statements: ProvStatement | BundleNamed) -> list[str]:
    return "".join(write(statements)).splitlines()


def test_a_document_has_prefixes_expressions_and_bundles() -> None:
    assert _lines(
        ProvStatement(ProvType.USAGE, _EX + "u", (A1, E1, "2026-11-21T08:30:00")),
        ProvStatement(ProvType.ENTITY, E1, (), (), B),
        BundleNamed(_EX + "empty"),
        ProvStatement(ProvType.GENERATION, None, (E1, "_:nobody", None)),
    ) == [
        "document",
        "  prefix ns1 <http://example.org/>",
        "  used(ns1:u; ns1:a1, ns1:e1, 2026-11-21T08:30:00)",
        "  wasGeneratedBy(ns1:e1, -, -)",
        "  bundle ns1:b",
        "    entity(ns1:e1)",
        "  endBundle",
        "  bundle ns1:empty",
        "  endBundle",
        "endDocument",
    ]


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (Literal('a "b" \\'), '"a \\"b\\" \\\\"'),
        (Literal("two\nlines"), '"""two\nlines"""'),
        (Literal("Wert", None, "de"), '"Wert"@de'),
        (Literal("-7", XSD + "int"), "-7"),
        (Literal("0.5", XSD + "double"), '"0.5" %% xsd:double'),
        (Literal(PROV + "Plan", QUALIFIED_NAME), "'prov:Plan'"),
    ],
)
def test_literals(literal: Literal, text: str) -> None:
    """PROV-N, section 3.7.3."""
    written = "".join(write([ProvStatement(ProvType.ENTITY, E1, (), ((_EX + "t", literal),))]))
    assert f"[ns1:t={text}]" in written


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        (_EX + "e1", "ns1:e1"),
        (ENTITY + "product:7", "pge:product\\:7"),
        (ENTITY + "a(1)=b.", "pge:a\\(1\\)\\=b\\."),
        (ENTITY + "ü", "pge:ü"),
        (ENTITY + "a|b", "pge:a%7Cb"),
    ],
)
def test_special_characters_in_names_are_escaped(uri: str, name: str) -> None:
    """PROV-N, section 3.7.1."""
    assert QualifiedNames(Prefixes()).short(uri) == name
