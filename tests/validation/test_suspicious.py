"""What is valid PROV and yet hardly true."""

import pytest

from provgraph.prov.statements import ProvStatement, ProvType
from provgraph.validation.findings import Constraint
from tests.validation.histories import made, used, verdict

T = ProvType
SUSPICIOUS: dict[str, tuple[list[ProvStatement], str, Constraint]] = {
    "future": (
        [ProvStatement(T.ACTIVITY, "A", ("2026-06-02T00:00:00", "2026-06-03T00:00:00Z"))],
        "run A ended in the future: 2026-06-03 00:00:00, 2 d 0 h from now",
        Constraint.FUTURE,
    ),
    "no time": (
        [ProvStatement(T.ACTIVITY, "A", ("yesterday", None))],
        "run A has a time in activity that is none: yesterday",
        Constraint.NO_TIME,
    ),
    "runs in a circle": (
        [used("A", "F"), made("G", "A"), used("B", "G"), made("F", "B")],
        "file F was made from itself: F → A → G → B → F",
        Constraint.LINEAGE_CYCLE,
    ),
}


@pytest.mark.parametrize("name", SUSPICIOUS)
def test_a_warning_is_told(name: str) -> None:
    statements, message, rule = SUSPICIOUS[name]
    found = verdict(*statements)
    assert [(finding.message, finding.constraint) for finding in found.findings] == [
        (message, rule)
    ]
    assert found.is_valid
