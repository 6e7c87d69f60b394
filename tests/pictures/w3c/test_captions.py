"""No two labels of a drawing overlap."""

import re

from provgraph.pictures.look import Look
from provgraph.pictures.points import Point
from provgraph.pictures.svg import write
from provgraph.pictures.w3c.captions import Captions
from tests.lineages import (
    two_steps,
)


def test_no_two_labels_overlap() -> None:
    drawing = write(two_steps(), Look(w3c=True))
    labels = re.findall(r'<text x="([\d.]+)" y="([\d.]+)">', drawing)
    assert len(labels) == len(set(labels)) >= 16


def test_the_best_free_place_is_taken() -> None:
    captions = Captions()
    near, far = Point(0, 0), Point(100, 0)
    assert captions.place([near, far], 20, 10) == near
    assert captions.place([near, far], 20, 10) == far
    assert captions.place([near, far], 20, 10) is None


def test_texts_may_stand_edge_to_edge() -> None:
    captions = Captions()
    assert captions.place([Point(0, 0)], 20, 10)
    assert captions.place([Point(19, 0)], 20, 10) is None
    assert captions.place([Point(20, 0)], 20, 10)
