"""Plain fields are answered in a shorter way, and the answer is that of the library."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLObjectType
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types import ExecutionResult

from provgraph.graphql.batching import RequestContext
from provgraph.graphql.plain_fields import PlainFieldsExecutor, plain_reader
from provgraph.graphql.schema import schema
from provgraph.model.lineage import Lineage
from provgraph.store.protocol import Store

DL3 = "/data/ctao/dl3/run02001.dl3.fits"
ALL_PLAIN = """nodes { __typename key: id id name kind distance more
  ... on Entity { location locations identifiers made: generatedAtTime dataLevel type }
  ... on Activity { status startTime duration } ...OfAgent }
  edges @include(if: $yes) { relation source target role time location inferred }"""
MIXED = """root @include(if: $yes) { id ... on Entity { ancestors(depth: 1) { nodes { id } } } }
  truncated direction nodes { id attributes invalidation { time } tainted }
  entities { name generatedBy { role activity { id } } } agents { name type }"""
CHOSEN = "nodes { id name @include(if: $yes) kind @skip(if: $yes) } edges @skip(if: $yes) { role }"
FRAGMENT = "fragment OfAgent on Agent { type }"


Answer = Callable[[str, type[Any]], ExecutionResult]


@pytest.fixture
def answer(store: Store, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Answers a question about a lineage, executed in a way."""

    def answered(what: str, executor: type[Any]) -> ExecutionResult:
        monkeypatch.setattr(schema, "execution_context_class", executor)
        yes = "($yes: Boolean! = true)" if "$yes" in what else ""
        text = f'query{yes} {{ whatProduced(file: "{DL3}") {{ {what} }} }}'
        text += FRAGMENT if "OfAgent" in what else ""
        return asyncio.run(schema.execute(text, context_value=RequestContext(store)))

    return answered


@pytest.mark.parametrize("what", [ALL_PLAIN, MIXED, CHOSEN])
def test_the_same_answer_as_by_the_library(answer: Answer, what: str) -> None:
    ours = answer(what, PlainFieldsExecutor)
    library = answer(what, StrawberryGraphQLCoreExecutionContext)
    assert ours.errors is library.errors is None
    assert json.dumps(ours.data) == json.dumps(library.data)


@pytest.mark.parametrize(
    ("what", "path"),
    [
        ("nodes { name distance }", ["whatProduced", "nodes", 0, "distance"]),
        ("root { distance } nodes { name }", ["whatProduced", "root", "distance"]),
        ("nodes { name __typename } edges { role }", None),
    ],
)
def test_the_same_errors_as_by_the_library(
    answer: Answer,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    path: list[str | int] | None,
) -> None:
    walk = store.walk

    def spoilt(*asked: Any) -> Lineage:
        """A lineage whose root says something impossible."""
        lineage = walk(*asked)
        impossible: Any = "far"
        root = replace(lineage.root, distance=impossible)
        return replace(lineage, root=root, nodes=(root, *lineage.nodes[1:]))

    monkeypatch.setattr(store, "walk", spoilt)
    ours = answer(what, PlainFieldsExecutor)
    library = answer(what, StrawberryGraphQLCoreExecutionContext)
    assert ours.data == library.data
    assert ours.errors == library.errors
    assert [each.path for each in ours.errors or ()] == ([path] if path else [])


def test_which_fields_are_plain() -> None:
    entity = schema._schema.type_map["Entity"]
    assert isinstance(entity, GraphQLObjectType)
    plain = {name for name in entity.fields if plain_reader(entity, name)}
    assert {"id", "name", "location", "locations", "identifiers", "dataLevel", "more"} <= plain
    assert plain.isdisjoint({"generatedBy", "tainted", "attributes", "ancestors", "invalidation"})
    assert plain_reader(entity, "nothing") is None
