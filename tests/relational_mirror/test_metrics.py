"""Metrics of a sync for Prometheus."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from provgraph.errors import MirrorError
from provgraph.relational_mirror.metrics import write_metrics
from provgraph.relational_mirror.syncing import Summary

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SUMMARY = Summary("incremental", turns=3, behind=2, rows={"used": 7}, seconds=1.5)


def test_a_file_tells_what_the_last_sync_did(tmp_path: Path) -> None:
    path = tmp_path / "mirror.prom"
    path.write_text("old")
    write_metrics(path, SUMMARY, NOW)
    lines = path.read_text().splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines)
    last = float(values["provgraph_mirror_last_success_timestamp_seconds"])
    assert last == NOW.timestamp()
    assert "provgraph_mirror_brought_loads 3.0" in lines
    assert "provgraph_mirror_lag_loads 2.0" in lines
    assert "provgraph_mirror_seconds 1.5" in lines
    assert 'provgraph_mirror_rows{table="used"} 7.0' in lines
    assert [each.name for each in tmp_path.iterdir()] == ["mirror.prom"]


def test_a_folder_that_is_not_there_is_an_error_in_our_words(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "mirror.prom"
    with pytest.raises(MirrorError, match=r"the mirror is up to date, but .* can't be written"):
        write_metrics(path, SUMMARY, NOW)
