"""The diagram: nothing overlaps, everything is inside, arrows go from effect to cause."""

import math
import time
from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from provgraph.model.lineage import Direction, Lineage, Node
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.pictures.figure import figure
from provgraph.pictures.look import Look, Orientation
from provgraph.pictures.points import Point
from provgraph.pictures.w3c.geometry import geometry_of
from provgraph.pictures.w3c.shapes import HEIGHT, half_height, half_width, width
from tests.lineages import (
    activity,
    chain,
    edge,
    entity,
    impact_of_model,
    lineage,
    night,
    two_steps,
)
from tests.pictures.w3c.drawings import SVG, W3C, drawn, middles


def test_what_was_asked_about_is_at_the_top_and_causes_below_effects() -> None:
    at = middles(two_steps())
    assert min(at, key=lambda name: at[name][1]) == "run02001_full.dl2.h5"
    assert (
        at["ctapipe-apply-models"][1]
        < at["energy.pkl"][1]
        < at["ctapipe-train-energy-regressor"][1]
    )


def test_downstream_the_root_is_at_the_top_too() -> None:
    at = middles(impact_of_model())
    assert (
        at["energy.pkl"][1]
        < at["ctapipe-apply-models"][1]
        < at["run02001_full.dl2.h5"][1]
        < at["create-dl3"][1]
    )


@pytest.mark.parametrize("orientation", Orientation)
@pytest.mark.parametrize(
    "example",
    [two_steps(), impact_of_model(), night(12), replace(night(9), direction=Direction.BOTH)],
)
def test_boxes_do_not_overlap_and_arrows_end_at_their_edges(
    orientation: Orientation, example: Lineage
) -> None:
    shown = figure(example, W3C)
    places = geometry_of(shown, example.direction, orientation is Orientation.ACROSS)
    rooms = [
        (middle, width(box.kind) / 2) for box, middle in zip(shown.boxes, places.boxes, strict=True)
    ]
    for (one, half), (other, more) in combinations(rooms, 2):
        assert abs(one.x - other.x) >= half + more or abs(one.y - other.y) >= HEIGHT
    assert all(
        half <= x <= places.size.x - half and HEIGHT / 2 <= y <= places.size.y
        for (x, y), half in rooms
    )
    for arrow, way in zip(shown.arrows, places.ways, strict=True):
        assert on_outline(way[0].start, rooms[arrow.source][0], shown.boxes[arrow.source].kind)
        assert on_outline(way[-1].end, rooms[arrow.target][0], shown.boxes[arrow.target].kind)
        assert all(before.end == after.start for before, after in pairwise(way))


def on_outline(point: Point, middle: Point, kind: Kind) -> bool:
    right, down = point.x - middle.x, point.y - middle.y
    return math.isclose(
        abs(down), half_height(kind, right, 1 if down > 0 else -1), abs_tol=1e-6
    ) or math.isclose(abs(right), half_width(kind, down), abs_tol=1e-6)


def test_agents_are_left_out_with_their_arrows() -> None:
    assert "CTAO" in middles(two_steps())
    drawing = drawn(two_steps(), Look(agents=False, w3c=True))
    assert not list(drawing.iter(f"{SVG}polygon"))
    assert not [
        title for title in drawing.iter(f"{SVG}title") if "wasAssociatedWith" in (title.text or "")
    ]
    alone = lineage([Node(b"1", "CTAO", Kind.AGENT, "CTAO")], [])
    assert (
        len(list(drawn(alone, Look(agents=False, w3c=True)).iter(f"{SVG}polygon"))) == 1
    )  # it was asked about


def test_a_failed_run_is_red() -> None:
    drawing = drawn(night(12, failed=(4,)))
    runs = [group for group in drawing.iter(f"{SVG}g") if "ctapipe-process" in group.itertext()]
    lines = [shape.get("stroke") for group in runs for shape in group.iter(f"{SVG}rect")]
    assert (len(lines), lines.count("#C62828")) == (12, 1)


def test_boxes_lead_where_the_reader_wants() -> None:
    links = [
        a.get("href")
        for a in drawn(two_steps(), Look(link="https://example.org/{id}", w3c=True)).iter(f"{SVG}a")
    ]
    assert len(links) == 8
    assert "https://example.org/file%3A%2Fdata%2Fconfig%2Fbase.yaml" in links


def test_configuration_is_grey_notes() -> None:
    parameters = {f"Tool.p{n}": (n,) for n in range(30)}
    settings = Node(b"2", "aa", Kind.COLLECTION, "Tool", attributes=parameters)
    run = activity("r", "step", "2026-01-01", None)
    drawing = drawn(lineage([run, settings], [edge(RelationType.WAS_CONFIGURED_BY, run, settings)]))
    (note,) = drawing.iter(f"{SVG}polygon")
    assert note.get("fill") == "#EDEDED"
    assert {"Tool", "30 parameters", "wasConfiguredBy"} <= set(drawing.itertext())
    (tip,) = [
        title.text
        for title in drawing.iter(f"{SVG}title")
        if (title.text or "").startswith("Tool\n")
    ]
    assert tip is not None
    assert tip.splitlines()[1:3] == ["Tool.p0 = 0", "Tool.p1 = 1"]
    assert tip.endswith("\nand 18 more")


def test_shapes_and_colours_of_prov() -> None:
    drawing = drawn(two_steps())
    assert {shape.get("fill") for shape in drawing.iter(f"{SVG}ellipse")} == {"#FFFC87"}
    assert {shape.get("fill") for shape in drawing.iter(f"{SVG}polygon")} == {"#FED37F"}
    assert "#9FB1FC" in {shape.get("fill") for shape in drawing.iter(f"{SVG}rect")}


def test_every_arrow_has_its_meaning_and_its_head() -> None:
    drawing = drawn(two_steps())
    meanings = [
        title.text for path in drawing.iter(f"{SVG}path") for title in path.findall(f"{SVG}title")
    ]
    assert len(meanings) == 9  # two roles of one pair are one arrow
    assert "used: Event data, data product to merge" in meanings
    assert [
        group.get("marker-end") for group in drawing.iter(f"{SVG}g") if group.get("marker-end")
    ] == ["url(#head)"]


def test_only_web_addresses_are_links() -> None:
    plain = entity("/data/a.h5")
    for place, links in (
        ('https://host/a?b=1&c="d"', 1),
        ("javascript:alert(1)", 0),
        ("root://host/x", 0),
    ):
        assert (
            len(list(drawn(lineage([replace(plain, location=place)], [])).iter(f"{SVG}a"))) == links
        )


def test_one_box() -> None:
    drawing = drawn(lineage([entity("/data/a.h5")], []))
    assert drawing.get("viewBox") == f"0 0 {drawing.get('width')} {drawing.get('height')}"


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["chain", "fan", "shared"])
def test_two_thousand_boxes_are_drawn_in_time(shape: str) -> None:
    big = chain(2_000)
    if shape != "chain":
        runs = [node for node in big.nodes if node.kind is Kind.ACTIVITY]
        shared = entity("/data/shared.yaml")
        more = [edge(RelationType.USED, run, shared, "Tool Configuration") for run in runs]
        fan = [edge(RelationType.WAS_DERIVED_FROM, big.root, node) for node in big.nodes[1:]]
        big = replace(
            big,
            nodes=(*big.nodes, shared),
            edges=(*big.edges, *more) if shape == "shared" else tuple(fan),
        )
    start = time.thread_time()
    drawing = drawn(big)
    assert time.thread_time() - start < 5
    assert float(drawing.get("width", "")) < 25_000
