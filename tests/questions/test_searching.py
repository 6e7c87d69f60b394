"""What people look for is read as they write it; the contract suite says what is found."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from provgraph.errors import SettingsError
from provgraph.ingest.deciding.integration import integrate
from provgraph.model.filters import PageRequest, Search
from provgraph.model.records import Document, Fact, Mention, Run
from provgraph.model.vocabulary import RelationType
from provgraph.questions.searching import search
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store

MADE = RelationType.WAS_GENERATED_BY


@pytest.fixture
def store() -> Iterator[Store]:
    facts = {Fact.START: ("2026-01-01T12:00:00.000",), Fact.HOST: ("a\\u0000b",)}
    mentions = (
        Mention("r", MADE, None, "file:/data/x/f.h5", None, "t"),
        Mention("r", MADE, None, "file://scratch/data/g.h5", None, "t"),
    )
    with closing(open_store("sqlite://")) as opened:
        with opened.writing() as transaction:
            integrate(transaction, [Document(Run("r", facts), mentions)])
        yield opened


def found(store: Store, wanted: Search, folder: str | None = None) -> list[str]:
    page = search(store, wanted, folder=None if folder is None else Path(folder))
    return sorted(each.node.id for each in page.found)


@pytest.mark.parametrize(
    ("under", "folder", "due"),
    [
        ("x", "/data", ["file:/data/x/f.h5@r"]),
        ("../data/./x/", "/tmp", ["file:/data/x/f.h5@r"]),
        ("file:/data", None, ["file:/data/x/f.h5@r"]),
        ("file:///data", "/tmp", ["file:/data/x/f.h5@r"]),
        ("file://scratch/data", "/tmp", ["file://scratch/data/g.h5@r"]),
        ("x", "/nowhere", []),
    ],
)
def test_a_folder_is_named_as_files_are(
    store: Store, under: str, folder: str | None, due: list[str]
) -> None:
    assert found(store, Search(under=under), folder) == due


def test_times_have_any_zone(store: Store) -> None:
    assert found(store, Search("r", since="2026-01-01T14:00:00+02:00"))
    assert found(store, Search("r", since="2026-01-01")) != []
    assert found(store, Search("r", until="2026-01-01")) == []


def test_what_no_store_can_hold_is_looked_for_as_it_is_kept(store: Store) -> None:
    assert found(store, Search(hosts=("a\0b",))) == ["r"]
    assert found(store, Search("r \0 \ud800")) == []


def test_what_makes_no_sense_is_refused(store: Store) -> None:
    with pytest.raises(SettingsError, match="write a time as"):
        search(store, Search(until="soon"))
    with pytest.raises(SettingsError, match="take `next`"):
        search(store, Search(), page=PageRequest(5, "there"))
