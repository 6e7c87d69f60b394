"""One record and the whole store as a user sees them."""

import json

from tests.commands.shell import DL3, Shell


def test_show_explains_every_match(full_shell: Shell) -> None:
    shown = json.loads(full_shell("show", "/data/ctao/models/energy.pkl", "--json").stdout)
    assert shown["id"] == "file:/data/ctao/models/energy.pkl@ac2355f2-77c1-4ea9-8ecc-29e9f094ad37"
    assert {each["rule"] for each in shown["joined"]} == {"version", "stood"}
    assert all(each["because"] for each in shown["joined"])
    text = full_shell("show", "5a620a10-d7a4-41b7-9814-f9e5bac5287f").stdout
    assert "TrainEnergyRegressor.CrossValidator.n_cross_validations = 2" in text
    assert "numpy = " in text


def test_stats_digest_and_schema(full_shell: Shell) -> None:
    counts = json.loads(full_shell("stats", "--json").stdout)
    assert (counts["activities"], counts["entities"]) == (86, 105)
    digest = full_shell("digest").stdout.strip()
    assert len(digest) == 64
    assert "type Query" in full_shell("schema").stdout


def test_show_names_runs_files_and_where_a_run_had_the_file(full_shell: Shell) -> None:
    text = full_shell("show", DL3).stdout
    assert "wasGeneratedBy → create-dl3 as DL3/Event  (2f40ac73-" in text
    moved = full_shell("show", "/data/ctao/dl1/run02001.dl1.h5").stdout
    assert ", at /data/ctao/dl1/run02001.dl1.h5  (" in moved
    run = full_shell("show", "2f40ac73").stdout
    assert f"← wasGeneratedBy of {DL3} as DL3/Event" in run


def test_the_versions_of_a_path(full_shell: Shell) -> None:
    done = full_shell("versions", "energy.pkl")
    lines = done.stdout.splitlines()
    assert lines[0] == "/data/ctao/models/energy.pkl"
    assert "made 2026-11-21 08:29:38 by ctapipe-train-energy-regressor 0.28.0" in lines[1]
    assert "until 2026-11-21 08:35:01" in lines[1]
    found = json.loads(full_shell("versions", "energy.pkl", "--json").stdout)
    assert found["path"] == "/data/ctao/models/energy.pkl"
    assert len(found["versions"]) == len(lines) - 1
    assert found["versions"][0]["maker"] == "5a620a10-d7a4-41b7-9814-f9e5bac5287f"
    assert found["versions"][-1]["until"] is None
