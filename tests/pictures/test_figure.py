"""What every drawing shows: which boxes, and what must be known of the whole."""

from dataclasses import replace

from provgraph.pictures.figure import figure
from provgraph.pictures.look import Look
from tests.lineages import (
    night,
    written,
)


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
