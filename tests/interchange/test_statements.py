"""Whatever PROV can say comes out of a store as it went in."""

import json
from contextlib import closing

import pytest
from hypothesis import HealthCheck, example, given, settings

from provgraph.interchange.export import document_writer
from provgraph.prov.statements import PROV, Literal, ProvStatement, ProvType
from provgraph.store.digest import digest
from provgraph.store.registry import open_store
from tests.interchange.corpus import are_equal, exported, in_package, put
from tests.interchange.statements import documents

_SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
_E1 = "http://example.org/e1"
_LABEL = (PROV + "label", Literal("x"))


def _written(statements: list[ProvStatement], format_name: str = "prov-json") -> bytes:
    return "".join(document_writer(format_name)(statements)).encode()


@pytest.mark.slow
@_SETTINGS
@given(documents())
@example(
    [
        ProvStatement(ProvType.ENTITY, _E1, (), (_LABEL,)),
        ProvStatement(ProvType.ENTITY, _E1, (), ()),
    ]
)
@example(
    [
        ProvStatement(ProvType.ENTITY, _E1, (), (_LABEL,), each)
        for each in (None, "http://b/1", "http://b/2")
    ]
)
def test_a_document_comes_out_as_it_went_in(statements: list[ProvStatement]) -> None:
    content = _written(statements)
    with closing(open_store("sqlite://")) as store:
        assert put(store, content) == []
        out = exported(store)
    assert are_equal(in_package(content, ".json"), in_package(out, ".json"))
    with closing(open_store("sqlite://")) as one, closing(open_store("sqlite://")) as other:
        put(one, content)
        put(other, out)
        put(other, content)
        assert digest(one.scan()) == digest(other.scan())


@pytest.mark.parametrize(
    ("text", "comes_out_as"), [("a\x00b", "a\\u0000b"), ("\ud800", "\\ud800"), ("\x12", "\x12")]
)
def test_what_no_store_can_hold_comes_out_escaped(text: str, comes_out_as: str) -> None:
    def document(value: str) -> bytes:
        said = {"ex:tag": {"$": value, "type": "ex:myType"}}
        prefixes = {"ex": "http://example.org/"}
        return json.dumps({"prefix": prefixes, "entity": {"ex:e1": said}}).encode()

    with closing(open_store("sqlite://")) as store:
        assert put(store, document(text)) == []
        out = exported(store)
    assert are_equal(in_package(document(comes_out_as), ".json"), in_package(out, ".json"))


@settings(_SETTINGS, max_examples=30)
@given(documents())
def test_prov_n_says_the_same(statements: list[ProvStatement]) -> None:
    as_json = in_package(_written(statements, "prov-json"), ".json")
    assert are_equal(as_json, in_package(_written(statements, "prov-n"), ".provn"))
