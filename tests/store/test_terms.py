"""The terms of records, and that conditions find them."""

import pytest

from provgraph.model.filters import ParameterValue, Search
from provgraph.model.lineage import Node
from provgraph.model.records import SOFTWARE, Settings, key_of
from provgraph.model.values import Value
from provgraph.model.vocabulary import Kind
from provgraph.store.sought import sought
from provgraph.store.terms import Entry, entry_of, terms_of_settings, words_in


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


@pytest.mark.parametrize(
    ("name", "value", "is_found"),
    [
        ("Tool.Source.max_events", "5", True),
        ("source.MAX_EVENTS", "5.0", True),
        ("max_events", "0.5e1", True),
        ("events", "5", False),
        ("max_events", "50", False),
        ("Window", '{"unit": "TeV", "value": [0.5, 1]}', True),
        ("window", "tev", True),
        ("window.unit", "TeV", True),
        ("unit", "TeV", True),
        ("window.value", "1", True),
        ("window", "1e999", False),
        ("flag", "true", True),
        ("flag", "1", False),
        ("ctapipe", "0.19", False),
    ],
)
def test_a_parameter_is_found_by_its_name_and_value(name: str, value: str, is_found: bool) -> None:
    window: Value = {"unit": "TeV", "value": [0.5, 1]}
    values: dict[str, Value] = {
        "Tool.Source.max_events": 5,
        "Tool.flag": True,
        "Tool.Window": window,
    }
    known = terms_of_settings(Settings("Tool", values))
    known += terms_of_settings(Settings(SOFTWARE, {"ctapipe": "0.19"}))
    [wanted] = sought(Search(parameters=(ParameterValue(name, value),)), (Kind.ACTIVITY,))
    assert (not set(wanted.parameters[0]).isdisjoint(known)) is is_found


def test_a_monstrous_parameter_has_few_terms() -> None:
    deep: list[Value] = []
    for _ in range(300):
        deep = [deep, 1]
    assert len(terms_of_settings(Settings("x", {"a.b": [*range(100_000)], "c": deep}))) < 500
