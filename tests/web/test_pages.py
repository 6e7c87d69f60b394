"""The files of the page, as the server hands them out."""

import re

import httpx
import pytest

from provgraph.web.security import POLICY


def test_the_page_and_all_that_it_names(client: httpx.Client) -> None:
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    named = re.findall(r'(?:src|href)="\./([^"]+)"', page.text)
    assert {name.rpartition(".")[2] for name in named} == {"js", "css", "svg"}
    for name in named:
        assert client.get(f"/{name}").status_code == 200, name


@pytest.mark.parametrize("path", ["/", "/assets/page.js", "/assets/elk-worker.min.js"])
def test_a_browser_may_do_nothing_but_what_the_page_needs(path: str, client: httpx.Client) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert "//" not in POLICY  # no other host
    assert headers["x-content-type-options"] == "nosniff"


def test_nothing_stands_in_the_document_that_the_policy_forbids(client: httpx.Client) -> None:
    page = client.get("/").text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|https?://", page)


def test_files_that_did_not_change_are_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/assets/page.js")
    again = client.get("/assets/page.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/assets/../app.py").status_code == 404
    assert client.get("/assets/missing.js").status_code == 404
