"""Boxes say and show what speaks against their records."""

from provgraph.model.vocabulary import Kind
from provgraph.pictures.boxes import Box, colours, line_width


def _box(**more: int) -> Box:
    return Box(Kind.ACTIVITY, "process", ("0.28.0",), (), **more)  # type: ignore[arg-type]


def test_a_box_says_its_marks_before_its_facts() -> None:
    said = {
        ("0.28.0",): _box(failed=1),  # its status is a fact
        ("INVALID", "0.28.0"): _box(invalid=1, tainted=1),
        ("tainted", "0.28.0"): _box(tainted=1),
    }
    for words, box in said.items():
        assert box.said == words


def test_of_a_bad_stack_only_the_marks_are_said() -> None:
    assert _box(count=3_000, failed=1_200, tainted=7).said == ("1,200 failed", "7 tainted")
    assert _box(count=3_000).said == ("0.28.0",)


def test_all_lines_of_a_stack() -> None:
    assert _box(count=3_000, has_more=True).lines == ("process × 3,000", "0.28.0 · more …")
    assert Box(Kind.ENTITY, "a.h5", (), ()).lines == ("a.h5",)


def test_an_outline_is_as_red_thick_and_dashed_as_what_it_says() -> None:
    looks = {
        ("#3B4CC0", 1.3, False): _box(),
        ("#16181D", 3.0, False): _box(is_root=True),
        ("#C62828", 3.0, False): _box(failed=1, is_root=True),
        ("#C62828", 1.3, True): _box(tainted=1),
        ("#3B4CC0", 1.3, True): _box(is_unrecorded=True),
    }
    for look, box in looks.items():
        assert (colours(box).line, line_width(box), box.is_dashed) == look
    bad = _box(invalid=1, tainted=1)
    assert (colours(bad).line, line_width(bad), bad.is_dashed) == ("#C62828", 3.0, False)
