"""How to make a file again, over HTTP."""

import json

from tests.graphql.conftest import Ask

RERUN = "query ($file: String!) { rerun(file: $file) { target script workflow gaps { what id } } }"


def test_script_workflow_and_gaps(ask: Ask) -> None:
    found = ask(RERUN, file="/data/ctao/dl3/run02001.dl3.fits")["data"]["rerun"]
    assert found["target"].startswith("product:")
    assert found["script"].startswith("#!/usr/bin/env bash")
    assert len(json.loads(found["workflow"])["steps"]) == 27
    assert found["gaps"][-1] == {
        "what": "It ran the script /opt/pipeline/create_dl3.py, whose text isn't kept.",
        "id": "2f40ac73-6c59-489f-b40f-081b9bcac17d",
    }


def test_what_no_run_made(ask: Ask) -> None:
    answer = ask(RERUN, file="gamma_run02001.simtel.zst")
    assert answer["data"] == {"rerun": None}
    assert answer["errors"][0]["extensions"]["code"] == "NO_MAKER"
