"""The files of the page, as the server hands them out."""

import gzip
import re

import httpx
import pytest

from provgraph.web.security import POLICY
from tests.web.test_page_build import BUNDLE


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


@pytest.mark.parametrize("asked", ["gzip", "identity"])
def test_texts_go_compressed_to_whoever_reads_that(asked: str, client: httpx.Client) -> None:
    whole = (BUNDLE / "assets" / "elk-worker.min.js").read_bytes()
    told = {"accept-encoding": asked}
    with client.stream("GET", "/assets/elk-worker.min.js", headers=told) as answer:
        sent = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding", "identity") == asked
    assert (gzip.decompress(sent) if asked == "gzip" else sent) == whole
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "accept-encoding"
    assert len(sent) < 500_000 or asked == "identity"
    told["if-none-match"] = answer.headers["etag"]
    assert client.get("/assets/elk-worker.min.js", headers=told).status_code == 304


def test_a_part_of_a_file_is_one_of_its_own_bytes(client: httpx.Client) -> None:
    part = client.get("/assets/page.js", headers={"range": "bytes=0-9", "accept-encoding": "gzip"})
    assert part.status_code == 206
    assert part.content == (BUNDLE / "assets" / "page.js").read_bytes()[:10]
