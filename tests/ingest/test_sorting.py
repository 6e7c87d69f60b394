"""Sorting: what single statements say of one file comes together."""

from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provgraph.ingest import sorting
from provgraph.ingest.observing import Observer
from provgraph.ingest.sorting import by_file
from provgraph.model.records import (
    Agent,
    Document,
    End,
    Mention,
    Run,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.vocabulary import Kind, RelationType
from tests.batches import limit_batches

FILES = st.sampled_from([f"prov:{number}" for number in range(20)])
RUNS = st.sampled_from("ABC")
ENDS = st.sampled_from([None, None, None, 7])


def read_of(run: str, file: str) -> Document:
    mention = Mention(run, RelationType.USED, identifier=file, source="prov")
    return Document(Run(run, {}), (mention,))


def derived(one: str, other: str) -> Document:
    ends = End(Kind.ENTITY, one), End(Kind.ENTITY, other)
    return Document(relations=(StatedRelation(RelationType.WAS_DERIVED_FROM, *ends),))


STATEMENTS = st.one_of(
    st.builds(read_of, RUNS, FILES),
    st.builds(lambda file: Document(entities=(StatedEntity(file),)), FILES),
    st.builds(derived, FILES, FILES),
)
OTHERS = st.one_of(
    st.builds(lambda run: Document(Run(run, {"name": ("tool",)})), RUNS),
    st.builds(lambda run, end: Document(Run(run, {"name": ("tool",)}), end=end), RUNS, ENDS),
    st.builds(lambda: Document(agents=(Agent("a"),))),
)


def file_of(document: Document) -> str | None:
    """The file of a single statement."""
    if document.mentions:
        return document.mentions[0].identifier
    return document.entities[0].identifier if document.entities else None


@given(st.lists(STATEMENTS | OTHERS), st.sampled_from([1, 3, 1_000]))
def test_nothing_is_lost_and_what_can_be_resumed_from_keeps_its_place(
    documents: list[Document], batch: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        limit_batches(batch, patch)
        found = list(by_file(documents, Observer()))
    assert sorted(map(repr, found)) == sorted(map(repr, documents))
    for number, each in enumerate(documents):
        if each.end is not None:
            assert found[number].end is not None
            assert sorted(map(repr, found[:number])) == sorted(map(repr, documents[:number]))


@pytest.mark.parametrize("batch", [3, 1_000])
def test_statements_on_one_file_come_together_and_relations_last(
    batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_batches(batch, monkeypatch)
    files = [f"prov:{number}" for number in range(20)]
    run = Document(Run("A", {"name": ("tool",)}))
    reads = [read_of(name, file) for name in "ABC" for file in files]
    stated = [Document(entities=(StatedEntity(file),)) for file in files]
    relations = [derived(one, other) for one, other in pairwise(files)]
    monkeypatch.setattr(sorting, "PARTS", 1 << 30)
    monkeypatch.setattr(sorting, "_RELATIONS", 1 << 30)
    first, *found = by_file([*relations, *reads, run, *stated], Observer())
    assert first == run
    assert found[-len(relations) :] == relations
    together = [file for file, _ in groupby(map(file_of, found[: -len(relations)]))]
    assert sorted(map(str, together)) == sorted(files)


def test_who_follows_hears_of_what_is_put_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    class Follower(Observer):
        def put_aside(self, documents: int) -> None:
            told.append(documents)

    limit_batches(3, monkeypatch)
    list(by_file([read_of("A", f"prov:{number}") for number in range(10)], Follower()))
    assert told == [3, 3, 3]
