"""Outlines: arrows end at the edge of what is drawn."""

import xml.etree.ElementTree as ET

import pytest

from provgraph.model.vocabulary import Kind
from provgraph.pictures.points import Point
from provgraph.pictures.w3c.shapes import HEIGHT, half_height, half_width, outline, width


@pytest.mark.parametrize(
    ("kind", "element"),
    [
        (Kind.ENTITY, "ellipse"),
        (Kind.ACTIVITY, "rect"),
        (Kind.AGENT, "polygon"),
        (Kind.COLLECTION, "polygon"),
    ],
)
def test_each_kind_has_the_shape_of_prov(kind: Kind, element: str) -> None:
    shape = ET.fromstring(outline(kind, Point(10, 20), 'fill="#fff"'))
    assert (shape.tag, shape.get("fill")) == (element, "#fff")


@pytest.mark.parametrize("kind", [Kind.ENTITY, Kind.ACTIVITY, Kind.COLLECTION])
def test_the_outline_is_farthest_in_the_middle(kind: Kind) -> None:
    assert half_height(kind, 0, 1) == HEIGHT / 2
    assert half_width(kind, 0) == width(kind) / 2


def test_an_ellipse_ends_at_its_tips() -> None:
    assert half_height(Kind.ENTITY, width(Kind.ENTITY) / 2, 1) == 0
    assert half_width(Kind.ENTITY, HEIGHT / 2) == 0


def test_the_roof_of_an_agent_slopes_only_above() -> None:
    edge = width(Kind.AGENT) / 2
    assert half_height(Kind.AGENT, edge, 1) == HEIGHT / 2
    assert half_height(Kind.AGENT, edge, -1) < HEIGHT / 2
