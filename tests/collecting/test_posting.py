"""Sources are sent to a server: by ``load --to``, and from a spool; nothing is lost meanwhile."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import httpx
import pytest
from click.testing import CliRunner, Result

from provgraph.collecting.delivery import deliver
from provgraph.collecting.posting import LoadServer, Parcel
from provgraph.collecting.spool import put_in_spool, waiting_items
from provgraph.commands.main import main
from provgraph.errors import LoadError, LoginError, SettingsError, StoreError, UnreachableError
from provgraph.ingest.loading import load
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.web.test_loads import loading

LOG = LOGS / "run02001.provlog"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store, tmp_path: Path) -> Iterator[httpx.Client]:
    """A server that loads, and a token for it."""
    with loading(store, tmp_path) as found:
        yield found


def url_of(client: httpx.Client) -> str:
    return str(client.base_url).rstrip("/")


def token_of(client: httpx.Client) -> str:
    return client.headers["authorization"].removeprefix("Bearer ")


def run(client: httpx.Client, *arguments: str) -> Result:
    environment = {"PROVGRAPH_TOKEN": token_of(client)}
    return CliRunner().invoke(
        main, ["load", "--to", url_of(client), "--json", *arguments], env=environment
    )


def test_load_to_a_server(client: httpx.Client, store: Store, tmp_path: Path) -> None:
    (folder := tmp_path / "logs").mkdir()
    (folder / "a.provlog").write_bytes(LOG.read_bytes())
    (folder / "notes.txt").write_text("none of ours")
    done = run(client, str(folder))
    assert done.exit_code == 0, done.output
    (report,) = map(json.loads, done.stdout.splitlines())
    assert (report["status"], report["source"]) == ("loaded", str(folder / "a.provlog"))
    (report,) = map(json.loads, run(client, str(folder)).stdout.splitlines())
    assert report["status"] == "unchanged"
    assert [each.source for each in store.loads()] == [str(folder / "a.provlog")]


def test_what_is_refused_has_its_report(client: httpx.Client, tmp_path: Path) -> None:
    (junk := tmp_path / "junk").write_bytes(b"\x00junk")
    done = run(client, str(junk), str(LOG))
    assert done.exit_code == 1
    reports = [json.loads(line)["status"] for line in done.stdout.splitlines()]
    assert reports == ["refused", "loaded"]


def test_relative_names_mean_the_same_as_in_a_local_load(
    client: httpx.Client, store: Store, tmp_path: Path
) -> None:
    (file := tmp_path / "doc.ttl").write_text(
        "@prefix prov: <http://www.w3.org/ns/prov#> . <out.txt> a prov:Entity ."
    )
    local = open_store(f"sqlite:///{tmp_path / 'local.db'}")
    list(load(local, [str(file)]))
    assert run(client, str(file)).exit_code == 0
    assert sorted(store.scan(), key=repr) == sorted(local.scan(), key=repr)
    local.close()


def test_a_spool_is_delivered_to_a_server(
    client: httpx.Client, store: Store, tmp_path: Path
) -> None:
    url = url_of(client)
    spool = tmp_path / "spool"
    for name in ("/scratch/a.provlog", "/scratch/b.provlog"):
        put_in_spool(
            spool,
            LOG.read_bytes() + b" " * len(name),
            name,
            namespace="worker",
            format_name=None,
            store=url,
        )
    server = LoadServer(url, token_of(client))
    reports = list(deliver(server, spool, url))
    assert {report.status for report in reports} <= {"loaded", "unchanged"}
    assert waiting_items(spool) == []
    assert store.loads()[0].namespace == "worker"


def test_a_token_that_may_not_load(client: httpx.Client) -> None:
    for token in (None, "provgraph_wrong"):
        with pytest.raises(LoginError, match="PROVGRAPH_TOKEN"):
            LoadServer(url_of(client), token).load(LOG, Parcel("x", "default"))


class Moody(BaseHTTPRequestHandler):
    """A server that says one status after the other."""

    answers: ClassVar[list[tuple[int, str]]] = []
    bodies: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        status, text = self.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


REPORT = json.dumps(
    {
        "source": "x",
        "format": "ctapipe",
        "status": "loaded",
        "load": "1",
        "sha256": "0",
        "activities": 1,
        "entities": 0,
        "agents": 0,
        "relations": 0,
        "problems": [],
    }
)


@pytest.fixture
def moody(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr("provgraph.collecting.posting._FIRST_PAUSE", 0.001)
    monkeypatch.setattr("provgraph.collecting.posting._LONGEST_PAUSE", 0.001)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Moody)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_server_that_is_busy_is_asked_again_with_the_same(moody: str) -> None:
    Moody.bodies.clear()
    Moody.answers[:] = [(503, ""), (429, ""), (502, ""), (200, REPORT)]
    (report,) = LoadServer(moody, None).load(b"a log", Parcel("x", "default"))
    assert report.status == "loaded"
    assert len(Moody.bodies) == 4
    assert len(set(Moody.bodies)) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, "{}"), LoginError),
        ((403, '{"errors": [{"message": "no"}]}'), LoginError),
        ((413, "too long"), LoadError),
        ((404, "no such page"), StoreError),
        ((500, ""), StoreError),
        ((200, "<html>"), StoreError),
        ((200, "{}"), StoreError),
    ],
)
def test_answers_that_are_final(moody: str, answer: tuple[int, str], error: type) -> None:
    Moody.answers[:] = [answer]
    with pytest.raises(error):
        LoadServer(moody, None).load(b"a log", Parcel("x", "default"))
    assert Moody.answers == []


def test_a_server_that_is_away() -> None:
    with pytest.raises(UnreachableError) as raised:
        LoadServer("http://127.0.0.1:9", None, patience=0).load(b"", Parcel("x", "default"))
    assert raised.value.exit_code == 3


@pytest.mark.parametrize("url", ["", "https://", "ftp://host", "http://u:p@host", "http://h:x/"])
def test_what_is_no_server(url: str) -> None:
    with pytest.raises(SettingsError):
        LoadServer(url, None)
