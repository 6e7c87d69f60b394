"""GraphQL over HTTP: methods, media types, and what is refused."""

import httpx
import pytest

from provgraph.graphql import endpoint
from provgraph.graphql.endpoint import RESPONSE_TYPE


def test_queries_by_get_and_no_mutations(client: httpx.Client) -> None:
    assert client.get("/graphql", params={"query": "{ stats { agents } }"}).json() == {
        "data": {"stats": {"agents": 0}}
    }
    refused = client.get("/graphql", params={"query": "mutation { x }"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


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


@pytest.mark.parametrize("accept", ["*/*", RESPONSE_TYPE])
def test_a_long_answer_is_written_down_while_it_is_sent(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    question = {
        "query": '{ whatProduced(file: "/data/ctao/dl3/run02001.dl3.fits") '
        "{ root { id } nodes { id attributes } edges { source target role } } }"
    }
    headers = {"accept": accept}
    whole = client.post("/graphql", json=question, headers=headers)
    monkeypatch.setattr(endpoint, "LONGEST_AT_ONCE", 1_000)
    monkeypatch.setattr(endpoint, "_MEMBERS", 10)
    pieces = client.post("/graphql", json=question, headers=headers)
    assert int(whole.headers["content-length"]) == len(whole.content)
    assert pieces.headers["transfer-encoding"] == "chunked"
    assert pieces.content == whole.content
    assert pieces.headers["content-type"] == whole.headers["content-type"]
