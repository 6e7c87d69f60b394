"""Two histories are compared: for people, and as JSON."""

import json

from tests.commands.shell import Shell

A, B = "run02002.dl3.fits", "/data/ctao/dl3/run02002_v2.dl3.fits"


def test_what_differs_for_people(full_shell: Shell) -> None:
    done = full_shell("diff", A, B)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:4] == [
        "What differs between what led to A and what led to B?",
        f"  A  {A}",
        f"  B  {B}",
        "26 runs alike, 3 only B, 1 changed",
    ]
    assert "only B  ctapipe-merge  (9fdbbbd8-ab28-4481-8b9b-ff57561b69c4)" in lines
    assert "  input reconstructor" in lines


def test_what_differs_as_json(full_shell: Shell) -> None:
    found = json.loads(full_shell("diff", A, B, "--json").stdout)
    assert list(found) == ["a", "b", "identical", "alike", "truncated", "runs"]
    assert (found["identical"], found["alike"], found["truncated"]) == (False, 26, False)
    fields = ["tool", "change", "a", "b", "version", "parameters", "packages", "inputs"]
    assert [list(run) for run in found["runs"]] == [fields] * 4
    assert found["runs"][-1]["inputs"][0]["role"] == "reconstructor"


def test_the_same_and_an_unknown_name(full_shell: Shell) -> None:
    same = full_shell("diff", A, A)
    assert (
        same.stdout.splitlines()[-1]
        == "Nothing but ids, times, hosts and file names (27 runs each)."
    )
    assert json.loads(full_shell("diff", A, A, "--json").stdout)["identical"] is True
    done = full_shell("diff", A, "nothing.h5")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing here is called 'nothing.h5'" in done.stderr
