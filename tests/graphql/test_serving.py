"""The application as a server: pages, health, metrics, who may call it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from provgraph.errors import SettingsError, UnreachableError
from provgraph.graphql.endpoint import RESPONSE_TYPE
from provgraph.store.protocol import Store
from provgraph.web.app import is_loopback, serve
from tests.graphql.conftest import asked, served
from tests.graphql.test_failures import Failing

SERVE = """
import sys
import time
from provgraph.web.app import serve
from provgraph.store.relational import open_sqlite
serve(open_sqlite(sys.argv[1]), sys.argv[2], 0, insecure=len(sys.argv) > 3)
"""


@contextmanager
def process(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server of its own process, and the URL that it says."""
    command = [sys.executable, "-c", SERVE, *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        said = running.stderr.readline()
        try:
            yield re.findall(r"http://\S+", said)[0], running
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(20)


def test_a_server_process_answers_and_ends(store_url: str) -> None:
    with process(store_url, "127.0.0.1") as (url, running), httpx.Client(base_url=url) as client:
        answer = asked(
            client,
            '{ whatProduced(file: "/data/ctao/dl3/run02001.dl3.fits") { activities { id } } }',
        )
        assert len(answer["data"]["whatProduced"]["activities"]) == 27
    assert running.returncode == 0


def test_small_answers_are_sent_at_once(client: httpx.Client) -> None:
    started = time.monotonic()
    for _ in range(20):
        asked(client, "{ stats { agents } }")
    assert time.monotonic() - started < 20 * 0.04


def test_other_machines_only_when_told(store: Store) -> None:
    with pytest.raises(SettingsError, match="--insecure") as raised:
        serve(store, "0.0.0.0", 0)
    assert raised.value.exit_code == 2


def test_insecure_still_checks_the_host_header(store_url: str) -> None:
    with process(store_url, "0.0.0.0", "insecure") as (url, _), httpx.Client() as client:
        port = httpx.URL(url).port
        at = f"http://127.0.0.1:{port}/healthz"
        assert client.get(at).status_code == 200
        assert client.get(at, headers={"host": f"{socket.gethostname()}:{port}"}).status_code == 200
        assert client.get(at, headers={"host": "rebound.example"}).status_code == 400


def test_a_port_in_use(store: Store) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        pytest.raises(SettingsError, match="--port"),
    ):
        serve(store, "127.0.0.1", other.getsockname()[1])


@pytest.mark.parametrize("host", ["no-such-host.invalid", "256.1.1.1"])
def test_an_address_that_is_none(store: Store, host: str) -> None:
    with pytest.raises(SettingsError, match="can't listen"):
        serve(store, host, 0, insecure=True)


def test_loopback() -> None:
    assert all(map(is_loopback, ["localhost", "127.0.0.1", "127.8.8.8", "::1"]))
    assert not any(map(is_loopback, ["0.0.0.0", "::", "example.org", "10.0.0.1", ""]))


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
    assert "/graphql" in client.get("/").text
    graphiql = client.get("/graphql", headers={"accept": "text/html"})
    assert "GraphiQL" in graphiql.text
    assert client.get("/docs").status_code == client.get("/openapi.json").status_code == 404


def test_queries_by_get_and_no_mutations(client: httpx.Client) -> None:
    assert client.get("/graphql", params={"query": "{ stats { agents } }"}).json() == {
        "data": {"stats": {"agents": 0}}
    }
    refused = client.get("/graphql", params={"query": "mutation { x }"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_forms_of_other_sites_are_refused(client: httpx.Client, content_type: str) -> None:
    response = client.post(
        "/graphql",
        content=b'{"query": "{ stats { agents } }"}',
        headers={"content-type": content_type},
    )
    assert response.status_code == 400


def test_the_drafts_media_type(client: httpx.Client) -> None:
    headers = {"accept": RESPONSE_TYPE}
    fine = client.post("/graphql", json={"query": "{ stats { agents } }"}, headers=headers)
    partial = client.post(
        "/graphql", json={"query": '{ entity(id: "nowhere") { id } }'}, headers=headers
    )
    refused = client.post("/graphql", json={"query": "{ nothing }"}, headers=headers)
    assert [each.status_code for each in (fine, partial, refused)] == [200, 200, 400]
    assert all(each.headers["content-type"] == RESPONSE_TYPE for each in (fine, partial, refused))


def test_health(client: httpx.Client) -> None:
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    with served(Failing(UnreachableError("gone"))) as without_store:
        assert without_store.get("/healthz").status_code == 200
        assert without_store.get("/readyz").status_code == 503


def test_metrics(client: httpx.Client) -> None:
    asked(client, "{ stats { agents } }")
    client.get("/no/such/page")
    text = client.get("/metrics").text
    assert 'provgraph_http_requests_total{method="POST",path="/graphql",status="200"} 1.0' in text
    assert 'provgraph_http_requests_total{method="GET",path="other",status="404"} 1.0' in text
    assert re.search(r'provgraph_info\{version="[^"]+"\} 1.0', text)


def test_no_descriptors_are_left(store: Store) -> None:
    query = '{ whatProduced(file: "/data/ctao/dl3/run02001.dl3.fits") { activities { used { role } } } }'
    with served(store) as client:
        asked(client, query)
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(20):
            asked(client, query)
        assert len(os.listdir("/proc/self/fd")) <= before + 1
