"""Names in PROV documents, and back; and how prefixes shorten them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provgraph.model.records import End
from provgraph.model.vocabulary import Kind
from provgraph.prov import names
from provgraph.prov.names import KNOWN_PREFIXES, Prefixes, split

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
NAMES = _TEXT | st.sampled_from(("prov:", "uri:", "http://", "urn:", names.ATTRIBUTE)).flatmap(
    lambda start: _TEXT.map(lambda rest: start + rest)
)


@given(NAMES)
def test_names_of_attributes_come_back(name: str) -> None:
    assert names.attribute_name(names.attribute_uri(name)) == name


@given(NAMES.filter(bool))
def test_uris_of_attributes_come_back(uri: str) -> None:
    assert names.attribute_uri(names.attribute_name(uri)) == uri


@given(NAMES.filter(bool))
def test_ids_come_back(identifier: str) -> None:
    if not identifier.startswith("uri:"):
        assert (
            names.record_id(names.record_uri(identifier, Kind.ACTIVITY), Kind.ACTIVITY)
            == identifier
        )
    assert names.entity_id(names.entity_uri(identifier)) == identifier


@pytest.mark.parametrize(
    ("end", "uri"),
    [
        (End(Kind.ENTITY, "prov:http://e/1"), "http://e/1"),
        (End(Kind.ENTITY, "file:/data/x@run 1"), "urn:provgraph:entity:file:/data/x@run%201"),
        (End(Kind.ACTIVITY, "http://e/run"), "http://e/run"),
        (End(Kind.ACTIVITY, "run-1"), "urn:provgraph:activity:run-1"),
        (End(Kind.AGENT, "me"), "urn:provgraph:agent:me"),
        (
            End(Kind.ACTIVITY_DESCRIPTION, "a b"),
            "urn:provgraph:description:activityDescription/a%20b",
        ),
    ],
)
def test_records_in_documents(end: End, uri: str) -> None:
    assert names.uri_of_end(end) == uri
    wanted = end.kind if end.kind is not Kind.ACTIVITY_DESCRIPTION else Kind.ENTITY
    assert names.end_from_uri(uri, wanted) == end


def test_a_name_that_is_no_uri_is_kept() -> None:
    assert names.record_id("my run", Kind.ACTIVITY) == "uri:my run"
    assert names.record_uri("uri:my run", Kind.ACTIVITY) == "my run"


@pytest.mark.parametrize(
    ("name", "uri", "native"),
    [
        ("prov:label", "http://www.w3.org/ns/prov#label", False),
        ("http://e/size", "http://e/size", False),
        ("exit code", "urn:provgraph:attribute:exit_x0020_code", True),
        ("uri:odd", "odd", False),
    ],
)
def test_attributes_in_documents(name: str, uri: str, native: bool) -> None:
    assert names.attribute_uri(name) == uri
    assert names.attribute_name(uri) == name
    assert names.is_native(name) is native


def test_only_our_own_uris_tell_the_kind() -> None:
    kinds = {
        each: names.kind_in(each + "x") for each in (names.ENTITY, names.ACTIVITY, names.AGENT)
    }
    assert list(kinds.values()) == [Kind.ENTITY, Kind.ACTIVITY, Kind.AGENT]
    assert names.kind_in("http://e/x") is None


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
    declared = {**KNOWN_PREFIXES, **prefixes.used}
    for name, uri in zip(short, uris, strict=True):
        prefix, _, local = name.partition(":")
        assert declared[prefix] + local == uri
