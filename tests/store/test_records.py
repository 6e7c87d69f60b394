"""What goes into a store."""

from provgraph.store.records import Changes


def test_changes_share_no_lists() -> None:
    Changes().removals.runs.append("r")
    assert Changes().removals.runs == []
