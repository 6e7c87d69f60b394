"""Turtle and TriG with bad statements: each is one problem with its line, the rest is read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provgraph.errors import LoadError
from provgraph.interchange.reading.prov_o.parsing import parse_text
from provgraph.interchange.reading.prov_o.turtle import MOST_BAD, end_of_statement

_PREFIX = "@prefix : <urn:> .\n"
_GOOD = ":a :p :b .\n"


def _read(text: str) -> tuple[list[tuple[str, str | None]], list[str]]:
    """Objects with their graphs, and where the problems are."""
    found = parse_text((_PREFIX + text).encode(), "file:///prov.ttl")
    triples = [(str(each.object), each.graph) for each in found.triples]
    return triples, [problem.where for problem in found.problems]


@pytest.mark.parametrize(
    "bad",
    [
        ":c :p oops foo .",
        ':c :p "a dot. in a string" ; no:such :e .',
        ":c :p :one ; :q [ :r .",
        ":c :p 'it''s' .",
        "it's not a statement.",
        ':c :p "never closed .',
        ":c :p <urn:a.b> <urn:c.d> . # a comment. with dots",
        ':c :p """a long.\n string""" "and more" .',
        "@prefix no <urn:x> .",
        "PREFIX no <urn:x>",
        "}",
        ":c :p (1 2 .",
    ],
)
def test_one_bad_statement_is_one_problem(bad: str) -> None:
    """Nothing of it is read, not even its beginning."""
    triples, places = _read(f"{_GOOD}{bad}\n:d :p :e .")
    assert triples == [("urn:b", None), ("urn:e", None)]
    assert len(places) == 1
    assert places[0] in ("line 3", "line 4")


def test_prefixes_stay_as_they_are_declared() -> None:
    triples, places = _read(":a oops .\nPREFIX x: <urn:x:>\n:b oops .\n:c :p x:d .")
    assert (triples, places) == ([("urn:x:d", None)], ["line 2", "line 4"])


def test_a_bad_statement_in_a_graph_leaves_the_graph_as_it_is() -> None:
    triples, places = _read(":g { :a :p :b . bad bad bad .\n:c :p :d }\n:e :p :f .")
    assert triples == [("urn:b", "urn:g"), ("urn:d", "urn:g"), ("urn:f", None)]
    assert places == ["line 2"]


def test_what_stands_in_a_bad_graph_is_said_nowhere_else() -> None:
    triples, places = _read(":g oops { :a :p :b . :c :p :d }\n:e :p :f .")
    assert (triples, places) == ([("urn:f", None)], ["line 2"])


@pytest.mark.parametrize("cut", [":c :p", ":g { :c :p :d . :e", ":c :p :d"])
def test_a_cut_is_one_problem(cut: str) -> None:
    triples, places = _read(f"{_GOOD}{cut}")
    assert triples[0] == ("urn:b", None)
    assert places == ["line 3"]


def test_a_document_of_bad_statements_is_given_up() -> None:
    bad = ":a oops .\n" * (MOST_BAD + 1)
    found = parse_text((_PREFIX + _GOOD + bad).encode(), "file:///prov.ttl")
    assert len(found.problems) == MOST_BAD + 1
    assert "line 1003: there are more than 1,000 bad statements" in found.problems[-1].what
    with pytest.raises(LoadError, match="line 2"):
        _read(bad)


_HOSTILE = (":a <b .\n", '"\\" ', "<urn:a> ''' ", "{", "'", ':a :b """', ":a (", ":a [ :b ")


@pytest.mark.parametrize("part", _HOSTILE)
def test_time_grows_with_size_only(part: str) -> None:
    start = time.thread_time()
    _read(_GOOD + part * 20_000)
    assert time.thread_time() - start < 5


@given(st.text(alphabet=".:\"'<>{}#\\a \n[]", max_size=40), st.booleans())
def test_a_statement_ends_behind_its_beginning(text: str, in_graph: bool) -> None:
    """In a graph it may end where it begins: at the brace that ends the graph."""
    end = end_of_statement(text + "x", 0, in_graph=in_graph)
    assert 0 < end <= len(text) + 1 or (in_graph and text[0] == "}")
