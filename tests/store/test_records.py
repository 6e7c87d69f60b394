"""What goes into a store."""

from provgraph.model.records import INFERRED, Mention
from provgraph.model.vocabulary import RelationType
from provgraph.store.records import Changes, several_speak_of

USED = RelationType.USED


def test_changes_share_no_lists() -> None:
    Changes().removals.runs.append("r")
    assert Changes().removals.runs == []


def test_what_is_inferred_is_of_no_source() -> None:
    new = {run: [Mention(run, USED, None, "file:/x", None, "log")] for run in "AB"}
    known = {"A": {"log", INFERRED}, "B": {"catalogue"}}
    assert several_speak_of(new, known) == (["B"], {"A": [new["A"][0].key]})
