"""What the flowchart makes of answers: made-up ones, which no store has to hold."""

import json
from typing import TYPE_CHECKING

import pytest

from provgraph.model.lineage import Lineage
from provgraph.pictures.boxes import Box
from provgraph.pictures.figure import figure
from provgraph.pictures.look import PLAIN
from tests.lineages import HOSTILE, marked, night
from tests.web.page_answers import Answer, page_answer

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

#: Notes which boxes are drawn in the first frame that has any.
_AT_FIRST = """new MutationObserver((_, noting) => {
  if (!document.querySelector('svg .box')) return;
  noting.disconnect();
  requestAnimationFrame(() => {
    window.atFirst = [...document.querySelectorAll('svg .box')].map(box => box.dataset.key);
  });
}).observe(document, { childList: true, subtree: true })"""
#: The boxes of which something is in sight.
_IN_SIGHT = """() => {
  const frame = document.querySelector('.flow').getBoundingClientRect();
  return [...document.querySelectorAll('svg .box')].filter(each => {
    const box = each.getBoundingClientRect();
    return box.bottom > frame.top && box.top < frame.bottom &&
      box.right > frame.left && box.left < frame.right;
  }).map(box => box.dataset.key);
}"""
#: The shapes of two boxes that meet.
_OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.box > rect, .box > path')].map(each => {
    const { left, right, top, bottom } = each.getBoundingClientRect();
    return { left, right, top, bottom };
  });
  return boxes.flatMap((a, n) => boxes.slice(n + 1).filter(b =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length;
}"""


def _large(runs: int) -> Answer:
    """As `night`, with any number of runs."""
    answer = page_answer(night(2))
    few = [node for node in answer["nodes"] if node["distance"] in (2, 3)]
    few += [node for node in answer["nodes"] if node["dataLevel"] == "DL0"]
    own = {node["id"] for node in few if "00000" in node["id"] or node["id"] == "run-00"}
    chain = [node for node in few if node["id"] in own]
    ties = [edge for edge in answer["edges"] if own & {edge["source"], edge["target"]}]
    for n in range(2, runs):
        name = json.dumps([chain, ties]).replace("run00000", f"run{n:05}")
        nodes, edges = json.loads(name.replace("run-00", f"run-{n}"))
        answer["nodes"] += nodes
        answer["edges"] += edges
    return answer


def _drawn(page: "Page", answer: Answer, asked: str = "") -> list[str]:
    """What the boxes say when the server answers so."""

    def reply(route: "Route") -> None:
        route.fulfill(json={"data": {"lineage": answer}})

    page.route("**/graphql", reply)
    page.goto(f"/#/history?of=made-up{asked}")
    page.locator(".flow[aria-busy=false] .box").first.wait_for()
    boxes = page.locator("svg .box")
    said = boxes.evaluate_all("all => all.map(each => each.getAttribute('aria-label'))")
    return [str(each) for each in said]


def _said(box: Box) -> str:
    """What a box of a picture says, as the page reads its own aloud."""
    words = {"entity": "file", "activity": "run", "agent": "agent"}
    number = len(box.configuration)
    files = f", {number} configuration file{'' if number == 1 else 's'}" if number else ""
    more = ", more behind it" if box.has_more else ""
    return f"{words[box.kind]} {box.title}, {' · '.join(box.said)}{files}{more}"


@pytest.mark.parametrize("answer", [marked(), night(30, failed={3, 4})], ids=["few", "many"])
def test_pictures_in_files_say_what_the_page_says(page: "Page", answer: Lineage) -> None:
    """Also `tests/pictures/flowchart/test_figure.py`, without a browser."""
    said = _drawn(page, page_answer(answer))
    assert sorted(said) == sorted(map(_said, figure(answer, PLAIN).boxes))


def test_ten_thousand_records_are_a_few_stacks(page: "Page") -> None:
    answer = _large(3334)
    assert len(answer["nodes"]) > 10_000
    assert sorted(_drawn(page, answer)) == [
        "file merged.dl2.h5, DL2",
        "file run0*.dl1.h5, 3,334 files · DL1",
        "file run0*.simtel.zst, 3,334 files · DL0",
        "run ctapipe-merge, 0.28.0 · 1 min",
        "run ctapipe-process, 3,334 runs · 0.28.0, 1 configuration file",
    ]
    assert "10,002 records folded" in page.locator(".trust").inner_text()


def test_failed_runs_stand_apart(page: "Page") -> None:
    boxes = _drawn(page, page_answer(night(30, failed={3, 4})))
    assert "run ctapipe-process, 2 failed, 1 configuration file" in boxes
    assert "run ctapipe-process, 28 runs · 0.28.0, 1 configuration file" in boxes


def test_chains_come_out_of_a_stack_whole(page: "Page") -> None:
    _drawn(page, page_answer(night(30)))
    page.locator(".box[aria-label*='30 files · DL1']").focus()
    page.keyboard.press("o")
    page.locator(".box[aria-label*='22 files · DL1']").wait_for()
    for name in ("run00000.dl1.h5", "run00000.simtel.zst", "run00007.simtel.zst"):
        assert page.locator(f".box[aria-label*='{name}']").count() == 1
    assert page.locator(".box[aria-label*='run00008']").count() == 0


def test_no_box_lies_on_another(page: "Page") -> None:
    boxes = _drawn(page, page_answer(night(70)), "&folded=no")
    assert len(boxes) == 3 * 70 + 2
    assert page.evaluate(_OVERLAPS) == 0


def test_a_large_picture_begins_with_what_is_in_sight(page: "Page") -> None:
    """The rest follows step by step, and nothing is missing in the end."""
    page.add_init_script(_AT_FIRST)
    boxes = _drawn(page, page_answer(night(400)), "&folded=no")
    assert len(boxes) == 3 * 400 + 2
    assert page.locator("svg g[fill=none] > g").count() == 3 * 400 + 1  # arrows
    first = set(page.evaluate("atFirst"))
    assert 0 < len(first) < 100
    assert first >= set(page.evaluate(_IN_SIGHT))


def test_the_keyboard_keeps_its_place_in_a_large_picture(page: "Page") -> None:
    """Although a new layout is drawn step by step, too."""
    _drawn(page, page_answer(night(400)))
    page.locator(".box[aria-label*='400 files · DL1']").focus()
    page.keyboard.press("o")
    page.locator(".box[aria-label*='392 files · DL1']").wait_for()
    page.goto(page.url.replace("%3A8", "%3A150"))
    page.locator(".box[aria-label*='250 files · DL1']").focus()
    page.keyboard.press("o")
    page.locator(".flow[aria-busy=false] .box[aria-label*='242 files · DL1']").wait_for()
    assert "242 files" in str(page.evaluate("document.activeElement.ariaLabel"))


def test_marks_are_words(page: "Page") -> None:
    boxes = _drawn(page, page_answer(marked()))
    assert any("INVALID" in each and "more behind it" in each for each in boxes)
    assert sum("tainted" in each for each in boxes) == len(boxes) - 1


def test_what_has_no_known_maker_is_drawn_as_such(page: "Page") -> None:
    answer = page_answer(night(2))
    loose = next(node for node in answer["nodes"] if node["dataLevel"] == "DL0")
    answer["summary"]["ends"] = [{"id": loose["id"], "why": "unrecorded"}]
    assert any("maker unknown" in each for each in _drawn(page, answer))
    assert page.locator(".box > rect[stroke-dasharray]").count() == 1


def test_hostile_names_are_text(page: "Page") -> None:
    answer = page_answer(night(20))
    wicked = ("<img src=x onerror=document.title='owned'>", "x" * 100_000, *HOSTILE)
    for node, name in zip(answer["nodes"], wicked, strict=False):
        node["name"] = node["location"] = name.encode("utf-8", "replace").decode()
    boxes = _drawn(page, answer, "&folded=no")
    assert any("<img src=x" in each for each in boxes)
    assert any(r"\u202egnp" in each for each in boxes)  # nothing turns a line around
    assert page.locator("main img, main script").count() == 0
    assert page.title() != "owned"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1360
