"""Prefixes make names short, and each name is the same URI again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provgraph.prov.prefixes import KNOWN, Prefixes, split


@given(st.text(min_size=1))
def test_a_uri_is_its_two_parts(uri: str) -> None:
    namespace, local = split(uri)
    assert namespace + local == uri
    assert namespace


@pytest.mark.parametrize(
    ("uri", "namespace"),
    [
        ("http://e/a#b", "http://e/a#"),
        ("http://e/a/run_1", "http://e/a/"),
        ("http://e/a/", "http://e/a/"),
        ("urn:provgraph:entity:file:/x", "urn:provgraph:entity:"),
        ("urn:x:run1", "urn:x:"),
    ],
)
def test_where_a_uri_is_split(uri: str, namespace: str) -> None:
    assert split(uri)[0] == namespace


def test_prefixes_are_given_out_as_names_need_them() -> None:
    prefixes = Prefixes()
    written = [
        prefixes.short("http://www.w3.org/ns/prov#Person"),
        prefixes.short("http://e/a"),
        prefixes.short_name("http://f/b"),
        prefixes.short("http://e/c"),
        prefixes.short("http://purl.org/dc/terms/title"),
        prefixes.short_name("http://f/b"),
        prefixes.short("urn:provgraph:activity:run-1"),
    ]
    assert written == [
        "prov:Person",
        "ns1:a",
        "ns2:b",
        "ns1:c",
        "dcterms:title",
        "ns2:b",
        "pga:run-1",
    ]
    assert prefixes.used == {
        "ns1": "http://e/",
        "ns2": "http://f/",
        "dcterms": "http://purl.org/dc/terms/",
        "pga": "urn:provgraph:activity:",
    }


@given(st.lists(st.text(min_size=1), max_size=8))
def test_names_read_back_as_the_same_uris(uris: list[str]) -> None:
    prefixes = Prefixes()
    short = [prefixes.short(uri) for uri in uris]
    declared = {**KNOWN, **prefixes.used}
    for name, uri in zip(short, uris, strict=True):
        prefix, _, local = name.partition(":")
        assert declared[prefix] + local == uri
