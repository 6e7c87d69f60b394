"""GraphQL over HTTP: methods, media types, and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from provgraph.graphql import endpoint
from provgraph.graphql.arrivals import Arrivals
from provgraph.graphql.endpoint import RESPONSE_TYPE, Endpoint, prefers_draft
from provgraph.server_settings import ServingLimits
from provgraph.store.protocol import Store
from provgraph.web.app import Reception
from tests.graphql.conftest import served


def test_queries_by_get_and_no_mutations(client: httpx.Client) -> None:
    assert client.get("/graphql", params={"query": "{ stats { agents } }"}).json() == {
        "data": {"stats": {"agents": 0}}
    }
    refused = client.get("/graphql", params={"query": "mutation { x }"})
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert refused.json()["errors"][0]["extensions"] == {"code": "METHOD_NOT_ALLOWED"}


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


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'"x"', b"\xff", b"[" * 100_000, b'{"query": 1}']
)
def test_unreadable_bodies(client: httpx.Client, body: bytes) -> None:
    response = client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


LONG = {
    "query": '{ whatProduced(file: "/data/ctao/dl3/run02001.dl3.fits") '
    "{ root { id } nodes { id attributes } edges { source target role } } }"
}


def test_a_long_list_is_written_down_in_pieces(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.post("/graphql", json=LONG)
    monkeypatch.setattr(endpoint, "_MEMBERS", 10)
    assert client.post("/graphql", json=LONG).content == whole.content


def test_a_request_is_under_way_until_its_response_is_there(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[object]()
    respond = Endpoint.create_response

    def noted(self: Endpoint, **answer: Any) -> Any:
        told.append("response")
        return respond(self, **answer)

    monkeypatch.setattr(Endpoint, "create_response", noted)
    monkeypatch.setattr(Arrivals, "add", lambda _, more: told.append(more))
    client.post("/graphql", json={"query": "{ stats { agents } }"}).raise_for_status()
    assert told == [1, "response", -1]


def test_an_answer_is_so_long_and_lists_so_much(store: Store) -> None:
    for limits, code in (
        (ServingLimits(answer=1_000), "TOO_LARGE"),
        (ServingLimits(records=50), "BAD_USER_INPUT"),
    ):
        with served(store, Reception(limits=limits)) as client:
            (error,) = client.post("/graphql", json=LONG).json()["errors"]
            assert error["extensions"] == {"code": code}


def test_a_request_takes_so_long(store: Store) -> None:
    with served(store, Reception(limits=ServingLimits(seconds=0))) as client:
        answer = client.post("/graphql", json=LONG).json()
        assert answer["errors"][0]["extensions"] == {"code": "TIMED_OUT"}


def test_a_server_that_is_busy_says_so(store: Store) -> None:
    limits = ServingLimits(queue=0)
    with served(store, Reception(limits=limits)) as client, ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(client.post, "/graphql", json=LONG) for _ in range(12)]
        answers = [each.result() for each in asked]
        busy = [each for each in answers if each.status_code == 503]
        assert busy
        for each in busy:
            assert each.json()["errors"][0]["extensions"] == {"code": "BUSY"}
            assert int(each.headers["retry-after"]) > 0


JSON = "application/json"
QUERY = "{ stats { agents } }"
OPERATIONS = f"query A {QUERY} query B {QUERY}"
#: GraphQL over HTTP, draft of 2025: what is sent, and whether it is run. The names are those of the
#: audits of the package graphql-http.
POSTED: dict[str, tuple[dict[str, Any], bool]] = {
    "MUST accept utf-8 encoded requests": ({"query": "{ stats { agents } } # é"}, True),
    "MUST require a request body": ({}, False),
    "MUST use 400 on missing query": ({"notquery": QUERY}, False),
    "MUST allow string query": ({"query": QUERY}, True),
    "MUST use 400 on object query": ({"query": {"obj": "ect"}}, False),
    "MUST use 400 on number query": ({"query": 0}, False),
    "MUST use 400 on array query": ({"query": ["array"]}, False),
    "MUST allow string operationName": ({"query": OPERATIONS, "operationName": "A"}, True),
    "MUST use 400 on unknown operationName": ({"query": OPERATIONS, "operationName": "C"}, False),
    "MUST use 400 on no operationName of two": ({"query": OPERATIONS}, False),
    "MUST use 400 on object operationName": ({"query": QUERY, "operationName": {}}, False),
    "MUST allow null variables": ({"query": QUERY, "variables": None}, True),
    "MUST allow null operationName": ({"query": QUERY, "operationName": None}, True),
    "MUST allow null extensions": ({"query": QUERY, "extensions": None}, True),
    "MUST allow map variables": (
        {
            "query": "query T($n: String!) { __type(name: $n) { name } }",
            "variables": {"n": "Entity"},
        },
        True,
    ),
    "MUST use 400 on number variables": ({"query": QUERY, "variables": 0}, False),
    "MUST use 400 on string variables": ({"query": QUERY, "variables": "s"}, False),
    "MUST use 400 on array variables": ({"query": QUERY, "variables": ["a"]}, False),
    "MUST allow map extensions": ({"query": QUERY, "extensions": {"some": "value"}}, True),
    "MUST use 400 on number extensions": ({"query": QUERY, "extensions": 0}, False),
    "MUST use 400 on array extensions": ({"query": QUERY, "extensions": ["a"]}, False),
    "SHOULD use 400 on document parsing failure": ({"query": "{"}, False),
    "SHOULD use 400 on document validation failure": ({"query": "{ 8f31403dfe404bccbb0e }"}, False),
    "SHOULD use 400 on variable coercion failure": (
        {
            "query": "query T($n: String!) { __type(name: $n) { name } }",
            "variables": {"n": {}},
        },
        False,
    ),
}


def test_what_is_no_request_is_refused(client: httpx.Client) -> None:
    """Also by who does not know the draft; what is wrong is told before the query is looked at."""
    texts = ("null", " null ", "5", '"x"', '{"query": "0", "operationName": {}}')
    for body in (*map(str.encode, texts), "null".encode("utf-16")):
        response = client.post("/graphql", content=body, headers={"content-type": JSON})
        assert response.status_code == 400, body
        assert response.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


def test_requests_by_post_are_run_or_refused_as_the_draft_says(client: httpx.Client) -> None:
    for audit, (body, is_run) in POSTED.items():
        response = client.post("/graphql", json=body, headers={"accept": RESPONSE_TYPE})
        assert response.status_code == (200 if is_run else 400), audit
        assert response.headers["content-type"] == RESPONSE_TYPE, audit
        assert ("data" in response.json()) is is_run, audit
        assert ("errors" in response.json()) is not is_run, audit


def test_without_data_in_plain_json_too(client: httpx.Client) -> None:
    """GraphQL says so for every media type; the status stays 200 for what was well-formed."""
    response = client.post("/graphql", json={"query": "{"}, headers={"accept": JSON})
    assert (response.status_code, list(response.json())) == (200, ["errors"])


def test_requests_by_get_as_the_draft_says(client: httpx.Client) -> None:
    fine = [
        {"query": QUERY},
        {"query": QUERY, "variables": "{}", "extensions": "{}"},
        {"query": OPERATIONS, "operationName": "B"},
    ]
    for parameters in fine:
        response = client.get("/graphql", params=parameters, headers={"accept": RESPONSE_TYPE})
        assert response.status_code == 200, parameters
    for refused, status in (
        ({"query": QUERY, "variables": "{"}, 400),
        ({"query": "mutation { x }"}, 405),
    ):
        response = client.get("/graphql", params=refused, headers={"accept": RESPONSE_TYPE})
        assert response.status_code == status
    assert client.put("/graphql", json={"query": QUERY}).status_code == 405


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", False),
        ("*/*", False),
        (JSON, False),
        (RESPONSE_TYPE, True),
        (f"{RESPONSE_TYPE}; charset=utf-8, {JSON}; charset=utf-8", True),
        (f"{RESPONSE_TYPE}, {JSON};q=0.9", True),
        (f"{JSON}, {RESPONSE_TYPE};q=0.5", False),
        (f"{RESPONSE_TYPE};q=0", False),
        (f"{RESPONSE_TYPE};q=x", False),
    ],
)
def test_which_media_type_a_client_prefers(accept: str, expected: bool) -> None:
    assert prefers_draft(accept) is expected
