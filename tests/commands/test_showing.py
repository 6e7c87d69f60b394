"""One record and the whole store as a user sees them."""

import json

from tests.commands.shell import Shell


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
