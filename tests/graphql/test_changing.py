"""Curators change things by mutations: who did it is noted, and nobody else can."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from provgraph.api import Provenance
from provgraph.graphql import changing, workers
from provgraph.ingest.describing import describe
from provgraph.ingest.invalidation import invalidate
from provgraph.ingest.loading import load
from provgraph.model.descriptions import ToolDescription
from provgraph.store.deadlines import Deadline
from provgraph.store.records import LoadRecord
from provgraph.store.registry import open_store
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.roles import Role
from provgraph.web.tokens import TokenFile
from tests.conftest import LOGS
from tests.graphql.conftest import asked, served

DL1 = "/data/ctao/dl1/run02001.dl1.h5"
CONFIGURATION = "/data/ctao/config/dl1.yaml"
MARK = """mutation ($target: Target!, $reason: String!, $at: DateTime) {
    invalidate(target: $target, reason: $reason, at: $at) {
        record { id invalidation { time reason by } } runs loads { id agent } } }"""
TAKE_BACK = """mutation ($target: Target!) {
    takeBack(target: $target) { record { id invalidation { by } } runs loads { id } } }"""
DESCRIBE = """mutation ($said: JSON!) { describe(descriptions: $said) { id revision status } }"""
APPROVE = 'mutation { approve(tool: "merge", version: "2") { id revision status } }'


Served = tuple[Provenance, httpx.Client]


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One night's log in a store, with a job; and a client of who may curate it."""
    store = open_store("sqlite://")
    list(load(store, [str(LOGS / "run02001.provlog")]))
    describe(store, ToolDescription("job", "1", {"script": "ls"}), "Ann")
    file = TokenFile(tmp_path_factory.mktemp("access") / "tokens.json")
    reception = Reception(access=AccessSettings(file.path))
    with Provenance(store) as night, served(store, reception) as client:
        client.headers["authorization"] = f"Bearer {file.add('ana', Role.CURATOR)}"
        yield night, client


@pytest.fixture
def night(curated: Served) -> Iterator[Provenance]:
    """The store, in which what a test has said is forgotten afterwards."""
    before = {each.id for each in curated[0].loads()}
    yield curated[0]
    for each in curated[0].loads():
        if each.id not in before:
            curated[0].forget(each.id)


@pytest.fixture
def client(curated: Served) -> httpx.Client:
    return curated[1]


@pytest.mark.parametrize(
    ("target", "runs"),
    [
        ({"record": DL1}, None),
        ({"tool": "CTAPIPE-process", "version": "0.28.0"}, 2),
        ({"record": CONFIGURATION, "usedSince": "2026-01-01"}, 1),
        ({"record": CONFIGURATION, "usedSince": "2026-01-01", "usedUntil": "2026-01-02"}, 0),
    ],
)
def test_a_mark_is_made_and_taken_back(
    night: Provenance, client: httpx.Client, target: dict[str, str], runs: int | None
) -> None:
    before = night.digest()
    made = asked(client, MARK, target=target, reason="bad", at="2026-11-30T00:00:00")
    mark = made["data"]["invalidate"]
    assert mark["record"]["invalidation"] == {
        "time": "2026-11-30T00:00:00.000Z",
        "reason": "bad",
        "by": "token ana",
    }
    assert mark["runs"] == runs
    assert [each["agent"] for each in mark["loads"]] == ["token ana"]
    (known,) = night.search(kind="entity", invalid=True)
    assert known.id == mark["record"]["id"]
    assert bool(night.tainted()) is (runs != 0)
    gone = asked(client, TAKE_BACK, target=target)["data"]["takeBack"]
    assert gone["record"] == {"id": mark["record"]["id"], "invalidation": None}
    assert [each["id"] for each in gone["loads"]] == [each["id"] for each in mark["loads"]]
    assert night.digest() == before


