"""The mark of an invalid record."""

from provgraph.model.invalidation import Invalidation, invalid_since, invalidation_of


def test_a_record_that_nobody_marked() -> None:
    assert invalidation_of({"invalidationReason": ("?",)}) is None
    assert invalid_since({}) is None


def test_a_mark_needs_neither_reason_nor_name() -> None:
    mark = {"invalidated": ("2026-01-01T00:00:00.000",)}
    assert invalidation_of(mark) == Invalidation("2026-01-01T00:00:00.000Z", None, None)


def test_the_earliest_time_and_all_reasons_count() -> None:
    marks = {
        "invalidated": ("2026-01-02T00:00:00.000", "2026-01-01T00:00:00.000"),
        "invalidationReason": ("moon", "noise"),
        "invalidatedBy": ("Ada",),
    }
    assert invalid_since(marks) == "2026-01-01T00:00:00.000"
    assert invalidation_of(marks) == Invalidation("2026-01-01T00:00:00.000Z", "moon; noise", "Ada")
