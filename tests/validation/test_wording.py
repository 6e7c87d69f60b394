"""How findings call records."""

import pytest

from provgraph.prov.statements import Literal, ProvStatement, ProvType
from provgraph.validation.instance import LABEL
from provgraph.validation.wording import chain, listed
from tests.validation.histories import made, moment, used, verdict

T = ProvType


def test_runs_of_one_tool_are_told_apart() -> None:
    merge = ((LABEL, Literal("merge")),)
    runs = [
        ProvStatement(T.ACTIVITY, "A", (moment(100), moment(200)), merge),
        ProvStatement(T.ACTIVITY, "B", (moment(0), moment(50)), merge),
    ]
    message = verdict(*runs, used("B", "F"), made("F", "A")).findings[0].message
    assert message.endswith("though merge (A) wrote file F and merge (B) read F")


def test_a_long_chain_loses_its_middle() -> None:
    shown = chain([f"F{number}" for number in range(20)])
    assert shown.startswith("F0 → F1 → ")
    assert shown.endswith(" → … 8 more … → F18 → F19")


@pytest.mark.parametrize(
    ("names", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_english(names: list[str], text: str) -> None:
    assert listed(names) == text


def test_less_than_a_second_is_told_in_milliseconds() -> None:
    start, end = "2026-01-01T00:00:00.012", "2026-01-01T00:00:00.000"
    (finding,) = verdict(ProvStatement(T.ACTIVITY, "A", (start, end))).findings
    assert finding.message == "run A ended 12 ms before it started"
