"""The drawing: nothing overlaps, everything is inside, arrows go from effect to cause."""

import re
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.model.subgraph import Direction, Lineage
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.writers.layers import layers
from provgraph.writers.layout import layout
from provgraph.writers.svg import write
from tests.writers.examples import activity, chain, edge, entity, impact_of_model, lineage, two_steps

SVG = "{http://www.w3.org/2000/svg}"
ENDS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30)


def drawn(answer: Lineage) -> ET.Element:
    return ET.fromstring(write(answer))


def middles(answer: Lineage) -> dict[str, tuple[float, float]]:
    """Box name → its middle."""
    found = {}
    for group in drawn(answer).iter(f"{SVG}g"):
        texts = group.findall(f"{SVG}text")
        if group.find(f"{SVG}title") is not None and texts:
            shape = next(child for child in group if child.tag[len(SVG) :] in ("ellipse", "rect", "polygon"))
            found[str(texts[0].text)] = (
                float(texts[0].get("x", "")),
                float(shape.get("cy") or texts[0].get("y") or ""),
            )
    return found


def test_what_was_asked_about_is_at_the_top_and_causes_below_effects() -> None:
    at = middles(two_steps())
    assert min(at, key=lambda name: at[name][1]) == "run02001_full.dl2.h5"
    assert at["ctapipe-apply-models"][1] < at["energy.pkl"][1] < at["ctapipe-train-energy-regressor"][1]


def test_downstream_the_root_is_at_the_top_too() -> None:
    at = middles(impact_of_model())
    assert at["energy.pkl"][1] < at["ctapipe-apply-models"][1] < at["run02001_full.dl2.h5"][1] < at["create-dl3"][1]


def test_shapes_and_colours_of_prov() -> None:
    drawing = drawn(two_steps())
    assert {shape.get("fill") for shape in drawing.iter(f"{SVG}ellipse")} == {"#FFFC87"}
    assert {shape.get("fill") for shape in drawing.iter(f"{SVG}polygon")} == {"#FED37F"}
    assert "#9FB1FC" in {shape.get("fill") for shape in drawing.iter(f"{SVG}rect")}


def test_every_arrow_has_its_meaning_and_its_head() -> None:
    drawing = drawn(two_steps())
    meanings = [title.text for path in drawing.iter(f"{SVG}path") for title in path.findall(f"{SVG}title")]
    assert len(meanings) == 9  # two roles of one pair are one arrow
    assert "used: Event data, data product to merge" in meanings
    assert [group.get("marker-end") for group in drawing.iter(f"{SVG}g") if group.get("marker-end")] == ["url(#head)"]


def test_only_web_addresses_are_links() -> None:
    plain = entity("/data/a.h5")
    for place, links in (('https://host/a?b=1&c="d"', 1), ("javascript:alert(1)", 0), ("root://host/x", 0)):
        assert len(list(drawn(lineage([replace(plain, location=place)], [])).iter(f"{SVG}a"))) == links


def test_one_box() -> None:
    drawing = drawn(lineage([entity("/data/a.h5")], []))
    assert drawing.get("viewBox") == f"0 0 {drawing.get('width')} {drawing.get('height')}"


@pytest.mark.parametrize("shape", ["chain", "fan", "shared"])
def test_two_thousand_boxes_are_drawn_in_time(shape: str) -> None:
    big = chain(2_000)
    if shape != "chain":
        runs = [node for node in big.nodes if node.kind is Kind.ACTIVITY]
        shared = entity("/data/shared.yaml")
        more = [edge(RelationType.USED, run, shared, "Tool Configuration") for run in runs]
        fan = [edge(RelationType.WAS_DERIVED_FROM, big.root, node) for node in big.nodes[1:]]
        big = replace(big, nodes=(*big.nodes, shared), edges=(*big.edges, *more) if shape == "shared" else tuple(fan))
    start = time.monotonic()
    drawing = drawn(big)
    assert time.monotonic() - start < 5
    assert float(drawing.get("width", "")) < 25_000


def test_a_loop_and_both_ways() -> None:
    run, file = activity("r", "stamp", "2026-01-01", None), entity("/a.h5")
    informed = edge(RelationType.WAS_INFORMED_BY, run, run)
    assert drawn(lineage([run, file], [informed, edge(RelationType.USED, run, file)], Direction.BOTH)) is not None


@settings(deadline=None)
@given(ENDS, st.integers(0, 11))
def test_arrows_go_down_in_what_the_root_leads_to(ends: list[tuple[int, int]], root: int) -> None:
    forward = [(min(pair), max(pair)) for pair in ends if pair[0] != pair[1]]  # no cycles
    rows = layers(12, forward, root)
    ahead = {root}
    for source, target in sorted(forward):
        if source in ahead:
            ahead.add(target)
    assert all(rows[a] < rows[b] for a, b in forward if a in ahead)
    assert set(rows) == set(range(max(rows) + 1))


@settings(deadline=None)
@given(ENDS, st.integers(0, 11))
def test_places_in_a_row_keep_their_distance(ends: list[tuple[int, int]], root: int) -> None:
    placed = layout([100.0] * 12, ends, root, gap=10.0, passage=20.0)
    for row in set(placed.rows):
        across = sorted(
            (placed.x[place], 110.0 if place < 12 else 20.0)
            for place in range(len(placed.x))
            if placed.rows[place] == row
        )
        for (left, room), (right, more) in pairwise(across):
            assert right - left >= (room + more) / 2 - 1e-6
    for (source, target), route in zip(ends, placed.routes, strict=True):
        assert all(min(placed.rows[source], placed.rows[target]) < placed.rows[place] for place in route)


def test_no_two_labels_overlap() -> None:
    drawing = write(two_steps())
    labels = re.findall(r'<text x="([\d.]+)" y="([\d.]+)">', drawing)
    assert len(labels) == len(set(labels)) >= 16
