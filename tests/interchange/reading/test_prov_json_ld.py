"""Statements of PROV-JSONLD with all that they can say."""

from typing import Any

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.reading.prov_json_ld import StatementReader
from provgraph.loaders.protocol import Problem
from provgraph.prov.statements import (
    INTERNATIONALIZED_STRING,
    PROV,
    QUALIFIED_NAME,
    XSD,
    BundleNamed,
    Literal,
    ProvStatement,
    ProvType,
)

_EX = "http://example.org/"
_CONTEXT: list[Any] = [{"ex": {"@id": _EX, "@prefix": True}}]


def _values(value: Any) -> list[Literal] | str:
    node = {"@type": "Entity", "@id": "ex:e", "ex:tag": value}
    (found,) = StatementReader(_CONTEXT, "file:///x").statements([node])
    if isinstance(found, Problem):
        return found.what
    assert isinstance(found, ProvStatement)
    return [literal for _, literal in found.attributes]


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("plain: text", Literal("plain: text")),
        ({"@value": "x"}, Literal("x")),
        ({"@value": "5", "@type": "xsd:int"}, Literal("5", XSD + "int")),
        ({"@value": 5}, Literal("5", XSD + "int")),
        (True, Literal("true", XSD + "boolean")),
        ({"@value": "x", "@language": "en"}, Literal("x", INTERNATIONALIZED_STRING, "en")),
        ({"@value": "ex:n", "@type": "xsd:QName"}, Literal(_EX + "n", QUALIFIED_NAME)),
        ({"@value": "no:n", "@type": "xsd:QName"}, Literal("no:n", XSD + "QName")),
        ({"@id": "ex:n"}, Literal(_EX + "n", QUALIFIED_NAME)),
        ({"@id": "urn:uuid:1"}, Literal("urn:uuid:1", QUALIFIED_NAME)),
    ],
)
def test_values_keep_their_types(value: Any, literal: Literal) -> None:
    assert _values(value) == _values([value]) == [literal]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({"@id": "no:n"}, "prefix"),
        ({"@value": "x", "@type": "no:t"}, "prefix"),
        ({"x": 1}, "@value"),
        ({"@id": 5}, "no name"),
    ],
)
def test_values_that_mean_nothing_are_a_problem(value: Any, what: str) -> None:
    assert what in str(_values(value))


def test_special_terms_are_attributes_of_prov() -> None:
    node = {
        "@type": "Usage",
        "activity": "ex:run",
        "entity": {"@id": "ex:in"},
        "time": {"@value": "2026-01-01T00:00:00Z"},
        "role": ["ex:raw"],
        "prov:label": "raw data",
    }
    assert list(StatementReader(_CONTEXT, "file:///x").statements([node])) == [
        ProvStatement(
            ProvType.USAGE,
            None,
            (_EX + "run", _EX + "in", "2026-01-01T00:00:00Z"),
            (
                (PROV + "role", Literal(_EX + "raw", QUALIFIED_NAME)),
                (PROV + "label", Literal("raw data")),
            ),
        )
    ]


def test_bundles_have_prefixes_of_their_own() -> None:
    bundle = {
        "@type": "Bundle",
        "@id": "my:b",
        "@context": {"my": "http://my.example/"},
        "@graph": [
            {"@type": "Membership", "collection": "my:c", "entity": ["ex:1", "my:2"]},
            {"@type": "Usage", "time": 5},
        ],
    }
    name, *found = StatementReader(_CONTEXT, "file:///x").statements([bundle, {"@type": "Bundle"}])
    assert name == BundleNamed("http://my.example/b")
    assert [each.slots[1] for each in found if isinstance(each, ProvStatement)] == [
        _EX + "1",
        "http://my.example/2",
    ]
    assert {each.bundle for each in found if isinstance(each, ProvStatement)} == {
        "http://my.example/b"
    }
    assert [each.where for each in found if isinstance(each, Problem)] == [
        "@graph[0][1]",
        "@graph[1]",
    ]


def test_an_attribute_that_no_context_defines_is_a_problem() -> None:
    node = {"@type": "Entity", "@id": "ex:e", "size": 12}
    (problem,) = StatementReader(_CONTEXT, "file:///x").statements([node])
    assert isinstance(problem, Problem)
    assert "size" in problem.what
    named = StatementReader([*_CONTEXT, {"@namespace": "urn:d:"}], "file:///x").statements([node])
    (entity,) = named
    assert isinstance(entity, ProvStatement)
    assert [name for name, _ in entity.attributes] == ["urn:d:size"]


def test_a_context_that_is_none_is_an_error() -> None:
    with pytest.raises(LoadError, match="int"):
        StatementReader([7], "file:///x")
