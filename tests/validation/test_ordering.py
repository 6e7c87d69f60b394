"""Events that can't have happened in the order, or at the times, that are told."""

import pytest

from provgraph.prov.statements import ProvStatement, ProvType
from tests.validation.histories import derived, file, gone, made, run, said, used, verdict

T = ProvType
#: What is stated, what users are told of it, and the number of the constraint.
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
        "run tool-B (B) ended 50 s before run tool-A (A) started, though tool-A wrote file F and "
        "tool-B read F",
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
    "made at two times": (
        [made("F", None, 10), made("F", None, 20)],
        "file F was made at two times: 2026-01-01 00:00:10 and 2026-01-01 00:00:20, 10 s apart",
        39,
    ),
    "informed before the informer came": (
        [run("A", 100, 200), run("B", 0, 50), said(T.COMMUNICATION, "B", "A")],
        "run tool-B (B) ended 50 s before run tool-A (A) started, though tool-B was informed by "
        "tool-A",
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
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_error_is_told(name: str) -> None:
    statements, message, number = EXAMPLES[name]
    found = verdict(*statements)
    assert [(finding.message, finding.constraint.number) for finding in found.findings] == [
        (message, number)
    ]
    assert not found.is_valid


def test_long_chains_without_times() -> None:
    chain = [derived(f"F{number}", f"F{number + 1}") for number in range(3000)]
    late, early = made("F3000", "A"), used("B", "F0")
    found = verdict(*chain, late, early, run("A", 20, 30), run("B", 0, 10))
    (finding,) = found.findings
    assert finding.message == (
        "run tool-B (B) ended 10 s before run tool-A (A) started, though tool-A wrote file F3000, "
        "file F2999 was derived from F3000, … 2998 facts more …, file F0 was derived from file F1 "
        "and tool-B read F0"
    )


def test_a_cycle_is_told_by_a_shortest_one() -> None:
    ring = [derived(f"F{number}", f"F{(number + 1) % 50:}") for number in range(50)]
    found = verdict(*ring, derived("F7", "F9"), derived("F9", "F7"))
    assert [finding.message for finding in found.findings] == [
        "file F7 was made from itself: F7 → F9 → F7"
    ]
