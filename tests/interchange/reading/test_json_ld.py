"""JSON-LD: PROV-O in any shape, PROV-JSONLD statement by statement."""

import json
from typing import Any

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.reading.context import PartOrProblem
from provgraph.interchange.reading.json_ld import read_json_ld
from provgraph.interchange.reading.whole import WholeDocument
from provgraph.loaders.protocol import Problem
from provgraph.prov.statements import PROV, ProvStatement, ProvType

_EX = "http://example.org/"
_FILE = "file:///data/run1/prov.jsonld"
_PREFIXES: dict[str, Any] = {"prov": PROV, "ex": _EX}
_STATEMENTS = {
    ProvStatement(ProvType.ENTITY, _EX + "out", ()),
    ProvStatement(ProvType.ACTIVITY, _EX + "run", (None, None)),
    ProvStatement(ProvType.GENERATION, None, (_EX + "out", _EX + "run", None)),
    ProvStatement(ProvType.USAGE, None, (_EX + "run", _EX + "in", None)),
}
_NODES = [
    {"@id": "ex:out", "@type": "prov:Entity", "prov:wasGeneratedBy": {"@id": "ex:run"}},
    {"@id": "ex:run", "@type": "prov:Activity", "prov:used": {"@id": "ex:in"}},
]


def _read(data: Any) -> WholeDocument:
    return read_json_ld(json.dumps(data).encode(), _FILE)


def _expanded() -> list[dict[str, Any]]:
    return [
        {
            "@id": _EX + "out",
            "@type": [PROV + "Entity"],
            PROV + "wasGeneratedBy": [{"@id": _EX + "run"}],
        },
        {"@id": _EX + "run", "@type": [PROV + "Activity"], PROV + "used": [{"@id": _EX + "in"}]},
    ]


@pytest.mark.parametrize(
    "data",
    [
        _expanded(),
        {"@context": _PREFIXES, "@graph": _NODES},
        {"@context": ["https://www.w3.org/ns/prov.jsonld", {"ex": _EX}], "@graph": _NODES},
        {
            "@context": ["http://www.w3.org/ns/prov", {"ex": _EX}],
            "@graph": [
                {"@id": "ex:out", "@type": "Entity", "wasGeneratedBy": "ex:run"},
                {"@id": "ex:run", "@type": "Activity", "prov:used": "ex:in"},
            ],
        },
        {
            "@context": ["https://openprovenance.org/prov-jsonld/context.jsonld", {"ex": _EX}],
            "@graph": _NODES,
        },
        {
            "@context": ["https://www.w3.org/2013/json-ld-context/rdfa11", {"ex": _EX}],
            "@graph": _NODES,
        },
        {
            "@context": _PREFIXES,
            "@id": "ex:out",
            "@type": "prov:Entity",
            "prov:wasGeneratedBy": {
                "@id": "ex:run",
                "@type": "prov:Activity",
                "prov:used": {"@id": "ex:in"},
            },
        },
        {
            "@context": [_PREFIXES, {"generated": {"@reverse": "prov:wasGeneratedBy"}}],
            "@graph": [
                {"@id": "ex:out", "@type": "prov:Entity"},
                {
                    "@id": "ex:run",
                    "@type": "prov:Activity",
                    "generated": {"@id": "ex:out"},
                    "prov:used": {"@id": "ex:in"},
                },
            ],
        },
    ],
    ids=["expanded", "compact", "prov", "terms", "jsonld", "rdfa", "nested", "reverse"],
)
def test_prov_o_is_read_in_any_shape(data: Any) -> None:
    assert set(_read(data).parts) == _STATEMENTS


@pytest.mark.parametrize(
    "data",
    [
        {"@context": "https://example.org/my.jsonld", "@graph": _NODES},
        {"@context": [_PREFIXES, "http://127.0.0.1:9/c"], "@graph": _NODES},
        {"@context": {"@import": "https://example.org/my.jsonld"}, "@graph": _NODES},
        {"@graph": [{"@context": "https://example.org/my.jsonld", "prov:used": "x"}]},
        {"@context": {"prov:used": {"@id": "prov:used", "@context": "file:///etc/passwd"}}},
        {
            "@context": ["https://openprovenance.org/prov.jsonld", "https://example.org/my.jsonld"],
            "@graph": [{"@type": "Entity", "@id": "ex:e"}],
        },
    ],
)
def test_a_context_that_is_not_shipped_is_named_and_not_fetched(data: Any) -> None:
    address = next(
        each for each in ("my.jsonld", "127.0.0.1:9/c", "/etc/passwd") if each in json.dumps(data)
    )
    with pytest.raises(LoadError, match=f"{address}.*fetches nothing"):
        _read(data)


def test_keys_without_a_meaning_are_a_problem() -> None:
    """JSON-LD passes over them silently."""
    data = {"@context": _PREFIXES, "@id": "ex:e", "@type": "prov:Entity", "size": 12, "prov:x": 1}
    found = _read(data).parts
    assert [each.where for each in found if isinstance(each, Problem)] == ["the key 'size'"]
    assert _read({**data, "@context": {**_PREFIXES, "@vocab": _EX}}).parts[1:] == []


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_an_error(content: bytes) -> None:
    with pytest.raises(LoadError, match=r"no JSON|too deeply"):
        read_json_ld(content, _FILE)


def _prov_json_ld(context: dict[str, Any], *graph: Any) -> list[PartOrProblem]:
    return _read(
        {
            "@context": [context, "https://openprovenance.org/prov-jsonld/context.jsonld"],
            "@graph": list(graph),
        }
    ).parts


_USAGE = {"@type": "Usage", "activity": "run", "entity": "in.txt"}


@pytest.mark.parametrize(
    ("context", "base"),
    [
        ({"@base": "http://example.org/x/"}, "http://example.org/x/"),
        ({"@base": "data/"}, "file:///data/run1/data/"),
        ({}, "file:///data/run1/"),
        ({"@vocab": "http://example.org/v#"}, "http://example.org/v#"),
        ({"@base": "http://e.org/b/", "@vocab": "http://example.org/v#"}, "http://e.org/b/"),
    ],
)
def test_names_of_prov_json_ld_resolve_against_the_base(context: dict[str, Any], base: str) -> None:
    (usage,) = _prov_json_ld(context, _USAGE)
    assert isinstance(usage, ProvStatement)
    assert usage.slots == (base + "run", base + "in.txt", None)


def test_names_depend_on_the_address_only_where_no_base_is_given() -> None:
    context = "https://openprovenance.org/prov-jsonld/context.jsonld"
    assert _read({"@context": context, "@graph": [_USAGE]}).has_relative_names
    based = [context, {"@base": "http://example.org/x/"}]
    assert not _read({"@context": based, "@graph": [_USAGE]}).has_relative_names


def test_one_bad_statement_is_one_problem_with_its_place() -> None:
    good = {"@type": "prov:Entity", "@id": "ex:e"}
    found = _prov_json_ld({"ex": _EX}, good, {"@type": "Mention"}, 7, {"@type": "Entity"}, good)
    assert [each.where for each in found if isinstance(each, Problem)] == [
        "@graph[1]",
        "@graph[2]",
        "@graph[3]",
    ]
    assert len([each for each in found if isinstance(each, ProvStatement)]) == 2
