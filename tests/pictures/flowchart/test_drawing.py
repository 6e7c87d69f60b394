"""The flowchart as a drawing: all that the figure says is in it, and nothing overlaps."""

import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise
from typing import NamedTuple

import pytest

from provgraph.model.lineage import Direction, Lineage
from provgraph.model.vocabulary import RelationType
from provgraph.pictures import png
from provgraph.pictures.figure import figure
from provgraph.pictures.flowchart.geometry import HEIGHT, WIDTH
from provgraph.pictures.look import PLAIN, Look, Orientation
from provgraph.pictures.svg import write
from provgraph.pictures.text_width import ems
from tests.lineages import (
    activity,
    edge,
    entity,
    impact_of_model,
    lineage,
    marked,
    night,
    two_steps,
)
from tests.pictures.flowchart.test_figure import any_lineage

SVG = "{http://www.w3.org/2000/svg}"


class Area(NamedTuple):
    """A part of the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Area") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def drawn(answer: Lineage, look: Look = PLAIN) -> ET.Element:
    return ET.fromstring(write(answer, look))


def boxes_of(drawing: ET.Element) -> Iterator[tuple[float, float, ET.Element]]:
    """Each box with its left upper corner."""
    for group in drawing.iter(f"{SVG}g"):
        if moved := re.fullmatch(r"translate\(([-\d.]+) ([-\d.]+)\)", group.get("transform", "")):
            yield float(moved[1]), float(moved[2]), group


def rooms_of(drawing: ET.Element) -> list[Area]:
    """The area of each box, without its tags."""
    return [Area(x, y, x + WIDTH, y + HEIGHT) for x, y, _ in boxes_of(drawing)]


def texts_of(drawing: ET.Element) -> list[Area]:
    """The area of each text in a box or on it, and of the names of bands."""
    found = []
    for left, top, group in (*boxes_of(drawing), (0.0, 0.0, drawing)):
        for text in group.findall(f"{SVG}text"):
            if text.get("text-anchor") == "start":
                continue  # the remark below
            size = float(text.get("font-size", ""))
            half = ems(text.text or "") * size / 2
            x, y = left + float(text.get("x", "")), top + float(text.get("y", ""))
            found.append(Area(x - half, y - 0.72 * size, x + half, y + 0.2 * size))
    return found


def lines_of(drawing: ET.Element) -> Iterator[Area]:
    """The area of each piece of each arrow."""
    for path in drawing.iter(f"{SVG}path"):
        if path.get("fill") is None:
            numbers = map(float, re.findall(r"-?[\d.]+", path.get("d", "")))
            for (x1, y1), (x2, y2) in pairwise(zip(numbers, numbers, strict=True)):
                yield Area(min(x1, x2), min(y1, y2) - 0.1, max(x1, x2) + 0.1, max(y1, y2))


def titles_of(drawing: ET.Element) -> list[str]:
    """What stands in each box, without spaces, in their order."""
    groups = (group.findall(f"{SVG}text") for _, _, group in boxes_of(drawing))
    return ["".join("".join(text.itertext()) for text in texts) for texts in groups]


@pytest.mark.parametrize("orientation", Orientation)
@pytest.mark.parametrize("number", range(18))
def test_no_box_overlaps_and_no_text_is_crossed(orientation: str, number: int) -> None:
    made = (two_steps(), impact_of_model(), marked(), night(30, failed={3}), night(73))
    example = made[number] if number < len(made) else any_lineage(number)
    drawing = drawn(example, Look(orientation, fold=None if number != 4 else False))
    rooms, texts = rooms_of(drawing), texts_of(drawing)
    assert rooms
    assert not [pair for pair in combinations(rooms, 2) if pair[0].meets(pair[1])]
    assert not [pair for pair in combinations(texts, 2) if pair[0].meets(pair[1])]
    lines = list(lines_of(drawing))
    assert not [(text, line) for text in texts for line in lines if text.meets(line)]
    sheet = Area(0, 0, float(drawing.get("width", "")), float(drawing.get("height", "")))
    assert all(
        sheet.left < room.left and room.right < sheet.right and room.bottom < sheet.bottom
        for room in rooms
    )


def test_every_box_of_the_figure_is_drawn_with_all_that_it_says() -> None:
    for answer in (two_steps(), marked(), night(30, failed={3, 4})):
        boxes = figure(answer, PLAIN).boxes
        shown = titles_of(drawn(answer))
        assert len(shown) == len(boxes)
        for box, said in zip(boxes, shown, strict=True):
            tags = f"×{box.count}" if box.count > 1 else "", "more …" if box.has_more else ""
            files = str(len(box.configuration)) if box.configuration else ""
            begin, end = f"{box.title}{''.join(box.said[:1])}", f"{tags[0]}{files}{tags[1]}"
            assert said.replace(" ", "").startswith(begin.replace(" ", ""))
            assert said.endswith(end)


def test_the_flowchart_runs_from_raw_data_to_the_product() -> None:
    for answer in (night(3), impact_of_model()):
        boxes = list(boxes_of(drawn(answer)))
        by_id = {
            node.id: left for left, _, box in boxes for node in answer.nodes if node.id in said(box)
        }
        ids = {node.key: node.id for node in answer.nodes}
        for each in answer.edges:
            effect, cause = by_id.get(ids[each.source]), by_id.get(ids[each.target])
            assert effect is None or cause is None or cause < effect


def said(box: ET.Element) -> str:
    """The tooltip of a box."""
    return (box.findtext(f"{SVG}title") or "").partition("\n")[0]


def test_levels_are_bands_and_none_without_levels() -> None:
    bands = [text.text for text in drawn(night(3)).findall(f"{SVG}text")]
    assert bands[:3] == ["DL0", "DL1", "DL2"]
    mixed = [entity(f"/{n}.h5", data_level=level) for n, level in enumerate(("DL1", "DL2", "DL1"))]
    chain = [edge(RelationType.WAS_DERIVED_FROM, *pair) for pair in pairwise(mixed)]
    assert not drawn(lineage(mixed, chain)).findall(f"{SVG}text")


def test_an_arrow_to_itself_and_a_circle_are_drawn() -> None:
    run, other = (activity(name, "stamp", "2026-01-01", None) for name in "ab")
    informed = RelationType.WAS_INFORMED_BY
    edges = [edge(informed, run, run), edge(informed, run, other), edge(informed, other, run)]
    answer = lineage([run, other], edges, Direction.BOTH)
    assert len(list(boxes_of(drawn(answer)))) == 2
    assert len([path for path in drawn(answer).iter(f"{SVG}path") if not path.get("fill")]) == 2


def test_what_is_inferred_is_dashed_and_roles_are_in_tooltips() -> None:
    drawing = drawn(two_steps())
    titles = [path.findtext(f"{SVG}title") for path in drawing.iter(f"{SVG}path")]
    assert {"Event data", "reconstructor", "ml-models"} <= set(titles)
    assert "wasGeneratedBy" not in "".join(drawing.itertext())
    assert not list(drawing.iterfind(".//*[@stroke-dasharray]"))
    one, other = entity("/a.h5"), entity("/b.h5")
    derived = replace(edge(RelationType.WAS_DERIVED_FROM, one, other), inferred=True)
    dashed = drawn(lineage([one, other], [derived])).iterfind(".//*[@stroke-dasharray]")
    assert len(list(dashed)) == 1


@pytest.mark.slow
def test_two_hundred_and_twenty_boxes_are_an_image_in_time() -> None:
    start = time.thread_time()
    png.write(night(73), Look(fold=False))
    assert time.thread_time() - start < 4  # 2 s on a machine with nothing else to do
