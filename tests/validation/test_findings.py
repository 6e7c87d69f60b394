"""Findings as text and as JSON, the gravest first."""

from provgraph.prov.statements import Literal, ProvStatement, ProvType
from provgraph.validation.findings import Constraint, Gravity, as_document, as_text
from provgraph.validation.instance import LABEL
from tests.validation.histories import derived, moment, run, verdict

T = ProvType


def test_a_finding_as_text_and_as_json() -> None:
    hostile = ProvStatement(
        T.ACTIVITY, "A", (moment(9), moment(3)), ((LABEL, Literal("evil\x1b[31m\n")),), "http://b"
    )
    (finding,) = verdict(hostile).findings
    assert as_text(finding) == (
        "error    run evil\\x1b[31m\\n (A) ended 6.0 s before it started, in bundle http://b  [30 "
        "start-precedes-end]"
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


def test_no_two_constraints_share_a_number_or_a_name() -> None:
    numbers = [each.number for each in Constraint if each.number is not None]
    labels = [each.label for each in Constraint]
    assert len(set(numbers)) == len(numbers)
    assert len(set(labels)) == len(labels)
