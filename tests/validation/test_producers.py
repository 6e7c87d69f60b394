"""Files that several runs wrote."""

import pytest

from provgraph.prov.statements import ProvStatement, ProvType
from provgraph.validation.findings import Constraint
from tests.validation.histories import made, run, verdict

T = ProvType
#: What is stated, what users are told of it, and the number of the constraint.
EXAMPLES: dict[str, tuple[list[ProvStatement], str, int | None]] = {
    "two producers, one after the other": (
        [run("A", 100, 200), run("B", 300, 400), made("F", "A"), made("F", "B")],
        "file F has two producers: run tool-A (A) and run tool-B (B); tool-A ended 1 min 40 s "
        "before tool-B started",
        39,
    ),
    "two producers at two times": (
        [made("F", "A", 10), made("F", "B", 20)],
        "file F has two producers: run A and run B, at 2026-01-01 00:00:10 and 2026-01-01 "
        "00:00:20, 10 s apart",
        39,
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


def test_two_producers_at_once_are_only_suspicious() -> None:
    found = verdict(run("A", 0, 20), run("B", 10, 30), made("F", "A"), made("F", "B"))
    assert [(finding.message, finding.constraint) for finding in found.findings] == [
        (
            "file F has two producers: run tool-A (A) and run tool-B (B)",
            Constraint.GENERATION_GENERATION,
        )
    ]
    assert found.is_valid
