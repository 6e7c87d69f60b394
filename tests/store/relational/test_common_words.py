"""Which words lead to what is looked for, in SQLite; the contract suite says what is found."""

import pytest
from sqlalchemy import Engine

from provgraph.ingest.deciding.integration import integrate
from provgraph.model.filters import Filter, PageRequest, Search, SortOrder
from provgraph.model.records import Document, Run
from provgraph.model.vocabulary import Kind
from provgraph.store.relational import common_words as module
from provgraph.store.relational.common_words import common_words
from provgraph.store.relational.store import RelationalStore


@pytest.fixture
def filled(store: RelationalStore, monkeypatch: pytest.MonkeyPatch) -> RelationalStore:
    """Thirty runs on hosts of their own; more than five of anything are many."""
    monkeypatch.setattr(module, "MANY", 5)
    documents = [
        Document(run=Run(f"r{n:02}", {"name": ("tool",), "host": (f"wn{n:02} cta",)}))
        for n in range(30)
    ]
    with store.writing() as transaction:
        integrate(transaction, documents)
    return store


@pytest.mark.parametrize(
    ("typed", "common"),
    [
        (None, ()),
        ("tool", ()),
        ("Tool.WN07", (("tool*",),)),
        ("wn07 cta tool", (("cta*",), ("tool*",))),
        ("tool cta", ()),
        ("too wn07", ()),  # no word as a whole, so nobody knows how many begin with it
        ("tool wn", ()),  # thirty begin with it
        ("nothing tool", (("tool*",),)),
    ],
)
def test_rare_words_lead_to_entries_in_which_the_others_are_looked_for(
    filled: RelationalStore, engine: Engine, typed: str | None, common: tuple[tuple[str], ...]
) -> None:
    with engine.connect() as connection:
        assert common_words(connection, typed) == common


def test_the_index_is_not_asked_for_the_common_words(
    filled: RelationalStore, queries: list[str]
) -> None:
    queries.clear()
    asked = Filter(search=Search("wn07 cta tool"), kinds=(Kind.ACTIVITY,))
    page = filled.find(asked, SortOrder.TIME, PageRequest(1, counted=True))
    assert ([each.node.id for each in page.found], page.total) == (["r07"], 1)
    led = [query for query in queries if "MATCH" in query and "instr" in query]
    assert len(led) == 2  # the page and the count
