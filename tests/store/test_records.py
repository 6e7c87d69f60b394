"""What goes into a store."""

from provgraph.model.vocabulary import RelationType
from provgraph.store.records import Changes

USED = RelationType.USED


def test_changes_share_no_lists() -> None:
    Changes().removals.runs.append("r")
    assert Changes().removals.runs == []
