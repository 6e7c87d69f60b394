"""Sources into a store, as a user loads them."""

import json
from pathlib import Path

from tests.commands.shell import Shell
from tests.conftest import CORPUS, LOGS

EXPECTED = json.loads((CORPUS / "ctapipe" / "expected_lineage.json").read_text())
DOCS = Path(__file__).parents[2] / "docs"


def test_standard_input_and_gzip(newcomer: Shell) -> None:
    data = (LOGS / "merge.provlog").read_bytes()
    report = json.loads(newcomer("load", "-", "--json", stdin=data).stdout)
    assert (report["source"], report["format"], report["status"], report["activities"]) == (
        "-",
        "ctapipe",
        "loaded",
        2,
    )
    again = json.loads(newcomer("load", str(LOGS / "merge.provlog"), "--json").stdout)
    assert (again["status"], again["load"]) == ("unchanged", report["load"])


def test_the_store_is_for_its_owner_only(full_shell: Shell) -> None:
    assert full_shell.store.stat().st_mode & 0o077 == 0
