"""Values as GraphQL shows them, and which type a record has."""

import pytest

from provgraph.graphql.declaring import SCALARS, DateTime
from provgraph.graphql.types import AgentObject, EntityObject, RecordInterface
from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind
from tests.graphql.conftest import Ask


@pytest.mark.parametrize("time", ["2026-11-21T08:30:00.925Z", "2026-11-21T08:30:00.925"])
def test_a_time_has_its_zone_once(time: str) -> None:
    serialize = SCALARS[DateTime].serialize
    assert serialize is not None
    assert serialize(time) == "2026-11-21T08:30:00.925Z"


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Kind.ENTITY, "Entity"), (Kind.ACTIVITY, "Activity"), (Kind.AGENT, "Agent")],
)
def test_the_type_of_a_record_is_its_kind(kind: Kind, name: str) -> None:
    record = Node(b"key", "id", kind, "name")
    info, interface = None, None
    assert RecordInterface.resolve_type(record, info, interface) == name  # type: ignore[arg-type]


def test_a_record_is_of_one_type_only() -> None:
    agent = Node(b"key", "id", Kind.AGENT, "name")
    info = None
    assert AgentObject.is_type_of(agent, info)  # type: ignore[arg-type]
    assert not EntityObject.is_type_of(agent, info)  # type: ignore[arg-type]
    assert not AgentObject.is_type_of("no record", info)  # type: ignore[arg-type]


def test_the_schema_knows_the_models_words(ask: Ask) -> None:
    found = ask('{ __type(name: "Direction") { enumValues { name } } }')["data"]["__type"]
    assert [each["name"] for each in found["enumValues"]] == ["UPSTREAM", "DOWNSTREAM", "BOTH"]
