"""What taplint complains of is read, and only what is known is let pass."""

import pytest

from tests.dachs.taplint import findings

TOTALS = "Totals: Errors: 0; Warnings: 2; Infos: 154; Summaries: 18; Failures: 1\n"
REPORT = f"""
Section CAP: Check TAP and TAPRegExt content of capabilities document
S-CAP-XX-1 summary
W-CAP-CPUL-1 AccessURL for capabilities is not | at its place
W-CAP-CPUL-2 AccessURL for tables is not at its place
F-LOC-NOTP-1 No table with name ivoa.obsplan

{TOTALS}"""


def test_each_kind_of_message_is_counted() -> None:
    found = findings(REPORT)
    assert [(each.level, each.code, each.times) for each in found] == [
        ("warning", "CAP-CPUL", 2),
        ("failure", "LOC-NOTP", 1),
    ]
    assert all(each.is_explained for each in found)
    assert str(found[0]) == (
        "| CAP-CPUL | warning | 2 | AccessURL for capabilities is not \\| at its place "
        "| DaCHS has VOSI at addresses of its own |"
    )


@pytest.mark.parametrize("line", ["W-TMV-NEW-1 x", "E-CAP-CPUL-1 x", "F-QGE-NOPE-x (3 more)"])
def test_what_is_new_or_an_error_is_not_let_pass(line: str) -> None:
    (found,) = findings(f"{line}\n{TOTALS}")
    assert not found.is_explained
    assert str(found).endswith("| to be looked at |")


def test_a_report_without_its_end_is_none() -> None:
    with pytest.raises(ValueError, match="did not come to its end: W-X"):
        findings("W-X-Y-1 z\n")
