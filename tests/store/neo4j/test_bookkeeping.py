"""Loads and assertions come back the same from their properties."""

from dataclasses import replace

import pytest

from provgraph.store.neo4j import bookkeeping
from provgraph.store.records import UNKNOWN_SIZE, Assertion, LoadRecord
from tests.store.neo4j.properties import T1, as_read

LOAD = LoadRecord(
    id="l",
    source="file:/x.log",
    format="ctapipe",
    namespace="default",
    sha256="aa",
    time=T1,
    version="1",
    status="loaded",
    counts={"activities": 2, "id": 1},
    problems=(("line 3", "no run"), ("", "truncated")),
    size=10,
    read_to=7,
    continues="k",
    agent="token night",
)


@pytest.mark.parametrize(
    "load", [LOAD, replace(LOAD, counts={}, problems=(), read_to=None, continues=None)]
)
def test_loads_come_back_the_same(load: LoadRecord) -> None:
    properties = as_read(bookkeeping.load_properties(load))
    assert properties["name"] == "file:/x.log"
    assert bookkeeping.load_of(properties) == load


def test_a_load_of_an_older_provgraph_has_no_size() -> None:
    properties = as_read(bookkeeping.load_properties(LOAD))
    for name in ("size", "readTo", "continues"):
        del properties[name]
    found = bookkeeping.load_of(properties)
    assert (found.size, found.read_to, found.continues) == (UNKNOWN_SIZE, None, None)


def test_assertions_come_back_the_same() -> None:
    assertion = Assertion(b"s" * 16, b"l" * 16, 1, b"\0content")
    properties = bookkeeping.assertion_properties(assertion)
    columns = (each.strip().removeprefix("s.") for each in bookkeeping.ASSERTION.split(","))
    assert bookkeeping.assertion_from([properties[each] for each in columns]) == assertion
