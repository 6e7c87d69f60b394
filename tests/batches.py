"""Batches of few documents, so that already a short source is a large one."""

import pytest

from provgraph.ingest import writing


def limit_batches(documents: int, monkeypatch: pytest.MonkeyPatch | None = None) -> None:
    """Let loaders integrate few documents at once, however long they are.

    Args:
        documents: how many.
        monkeypatch: undoes it at the end of a test; None in a process of its own.
    """
    if monkeypatch is None:
        monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(writing, "size_of", lambda _: 1)
    monkeypatch.setattr(writing, "WHOLE_BYTES", documents)
    monkeypatch.setattr(writing, "BATCH_BYTES", documents)
