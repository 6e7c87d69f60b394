"""What every drawing shows: which boxes, and what must be known of the whole."""

from dataclasses import replace

import pytest

from provgraph.pictures.figure import figure, line_width
from provgraph.pictures.look import Look
from tests.lineages import marked, night, two_steps, written


def test_a_drawing_says_that_it_is_folded_or_cut() -> None:
    whole = night(30)
    cut = replace(night(12), truncated=True)
    said = {
        "93 records in 6 boxes": (whole, Look()),
        "93 records in 6 boxes; cut short: there are more records behind these": (
            replace(whole, truncated=True),
            Look(),
        ),
        "cut short: there are more records behind these": (cut, Look()),
    }
    for remark, (answer, look) in said.items():
        for form in ("svg", "dot", "mermaid"):
            assert remark in written(answer, form, look)
    assert figure(night(12), Look()).remark == ""


def test_only_many_boxes_are_folded_unless_told_otherwise() -> None:
    assert len(figure(night(12), Look()).boxes) == 39
    assert len(figure(night(30), Look()).boxes) == 6
    assert len(figure(night(30), Look(fold=False)).boxes) == 93
    assert len(figure(night(12), Look(fold=True)).boxes) == 6


@pytest.mark.parametrize("form", ["svg", "dot", "mermaid"])
def test_marks_are_words_and_a_legend_and_a_red_outline(form: str) -> None:
    """Not by colour alone: a word in the box, a dashed or thick line, and what the words mean."""
    drawing = written(marked(), form)
    legend = (
        "INVALID: somebody marked it as bad; tainted (dashed): made from what is invalid; "
        "more behind: the answer ends here"
    )
    assert all(word in drawing for word in (legend, "INVALID  more behind", "#C62828", "dash"))
    plain = written(two_steps(), form)
    assert not any(word in plain for word in ("INVALID", "tainted", "more behind", "dash"))


def test_an_outline_is_as_thick_as_what_it_says() -> None:
    boxes = {
        (box.is_root, box.is_invalid): line_width(box) for box in figure(marked(), Look()).boxes
    }
    assert boxes == {(True, False): 3, (False, True): 3, (False, False): 2}
