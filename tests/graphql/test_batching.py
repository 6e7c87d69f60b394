"""Store calls do not grow with the records of an answer, and never hold the server's event loop."""

import gc
import threading
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from provgraph.graphql import batching
from provgraph.questions.tracing import find, lineage
from provgraph.server_settings import ServingLimits
from provgraph.store.protocol import Store
from provgraph.web.app import Reception
from tests.graphql.conftest import asked, served

#: Long, for a busy machine; a test that waits for so long has failed.
DEADLINE = 300.0
DL3 = "/data/ctao/dl3/run02002_v2.dl3.fits"


class Counting:
    """A store that counts the calls of each of its methods."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: Counter[str] = Counter()
        self.threads: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def counted(*args: Any, **named: Any) -> Any:
            self.calls[name] += 1
            self.threads.add(threading.current_thread().name)
            return method(*args, **named)

        return counted


class Held:
    """A store that answers when it is let go."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked, self.let_go = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        self.asked.set()
        assert self.let_go.wait(DEADLINE)
        return getattr(self._store, name)


def test_an_answer_that_fails_halfway_leaves_no_work_behind(store: Store) -> None:
    """`nodes` is half resolved when the longer list `edges` breaks the limit."""
    size = lineage(store, find(store, DL3))
    assert len(size.edges) > len(size.nodes)
    limits = replace(ServingLimits(), records=len(size.nodes) + len(size.edges) - 1)
    query = "query($f: String!) { whatProduced(file: $f) { nodes { tainted } edges { role } } }"
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with served(store, Reception(limits=limits)) as client:
            answer = asked(client, query, f=DL3)
        gc.collect()
    assert "members" in answer["errors"][0]["message"]
    assert not [each for each in warned if "never awaited" in str(each.message)]


def test_a_lineage_is_two_calls(store: Store) -> None:
    counting = Counting(store)
    with served(counting) as client:
        data = asked(
            client,
            "query($f: String!) { whatProduced(file: $f) { root { id } nodes { id name attributes }"
            " edges { source target } activities { duration } entities { locations }"
            " agents { id } } }",
            f=DL3,
        )["data"]
    assert len(data["whatProduced"]["nodes"]) > 70
    assert counting.calls == {"find": 1, "walk": 1}


def test_neighbours_of_all_records_are_fetched_together(store: Store) -> None:
    counting = Counting(store)
    query = """query($f: String!) { whatProduced(file: $f) {
      activities { parameters { name value } packages { name } configFiles agents { agent { id } }
                   used { role entity { name generatedBy { activity { id } } } }
                   generated { entity { id } } }
      entities { generatedBy { activity { id used { entity { id } } } } usedBy { activity { id } }
                 attributedTo { agent { id } } }
    } }"""
    with served(counting) as client:
        answer = asked(client, query, f=DL3)
    assert "errors" not in answer
    assert len(answer["data"]["whatProduced"]["activities"]) > 25
    assert counting.calls["parameters_of"] == counting.calls["setups_of"] == 1
    assert counting.calls["edges_of"] + counting.calls["nodes"] <= 14
    assert len(counting.threads) == 1


def test_what_is_said_of_runs_and_of_their_parameters_is_looked_up_once(store: Store) -> None:
    """The tools and the settings of all runs serve both."""
    both = """query($f: String!) { whatProduced(file: $f) { activities {
      description { name } parameters { name default differs } } } }"""
    parameters = both.replace("description { name }", "")
    calls = []
    for query in (both, parameters):
        counting = Counting(store)
        with served(counting) as client:
            assert "errors" not in asked(client, query, f=DL3)
        calls.append(counting.calls)
    assert calls[0] == calls[1]
    assert calls[0]["parameters_of"] == 1


def test_the_server_answers_while_the_store_is_slow(store: Store) -> None:
    held = Held(store)
    with served(held) as client, ThreadPoolExecutor() as pool:
        slow = pool.submit(asked, client, "{ stats { entities } }")
        try:
            assert held.asked.wait(DEADLINE)
            assert client.get("/healthz").status_code == 200
            assert not slow.done()
        finally:
            held.let_go.set()
        assert slow.result()["data"]["stats"]["entities"] > 0


def test_requests_at_the_same_time_do_not_mix(store: Store) -> None:
    asked_for = "root { ... on Entity { location } } activities { used { role } }"
    query = f"query($f: String!) {{ whatProduced(file: $f) {{ {asked_for} }} }}"
    files = [f"/data/ctao/dl3/run0200{n}.dl3.fits" for n in (1, 2)] * 10
    with served(store) as client, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda file: asked(client, query, f=file), files))
    assert [answer["data"]["whatProduced"]["root"]["location"] for answer in answers] == files


def test_one_request_asks_for_so_many_lineages(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "MOST_WALKS", 10)
    query = (
        "query($f: String!) { whatProduced(file: $f) "
        "{ entities { ancestors(depth: 1) { nodes { id } } } } }"
    )
    with served(store) as client:
        answer = asked(client, query, f=DL3)
    assert answer["data"] == {"whatProduced": None}
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


def test_one_answer_lists_so_many_relations(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "MOST_EDGES", 10)
    query = "query($f: String!) { whatProduced(file: $f) { entities { usedBy { role } } } }"
    with served(store) as client:
        answer = asked(client, query, f=DL3)
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
