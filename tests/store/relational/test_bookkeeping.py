"""Loads and assertions come back as they were written."""

from dataclasses import replace
from types import SimpleNamespace

from provgraph.store.records import Assertion, Changes, LoadRecord
from provgraph.store.relational.bookkeeping import assertion_of, assertion_row
from provgraph.store.relational.store import RelationalStore

LOAD = LoadRecord(
    id="l",
    source="/x.log",
    format="ctapipe",
    namespace="default",
    sha256="ab",
    time="2026-01-01T00:00:00.000",
    version="1",
    status="partial",
    counts={"activities": 2},
    problems=(("line 1", "no JSON"),),
    size=1 << 40,
    read_to=1 << 33,
    continues="k",
)


def test_a_load_comes_back_the_same(store: RelationalStore) -> None:
    other = replace(LOAD, id="m", read_to=None, continues=None, problems=(), counts={})
    with store.writing() as transaction:
        transaction.apply(Changes(loads=[LOAD, other]), ())
    assert store.loads() == [LOAD, other]


def test_an_assertion_comes_back_the_same() -> None:
    assertion = Assertion(b"s" * 16, b"l" * 16, 3, b"content")
    assert assertion_of(SimpleNamespace(**assertion_row(assertion))) == assertion  # type: ignore[arg-type]
