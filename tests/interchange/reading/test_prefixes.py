"""Prefixes that documents declare."""

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.reading.prefixes import DeclaredPrefixes
from provgraph.prov.statements import PROV


def test_names_are_resolved() -> None:
    prefixes = DeclaredPrefixes()
    prefixes.add("ex", "http://example.org/")
    assert prefixes.uri("ex:e1") == "http://example.org/e1"
    assert prefixes.uri("prov:label") == PROV + "label"
    assert prefixes.uri("http://example.org/e1") == "http://example.org/e1"
    assert prefixes.uri("other:e1") is None
    assert prefixes.uri("e1") is None
    prefixes.add("default", "http://default.example/")
    assert prefixes.uri("e1") == "http://default.example/e1"


def test_a_bundle_has_the_prefixes_of_its_document_and_hides_them() -> None:
    document, own = DeclaredPrefixes(), DeclaredPrefixes()
    document.add("ex", "http://example.org/")
    document.add("default", "http://default.example/")
    own.add("ex", "http://b.example/")
    bundle = DeclaredPrefixes(document, own)
    assert (bundle.uri("ex:e1"), bundle.uri("e1")) == (
        "http://b.example/e1",
        "http://default.example/e1",
    )
    assert document.uri("ex:e1") == "http://example.org/e1"


def test_the_standard_prefixes_keep_their_meaning() -> None:
    prefixes = DeclaredPrefixes()
    prefixes.add("prov", "http://example.org/")
    assert prefixes.uri("prov:label") == PROV + "label"


@pytest.mark.parametrize("uri", [None, 7, "", "  "])
def test_a_namespace_is_a_text(uri: object) -> None:
    with pytest.raises(LoadError, match="'ex'"):
        DeclaredPrefixes().add("ex", uri)


def test_a_relative_namespace_is_relative_to_the_document() -> None:
    prefixes = DeclaredPrefixes(address="file:///data/d.json")
    prefixes.add("ex", "http://example.org/")
    assert not prefixes.are_relative
    prefixes.add("default", "#")
    assert prefixes.uri("e1") == "file:///data/d.json#e1"
    bundle = DeclaredPrefixes(prefixes)
    bundle.add("b", "b/")
    assert bundle.uri("b:e1") == "file:///data/b/e1"
    assert (prefixes.are_relative, bundle.are_relative) == (True, True)
