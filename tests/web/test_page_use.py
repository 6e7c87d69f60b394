"""What a user does with the page, in a real browser."""

import csv
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from provgraph.ingest.describing import describe
from provgraph.ingest.loading import load
from provgraph.model.descriptions import ToolDescription
from provgraph.model.values import Value
from provgraph.questions.tracing import find, lineage
from provgraph.store.relational.store import open_sqlite
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.roles import Role
from provgraph.web.tokens import TokenFile
from tests.conftest import LOGS
from tests.graphql.conftest import served
from tests.web.browser import obstacles

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

DL3 = "/data/ctao/dl3/run02001.dl3.fits"
#: Its base name alone is that of another file, too.
COMPARISON = f"/#/compare?a={quote('/data/ctao/dl2/run00001.dl2.h5')}"
FLOWCHART = f"/#/history?of={quote(DL3)}"


def _boxes(page: "Page") -> list[str]:
    """What the boxes of the flowchart say, once it is drawn."""
    page.locator("svg .box").first.wait_for()
    said = page.locator("svg .box").evaluate_all(
        "boxes => boxes.map(each => each.getAttribute('aria-label'))"
    )
    return [str(each) for each in said]


def _shown(page: "Page", path: str) -> None:
    page.goto(path)
    page.locator("svg .box").first.wait_for()


def test_from_a_few_letters_to_a_parameter(page: "Page") -> None:
    page.goto("/")
    page.get_by_role("combobox").fill("run02001 dl3")
    page.get_by_role("option").filter(has_text="run02001.dl3.fits").first.click()
    heading = page.get_by_role("heading", level=1)
    heading.filter(has_text="What produced run02001.dl3.fits").wait_for()
    assert "Complete: every way leads back" in page.locator(".trust").inner_text()
    boxes = _boxes(page)
    assert not [each for each in boxes if ".yaml" in each]  # configuration has no box
    page.get_by_role("button", name=re.compile("^run create-dl3")).click()
    panel = page.get_by_role("complementary", name="Record")
    panel.get_by_label("Find a parameter").fill("gammaness_margin")
    row = panel.get_by_role("row").filter(has_text="gammaness_margin")
    assert "0.6" in row.inner_text()
    assert "wn042" in panel.inner_text()
    panel.get_by_text("Mark as invalid").click()
    assert "serve with --access" in panel.inner_text()
    assert page.get_by_role("link", name="Jobs").count() == 0  # none are run here
    assert page.get_by_text("Sign in").count() == 0  # nobody is asked who they are


def test_the_layout_starts_with_a_flowchart_alone(page: "Page") -> None:
    """At once where the address asks for one, and once."""
    page.goto("/#/loads")
    page.locator("table").wait_for()
    assert page.workers == []
    page.goto(FLOWCHART)
    page.reload()
    _boxes(page)
    assert len(page.workers) == 1
    named = page.request.get("/").text()
    assert '<script type="module" async' in named


def test_columns_run_from_raw_data_to_the_product(page: "Page") -> None:
    _shown(page, FLOWCHART)
    levels = page.locator("svg[role=group] > g").first.locator("text").all()
    places = {each.inner_html(): float(each.get_attribute("x") or 0) for each in levels}
    assert sorted(places, key=lambda level: places[level]) == ["DL0", "DL1", "DL2", "DL3"]


def test_a_stack_opens_in_place_and_the_link_tells_it(page: "Page", browser: "Browser") -> None:
    _shown(page, FLOWCHART)
    before = _boxes(page)
    stack = page.locator(".box[aria-label*='2 files · DL0']").first
    stack.click()
    page.get_by_role("button", name=re.compile("^Open all")).click()
    page.get_by_role("button", name="Close stacks").wait_for()
    page.locator("svg .box").nth(len(before)).wait_for()
    after = _boxes(page)
    other = browser.new_context(base_url=page.url.partition("#")[0]).new_page()
    other.goto(page.url)
    assert sorted(_boxes(other)) == sorted(after)
    other.context.close()
    page.get_by_role("button", name="Close stacks").click()
    page.locator("svg .box").nth(len(before)).wait_for(state="detached")


