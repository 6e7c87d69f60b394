"""Answers of a TAP service are held to those of GraphQL."""

from typing import Any

import pytest

from tests.dachs.__main__ import is_fine, page
from tests.dachs.campaign import Line, compared
from tests.dachs.taplint import Finding
from tests.relational_mirror.questions import QUESTIONS

KNOWN = Finding("failure", "EXA-EXNO", 1, "No examples document")


def lines(rows: list[list[Any]]) -> list[Line]:
    """What comes of a service that answers one question rightly by ``/sync``."""
    answers = {"a": {"sync": [["x", 1]], "async": rows}}
    return list(compared("once", answers, {"a": {("x", 1)}}))


def test_the_rows_have_to_be_the_same() -> None:
    assert lines([["x", 1], ["x", 1]]) == [Line("once", "sync", 1), Line("once", "async", 2)]


@pytest.mark.parametrize("rows", [[], [["x", 2]], [["x", 1], ["y", 1]]])
def test_what_is_wrong_has_its_name(rows: list[list[Any]]) -> None:
    right, wrong = lines(rows)
    assert (right.wrong, wrong.wrong) == ([], ["a"])
    assert is_fine([right], [KNOWN])
    assert not is_fine([right, wrong], [KNOWN])
    assert not is_fine([right], [KNOWN, Finding("warning", "CAP-NEW", 1, "x")])


def test_a_question_without_an_answer_proves_nothing() -> None:
    (line, _) = compared("once", {"a": {"sync": [], "async": []}}, {"a": set()})
    assert line.wrong == ["a"]


def test_the_page_has_both_tables() -> None:
    text = page([Line("the first sync", "sync", 1_234)], [KNOWN], "c0ffee")
    number = len(QUESTIONS)
    assert f"| the first sync | `/sync` | {number} | {number} | 1,234 |\n" in text
    assert "| EXA-EXNO | failure | 1 | No examples document | DaCHS has no examples" in text
    assert ", commit c0ffee; python3-gavo " in text
    assert text.endswith("pyvo 1.9.1.\n")
