"""Everybody may ask who they are."""

from pathlib import Path

import httpx

from provgraph.store.protocol import Store
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.roles import Role
from provgraph.web.tokens import TokenFile
from tests.graphql.conftest import served


def test_a_token_says_who_asks_and_what_they_may(store: Store, tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json")
    token = file.add("eve", Role.CURATOR)
    with served(store, Reception(access=AccessSettings(file.path, anonymous_read=True))) as client:
        answers = [
            client.get("/caller", headers={"authorization": f"Bearer {each}"} if each else {})
            for each in (token, "", "provgraph_nobody")
        ]
    found = [(each.json()["name"], each.json()["valid"], each.json()["rights"]) for each in answers]
    assert found == [
        ("eve", True, ["read", "load", "curate"]),
        (None, True, ["read"]),
        (None, False, []),
    ]


def test_without_access_control_everybody_reads(client: httpx.Client) -> None:
    assert client.get("/caller").json() == {
        "guarded": False,
        "valid": True,
        "name": None,
        "rights": ["read"],
        "jobs": False,
    }