def test_depth_cuts_and_the_frontier_opens(page: "Page") -> None:
    _shown(page, f"{FLOWCHART}&depth=2")
    assert "Not complete" in page.locator(".trust").inner_text()
    cut = [each for each in _boxes(page) if "more behind it" in each]
    assert cut
    page.get_by_role("button", name=cut[0]).click()
    page.get_by_role("button", name="Show what lies behind").click()
    page.locator(f'.box[aria-label="{cut[0]}"]').wait_for(state="detached")


def test_to_the_effects_and_back(page: "Page") -> None:
    _shown(page, "/#/history?of=energy.pkl")
    page.get_by_role("button", name="Down: effects").click()
    page.get_by_role("heading", level=1).filter(has_text="What was made from").wait_for()
    page.locator(".box[aria-label*='dl3.fits']").first.wait_for()
    page.go_back()
    page.get_by_role("heading", level=1).filter(has_text="What produced").wait_for()


def test_keyboard_alone(page: "Page") -> None:
    _shown(page, FLOWCHART)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.locator(".box[tabindex='0']").focus()
    assert "run02001.dl3.fits" in page.evaluate("document.activeElement.ariaLabel")
    page.keyboard.press("ArrowLeft")
    assert "create-dl3" in page.evaluate("document.activeElement.ariaLabel")
    page.keyboard.press("Enter")
    page.get_by_role("complementary", name="Record").get_by_text("wn042").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("complementary", name="Record").wait_for(state="detached")
    page.locator(".box[aria-label*='create-dl3']:focus").wait_for()
    seen = page.locator(".sheet").get_attribute("style")
    page.keyboard.press("+")
    assert page.locator(".sheet").get_attribute("style") != seen


def test_downloads(page: "Page", tmp_path: Path) -> None:
    _shown(page, FLOWCHART)
    files = {}
    for form in ("SVG", "PNG", "PROV-JSON", "CSV"):
        page.get_by_text("Download", exact=True).click()
        with page.expect_download() as started:
            page.get_by_role("button", name=form, exact=True).click()
        files[form] = tmp_path / started.value.suggested_filename
        started.value.save_as(files[form])
    assert b"create-dl3" in files["SVG"].read_bytes()
    assert files["PNG"].read_bytes().startswith(b"\x89PNG")
    rows = list(csv.DictReader(io.StringIO(files["CSV"].read_text(encoding="utf-8"))))
    assert rows[0]["location"] == DL3
    document = json.loads(files["PROV-JSON"].read_text(encoding="utf-8"))
    assert len(document["activity"]) == sum(row["kind"] == "activity" for row in rows)
    store = open_sqlite(f"sqlite:///{tmp_path / 'again.db'}")
    [report] = load(store, [str(files["PROV-JSON"])])
    assert (report.status, report.problems) == ("loaded", ())
    again = lineage(store, find(store, DL3))
    store.close()
    assert len(again.nodes) == len(rows)
    assert len(again.edges) == sum(
        len(statements)
        for relation, statements in document.items()
        if relation not in ("prefix", "entity", "activity", "agent")
    )


def test_who_narrows_a_search_is_back_at_its_first_page(page: "Page") -> None:
    page.goto("/#/search?kind=entity")
    page.get_by_role("link", name="Next page").click()
    page.get_by_role("status").filter(has_text="here 51 to 100").wait_for()
    page.get_by_label("Below the folder").fill("/data/ctao")
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="here 1 to 50").wait_for()
    assert "from=" not in page.url


def test_two_files_are_compared(page: "Page") -> None:
    page.goto(COMPARISON)
    field = page.get_by_role("combobox", name="File B")
    field.fill("run00101.dl2")
    page.get_by_role("option").first.click()
    page.locator(".verdict").filter(has_text="alike").wait_for()
    assert "b=" in page.url


def test_a_name_that_is_not_found_offers_near_ones(page: "Page") -> None:
    page.goto("/#/history?of=run02001.dl3.fit")
    page.get_by_role("link", name="run02001.dl3.fits").click()
    assert any("run02001.dl3.fits" in each for each in _boxes(page))


def test_an_empty_store_says_what_to_do(page: "Page", tmp_path: Path) -> None:
    store = open_sqlite(f"sqlite:///{tmp_path / 'empty.db'}")
    with served(store) as empty:
        page.goto(str(empty.base_url))
        page.get_by_role("heading", name="Nothing is loaded yet").wait_for()
        assert "provgraph demo" in page.locator("main").inner_text()
    store.close()


