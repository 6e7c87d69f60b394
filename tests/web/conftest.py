"""The corpus in an embedded store, a client of a real server on the store, and a browser."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from provgraph.store.relational.store import open_sqlite
from tests.conftest import missing
from tests.graphql.conftest import client, served, store, store_url
from tests.services import ServiceUnavailable
from tests.web.browser import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["client", "store", "store_url"]


@pytest.fixture(scope="session")
def address(store_url: str) -> Iterator[str]:
    """The address of a server on the corpus."""
    opened = open_sqlite(store_url)
    with served(opened) as asked:
        yield str(asked.base_url)
    opened.close()


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A browser for the tests of one module.

    Playwright runs an event loop in this thread as long as the browser is open: tests of other
    modules can't run theirs meanwhile.
    """
    try:
        with chromium() as started:
            yield started
    except ServiceUnavailable as error:
        missing(error)


@pytest.fixture
def page(browser: "Browser", address: str) -> Iterator["Page"]:
    """An empty tab of a window that remembers nothing; no script in it may fail."""
    window = browser.new_context(
        base_url=address, viewport={"width": 1360, "height": 850}, accept_downloads=True
    )
    tab = window.new_page()
    tab.set_default_timeout(60_000)  # long, for a busy machine
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on(
        "console",
        lambda said: faults.append(said.text) if said.type == "error" else None,
    )
    yield tab
    window.close()
    assert not faults
