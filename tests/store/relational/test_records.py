"""What is written as a row comes back the same; the contract suite reads whole stores."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import bindparam, create_engine, delete, insert, or_, select

from provgraph.identity.entities import Standing
from provgraph.model.records import Agent, Description, Run, Settings, StatedEntity
from provgraph.model.vocabulary import (
    AgentType,
    DescriptionType,
    EntityType,
)
from provgraph.store.records import EntityRecord
from provgraph.store.relational import configuration, records
from provgraph.store.relational.records import asked_for
from provgraph.store.relational.tables import CHUNK
from provgraph.store.relational.tables import name as names

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
    external=False,
)


def read(row: dict[str, Any]) -> Any:
    return SimpleNamespace(**row)


@pytest.mark.parametrize(
    ("record", "row", "back"),
    [
        (Run("r", {"a": (1, "1")}), lambda run: records.run_row(run, None), records.run_of),
        (ENTITY, records.entity_row, records.entity_of),
        (replace(ENTITY, external=True), records.entity_row, records.entity_of),
        (Agent("a", None, AgentType.PERSON, {"b": ("c",)}), records.agent_row, records.agent_of),
        (
            Description("d", DescriptionType.ACTIVITY, {"name": ("n",)}),
            records.description_row,
            records.description_of,
        ),
        (
            StatedEntity("product:p", {"a": (1, 1.0, "1", True)}, EntityType.PLAN),
            records.stated_row,
            records.stated_of,
        ),
        (
            Settings("s", {"a": 1.5, "b": [1, None]}),
            lambda each: configuration.settings_row(each, 7),
            configuration.settings_of,
        ),
    ],
)
def test_records_come_back_the_same(record: Any, row: Any, back: Any) -> None:
    assert back(read(row(record))) == record


def test_a_row_of_before_says_the_same() -> None:
    row = {**records.run_row(Run("r", {}), None), "facts": '{"a":[1,"1"]}'}
    assert records.run_of(read(row)) == Run("r", {"a": (1, "1")})


def test_only_paths_have_a_base_name() -> None:
    assert records.name_row("product:/a/b")["base_key"] is None
    row = records.name_row("file:/a/b.h5")
    assert row["base_key"] == records.name_key("b.h5")
    assert {each["rank"] for each in records.naming_rows(ENTITY)} == {0, 3}


@pytest.mark.parametrize("asked", [1, 300, CHUNK])
def test_a_statement_is_executed_for_few_and_for_many_keys(asked: int) -> None:
    engine = create_engine("sqlite://")
    rows = [{"key": b"%016d" % each, "text": f"{each % 2}"} for each in range(2 * CHUNK)]
    keys = [row["key"] for row in rows[:asked]]
    of_keys: Any = bindparam("keys", expanding=True)
    even = select(names.c.key).where(
        names.c.text == "0", or_(names.c.key.in_(of_keys), names.c.base_key.in_(of_keys))
    )
    with engine.begin() as connection:
        names.create(connection)
        connection.execute(insert(names), rows)
        found = [row.key for row in asked_for(connection, even, keys)]
        assert sorted(found) == keys[::2]
        asked_for(connection, delete(names).where(names.c.key.in_(of_keys)), keys)
        left = connection.execute(select(names.c.key)).scalars()
        assert sorted(left) == [row["key"] for row in rows[asked:]]
