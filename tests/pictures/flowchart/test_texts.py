"""Names in lines that fit."""

from hypothesis import given
from hypothesis import strategies as st

from provgraph.pictures.flowchart.texts import LINES, as_fitting, lines_of
from provgraph.pictures.text_width import ems


def test_a_line_ends_behind_a_mark_but_an_ending_stays_whole() -> None:
    assert lines_of("ctapipe-train-energy-regressor", 8) == ["ctapipe-train-", "energy-regressor"]
    assert lines_of("gamma_run00003.simtel.zst", 9) == ["gamma_run00003", ".simtel.zst"]


def test_a_long_name_loses_its_middle() -> None:
    lines = lines_of("a" * 60 + "_run02001.dl1.h5", 8)
    assert len(lines) == LINES
    assert "".join(lines).startswith("aaaa")
    assert "".join(lines).endswith("n02001.dl1.h5")
    assert "…" in "".join(lines)


@given(st.text(max_size=200))
def test_a_name_takes_no_more_than_its_lines(name: str) -> None:
    assert len(lines_of(name, 8)) <= LINES


@given(st.lists(st.text(max_size=30), max_size=4), st.integers(3, 20))
def test_facts_fit(facts: list[str], room: int) -> None:
    assert ems(as_fitting(facts, room)) <= room


def test_the_first_facts_are_kept() -> None:
    assert as_fitting(["DL2", "raw data", "no longer there"], 8) == "DL2 · raw data"
