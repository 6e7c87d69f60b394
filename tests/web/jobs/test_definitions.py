"""The job definitions over HTTP, as clients of OPUS read them."""

import httpx

from tests.conftest import CORPUS


def test_the_list_has_what_can_be_run(alice: httpx.Client) -> None:
    found = alice.get("/jdl").json()
    assert found["jobnames"] == ["count_words", "quick", "slow", "stack_maps", "wrong"]
    assert found["details"]["stack_maps"]["parameters"]["line"]["default"] == "--"


def test_a_definition_in_each_form(alice: httpx.Client) -> None:
    text = (CORPUS / "jobs" / "stack_maps_vot.xml").read_text(encoding="utf-8")
    for path in ("/jdl/stack_maps", "/jdl/stack_maps/votable"):
        answer = alice.get(path)
        assert answer.text == text
        assert answer.headers["content-type"].startswith("application/x-votable+xml")
    assert alice.get("/jdl/stack_maps/json").json()["name"] == "stack_maps"
    script = alice.get("/jdl/quick/script")
    assert (script.text, script.headers["content-type"].partition(";")[0]) == (
        "sleep 0.4; echo done",
        "text/plain",
    )
    assert alice.get("/jdl/none").status_code == 404
    assert alice.get("/jdl/quick/wadl").text == "there is no wadl: take json, votable or script\n"
