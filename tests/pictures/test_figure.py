"""What every drawing shows: which boxes, and what must be known of the whole."""

from dataclasses import replace

import pytest

from provgraph.model.vocabulary import Kind
from provgraph.pictures.figure import figure
from provgraph.pictures.look import Look
from tests.lineages import marked, night, two_steps, written


def test_a_drawing_says_that_it_is_folded_or_cut() -> None:
    whole = night(30)
    cut = replace(night(5), truncated=True)
    said = {
        "93 records in 5 boxes; gear: configuration files that were read (1 in all)": (
            whole,
            Look(),
        ),
        "cut short: there are more records behind these": (cut, Look()),
    }
    for remark, (answer, look) in said.items():
        for form in ("svg", "dot", "mermaid"):
            assert remark in written(answer, form, look)
    assert figure(night(12), Look(w3c=True)).remark == ""


def test_only_many_boxes_are_folded_unless_told_otherwise() -> None:
    boxes = {
        (7, None): 23,
        (8, None): 5,
        (7, True): 5,
        (30, False): 92,
    }
    for (runs, fold), number in boxes.items():
        assert len(figure(night(runs), Look(fold=fold)).boxes) == number
    assert len(figure(night(30), Look(w3c=True)).boxes) == 93


def test_agents_are_drawn_when_asked_for() -> None:
    def agents(look: Look) -> int:
        return sum(box.kind is Kind.AGENT for box in figure(two_steps(), look).boxes)

    looks = Look(), Look(agents=True), Look(w3c=True), Look(w3c=True, agents=False)
    assert list(map(agents, looks)) == [0, 1, 1, 0]


@pytest.mark.parametrize("look", [Look(), Look(w3c=True)])
@pytest.mark.parametrize("form", ["svg", "dot", "mermaid"])
def test_marks_are_words_and_a_legend_and_a_red_outline(form: str, look: Look) -> None:
    """Not by colour alone: a word in the box, a dashed or thick line, and what the words mean."""
    drawing = written(marked(), form, look)
    legend = (
        "INVALID: somebody marked it as bad; tainted (dashed): made from what is invalid; "
        "more …: the answer ends here"
    )
    assert all(word in drawing for word in (legend, "INVALID", "tainted", "#C62828", "dash"))
    plain = written(two_steps(), form, look)
    assert not any(word in plain for word in ("INVALID", "tainted", "more …", "dash"))