@pytest.mark.parametrize(
    ("query", "said", "code", "why"),
    [
        (MARK, {"target": {"record": "x"}, "reason": "r"}, "NOT_FOUND", "'x'"),
        (MARK, {"target": {"record": DL1}, "reason": " "}, "BAD_USER_INPUT", "a reason is needed"),
        (MARK, {"target": {}, "reason": "r"}, "BAD_USER_INPUT", "give a name"),
        (MARK, {"target": {"record": DL1}, "reason": "r", "at": "x"}, "BAD_USER_INPUT", "at x:"),
        (TAKE_BACK, {"target": {"record": DL1}}, "LOOKUP_FAILED", "bears no mark"),
        (DESCRIBE, {"said": {"version": "2"}}, "BAD_USER_INPUT", "needs the name of the tool"),
        (DESCRIBE, {"said": {"name": "merge", "script": "ls"}}, "FORBIDDEN", "`provgraph jobs`"),
        (APPROVE.replace('"merge", version: "2"', '"job", version: "1"'), {}, "FORBIDDEN", "jobs`"),
        (APPROVE, {}, "NOT_FOUND", "'merge_2'"),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    night: Provenance, client: httpx.Client, query: str, said: dict[str, Any], code: str, why: str
) -> None:
    before = night.digest()
    (error,) = asked(client, query, **said)["errors"]
    assert error["extensions"]["code"] == code
    assert why in error["message"]
    assert night.digest() == before


def test_a_tool_is_described_and_approved(night: Provenance, client: httpx.Client) -> None:
    said = {"name": "merge", "version": "2", "parameters": {"Merger.n": "How many."}}
    for status in ("added", "unchanged"):
        (revision,) = asked(client, DESCRIBE, said=[said])["data"]["describe"]
        assert revision == {"id": "merge_2", "revision": 1, "status": status}
    approved = asked(client, APPROVE)["data"]["approve"]
    assert approved == {"id": "merge_2", "revision": 1, "status": "approved"}
    assert [each.agent for each in night.loads()] == [None, None, "token ana", "token ana"]


def test_a_change_is_sent_by_post_and_as_json(night: Provenance, client: httpx.Client) -> None:
    text = f'mutation {{ invalidate(target: {{record: "{DL1}"}}, reason: "r") {{ runs }} }}'
    body = f'{{"query": {text!r}}}'
    before = night.digest()
    got = client.get("/graphql", params={"query": text})
    assert (got.status_code, got.headers["allow"]) == (405, "POST")
    assert got.json()["errors"][0]["extensions"] == {"code": "METHOD_NOT_ALLOWED"}
    for form in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        sent = client.post("/graphql", content=body, headers={"content-type": form})
        assert sent.status_code == 400
    among = {"query": f"query A {{ stats {{ agents }} }} {text.replace('n {', 'n B {', 1)}"}
    assert client.get("/graphql", params={**among, "operationName": "A"}).status_code == 200
    assert client.get("/graphql", params={**among, "operationName": "B"}).status_code == 405
    assert night.digest() == before


class Ending(Deadline):
    """The time of a request, which ends when the change begins."""

    ended = False

    def remaining(self) -> float:
        return 0.0 if Ending.ended else super().remaining()


def test_a_change_that_has_begun_is_made_whole(
    night: Provenance, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun(*args: Any, **more: Any) -> LoadRecord:
        Ending.ended = True
        return invalidate(*args, **more)

    monkeypatch.setattr(workers, "Deadline", Ending)
    monkeypatch.setattr(changing, "invalidate", begun)
    monkeypatch.setattr(Ending, "ended", False)
    body = {"query": MARK, "variables": {"target": {"record": DL1}, "reason": "r"}}
    answer = client.post("/graphql", json=body)
    assert answer.json()["errors"][0]["extensions"] == {"code": "TIMED_OUT"}
    assert len(night.search(kind="entity", invalid=True)) == 1


def test_many_changes_at_once(night: Provenance, client: httpx.Client) -> None:
    mutations = " ".join(
        f'm{each}: invalidate(target: {{record: "{DL1}"}}, reason: "{each}") {{ runs }}'
        for each in range(3)
    )
    assert asked(client, f"mutation {{ {mutations} }}")["data"] == {
        f"m{each}": {"runs": None} for each in range(3)
    }
    (known,) = night.search(kind="entity", invalid=True)
    assert known.invalidation is not None
    assert known.invalidation.reason == "0; 1; 2"
