"""Metrics of a sync, as a file for the textfile collector of Prometheus' node exporter."""

import os
from datetime import datetime
from pathlib import Path

from provgraph.errors import MirrorError, extra_needed
from provgraph.relational_mirror.syncing import Summary


def write_metrics(path: Path, summary: Summary, now: datetime) -> None:
    """Put a file in place that says when the last sync succeeded and what it did.

    Args:
        path: of the file; a reader never sees half of it.
        summary: of the sync.
        now: when it was done.

    Raises:
        MirrorError: the file can't be written.
        MissingExtraError: the extra ``serve`` is not installed.
    """
    with extra_needed("serve", "a file of metrics"):
        from prometheus_client import (  # noqa: PLC0415 - only this extra brings it
            CollectorRegistry,
            Gauge,
            generate_latest,
        )

    registry = CollectorRegistry()

    def gauge(name: str, what: str, value: float) -> None:
        Gauge(f"provgraph_mirror_{name}", what, registry=registry).set(value)

    gauge(
        "last_success_timestamp_seconds",
        "When the mirror was last brought up to date.",
        now.timestamp(),
    )
    gauge(
        "brought_loads",
        "Loads, in transactions of the store, that the last sync brought.",
        summary.turns,
    )
    gauge(
        "lag_loads",
        "Loads, in transactions of the store, that came since the last sync began to read.",
        summary.behind,
    )
    gauge("seconds", "How long the last sync took.", summary.seconds)
    rows = Gauge("provgraph_mirror_rows", "Rows of the mirror.", ["table"], registry=registry)
    for table, count in summary.rows.items():
        rows.labels(table).set(count)
    _replace(path, generate_latest(registry))


def _replace(path: Path, content: bytes) -> None:
    """Put a file in place at once."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise MirrorError(
            f"the mirror is up to date, but {path} can't be written: {error.strerror}"
        ) from error
