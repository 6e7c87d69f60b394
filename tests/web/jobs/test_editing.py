"""Curators write definitions and approve them, over HTTP."""

import json
from collections.abc import Callable

import httpx

Users = Callable[[str], httpx.Client]


def sent(client: httpx.Client, text: str, **asked: str) -> httpx.Response:
    """Send a definition."""
    headers = {"content-type": "application/json"}
    return client.post("/definitions", content=text, params=asked, headers=headers)


def test_a_definition_from_a_mistake_to_its_approval(users: Users) -> None:
    eve, alice = users("eve"), users("alice")
    text = '{\n"name": "fresh",\n"parameters": {"LD_x": {}},\n"script": "echo 1"}'
    wrong = sent(eve, text)
    [error] = wrong.json()["errors"]
    assert (wrong.status_code, error["extensions"]) == (
        422,
        {"code": "BAD_DEFINITION", "line": 3, "where": "parameters.LD_x"},
    )
    assert "'LD_x' can't be a variable" in error["message"]
    text = text.replace("LD_x", "word")
    assert sent(eve, text, trial="1").json()["status"] == "fine"
    assert sent(eve, text, trial="yes").status_code == 400  # and nothing is saved
    assert eve.get("/definitions/fresh").status_code == 404
    assert sent(eve, text).json() == {
        "name": "fresh",
        "version": None,
        "revision": 1,
        "status": "added",
    }
    assert sent(eve, text).json()["status"] == "unchanged"
    assert alice.post("/uws/fresh").status_code == 403  # a draft
    sent(eve, text.replace("echo 1", "echo 2"))
    shown = eve.get("/definitions/fresh").json()
    assert json.loads(shown["text"])["script"] == "echo 2"
    assert [(each["id"], each["by"]) for each in shown["revisions"]] == [
        ("fresh#2", "token eve"),
        ("fresh", "token eve"),
    ]
    late = eve.post("/definitions/fresh", json={"approve": "fresh"})
    assert late.status_code == 409
    assert "fresh#2 is newer" in late.json()["errors"][0]["message"]
    approved = eve.post("/definitions/fresh", json={"approve": "fresh#2"})
    assert (approved.status_code, approved.json()["approvedBy"]) == (200, "token eve")
    assert alice.get("/jdl/fresh/script").text == "echo 2"
    sent(eve, text)
    [row] = [each for each in eve.get("/definitions").json() if each["name"] == "fresh"]
    assert (row["counts"]["id"], row["newest"]["id"]) == ("fresh#2", "fresh#3")


def test_what_is_refused(users: Users) -> None:
    eve = users("eve")
    assert eve.post("/definitions", content="{}").status_code == 415
    assert sent(eve, "").json()["errors"][0]["extensions"]["line"] is None
    assert sent(eve, "{").json()["errors"][0]["extensions"]["line"] == 1
    for path, said, status in (("quick", {}, 400), ("quick", [], 400), ("none", {}, 404)):
        assert eve.post(f"/definitions/{path}", json=said).status_code == status
