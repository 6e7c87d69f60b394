"""How often a client comes, how much it sends, which sites may ask, and how requests end."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provgraph.server_settings import ServingLimits
from provgraph.store.protocol import Store
from provgraph.web.app import LOOPBACK, Reception
from provgraph.web.guards import BodyLimit, EndingGently, check_given_once
from tests.graphql.conftest import served

QUERY = {"query": "{ stats { agents } }"}


def test_a_client_comes_so_often_in_a_minute(store: Store) -> None:
    with served(store, Reception(limits=ServingLimits(rate=2))) as client:
        answers = [client.post("/graphql", json=QUERY) for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 429]
        assert answers[-1].json()["errors"][0]["extensions"] == {"code": "RATE_LIMITED"}
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 31
        assert client.get("/healthz").status_code == 200


def test_a_request_is_so_long_also_when_it_does_not_say_so(store: Store) -> None:
    with served(store, Reception(limits=ServingLimits(body=100))) as client:
        sent = {"content-type": "application/json"}
        for content in (b"x" * 101, iter([b"x" * 60, b"x" * 60])):
            refused = client.post("/graphql", content=content, headers=sent)
            assert refused.status_code == 413
            assert refused.json()["errors"][0]["extensions"] == {"code": "TOO_LARGE"}


def test_pages_of_other_sites_may_ask_only_when_told(client: httpx.Client, store: Store) -> None:
    portal = {"origin": "https://portal.example.org"}
    asks = {**portal, "access-control-request-method": "POST"}
    assert "access-control-allow-origin" not in client.get("/healthz", headers=portal).headers
    assert client.options("/graphql", headers=asks).status_code == 405
    with served(store, Reception(LOOPBACK, [portal["origin"]])) as open_client:
        told = open_client.options("/graphql", headers=asks).headers
        assert told["access-control-allow-origin"] == portal["origin"]
        assert "access-control-allow-credentials" not in told
        other = open_client.options("/graphql", headers={**asks, "origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


def test_one_request_is_one_question(client: httpx.Client) -> None:
    refused = client.post("/graphql", json=[QUERY, QUERY])
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["message"] == "Batching is not enabled"


def called(app: ASGIApp, receive: Receive) -> list[Message]:
    """What an application sends in answer to a POST."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": []}
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    return sent


def test_a_refused_method_says_which_are_not(client: httpx.Client) -> None:
    for path, methods in {
        "/graphql": "GET, POST",
        "/definitions": "GET, POST",
        "/definitions/job": "GET, POST",
        "/": "GET, HEAD",
        "/static/graphiql.css": "GET, HEAD",
    }.items():
        refused = client.put(path)
        assert refused.status_code == 405, path
        assert refused.headers["allow"] == methods, path
        assert refused.json()["errors"][0]["extensions"] == {"code": "METHOD_NOT_ALLOWED"}


def test_a_name_is_given_once() -> None:
    def asked(query: bytes) -> Request:
        return Request({"type": "http", "query_string": query, "headers": []})

    check_given_once(asked(b"a=1&b=2"))
    check_given_once(asked(b"PHASE=RUN&phase=RUN"), but=("PHASE",))
    with pytest.raises(HTTPException, match="A is given more than once"):
        check_given_once(asked(b"a=1&b=2&A="))


def test_a_body_that_never_comes_is_not_waited_for() -> None:
    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    async def never() -> Any:
        await asyncio.Event().wait()

    with pytest.raises(Exception, match="408"):
        called(BodyLimit(reading, ServingLimits(seconds=0)), never)


def test_a_request_that_is_cancelled_is_answered() -> None:
    """Else the server would log a traceback for each at its end."""

    async def cancelled(scope: Scope, receive: Receive, send: Send) -> None:
        raise asyncio.CancelledError

    async def nothing() -> Any:
        return {"type": "http.request"}

    sent = called(EndingGently(cancelled), nothing)
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"10") in sent[0]["headers"]
