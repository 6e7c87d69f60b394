"""PROV-JSON as it is written."""

import json
import random

from provgraph.interchange.writing.prov_json import BUNDLE_ITSELF, SortedRows, row_of, write
from provgraph.prov.names import Prefixes
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


def test_prefixes_come_first_and_records_by_their_types_and_bundles() -> None:
    text = "".join(
        write(
            [
                ProvStatement(ProvType.USAGE, None, (A1, E1, None)),
                ProvStatement(ProvType.ENTITY, E1, (), (), B),
                ProvStatement(ProvType.ENTITY, E1, (), ((_EX + "n", Literal("1", XSD + "int")),)),
                BundleNamed(_EX + "empty"),
            ]
        )
    )
    assert json.loads(text) == {
        "prefix": {"prov": PROV, "xsd": XSD, "ns1": _EX},
        "entity": {"ns1:e1": {"ns1:n": {"$": "1", "type": "xsd:int"}}},
        "used": {"_:used1": {"prov:activity": "ns1:a1", "prov:entity": "ns1:e1"}},
        "bundle": {"ns1:b": {"entity": {"ns1:e1": {}}}, "ns1:empty": {}},
    }
    assert list(json.loads(text)) == ["prefix", "entity", "used", "bundle"]


def test_records_of_one_id_are_a_list_and_equal_ones_are_one() -> None:
    labels = [((PROV + "label", Literal(text)),) for text in ("x", "y", "x")]
    text = "".join(write(ProvStatement(ProvType.ENTITY, E1, (), each) for each in labels))
    assert json.loads(text)["entity"] == {"ns1:e1": [{"prov:label": "x"}, {"prov:label": "y"}]}


def test_values_say_their_types() -> None:
    """PROV-JSON member submission, section 3.1.2."""
    literals = (
        Literal("a"),
        Literal("true", XSD + "boolean"),
        Literal("Wert", None, "de"),
        Literal(_EX + "name", QUALIFIED_NAME),
        Literal("x", _EX + "type"),
    )
    pairs = tuple((_EX + "tag", each) for each in literals)
    text = "".join(write([ProvStatement(ProvType.ENTITY, E1, (), pairs)]))
    assert json.loads(text)["entity"]["ns1:e1"]["ns1:tag"] == [
        "a",
        True,
        {"$": "Wert", "lang": "de"},
        {"$": "ns1:name", "type": "xsd:QName"},
        {"$": "x", "type": "ns1:type"},
    ]


def test_a_statement_may_stand_in_another_section() -> None:
    statement = ProvStatement(ProvType.ENTITY, E1, ())
    (plain, value) = (row_of(statement, Prefixes(), each) for each in (None, "valueEntity"))
    assert plain[1] != value[1]
    assert (plain[0], plain[2:]) == (value[0], value[2:])


def test_rows_are_sorted_and_equal_ones_keep_their_order() -> None:
    rows = [
        ("", 0, "e1", "first"),
        ("", 0, "e1", "second"),
        ("", 1, "a1", ""),
        ("b", BUNDLE_ITSELF, "", ""),
        ("b", 0, "e1", ""),
    ]
    shuffled = rows[2:] + rows[:2]
    random.Random(7).shuffle(head := shuffled[:3])
    with SortedRows(head + shuffled[3:]) as ordered:
        assert list(ordered) == rows
