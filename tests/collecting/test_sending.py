"""Small sources travel together, each has its report, and one that is bad keeps no other back."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Semaphore
from typing import Any

import httpx
import pytest
from typing_extensions import override

from provgraph.collecting import sending
from provgraph.collecting.posting import Body, LoadServer, packed_together
from provgraph.collecting.sending import send
from provgraph.errors import LoadError, UnreachableError
from provgraph.ingest.loading import load
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
    monkeypatch.setattr(sending, "_FIRST_SOURCES", most)
    (junk := tmp_path / "junk").write_bytes(b"\0")
    names = [str(junk), str(folder), str(tmp_path / "nothing"), str(junk)]
    local = open_store(f"sqlite:///{tmp_path / 'local.db'}")
    reports = [(each.source, each.status) for each in load(local, names)]
    assert _sent(server, *names) == reports
    assert sorted(store.scan(), key=repr) == sorted(local.scan(), key=repr)
    local.close()


@pytest.mark.parametrize(
    ("owner", "name"), [(LoadServer, "load_together"), (sending, "packed_together")]
)
def test_what_does_not_travel_together_travels_one_by_one(
    server: LoadServer, folder: Path, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    """An older server knows no shipments; a source can be gone before it is packed."""

    def refused(*_: object) -> list[Report]:
        raise LoadError("415")

    monkeypatch.setattr(owner, name, refused)
    assert {status for _, status in _sent(server, str(folder))} == {"loaded"}


class Slow(LoadServer):
    """A server that loads a shipment as long as the next is not packed."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__("http://127.0.0.1:9", None)
        self.bodies: list[Body] = []
        self.took: list[int] = []
        self.packed = Semaphore(0)
        self._error = error

    @override
    def load_together(self, shipment: Body, count: int) -> list[Report]:
        self.took.append(count)
        if len(self.took) < (3 if self._error is None else 2):
            assert self.packed.acquire(timeout=60)
        if self._error is not None:
            raise self._error
        return [Report("x", None, "loaded")] * count


@pytest.fixture
def packing(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Callable[[Slow], str]:
    """Eight logs, in shipments of two, then of three."""
    monkeypatch.setattr(sending, "_FIRST_SOURCES", 2)
    monkeypatch.setattr(sending, "_SOURCES", 3)
    for number in range(5):
        shutil.copy(LOGS / "run02001.provlog", folder / f"{number}.provlog")

    def tell(server: Slow) -> str:
        def pack(*said: Any) -> Body:
            if server.bodies:
                server.packed.release()
            server.bodies.append(packed_together(*said))
            return server.bodies[-1]

        monkeypatch.setattr(sending, "packed_together", pack)
        return str(folder)

    return tell


def test_the_next_shipment_is_packed_while_one_is_loaded(packing: Callable[[Slow], str]) -> None:
    server = Slow()
    assert len(_sent(server, packing(server))) == 8
    assert server.took == [2, 3, 3]
    assert all(each.file.closed for each in server.bodies)


def test_nothing_is_sent_behind_a_shipment_that_failed(packing: Callable[[Slow], str]) -> None:
    """A server that is away would keep who sends waiting for each of them."""
    server = Slow(UnreachableError("away"))
    with pytest.raises(UnreachableError):
        _sent(server, packing(server))
    assert server.took == [2]
    assert all(each.file.closed for each in server.bodies)
