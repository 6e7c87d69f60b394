"""The page in a real Chromium, and the pictures that look like it."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bench.graphql import our_server, serving
from bench.logs import CORPUS
from bench.measure import Figure, say, shown, timed, within
from bench.servers import empty
from provgraph.ingest.loading import load
from provgraph.pictures import png, svg
from provgraph.pictures.figure import figure
from provgraph.pictures.look import PLAIN
from tests.lineages import night
from tests.web.browser import chromium
from tests.web.page_answers import page_answer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROUNDS = 7
_PANNING_SECONDS = 2
_DL3 = "/data/ctao/dl3/run02001.dl3.fits"
#: Of a night with so many runs: three boxes each and two for all.
_RUNS, _MANY_RUNS, _RECORDS = 73, 667, 10_000
_BOX = "svg .box"
#: How long a new window of the browser draws itself, which is no part of the page.
_SETTLING_MS = 700
#: Notes in the page itself when the first boxes, and when all of them, have been painted:
#: Playwright looks for an element only now and then.
_NOTING = """(() => {
  const painted = (selector) => new Promise((done) => {
    const look = () => requestAnimationFrame(document.querySelector(selector)
      ? () => setTimeout(() => done(performance.now()))
      : look);
    look();
  });
  window.firstAt = painted('svg .box');
  window.allAt = painted('.flow[aria-busy="false"] .box');
})();"""
_ANSWERED = """performance.getEntriesByType('resource')
  .find(({ name }) => name.endsWith('/graphql')).responseEnd"""
#: Counts the frames that Chromium draws from now on.
_COUNTING = """() => {
  window.drawn = 0;
  const next = () => { window.drawn += 1; requestAnimationFrame(next); };
  requestAnimationFrame(next);
}"""


def figures() -> Iterator[Figure]:
    """The page first, then pictures in files."""
    with empty("SQLite") as (url, store), chromium() as browser:
        list(load(store, [str(CORPUS)]))
        with serving(*our_server(url)) as client:
            address = str(client.base_url)
            yield _first(browser, address)
            yield from _many(browser, address)
            yield _panning(browser, address)
    yield from _files()


@contextmanager
def _tab(browser: "Browser", address: str) -> "Iterator[Page]":
    """A tab of a browser that has not been here before."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        page.add_init_script(_NOTING)
        page.wait_for_timeout(_SETTLING_MS)
        yield page
    finally:
        context.close()


def _first(browser: "Browser", address: str) -> Figure:
    say("the sample's flowchart")
    taken = []
    for _ in range(ROUNDS):
        with _tab(browser, address) as page:
            page.goto(f"/#/history?of={quote(_DL3)}")
            taken.append(_seconds(page, "allAt"))
    return within("the page: flowchart of the sample's DL3, from nothing", median(taken), 1)


def _many(browser: "Browser", address: str) -> Iterator[Figure]:
    """From the answer to the boxes; other work of the page goes on meanwhile."""
    answer = page_answer(night(_MANY_RUNS))
    boxes = 3 * _MANY_RUNS + 2
    say(f"a flowchart of {boxes} boxes")
    first, whole = [], []
    for _ in range(3):
        with _tab(browser, address) as page:
            _answering(page, answer)
            page.goto("/#/history?of=made-up&folded=no")
            seen, drawn = _seconds(page, "firstAt"), _seconds(page, "allAt")
            answered = _seconds(page, _ANSWERED)
            first.append(seen - answered)
            whole.append(drawn - answered)
            assert page.locator(_BOX).count() == boxes
    yield within(f"the page: {boxes} boxes, from the answer to those in sight", median(first), 3)
    yield within(f"the page: {boxes} boxes, from the answer to all of them", median(whole), 3)


def _seconds(page: "Page", moment: str) -> float:
    """A moment by the clock of the page, which begins when the browser goes to it."""
    return float(page.evaluate(moment)) / 1e3


def _panning(browser: "Browser", address: str) -> Figure:
    say("panning")
    with _tab(browser, address) as page:
        _answering(page, page_answer(night(_RUNS)))
        page.goto("/#/history?of=made-up&folded=no")
        page.evaluate("allAt")
        frames = median(_frames(page) for _ in range(3))
    name = f"the page: frames a second while {3 * _RUNS + 2} boxes are moved, without a GPU"
    found = f"{frames:.0f}"
    return Figure(name, found, "", found, "≥ 50", frames >= 50)


def _frames(page: "Page") -> float:
    """The frames a second while a mouse moves the flowchart about."""
    page.evaluate(_COUNTING)
    page.mouse.move(640, 760)
    page.mouse.down()
    begun, moves = time.perf_counter(), 0
    while time.perf_counter() - begun < _PANNING_SECONDS:
        moves += 1
        page.mouse.move(640 + 200 * math.sin(moves / 20), 760)
    page.mouse.up()
    return float(page.evaluate("window.drawn")) / (time.perf_counter() - begun)


def _answering(page: "Page", answer: dict[str, Any]) -> None:
    """Answer the page's questions with a made-up lineage."""

    def reply(route: "Route") -> None:
        route.fulfill(json={"data": {"lineage": answer}})

    page.route("**/graphql", reply)


def _files() -> Iterator[Figure]:
    """Pictures without a browser."""
    say("pictures")
    whole = night(_RUNS)
    look = replace(PLAIN, fold=False)
    took = median(timed(lambda: png.write(whole, look)) for _ in range(3))
    yield within(f"a PNG of {len(figure(whole, look).boxes)} boxes", took, 2)
    large = night(_RECORDS // 3)
    took = median(timed(lambda: svg.write(large)) for _ in range(3))
    name = f"an SVG of {len(large.nodes)} records in {len(figure(large, PLAIN).boxes)} boxes"
    yield Figure(name, shown(took), "", shown(took), "≤ 60 boxes, ≤ 2 s", took <= 2)
