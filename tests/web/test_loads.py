"""``POST /load``: what is sent is loaded once, within limits, and the report is the answer."""

import base64
import gzip
import hashlib
import json
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from provgraph.api import Provenance
from provgraph.collecting.shipment import MOST_SOURCES
from provgraph.errors import StoreError, UnreachableError
from provgraph.ingest.describing import approve, describe
from provgraph.ingest.loading import load
from provgraph.jobs.definitions import known_jobs
from provgraph.model.descriptions import ToolDescription
from provgraph.server_settings import ServingLimits
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.roles import Role
from provgraph.web.tokens import TokenFile
from tests.conftest import LOGS
from tests.graphql.conftest import served
from tests.graphql.test_failures import Failing

LOG = (LOGS / "run02001.provlog").read_bytes()
SENT = {"content-type": "application/octet-stream"}
#: What the loads of a store hold, but for times and ids.
Loaded = set[tuple[str, str, str]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.close()


@contextmanager
def loading(store: Any, tmp_path: Path, **limits: int) -> Iterator[httpx.Client]:
    """A client that may load."""
    file = TokenFile(tmp_path / "tokens.json")
    token = file.add("night", Role.LOADER)
    access = AccessSettings(file.path)
    with served(store, Reception(limits=ServingLimits(**limits), access=access)) as client:
        client.headers["authorization"] = f"Bearer {token}"
        yield client


def test_a_source_is_loaded_once(store: Store, tmp_path: Path) -> None:
    where = {"source": "/scratch/run.provlog", "namespace": "worker"}
    with loading(store, tmp_path) as client:
        first = client.post("/load", params=where, content=LOG, headers=SENT)
        again = client.post("/load", params=where, content=LOG, headers=SENT)
    report = first.json()
    assert (first.status_code, report["status"], report["problems"]) == (200, "loaded", [])
    assert report["source"] == "/scratch/run.provlog"
    assert report["sha256"] == hashlib.sha256(LOG).hexdigest()
    assert (again.json()["status"], again.json()["load"]) == ("unchanged", report["load"])
    (kept,) = store.loads()
    assert (kept.source, kept.namespace) == ("/scratch/run.provlog", "worker")
    assert kept.agent == "token night"


def test_the_graph_is_that_of_a_local_load(store: Store, tmp_path: Path) -> None:
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    logs = [LOGS / f"run0200{n}.provlog" for n in (1, 2)]
    list(load(other, map(str, logs)))
    with loading(store, tmp_path) as client:
        for log in logs:
            content = gzip.compress(log.read_bytes()[:5000]) + gzip.compress(
                log.read_bytes()[5000:]
            )
            packed = {**SENT, "content-encoding": "gzip"}
            answer = client.post("/load?source=x", content=content, headers=packed)
            assert answer.json()["status"] == "loaded"
    assert sorted(store.scan(), key=repr) == sorted(other.scan(), key=repr)
    assert {each.agent for each in other.loads()} == {None}
    other.close()


def test_what_can_not_be_read_is_a_report_too(store: Store, tmp_path: Path) -> None:
    with loading(store, tmp_path) as client:
        junk = client.post("/load", content=b"junk", headers=SENT)
        partial = client.post("/load", content=LOG[:-100], headers=SENT)
    assert (junk.status_code, junk.json()["status"]) == (422, "refused")
    assert (partial.status_code, partial.json()["status"]) == (200, "partial")
    assert partial.json()["problems"]


def _tar(*members: tuple[str, bytes]) -> bytes:
    """A tar file as other programs write it."""
    with BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            for name, content in members:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, BytesIO(content))
        return file.getvalue()


def _odd(**facts: Any) -> bytes:
    """A tar file of one member that is no plain file."""
    with BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            member = tarfile.TarInfo("x")
            for name, value in facts.items():
                setattr(member, name, value)
            tar.addfile(member)
        return file.getvalue()


TOGETHER = {"content-type": "application/x-tar"}


def test_sources_that_come_together_are_sources_of_their_own(store: Store, tmp_path: Path) -> None:
    several = _tar(("/data/a.provlog", LOG), ("../../junk", b"junk"), ("copy", LOG))
    with loading(store, tmp_path) as client:
        answer = client.post("/load?namespace=worker", content=several, headers=TOGETHER)
    reports = [json.loads(line) for line in answer.text.splitlines()]
    assert [(each["source"], each["status"]) for each in reports] == [
        ("/data/a.provlog", "loaded"),
        ("../../junk", "refused"),
        ("copy", "unchanged"),
    ]
    (kept,) = store.loads()
    assert (kept.source, kept.namespace, kept.agent) == ("/data/a.provlog", "worker", "token night")


def test_of_a_log_that_grew_only_the_end_is_read(store: Store, tmp_path: Path) -> None:
    """Also where it lies among others."""
    before = LOG[: LOG.index(b"\n]") + 2]
    with loading(store, tmp_path) as client:
        for several in (_tar(("a", before), ("b", b"[]")), _tar(("c", b"[] "), ("a", LOG))):
            answer = client.post("/load", content=several, headers=TOGETHER)
            assert {json.loads(line)["status"] for line in answer.text.splitlines()} == {"loaded"}
    loads = {each.id: each for each in store.loads()}
    (grown,) = (each for each in loads.values() if each.continues)
    assert grown.size == len(LOG)
    assert loads[grown.continues or ""].size == len(before)


