"""Every error has a code, and none shows anything from inside."""

import logging
from typing import Any

import httpx
import pytest

from provgraph.errors import NoStoreError, StoreError, UnreachableError
from provgraph.store.protocol import Store
from tests.graphql.conftest import Ask, asked, served

DL3 = "/data/ctao/dl3/run02001.dl3.fits"
ROOTS = {
    "whatProduced": 'whatProduced(file: "nowhere") { truncated }',
    "impact": 'impact(file: "nowhere") { truncated }',
    "lineage": 'lineage(id: "nowhere") { truncated }',
    "path": 'path(source: "nowhere", target: "nowhere") { truncated }',
    "node": 'node(id: "nowhere") { id }',
    "entity": 'entity(id: "nowhere") { id }',
    "activity": 'activity(id: "nowhere") { id }',
    "agent": 'agent(id: "nowhere") { id }',
}


class Failing:
    """A store all of whose calls fail."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        def fail(*_: Any, **__: Any) -> Any:
            raise self._error

        return fail


@pytest.mark.parametrize("field", ROOTS)
def test_unknown_names(ask: Ask, field: str) -> None:
    answer = ask(f"{{ {ROOTS[field]} }}")
    assert answer["data"] == {field: None}
    assert answer["errors"][0]["extensions"] == {"code": "NOT_FOUND"}
    assert answer["errors"][0]["path"] == [field]
    assert "'nowhere'" in answer["errors"][0]["message"]


def test_a_record_of_another_kind_is_not_found(ask: Ask) -> None:
    answer = ask("query($id: String!) { activity(id: $id) { id } }", id=DL3)
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_an_unknown_file_is_no_file_without_ancestors(ask: Ask) -> None:
    raw = ask(
        '{ whatProduced(file: "/data/ctao/dl0/gamma_run02001.simtel.zst") '
        "{ nodes { distance } edges { role } } }"
    )
    assert raw == {"data": {"whatProduced": {"nodes": [{"distance": 0}], "edges": []}}}


def test_ambiguous_names_list_their_candidates(ask: Ask) -> None:
    answer = ask('{ whatProduced(file: "run02001.dl2.h5") { truncated } ok: stats { agents } }')
    error = answer["errors"][0]
    assert answer["data"] == {"whatProduced": None, "ok": {"agents": 0}}
    assert error["extensions"]["code"] == "AMBIGUOUS"
    assert len(error["extensions"]["candidates"]) > 1
    assert "\n" not in error["message"]
    for candidate in error["extensions"]["candidates"]:
        assert candidate.keys() == {"id", "kind", "path", "dataLevel", "time", "maker"}
        assert candidate["path"].endswith("run02001.dl2.h5")
        query = "query($f: String!) { whatProduced(file: $f) { root { id } } }"
        found = ask(query, f=candidate["id"])["data"]["whatProduced"]
        assert found["root"]["id"] == candidate["id"]


def test_a_misspelt_name_gets_suggestions_in_words_that_fit(ask: Ask) -> None:
    answer = ask('{ whatProduced(file: "run02001.dl3.fts") { truncated } }')
    error = answer["errors"][0]
    assert error["extensions"]["code"] == "NOT_FOUND"
    assert error["extensions"]["suggestions"][0] == "run02001.dl3.fits"
    assert "did you mean 'run02001.dl3.fits'" in error["message"]
    assert "provgraph " not in error["message"]
    assert "--" not in error["message"]


def test_a_negative_depth(ask: Ask) -> None:
    answer = ask("query($f: String!) { whatProduced(file: $f, depth: -1) { truncated } }", f=DL3)
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize(
    "name",
    ["", "\ud800", "a\0b", "' OR 1=1 --", "x" * 1_000_000, "`}) DETACH DELETE n", "@", "/", "//@"],
)
def test_hostile_names_are_only_names(client: httpx.Client, name: str) -> None:
    answer = asked(client, "query($f: String!) { whatProduced(file: $f) { truncated } }", f=name)
    assert answer["errors"][0]["extensions"] == {"code": "NOT_FOUND"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnreachableError("postgresql://me@secret-host can't be reached"), "STORE_UNREACHABLE"),
        (StoreError("secret-host is damaged"), "STORE_ERROR"),
        (NoStoreError("postgresql://me@secret-host/x"), "NO_STORE"),
        (RuntimeError("secret-host"), "INTERNAL"),
        (RecursionError("secret-host"), "INTERNAL"),
    ],
)
def test_failures_are_logged_and_not_shown(
    error: Exception, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), served(Failing(error)) as client:
        answer = asked(client, '{ whatProduced(file: "x") { truncated } }')
    assert answer["data"] == {"whatProduced": None}
    assert answer["errors"][0]["extensions"] == {"code": code}
    assert "secret" not in str(answer)
    assert "secret-host" in caplog.text


def test_a_failure_below_a_lineage_spares_nothing_wrong(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any) -> Any:
        raise UnreachableError("gone")

    monkeypatch.setattr(store, "edges_of", gone)
    with served(store) as client:
        query = (
            "query($f: String!) { whatProduced(file: $f) { activities { used { role } } } "
            "stats { agents } }"
        )
        answer = asked(client, query, f=DL3)
    assert answer["data"] == {"whatProduced": None, "stats": {"agents": 0}}
    assert answer["errors"][0]["extensions"] == {"code": "STORE_UNREACHABLE"}
