"""What no history can hold, whatever its times."""

import pytest

from provgraph.prov.statements import Literal, ProvStatement, ProvType
from provgraph.validation.instance import EMPTY_COLLECTION, TYPE
from tests.validation.histories import file, run, said, verdict

T = ProvType
EMPTY = ProvStatement(T.ENTITY, "F", (), ((TYPE, Literal(EMPTY_COLLECTION)),))
#: What is stated, what users are told of it, and the number of the constraint.
EXAMPLES: dict[str, tuple[list[ProvStatement], str, int | None]] = {
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
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_error_is_told(name: str) -> None:
    statements, message, number = EXAMPLES[name]
    found = verdict(*statements)
    assert [(finding.message, finding.constraint.number) for finding in found.findings] == [
        (message, number)
    ]
    assert not found.is_valid