def test_a_curator_marks_a_file_and_takes_that_back(page: "Page", tmp_path: Path) -> None:
    store = open_sqlite(f"sqlite:///{tmp_path / 'store.db'}")
    list(load(store, [str(LOGS / "dl3_run02001.provlog")]))
    described: Mapping[str, Mapping[str, Value]] = {
        "CreateDL3.gammaness_margin": {"default": 0.5},
        "CreateDL3.quiet": {"default": False},
    }
    describe(store, ToolDescription("create-dl3", None, {}, described), None)
    tokens = TokenFile(tmp_path / "tokens.json")
    access = AccessSettings(tokens.path, anonymous_read=True)
    with served(store, Reception(access=access)) as client:
        page.goto(f"{client.base_url}{FLOWCHART}")
        page.locator("summary", has_text="Sign in").click()
        page.get_by_label("Access token").fill(tokens.add("ana", Role.CURATOR))
        page.keyboard.press("Enter")
        page.locator("summary", has_text="ana").wait_for()
        page.locator(".box[aria-label*='create-dl3']").click()
        panel = page.get_by_role("complementary", name="Record")
        assert "default 0.5" in panel.get_by_role("table").first.inner_text()
        assert panel.get_by_text("CreateDL3.quiet").is_hidden()
        panel.get_by_role("button", name="dl3.yaml", exact=True).click()
        panel.locator(".marking summary").click()
        panel.get_by_label("Why").fill("wrong gains")
        panel.get_by_role("button", name="Mark as invalid").click()
        panel.get_by_text("wrong gains (token ana)").wait_for()
        page.locator(".trust").get_by_text("1 invalid record").wait_for()
        page.locator(".box[aria-label*='dl3.fits'][aria-label*='tainted']").wait_for()
        found = obstacles(page)
        page.get_by_role("link", name="Tainted").click()
        row = page.get_by_role("row").filter(has_text="run02001.dl3.fits")
        assert "dl3.yaml" in row.inner_text()
        found += obstacles(page)
        page.get_by_role("link", name="Invalid", exact=True).click()
        page.get_by_role("row").filter(has_text="wrong gains").wait_for()
        assert found + obstacles(page) == []
        page.get_by_role("link", name="dl3.yaml").click()
        panel.locator("summary", has_text="Take the mark back").click()
        panel.get_by_role("button", name="Take it back").click()
        panel.get_by_text("It is no longer marked").wait_for()
        page.get_by_role("link", name="Invalid", exact=True).click()
        page.get_by_text("Nothing is marked").wait_for()
    store.close()


def test_nothing_keeps_anyone_out(page: "Page") -> None:
    views = (
        ("/", "table"),
        ("/#/search?kind=entity&level=DL3", "table"),
        (f"{COMPARISON}&b=run00101.dl2.h5", ".verdict"),
        (f"/#/versions?path={quote(DL3)}", "table"),
        (f"{FLOWCHART}&depth=4&view=table", "table"),
        (f"{FLOWCHART}&depth=4&record=2f40ac73-6c59-489f-b40f-081b9bcac17d", ".panel table"),
    )
    found = {}
    for path, shown in views:
        page.goto(path)
        page.locator(f"{shown}, .trouble").filter(visible=True).first.wait_for()
        assert page.locator(".trouble").all_inner_texts() == [], path
        found[path] = obstacles(page)
        page.emulate_media(color_scheme="dark")
        found[f"{path} in the dark"] = obstacles(page, "color-contrast")
        page.emulate_media(color_scheme="light")
    assert not any(found.values()), found


def test_a_phone(browser: "Browser", address: str) -> None:
    window = browser.new_context(
        base_url=address, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    page = window.new_page()
    for path in ("/", "/#/search?kind=activity", "/#/compare", FLOWCHART):
        page.goto(path)
        page.locator("main table, main .sides, svg .box").first.wait_for()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, path
    page.locator("svg .box").first.wait_for()
    page.locator(".box[aria-label*='run02001.dl3.fits']").first.tap()
    page.get_by_role("complementary", name="Record").get_by_text("Identifiers").wait_for()
    window.close()
