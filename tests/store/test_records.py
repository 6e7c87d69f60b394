"""What mentions mean to others."""

import pytest

from provgraph.model.records import INFERRED, Mention
from provgraph.model.vocabulary import RelationType
from provgraph.store.records import Changes, StoredMention, several_speak_of

MADE, USED = RelationType.WAS_GENERATED_BY, RelationType.USED


@pytest.mark.parametrize(
    ("relation", "identifier", "twin", "expected"),
    [
        (USED, None, None, False),
        (USED, "product:P", None, True),
        (USED, None, b"twin", True),
        (MADE, None, None, True),
    ],
)
def test_only_plain_reads_change_nothing_for_others(
    relation: RelationType, identifier: str | None, twin: bytes | None, expected: bool
) -> None:
    mention = Mention("r", relation, None, "file:/x", identifier)
    assert StoredMention(mention, twin).is_structural is expected


def test_changes_share_no_lists() -> None:
    Changes().removals.runs.append("r")
    assert Changes().removals.runs == []


def test_what_is_inferred_is_of_no_source() -> None:
    new = {run: [Mention(run, USED, None, "file:/x", None, "log")] for run in "AB"}
    known = {"A": {"log", INFERRED}, "B": {"catalogue"}}
    assert several_speak_of(new, known) == (["B"], {"A": [new["A"][0].key]})
