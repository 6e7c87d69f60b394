"""Statements that must be one, and say two things."""

import pytest

from provgraph.prov.statements import ProvStatement, ProvType
from tests.validation.histories import made, moment, run, said, verdict

T = ProvType
#: What is stated, what users are told of it, and the number of the constraint.
EXAMPLES: dict[str, tuple[list[ProvStatement], str, int | None]] = {
    "written twice by one run": (
        [made("F", "A", 10), made("F", "A", 20)],
        "run A wrote file F at two times: 2026-01-01 00:00:10 and 2026-01-01 00:00:20, 10 s apart",
        23,
    ),
    "two start times": (
        [run("A", 10), run("A", 20)],
        "run tool-A (A) has two start times: 2026-01-01 00:00:10 and 2026-01-01 00:00:20, 10 s "
        "apart",
        22,
    ),
    "start told twice": (
        [run("A", 10), said(T.START, "A", None, None, moment(20))],
        "run tool-A (A) started at two times: 2026-01-01 00:00:10 and 2026-01-01 00:00:20, 10 s "
        "apart",
        28,
    ),
    "two names of one writing": (
        [said(T.GENERATION, "F", "A", None, id="g1"), said(T.GENERATION, "F", "A", None, id="g2")],
        "run A wrote file F in two statements of different identifiers: g1 and g2",
        24,
    ),
    "two writings of one name": (
        [said(T.GENERATION, "F", "A", None, id="g1"), said(T.GENERATION, "G", "A", None, id="g1")],
        "statement wasGeneratedBy g1 is told with different files: file F and file G",
        23,
    ),
    "two times of one reading": (
        [said(T.USAGE, "A", "F", moment(1), id="u"), said(T.USAGE, "A", "F", moment(2), id="u")],
        "statement used u tells that run A read file F at two times: "
        "2026-01-01 00:00:01 and 2026-01-01 00:00:02, 1.0 s apart",
        23,
    ),
    "mention of two": (
        [said(T.MENTION, "F", "G", "b"), said(T.MENTION, "F", "H", "b")],
        "mentionOf of file F is told with different files: file G and file H",
        None,
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_error_is_told(name: str) -> None:
    statements, message, number = EXAMPLES[name]
    found = verdict(*statements)
    assert [(finding.message, finding.constraint.number) for finding in found.findings] == [
        (message, number)
    ]
    assert not found.is_valid


def test_what_a_blank_name_stands_for_is_found_out() -> None:
    statements = [
        said(T.GENERATION, "F", "A", moment(1), id="_:g"),
        said(T.GENERATION, "F", None, moment(2), id="_:g"),
        said(T.GENERATION, "F", "A", None, id="g"),
    ]
    assert [finding.constraint.number for finding in verdict(*statements).findings] == [23]
    assert verdict(*statements[::2]).findings == ()
