"""The application as a server: where it listens, and that it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from provgraph.errors import SettingsError
from provgraph.store.protocol import Store
from provgraph.web.server import Listening, is_loopback, listening, serve
from tests.graphql.conftest import asked, served

SERVE = """
import sys
import time
from provgraph.commands.serving import serve_store
from provgraph.store.relational.store import open_sqlite
from provgraph.web.app import Reception
from provgraph.web.server import Listening, allowed_hosts
hosts = allowed_hosts(sys.argv[2])
serve_store(open_sqlite(sys.argv[1]), Listening(sys.argv[2], 0), Reception(hosts))
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


async def nobody(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers nothing."""


@pytest.mark.slow
def test_a_server_process_answers_and_ends(store_url: str) -> None:
    with process(store_url, "127.0.0.1") as (url, running), httpx.Client(base_url=url) as client:
        answer = asked(
            client,
            '{ whatProduced(file: "/data/ctao/dl3/run02001.dl3.fits") { activities { id } } }',
        )
        assert len(answer["data"]["whatProduced"]["activities"]) == 27
    assert running.returncode == 0


def test_small_answers_are_sent_at_once() -> None:
    """Else each waits for what the client says to the one before: 40 ms."""
    with (
        listening("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.slow
def test_the_host_header_is_checked_at_every_address(store_url: str) -> None:
    with process(store_url, "0.0.0.0") as (url, _), httpx.Client() as client:
        port = httpx.URL(url).port
        at = f"http://127.0.0.1:{port}/healthz"
        assert client.get(at).status_code == 200
        assert client.get(at, headers={"host": f"{socket.gethostname()}:{port}"}).status_code == 200
        assert client.get(at, headers={"host": "rebound.example"}).status_code == 400


def test_a_port_in_use() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        pytest.raises(SettingsError, match="--port"),
    ):
        serve(nobody, Listening("127.0.0.1", other.getsockname()[1]))


@pytest.mark.parametrize("host", ["no-such-host.invalid", "256.1.1.1"])
def test_an_address_that_is_none(host: str) -> None:
    with pytest.raises(SettingsError, match="can't listen"):
        serve(nobody, Listening(host, 0))


def test_loopback() -> None:
    assert all(map(is_loopback, ["localhost", "127.0.0.1", "127.8.8.8", "::1"]))
    assert not any(map(is_loopback, ["0.0.0.0", "::", "example.org", "10.0.0.1", ""]))


def test_no_descriptors_are_left(store: Store) -> None:
    query = (
        '{ whatProduced(file: "/data/ctao/dl3/run02001.dl3.fits") '
        "{ activities { used { role } } } }"
    )
    with served(store) as client:
        asked(client, query)
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(20):
            asked(client, query)
        assert len(os.listdir("/proc/self/fd")) <= before + 1


def test_only_named_proxies_are_believed() -> None:
    assert Listening().settings()["proxy_headers"] is False
    behind = Listening(proxies=("10.0.0.1", "10.1.0.0/16")).settings()
    assert behind["proxy_headers"] is True
    assert behind["forwarded_allow_ips"] == ["10.0.0.1", "10.1.0.0/16"]


def test_a_certificate_that_is_none(tmp_path: Path) -> None:
    (file := tmp_path / "cert.pem").write_text("no certificate")
    with pytest.raises(SettingsError, match="--tls-cert") as raised:
        Listening(certificate=file).settings()
    assert raised.value.exit_code == 2
