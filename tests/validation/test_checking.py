"""What users are told: one example of each rule."""

import pytest

from provgraph.prov.statements import Literal, ProvStatement, ProvType
from provgraph.validation.findings import Gravity, Rule, as_document, as_text
from provgraph.validation.instance import EMPTY_COLLECTION, LABEL, TYPE
from tests.validation.histories import derived, file, gone, made, moment, run, said, used, verdict

T = ProvType
DAY = 24 * 3600
EMPTY = ProvStatement(T.ENTITY, "F", (), ((TYPE, Literal(EMPTY_COLLECTION)),))
#: What is said, and what users are told of it.
EXAMPLES: dict[str, tuple[list[ProvStatement], str, int | None]] = {
    "end before start": (
        [run("A", 600, 300)],
        "run tool-A (A) ended 5 min 00 s before it started",
        30,
    ),
    "reading before the writing": (
        [run("A", 100, 200), run("B", 0, 300), used("B", "F", 147), made("F", "A", 150)],
        "run tool-B (B) read file F 3.0 s before run tool-A (A) wrote it",
        37,
    ),
    "reader gone before the writer came": (
        [run("A", 100, 200), run("B", 0, 50), used("B", "F"), made("F", "A")],
        "run tool-B (B) ended 50 s before run tool-A (A) started, though tool-A wrote file F and tool-B read F",
        37,
    ),
    "writing after the end": (
        [run("A", 100, 200), made("F", "A", 250)],
        "run tool-A (A) ended 50 s before it wrote file F",
        34,
    ),
    "writing before the start": (
        [run("A", 100, 200), made("F", "A", 50)],
        "run tool-A (A) wrote file F 50 s before tool-A started",
        34,
    ),
    "reading after the end": (
        [run("A", 100, 200), used("A", "F", 250)],
        "run tool-A (A) ended 50 s before it read file F",
        33,
    ),
    "reading of what is gone": (
        [gone("F", 250), run("B", 300, 400), used("B", "F")],
        "file F became invalid 50 s before run tool-B (B) started, though tool-B read F",
        38,
    ),
    "invalid before it was made": (
        [gone("F", 10), made("F", None, 20)],
        "file F became invalid 10 s before it was made",
        36,
    ),
    "two producers, one after the other": (
        [run("A", 100, 200), run("B", 300, 400), made("F", "A"), made("F", "B")],
        "file F has two producers: run tool-A (A) and run tool-B (B); tool-A ended 1 min 40 s before tool-B started",
        39,
    ),
    "two producers at two times": (
        [made("F", "A", 10), made("F", "B", 20)],
        "file F has two producers: run A and run B, at 2026-01-01 00:00:10 and 2026-01-01 00:00:20, 10 s apart",
        39,
    ),
    "made at two times": (
        [made("F", None, 10), made("F", None, 20)],
        "file F was made at two times: 2026-01-01 00:00:10 and 2026-01-01 00:00:20, 10 s apart",
        39,
    ),
    "written twice by one run": (
        [made("F", "A", 10), made("F", "A", 20)],
        "run A wrote file F at two times: 2026-01-01 00:00:10 and 2026-01-01 00:00:20, 10 s apart",
        23,
    ),
    "two start times": (
        [run("A", 10), run("A", 20)],
        "run tool-A (A) has two start times: 2026-01-01 00:00:10 and 2026-01-01 00:00:20, 10 s apart",
        22,
    ),
    "start told twice": (
        [run("A", 10), said(T.START, "A", None, None, moment(20))],
        "run tool-A (A) started at two times: 2026-01-01 00:00:10 and 2026-01-01 00:00:20, 10 s apart",
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
    "informed before the informer came": (
        [run("A", 100, 200), run("B", 0, 50), said(T.COMMUNICATION, "B", "A")],
        "run tool-B (B) ended 50 s before run tool-A (A) started, though tool-B was informed by tool-A",
        35,
    ),
    "trigger of the future": (
        [run("A", 0, 10), said(T.START, "A", "F", None, None), made("F", None, 5)],
        "run tool-A (A) started 5.0 s before file F was made, though tool-A was started by F",
        43,
    ),
    "general file made later": (
        [made("F", None, 10), made("G", None, 20), said(T.SPECIALIZATION, "F", "G")],
        "file F was made 10 s before file G was made, though F is a form of G",
        45,
    ),
    "agent gone": (
        [run("A", 10, 20), file("G"), gone("G", 5), said(T.ASSOCIATION, "A", "G", None)],
        "agent G became invalid 5.0 s before run tool-A (A) started, though G answered for tool-A",
        47,
    ),
    "through files without times": (
        [run("A", 100, 200), made("F", "A"), derived("G", "F"), used("B", "G"), run("B", 10, 20)],
        "run tool-B (B) ended 1 min 20 s before run tool-A (A) started, "
        "though tool-A wrote file F, file G was derived from F and tool-B read G",
        42,
    ),
    "made from itself": (
        [derived("F", "G"), derived("G", "F")],
        "file F was made from itself: F → G → F",
        42,
    ),
    "made from itself at once": ([derived("F", "F")], "file F was made from itself: F → F", 42),
    "a form of itself": (
        [said(T.SPECIALIZATION, "F", "G"), said(T.SPECIALIZATION, "G", "F")],
        "file F is a form of itself: F → G → F",
        52,
    ),
    "run and file": ([run("X"), file("X")], "tool-X (X) is both a run and a file", 55),
    "object and relation": (
        [file("X"), said(T.GENERATION, "F", "A", None, id="X")],
        "X is both a file and a statement wasGeneratedBy",
        54,
    ),
    "two relations": (
        [said(T.USAGE, "A", "F", None, id="X"), said(T.GENERATION, "F", "A", None, id="X")],
        "X is both a statement used and a statement wasGeneratedBy",
        53,
    ),
    "derivation without run": (
        [said(T.DERIVATION, "F", "G", None, "g1", None)],
        "file F was derived from file G by a certain writing or reading, but no run is named",
        51,
    ),
    "member of an empty collection": (
        [EMPTY, said(T.SPECIALIZATION, "G", "F"), said(T.MEMBERSHIP, "G", "H")],
        "file G is said to be an empty collection, but has the member file H",
        56,
    ),
    "open end": (
        [said(T.COMMUNICATION, "A", None)],
        "a statement wasInformedBy of run A lacks its informing run",
        None,
    ),
    "mention of two": (
        [said(T.MENTION, "F", "G", "b"), said(T.MENTION, "F", "H", "b")],
        "mentionOf of file F is told with different files: file G and file H",
        None,
    ),
}
SUSPICIOUS: dict[str, tuple[list[ProvStatement], str, Rule]] = {
    "future": (
        [ProvStatement(T.ACTIVITY, "A", ("2026-06-02T00:00:00", "2026-06-03T00:00:00Z"))],
        "run A ended in the future: 2026-06-03 00:00:00, 2 d 0 h from now",
        Rule.FUTURE,
    ),
    "no time": (
        [ProvStatement(T.ACTIVITY, "A", ("yesterday", None))],
        "run A has a time in activity that is none: yesterday",
        Rule.NO_TIME,
    ),
    "two producers at once": (
        [run("A", 0, 20), run("B", 10, 30), made("F", "A"), made("F", "B")],
        "file F has two producers: run tool-A (A) and run tool-B (B)",
        Rule.GENERATION_GENERATION,
    ),
    "runs in a circle": (
        [used("A", "F"), made("G", "A"), used("B", "G"), made("F", "B")],
        "file F was made from itself: F → A → G → B → F",
        Rule.LINEAGE_CYCLE,
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_error_is_told(name: str) -> None:
    statements, message, number = EXAMPLES[name]
    found = verdict(*statements)
    assert [(finding.message, finding.rule.number) for finding in found.findings] == [
        (message, number)
    ]
    assert not found.is_valid


@pytest.mark.parametrize("name", SUSPICIOUS)
def test_a_warning_is_told(name: str) -> None:
    statements, message, rule = SUSPICIOUS[name]
    found = verdict(*statements)
    assert [(finding.message, finding.rule) for finding in found.findings] == [(message, rule)]
    assert found.is_valid


@pytest.mark.parametrize(
    "statements",
    [
        [used("A", "F")],  # a file without origin
        [used("A", "F", 10), used("A", "F", 20)],  # read twice
        [used("A", "F"), made("F", "A")],  # read again by the run that wrote it
        [run("A", 10, 10), made("F", "A", 10), used("B", "F", 10)],  # all at once
        [
            said(T.START, "A", None, "B", moment(1)),
            run("A", 1),
            run("B", 5),
        ],  # the starter's times don't matter
        [file("X"), said(T.AGENT, id="X")],
        [
            said(T.MEMBERSHIP, "F", "G", id="_:m"),
            said(T.MEMBERSHIP, "F", "H", id="_:m"),
        ],  # two members, said at once
        [said(T.SPECIALIZATION, "F", "G"), made("F", None, 20), made("G", None, 10)],
    ],
)
def test_what_is_no_contradiction(statements: list[ProvStatement]) -> None:
    assert verdict(*statements).findings == ()


def test_what_a_blank_name_stands_for_is_found_out() -> None:
    statements = [
        said(T.GENERATION, "F", "A", moment(1), id="_:g"),
        said(T.GENERATION, "F", None, moment(2), id="_:g"),
        said(T.GENERATION, "F", "A", None, id="g"),
    ]
    assert [finding.rule.number for finding in verdict(*statements).findings] == [23]
    assert verdict(*statements[::2]).findings == ()


def test_gravest_first_then_by_time() -> None:
    found = verdict(
        run("B", 9, 8),
        run("A", 7, 6),
        derived("F", "F"),
        ProvStatement(T.ACTIVITY, "C", ("2027-01-01",)),
    )
    assert [finding.records[0] for finding in found.findings] == ["A", "B", "F", "C"]
    assert [finding.gravity for finding in found.findings] == [
        *[Gravity.ERROR] * 3,
        Gravity.WARNING,
    ]


def test_runs_of_one_tool_are_told_apart() -> None:
    merge = ((LABEL, Literal("merge")),)
    runs = [
        ProvStatement(T.ACTIVITY, "A", (moment(100), moment(200)), merge),
        ProvStatement(T.ACTIVITY, "B", (moment(0), moment(50)), merge),
    ]
    message = verdict(*runs, used("B", "F"), made("F", "A")).findings[0].message
    assert message.endswith("though merge (A) wrote file F and merge (B) read F")


def test_a_finding_as_text_and_as_json() -> None:
    hostile = ProvStatement(
        T.ACTIVITY, "A", (moment(9), moment(3)), ((LABEL, Literal("evil\x1b[31m\n")),), "http://b"
    )
    (finding,) = verdict(hostile).findings
    assert as_text(finding) == (
        "error    run evil\\x1b[31m\\n (A) ended 6.0 s before it started, in bundle http://b  [30 start-precedes-end]"
    )
    assert as_document(finding) == {
        "gravity": "error",
        "constraint": 30,
        "name": "start-precedes-end",
        "message": "run evil\\x1b[31m\\n (A) ended 6.0 s before it started",
        "records": ["A"],
        "time": "2026-01-01T00:00:03.000Z",
        "seconds": 6.0,
        "bundle": "http://b",
    }


def test_a_cycle_is_told_by_a_shortest_one() -> None:
    ring = [derived(f"F{number}", f"F{(number + 1) % 50:}") for number in range(50)]
    found = verdict(*ring, derived("F7", "F9"), derived("F9", "F7"))
    assert [finding.message for finding in found.findings] == [
        "file F7 was made from itself: F7 → F9 → F7"
    ]


def test_long_chains_without_times() -> None:
    chain = [derived(f"F{number}", f"F{number + 1}") for number in range(3000)]
    late, early = made("F3000", "A"), used("B", "F0")
    found = verdict(*chain, late, early, run("A", 20, 30), run("B", 0, 10))
    (finding,) = found.findings
    assert finding.message == (
        "run tool-B (B) ended 10 s before run tool-A (A) started, though tool-A wrote file F3000, "
        "file F2999 was derived from F3000, … 2998 facts more …, file F0 was derived from file F1 and tool-B read F0"
    )
