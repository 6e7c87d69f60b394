"""Loads as plain values."""

from datetime import UTC, datetime

from provgraph.loaded import LoadedSource
from provgraph.store.records import LoadRecord


def test_the_time_of_a_load_is_utc() -> None:
    time = "2026-11-21T08:30:00.000"
    kept = LoadRecord("1", "/x", "ctapipe", "default", "00", time, "0.2.0", "loaded", {})
    assert LoadedSource.of(kept).time == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