def test_what_is_no_shipment_is_refused_whole(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provgraph.web.loads.MOST_BYTES", 1 << 20)
    several = _tar(("a", LOG), ("b", LOG))
    far = _odd(type=tarfile.SYMTYPE, linkname="/etc/passwd")
    sparse = _odd(pax_headers={"GNU.sparse.size": str(1 << 40), "GNU.sparse.map": "0,0"})
    cases = [
        LOG,
        several[:-12_000],
        _tar(("a", LOG + b" " * 100_000))[:-60_000],
        far,
        _odd(type=tarfile.DIRTYPE),
        sparse,
        _tar(*[("x", b"")] * (MOST_SOURCES + 1)),
    ]
    with loading(store, tmp_path) as client:
        for content in cases:
            answer = client.post("/load", content=content, headers=TOGETHER)
            assert answer.status_code == 400, content[:100]
            assert answer.json()["errors"][0]["message"]
        packed = {**TOGETHER, "content-encoding": "gzip"}
        bomb = gzip.compress(b"\0" * ((1 << 20) + 1))
        assert client.post("/load", content=bomb, headers=packed).status_code == 413
    assert not (tmp_path / "store.db").exists()


def test_what_is_refused_before_it_is_read(store: Store, tmp_path: Path) -> None:
    packed = gzip.compress(LOG)
    digest = base64.b64encode(hashlib.sha256(LOG).digest()).decode()
    cases: list[tuple[int, str, bytes, dict[str, str]]] = [
        (415, "", LOG, {"content-type": "text/plain"}),
        (415, "", LOG, {"content-type": "multipart/form-data"}),
        (415, "", LOG, {**SENT, "content-encoding": "br"}),
        (400, "", packed[:-20], {**SENT, "content-encoding": "gzip"}),
        (400, "", LOG, {**SENT, "content-encoding": "gzip"}),
        (400, "", LOG[:-1], {**SENT, "content-digest": f"sha-256=:{digest}:"}),
        (400, "?namespace=a/b", LOG, SENT),
        (400, "?format=nothing", LOG, SENT),
        (413, "", b"x" * 400_001, SENT),
        (413, "", gzip.compress(b"x" * 10_000_000), {**SENT, "content-encoding": "gzip"}),
    ]
    with loading(store, tmp_path, load=400_000) as client:
        for status, query, content, headers in cases:
            answer = client.post(f"/load{query}", content=content, headers=headers)
            assert answer.status_code == status, (query, headers, answer.text)
            assert answer.json()["errors"][0]["extensions"]["code"]
    assert not (tmp_path / "store.db").exists()


def test_what_is_sent_defines_no_job(store: Store, tmp_path: Path) -> None:
    """A script that counts as approved would be run by this server."""
    with Provenance(open_store("sqlite://")) as other:
        said = {"script": "id", "description": "Says who runs it."}
        describe(other.store, ToolDescription("job", "1", said), "Eve")
        approve(other.store, "job", "1", "Eve")
        document = "".join(other.export(format="prov-json"))
    with loading(store, tmp_path) as client:
        answer = client.post("/load", content=document, headers=SENT).json()
    assert answer["status"] == "partial"
    assert [each["where"] for each in answer["problems"]] == ["the description job_1"]
    assert known_jobs(store) == {}


def test_without_access_control_nothing_is_loaded(store: Store) -> None:
    with served(store) as client:
        refused = client.post("/load", content=LOG, headers=SENT)
        assert refused.status_code == 403
        assert "--access" in refused.json()["errors"][0]["message"]


def test_a_store_that_is_away_or_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provgraph.store.waiting.PATIENCE_SECONDS", 0.0)
    for number, (error, status) in enumerate(
        [(UnreachableError("secret"), 503), (StoreError("secret"), 500)]
    ):
        folder = tmp_path / str(number)
        with loading(Failing(error), folder) as client:
            answer = client.post("/load", content=LOG, headers=SENT)
            assert answer.status_code == status
            assert "secret" not in answer.text
            assert ("retry-after" in answer.headers) is (status == 503)


def test_many_at_once_are_all_loaded_or_told_to_come_again(store: Store, tmp_path: Path) -> None:
    """Each by itself another source: nothing is lost."""
    sources = [LOG + b" " * number for number in range(12)]
    with (
        loading(store, tmp_path, concurrent=1, queue=2) as client,
        ThreadPoolExecutor(12) as pool,
    ):

        def send(source: bytes) -> set[int]:
            seen = set[int]()
            while 200 not in seen:
                answer = client.post("/load", content=source, headers=SENT)
                seen.add(answer.status_code)
                assert answer.status_code == 200 or int(answer.headers["retry-after"]) > 0
            return seen

        seen = set().union(*pool.map(send, sources))
    assert seen == {200, 503}
    assert len(store.loads()) == len(sources)
