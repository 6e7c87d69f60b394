"""Recalls name what they mean by their ids."""

from dataclasses import replace

import pytest

from provgraph.model.derived import INVALIDATED, invalidation_of
from provgraph.model.lineage import Node
from provgraph.model.recalls import (
    RECALLS,
    Recall,
    ToolVersion,
    UsesOfPath,
    label_of,
    recall_node,
    recall_of,
    stated_recall,
)
from provgraph.model.records import key_of
from provgraph.model.vocabulary import EntityType, Kind

SPAN = UsesOfPath("file:/a b/c%/ü?x", "2026-01-01T00:00:00.000", "2026-01-02T00:00:00.000")
RECALLED: list[Recall] = [
    ToolVersion("ctapipe-process", "0.28.0"),
    ToolVersion("a/b c%", "1/2"),
    ToolVersion("", ""),
    SPAN,
    replace(SPAN, since=None),
    replace(SPAN, until=None),
    UsesOfPath("lfn:/x"),
]


@pytest.mark.parametrize("recall", RECALLED)
def test_the_id_says_what_is_meant(recall: Recall) -> None:
    assert recall.id.startswith(RECALLS)
    assert recall_of(recall.id) == recall
    assert recall_node(recall).id == recall.id


def test_ids_are_all_different() -> None:
    assert len({each.id for each in RECALLED}) == len(RECALLED)


@pytest.mark.parametrize(
    "identifier",
    ["file:/x", RECALLS, f"{RECALLS}tool/x", f"{RECALLS}uses/x/y", f"{RECALLS}other/x/y/z"],
)
def test_any_other_record_is_no_recall(identifier: str) -> None:
    assert recall_of(identifier) is None


def test_the_id_alone_says_what_people_call_a_record() -> None:
    assert label_of(ToolVersion("ctapipe-process", "0.28.0").id) == "ctapipe-process 0.28.0"
    assert label_of("product:1") == "product:1"


def test_people_read_what_is_meant() -> None:
    assert RECALLED[0].label == "ctapipe-process 0.28.0"
    words = "uses of /a b/c%/ü?x since 2026-01-01T00:00:00.000Z until 2026-01-02T00:00:00.000Z"
    assert SPAN.label == words
    assert UsesOfPath("lfn:/x").label == "uses of /x"


def test_the_entity_bears_the_mark_and_the_rule() -> None:
    said = stated_recall(SPAN, {INVALIDATED: (SPAN.since,)})
    assert (said.identifier, said.type) == (SPAN.id, EntityType.VALUE)
    mark = invalidation_of(said.attributes)
    assert mark is not None
    assert mark.time == "2026-01-01T00:00:00.000Z"
    assert said.attributes["recalledPath"] == (SPAN.place,)
    assert said.attributes["usedUntil"] == (SPAN.until,)


def test_an_answer_shows_the_rule_as_a_value() -> None:
    tool = ToolVersion("merge", "2")
    assert recall_node(tool) == Node(
        key=key_of(Kind.ENTITY, tool.id),
        id=tool.id,
        kind=Kind.ENTITY,
        name="merge 2",
        type="ValueEntity",
        identifiers=(tool.id,),
        attributes={"name": ("merge 2",), "recalledTool": ("merge",), "version": ("2",)},
    )
