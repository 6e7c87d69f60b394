"""Small sources travel together, each has its report, and one that is bad keeps no other back."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from provgraph.collecting import sending
from provgraph.collecting.posting import LoadServer
from provgraph.collecting.sending import send
from provgraph.errors import LoadError
from provgraph.ingest.loading import load
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import Report
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.web.test_loads import loading


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture
def server(store: Store, tmp_path: Path) -> Iterator[LoadServer]:
    """A server that loads."""
    with loading(store, tmp_path) as client:
        yield LoadServer(str(client.base_url), _token(client))


def _token(client: httpx.Client) -> str:
    return client.headers["authorization"].removeprefix("Bearer ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Logs, and a file that no loader reads between them."""
    (folder := tmp_path / "logs").mkdir()
    for name in ("run02001.provlog", "run02002.provlog", "train_energy.provlog"):
        shutil.copy(LOGS / name, folder)
    (folder / "run02001.txt").write_text("a stranger")
    return folder


def _sent(server: LoadServer, *names: str) -> list[tuple[str, str]]:
    reports = send(server, names, format_name=None, namespace="default")
    return [(each.source, each.status) for each in reports]


@pytest.mark.parametrize("most", [2, 100])
def test_the_store_and_the_reports_are_those_of_a_local_load(
    server: LoadServer,
    store: Store,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
) -> None:
    monkeypatch.setattr(sending, "_SOURCES", most)
    (junk := tmp_path / "junk").write_bytes(b"\0")
    names = [str(junk), str(folder), str(tmp_path / "nothing"), str(junk)]
    local = open_store(f"sqlite:///{tmp_path / 'local.db'}")
    reports = [(each.source, each.status) for each in load(local, names)]
    assert _sent(server, *names) == reports
    assert sorted(store.scan(), key=repr) == sorted(local.scan(), key=repr)
    local.close()


def test_a_server_that_takes_one_by_one(
    server: LoadServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older one knows no shipments."""

    def refused(self: LoadServer, sources: Sequence[Source], *rest: object) -> list[Report]:
        raise LoadError("415")

    monkeypatch.setattr(LoadServer, "load_together", refused)
    assert {status for _, status in _sent(server, str(folder))} == {"loaded"}
