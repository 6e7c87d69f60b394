"""What users are told: one example of each rule."""

import pytest

from provgraph.prov.statements import ProvStatement, ProvType
from tests.validation.histories import file, made, moment, run, said, used, verdict

T = ProvType
DAY = 24 * 3600


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
