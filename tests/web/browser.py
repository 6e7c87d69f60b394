"""Chromium, as Debian has it, steered by Playwright: for tests of the page alone."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.services import ServiceUnavailable

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: The sources of the page, with the tools that `make page` installs there.
SOURCES = Path(__file__).parents[2] / "page"
#: Nothing is fetched but what the tests ask for. Without a sandbox root may start it, too.
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A browser, for all tests that need one.

    Raises:
        ServiceUnavailable: there is no Chromium, or no Playwright.
    """
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise ServiceUnavailable(
            "no Chromium",
            where=" or ".join(_PROGRAMS),
            todo="install it (Debian: apt-get install chromium)",
        )
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415
    except ImportError as error:
        raise ServiceUnavailable(
            "no Playwright", where="playwright", todo="install it: pip install playwright"
        ) from error
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_OPTIONS)
        yield browser
        browser.close()


def axe() -> str:
    """The script of axe-core, which looks for what keeps people from using a page.

    Raises:
        ServiceUnavailable: the tools of the page are not installed.
    """
    script = SOURCES / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        raise ServiceUnavailable("no axe-core", where=str(script), todo="make page")
    return script.read_text(encoding="utf-8")


def obstacles(page: "Page", *rules: str) -> list[str]:
    """What axe-core finds on a page (WCAG 2.1, levels A and AA, and good practice).

    Args:
        page: the tab.
        rules: the rules to look for; all without them.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe())
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    found = page.evaluate("options => axe.run(options)", options)
    return [
        f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]
    ]
