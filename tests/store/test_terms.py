"""The terms of records, and what becomes of conditions."""

import pytest

from provgraph.model.filters import NAMED_KINDS, Search
from provgraph.model.lineage import Node
from provgraph.model.records import key_of
from provgraph.model.vocabulary import Kind
from provgraph.store.terms import Entry, entry_of, sought, words_in


def file(*locations: str) -> Node:
    key = key_of(Kind.ENTITY, "product:P")
    return Node(key, "product:P", Kind.ENTITY, None, locations=locations)


def marks(entry: Entry) -> set[str]:
    return {term for term in entry.terms.split() if term.startswith("_")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Run1_v2.FITS", ["run1", "v2", "fits"]),
        ("a/b//a", ["a", "b"]),
        ("Straße", ["strasse"]),
        ("", []),
        ("-- _ '", []),
        ("x" * 100, ["x" * 64]),
    ],
)
def test_words_are_letters_and_digits_in_lower_case(text: str, words: list[str]) -> None:
    assert words_in(text) == words


def test_a_file_lies_in_each_folder_above_it() -> None:
    entry = marks(entry_of(file("/data/dl3/x.fits", "root://host/a/b")))
    for under in ("/", "/data", "/data/dl3", "/data/dl3/x.fits", "root://host", "root://host/a"):
        [wanted] = sought(Search(under=under), (Kind.ENTITY,))
        assert set(wanted.choices[0]) <= entry, under
    for under in ("/data/dl", "/dl3", "root://", "host"):
        [wanted] = sought(Search(under=under), (Kind.ENTITY,))
        assert not set(wanted.choices[0]) & entry, under


def test_a_monstrous_name_has_few_terms() -> None:
    many = entry_of(file("/" + "/".join(map(str, range(100_000)))))
    assert len(many.terms.split()) < 2_100


def test_conditions_of_runs_mean_runs_until_files_are_asked_for() -> None:
    [runs] = sought(Search(tools=("t",)), NAMED_KINDS)
    assert (runs.kinds, len(runs.choices), runs.related) == ((Kind.ACTIVITY,), 1, ())
    made = {each.kinds: each for each in sought(Search(tools=("t",), under="/"), NAMED_KINDS)}
    assert made.keys() == {(Kind.ENTITY,), (Kind.ACTIVITY,)}
    assert made[Kind.ENTITY,].related[0][1] == runs.choices
    assert sought(Search(tools=("t",)), (Kind.AGENT,)) == ()


def test_kinds_with_the_same_conditions_are_sought_together() -> None:
    [one] = sought(Search("word"), NAMED_KINDS)
    assert one.kinds == NAMED_KINDS
