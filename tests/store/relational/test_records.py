"""What is written as a row comes back the same; the contract suite reads whole stores."""

from types import SimpleNamespace
from typing import Any

import pytest

from provgraph.identity.entities import Standing
from provgraph.model.records import Agent, Description, End, Run, Settings, StatedRelation
from provgraph.model.vocabulary import (
    AgentType,
    DescriptionType,
    EntityType,
    Kind,
    RelationType,
)
from provgraph.store.records import EntityRecord
from provgraph.store.relational import records

ENTITY = EntityRecord(
    "product:P",
    EntityType.DATASET,
    ("product:P", "file:/x.h5"),
    (Standing("file:/x.h5", 3, "2026-01-01T00:00:00.000", None),),
    "2026-01-01T00:00:00.000",
    None,
    "DL3",
    {"a": (1, 1.0, "1", True)},
    ("file:/x.h5@a",),
)


def read(row: dict[str, Any]) -> Any:
    return SimpleNamespace(**row)


@pytest.mark.parametrize(
    ("record", "row", "back"),
    [
        (Run("r", {"a": (1, "1")}), lambda run: records.run_row(run, None), records.run_of),
        (ENTITY, records.entity_row, records.entity_of),
        (Agent("a", None, AgentType.PERSON, {"b": ("c",)}), records.agent_row, records.agent_of),
        (
            Description("d", DescriptionType.ACTIVITY, {"name": ("n",)}),
            records.description_row,
            records.description_of,
        ),
        (Settings("s", {"a": 1.5, "b": [1, None]}), records.settings_row, records.settings_of),
    ],
)
def test_records_come_back_the_same(record: Any, row: Any, back: Any) -> None:
    assert back(read(row(record))) == record


def test_a_relation_keeps_the_ends_that_were_stated() -> None:
    ends = End(Kind.ENTITY, "product:other name"), End(Kind.AGENT, "a")
    relation = StatedRelation(RelationType.WAS_ATTRIBUTED_TO, *ends, "role", None, {"x": (1,)})
    row = records.relation_row(relation, {ends[0]: b"entity", ends[1]: b"agent"})
    assert (row["source"], row["target"]) == (b"entity", b"agent")
    assert records.relation_of(read(row)) == relation


def test_only_paths_have_a_base_name() -> None:
    assert records.name_row("product:/a/b")["base_key"] is None
    row = records.name_row("file:/a/b.h5")
    assert row["base_key"] == records.name_key("b.h5")
    assert {each["rank"] for each in records.naming_rows(ENTITY)} == {0, 3}
