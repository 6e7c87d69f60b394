"""The schema is the one checked in, keeps the contract's core, and describes everything."""

from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLInterfaceType, GraphQLObjectType, build_schema

from provgraph import graphql
from provgraph.graphql.schema import sdl
from provgraph.model.vocabulary import RelationType

CHECKED_IN = Path(graphql.__file__).parent / "schema.graphql"
BUILT = build_schema(sdl())
OURS = [each for name, each in BUILT.type_map.items() if not name.startswith("__")]
CORE = {
    "Query": {
        "whatProduced(file: String!, depth: Int, asOf: DateTime, at: DateTime)": "Lineage",
        "impact(file: String!, depth: Int, asOf: DateTime, at: DateTime)": "Lineage",
        "lineage(id: String!, direction: Direction! = UPSTREAM, depth: Int, "
        "relations: [RelationType!], asOf: DateTime, at: DateTime)": "Lineage",
        "path(source: String!, target: String!, all: Boolean! = False, "
        "asOf: DateTime, at: DateTime)": "Lineage",
        "node(id: ID!)": "Node",
        "entity(id: String!, asOf: DateTime, at: DateTime)": "Entity",
        "activity(id: String!, asOf: DateTime, at: DateTime)": "Activity",
        "agent(id: String!, asOf: DateTime, at: DateTime)": "Agent",
        "stats(asOf: DateTime)": "Stats!",
    },
    "Lineage": {
        "root": "Node!",
        "direction": "Direction!",
        "depth": "Int",
        "truncated": "Boolean!",
        "nodes": "[Node!]!",
        "edges": "[LineageEdge!]!",
        "activities": "[Activity!]!",
        "entities": "[Entity!]!",
        "agents": "[Agent!]!",
    },
    "LineageEdge": {
        "relation": "RelationType!",
        "source": "ID!",
        "target": "ID!",
        "role": "String",
        "time": "DateTime",
    },
    "Node": {"id": "ID!", "name": "String"},
    "Entity": {
        "id": "ID!",
        "name": "String",
        "type": "String",
        "location": "String",
        "locations": "[String!]!",
        "identifiers": "[String!]!",
        "generatedAtTime": "DateTime",
        "invalidatedAtTime": "DateTime",
        "attributes": "JSON!",
        "generatedBy": "[Generation!]!",
        "usedBy": "[Usage!]!",
        "ancestors(depth: Int)": "Lineage!",
        "descendants(depth: Int)": "Lineage!",
    },
    "Activity": {
        "id": "ID!",
        "name": "String",
        "version": "String",
        "status": "String",
        "startTime": "DateTime",
        "endTime": "DateTime",
        "duration": "Float",
        "host": "String",
        "attributes": "JSON!",
        "used": "[Usage!]!",
        "generated": "[Generation!]!",
        "agents": "[Association!]!",
        "parameters": "[Parameter!]!",
    },
}


def test_checked_in() -> None:
    """Renew it by ``provgraph schema > provgraph/graphql/schema.graphql``."""
    assert CHECKED_IN.read_text(encoding="utf-8") == sdl()


@pytest.mark.parametrize("name", CORE)
def test_core_of_the_contract(name: str) -> None:
    assert CORE[name].items() <= _signatures(name).items()


def test_every_relation_is_there() -> None:
    relations = BUILT.type_map["RelationType"]
    assert isinstance(relations, GraphQLEnumType)
    assert list(relations.values) == [relation.name for relation in RelationType]


def test_everything_is_described() -> None:
    custom = [each for each in OURS if each.name not in ("String", "Int", "Float", "Boolean", "ID")]
    assert [each.name for each in custom if not each.description] == []
    for each in custom:
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in each.fields.items():
                assert field.description, f"{each.name}.{name}"
                assert all(argument.description for argument in field.args.values()), (
                    f"{each.name}.{name}"
                )
        if isinstance(each, GraphQLEnumType):
            assert all(value.description for value in each.values.values()), each.name


def _signatures(name: str) -> dict[str, str]:
    """Field with its arguments → its type, from the schema's own text."""
    described = BUILT.type_map[name]
    assert isinstance(described, GraphQLObjectType | GraphQLInterfaceType)
    found = {}
    for field_name, field in described.fields.items():
        arguments = ", ".join(
            f"{key}: {each.type}"
            + (f" = {each.ast_node.default_value.value}" if _default(each) else "")
            for key, each in field.args.items()
        )
        found[f"{field_name}({arguments})" if arguments else field_name] = str(field.type)
    return found


def _default(argument: object) -> bool:
    return getattr(getattr(argument, "ast_node", None), "default_value", None) is not None
