"""Where boxes and arrows stand: the direction of a drawing, and loops."""

import pytest

from provgraph.model.lineage import Direction
from provgraph.model.vocabulary import RelationType
from provgraph.pictures.look import Look, Orientation
from provgraph.pictures.w3c.shapes import HEIGHT
from tests.lineages import (
    activity,
    edge,
    entity,
    impact_of_model,
    lineage,
    two_steps,
)
from tests.pictures.w3c.drawings import SVG, drawn, middles

SIDEWAYS = Look(orientation=Orientation.ACROSS, w3c=True)


def test_across_what_was_asked_about_is_at_the_left() -> None:
    at = middles(two_steps(), SIDEWAYS)
    assert min(at, key=lambda name: at[name][0]) == "run02001_full.dl2.h5"
    assert (
        at["ctapipe-apply-models"][0]
        < at["energy.pkl"][0]
        < at["ctapipe-train-energy-regressor"][0]
    )
    at = middles(impact_of_model(), SIDEWAYS)
    assert (
        at["energy.pkl"][0]
        < at["ctapipe-apply-models"][0]
        < at["run02001_full.dl2.h5"][0]
        < at["create-dl3"][0]
    )


@pytest.mark.parametrize("orientation", Orientation)
def test_a_loop_stands_above_its_box(orientation: Orientation) -> None:
    run, file = activity("r", "stamp", "2026-01-01", None), entity("/a.h5")
    informed = edge(RelationType.WAS_INFORMED_BY, run, run)
    answer = lineage([run, file], [informed, edge(RelationType.USED, run, file)], Direction.BOTH)
    look = Look(orientation=orientation, w3c=True)
    (label,) = [
        text for text in drawn(answer, look).iter(f"{SVG}text") if text.text == "wasInformedBy"
    ]
    _, middle = middles(answer, look)["stamp"]
    assert float(label.get("y", "")) < middle - HEIGHT / 2
