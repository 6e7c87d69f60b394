"""The demonstration keeps what it loaded where it says."""

from pathlib import Path

import pytest

from provgraph.demonstration import DL3, demonstrate
from provgraph.questions.tracing import find
from provgraph.store.registry import open_store


def test_it_answers_and_says_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    demonstrate(url)
    told = capsys.readouterr()
    assert told.out.startswith(f"What produced {DL3}?")
    assert f"export PROVGRAPH_STORE={url}" in told.out
    assert told.err.startswith("loaded ")
    store = open_store(url)
    assert find(store, DL3).locations == (DL3,)
    store.close()


def test_without_a_store_it_makes_one_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    demonstrate(None)
    [store] = tmp_path.glob("provgraph-demo-*/demo.db")
    assert f"sqlite:///{store}" in capsys.readouterr().out
