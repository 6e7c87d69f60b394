"""``provgraph validate`` prints findings and ends with an exit code."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provgraph.commands.main import main
from provgraph.store.registry import open_store
from tests.conftest import LOGS

#: A run that ends before it starts.
IMPOSSIBLE = """{"prefix": {"ex": "http://e/"}, "activity": {"ex:a": {
  "prov:startTime": "2026-11-21T08:30:00Z", "prov:endTime": "2026-11-21T08:00:00Z"}}}"""


@pytest.fixture
def impossible(tmp_path: Path) -> Path:
    document = tmp_path / "impossible.json"
    document.write_text(IMPOSSIBLE)
    return document


def validate(folder: Path, *arguments: str) -> Result:
    store = f"sqlite:///{folder / 'store.db'}"
    return CliRunner().invoke(main, ["--store", store, "validate", *arguments])


def test_a_contradiction_is_printed_and_is_exit_1(tmp_path: Path, impossible: Path) -> None:
    done = validate(tmp_path, str(impossible))
    assert done.exit_code == 1
    assert done.stdout.startswith("error")
    assert "start-precedes-end" in done.stdout
    assert "1 statement checked: 1 error, 0 warnings" in done.stderr


def test_a_finding_as_json_names_its_source(tmp_path: Path, impossible: Path) -> None:
    (line,) = validate(tmp_path, str(impossible), "--json").stdout.splitlines()
    finding = json.loads(line)
    assert (finding["source"], finding["name"]) == (str(impossible), "start-precedes-end")


def test_findings_of_several_sources_stand_under_their_names(
    tmp_path: Path, impossible: Path
) -> None:
    done = validate(tmp_path, str(impossible), str(LOGS / "merge.provlog"))
    assert done.stdout.splitlines()[0] == f"{impossible}:"


def test_a_sound_log_is_exit_0(tmp_path: Path) -> None:
    done = validate(tmp_path, str(LOGS / "merge.provlog"))
    assert (done.exit_code, done.stdout) == (0, "")


def test_an_empty_store_is_nothing_to_check(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as store:
        store.make()
    done = validate(tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "there is nothing to check" in done.stderr


def test_a_format_without_a_source_is_wrong_usage(tmp_path: Path) -> None:
    done = validate(tmp_path, "--format", "ctapipe")
    assert (done.exit_code, "without SOURCE the store is checked" in done.stderr) == (2, True)


def test_a_source_that_cannot_be_read_is_exit_1(tmp_path: Path) -> None:
    done = validate(tmp_path, str(tmp_path / "absent.json"), str(LOGS / "merge.provlog"))
    assert done.exit_code == 1
    assert "absent.json" in done.stderr
