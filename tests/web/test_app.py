"""The pages of the web application, and who may call it."""

import re

import httpx
import pytest

from provgraph.server_settings import ServingLimits


@pytest.mark.parametrize(
    "host", ["rebound.example", "localhost.rebound.example", "localhost@rebound.example", ""]
)
@pytest.mark.parametrize("path", ["/", "/graphql", "/healthz", "/metrics"])
def test_host_header(client: httpx.Client, host: str, path: str) -> None:
    assert client.get(path, headers={"host": host}).status_code == 400


def test_loopback_names_are_allowed(client: httpx.Client) -> None:
    for host in ("localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000"):
        assert client.get("/healthz", headers={"host": host}).status_code == 200


def test_pages(client: httpx.Client) -> None:
    graphiql = client.get("/graphql", headers={"accept": "text/html"})
    assert "GraphiQL" in graphiql.text


def test_a_request_too_large(client: httpx.Client) -> None:
    response = client.post(
        "/graphql",
        content=b" " * (ServingLimits().body + 1),
        headers={"content-type": "application/json"},
    )
    assert response.status_code == 413
    assert response.json()["errors"][0]["extensions"] == {"code": "TOO_LARGE"}


def test_pages_are_made_of_files_of_the_server_alone(client: httpx.Client) -> None:
    """So GraphiQL works without internet, and under a policy that allows nothing else."""
    page = client.get("/graphql", headers={"accept": "text/html"})
    files = re.findall(r'(?:src|href)="(static/[^"]+)"', page.text)
    assert files
    assert not re.search(r"//|style=|<style|<script>|\son\w+=", page.text)
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for file in files:
        assert client.get(f"/{file}").headers["content-type"].startswith(("text/", "image/"))
    style = client.get("/static/graphiql.css").text
    assert "@import" not in style
    assert set(re.findall(r"url\((\w+:)", style)) <= {"data:"}
    assert "graphiql 4" in client.get("/static/graphiql.LICENSES.txt").text


def test_headers_for_browsers(client: httpx.Client) -> None:
    for path in ("/", "/healthz", "/no/such/page", "/static/graphiql.js"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "strict-transport-security" not in headers
    assert client.get("/healthz").headers["cache-control"] == "no-store"
