"""What a user does with the pages of jobs, in a real browser, with a server that runs them."""

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.web.browser import obstacles

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

SAID = {
    "name": "tell",
    "description": "<b>Tells</b> how often a word stands in a text.",
    "parameters": {
        "word": {"description": "What is counted.", "default": "sky"},
        "LD_times": {"valueType": "int", "min": 1, "max": 9, "description": "How often to say it."},
        "colour": {"options": ["red", "blue"], "default": "blue"},
    },
    "used": [{"role": "text", "description": "Where to look."}],
    "generated": [
        {"role": "report", "default": "report.txt", "contentType": "text/plain"},
        {"role": "picture", "default": "dot.svg", "contentType": "image/svg+xml"},
    ],
}
SCRIPT = """for n in $(seq "$times"); do echo "looking for $word in $colour"; done
grep -o -w -- "$word" "$text" | wc -l > "$report"
echo '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>' > "$picture"
"""


@pytest.fixture
def page(browser: "Browser", users: Callable[[str], httpx.Client]) -> Iterator["Page"]:
    """An empty tab of a window that nobody has signed in to; no script in it may fail."""
    window = browser.new_context(
        base_url=str(users("root").base_url), viewport={"width": 1280, "height": 900}
    )
    tab = window.new_page()
    tab.set_default_timeout(60_000)  # long, for a busy machine
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    yield tab
    window.close()
    assert not faults


def _nothing_keeps_anyone_out(page: "Page") -> None:
    """Neither by light nor in the dark, nor on a phone."""
    found = obstacles(page)
    page.emulate_media(color_scheme="dark")
    found += obstacles(page, "color-contrast")
    page.emulate_media(color_scheme="light")
    assert not found, page.url
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def _ended(page: "Page", phase: str) -> str:
    """The address of the job that is shown, once it has ended."""
    page.locator(".phase").filter(has_text=phase).wait_for()
    return page.url


def _token(client: httpx.Client) -> str:
    return client.headers["authorization"].partition(" ")[2]


def _sign_in(page: "Page", token: str) -> None:
    page.get_by_text("Sign in", exact=True).first.click()
    field = page.get_by_label("Access token").first
    field.fill("provgraph_nobody")
    field.press("Enter")
    page.get_by_role("alert").filter(has_text="no valid token").wait_for()
    field.fill(token)
    field.press("Enter")
    page.get_by_text("root", exact=True).wait_for()
    assert token not in page.url
    page.get_by_role("row").filter(has_text="draft").first.wait_for()
    _nothing_keeps_anyone_out(page)


def _write_a_definition(page: "Page") -> None:
    """With a mistake first; then it is saved and approved."""
    page.get_by_role("link", name="New definition").click()
    said = page.get_by_label("What is said of the job")
    text = json.dumps(SAID, indent=2)
    said.fill(text)
    page.get_by_label("Script").fill(SCRIPT)
    page.get_by_role("button", name="Save as a draft").click()
    line = 1 + text.splitlines().index('    "LD_times": {')
    wrong = page.get_by_role("alert").filter(has_text=f"Line {line}: tell: 'LD_times' can't be")
    wrong.wait_for()
    selected = "area => area.value.slice(area.selectionStart, area.selectionEnd)"
    assert said.evaluate(selected) == '    "LD_times": {'
    _nothing_keeps_anyone_out(page)
    said.fill(text.replace("LD_times", "times"))
    page.get_by_role("button", name="Check").click()
    page.get_by_text("Nothing is wrong with it").wait_for()
    page.get_by_role("button", name="Save as a draft").click()
    page.get_by_text("Saved as revision 1, a draft.").wait_for()
    page.get_by_role("button", name="Approve revision 1").click()
    page.get_by_text("Revision 1 is approved").wait_for()
    assert page.get_by_label("Script").input_value() == SCRIPT


def _fill_in(page: "Page") -> None:
    """What is needed is asked for."""
    page.get_by_text("<b>Tells</b> how often").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    assert page.locator("input:invalid").count() == 2  # how often, and the text
    _nothing_keeps_anyone_out(page)
    assert page.get_by_label("word").input_value() == "sky"
    page.get_by_label("times").fill("2")
    page.locator("input[type=file]").set_input_files(
        {"name": "sea.txt", "mimeType": "text/plain", "buffer": b"sky over sea, sea, sea\n"}
    )
    page.get_by_role("button", name="Run", exact=True).click()


def test_from_a_definition_to_the_flowchart_of_a_job(
    page: "Page", users: Callable[[str], httpx.Client]
) -> None:
    page.goto("/#/definitions")
    _sign_in(page, _token(users("root")))
    _write_a_definition(page)
    page.get_by_role("link", name="Run it").click()
    _fill_in(page)
    first = _ended(page, "COMPLETED")
    page.get_by_role("region", name="report").filter(has_text=re.compile(r"^1\s*$")).wait_for()
    log = page.get_by_role("region", name="stdout")
    assert log.inner_text().split("\n")[:2] == ["looking for sky in blue"] * 2
    page.get_by_role("img", name="The result picture").wait_for()
    page.locator("svg .box[aria-label*='sea.txt']").wait_for()
    _nothing_keeps_anyone_out(page)

    page.get_by_role("link", name="Run again with other values").click()
    page.get_by_label("word").fill("sea")
    assert page.get_by_label("times").input_value() == "2"
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile(r"#/job\?"))
    assert _ended(page, "COMPLETED") != first
    page.get_by_role("region", name="report").filter(has_text=re.compile(r"^3\s*$")).wait_for()
    page.get_by_role("link", name="Flowchart").click()
    page.get_by_role(
        "heading", name=re.compile("^What led to, and what was made from tell")
    ).wait_for()
    page.locator("svg .box[aria-label*='report.txt']").wait_for()


def test_a_job_is_aborted_and_deleted(page: "Page", users: Callable[[str], httpx.Client]) -> None:
    token = json.dumps(_token(users("alice")))
    page.add_init_script(f"sessionStorage.setItem('provgraph.token', {token})")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/#/run?job=slow")
    page.get_by_role("button", name="Create, and run it later").click()
    page.get_by_text("It waits for you to run it.").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator(".phase").filter(has_text="EXECUTING").wait_for()
    page.get_by_role("button", name="Abort").click()
    _ended(page, "ABORTED")
    page.get_by_role("navigation", name="Jobs").get_by_role("link", name="Jobs").click()
    page.get_by_label("Definition").select_option("slow")
    page.get_by_label("Phase").select_option("ABORTED")
    _nothing_keeps_anyone_out(page)
    page.get_by_role("link", name="slow").click()
    page.get_by_role("button", name="Delete …").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("Its files are removed; its provenance stays.").wait_for()
    page.get_by_role("navigation", name="Jobs").get_by_role("link", name="Jobs").click()
    page.get_by_text("You have no jobs yet").wait_for()
    assert len([each for each in asked if "/uws/slow/" in each]) < 25  # it waits, and asks seldom
