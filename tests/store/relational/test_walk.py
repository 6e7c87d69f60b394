"""A walk is one statement, however far it goes; the contract suite says what it answers."""

import pytest

from provgraph.ingest.deciding.integration import integrate
from provgraph.model.lineage import Direction
from provgraph.model.records import Document, End, StatedRelation, key_of
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.relational.store import RelationalStore


def put_chain(store: RelationalStore, length: int) -> None:
    derived = (
        StatedRelation(
            RelationType.WAS_DERIVED_FROM,
            End(Kind.ENTITY, f"product:{n + 1}"),
            End(Kind.ENTITY, f"product:{n}"),
        )
        for n in range(length)
    )
    with store.writing() as transaction:
        integrate(transaction, [Document(relations=tuple(derived))])


@pytest.mark.parametrize("depth", [None, 7])
@pytest.mark.parametrize("direction", Direction)
def test_a_walk_is_one_statement(
    store: RelationalStore, queries: list[str], direction: Direction, depth: int | None
) -> None:
    put_chain(store, 20)
    key = key_of(Kind.ENTITY, "product:10")
    root = store.nodes([key])[key]
    queries.clear()
    found = store.walk(root, direction, [RelationType.WAS_DERIVED_FROM], depth, 1_000)
    assert len(queries) == 1
    both = 2 if direction is Direction.BOTH else 1
    assert len(found.nodes) == 1 + both * (7 if depth else 10)


def test_a_walk_along_nothing_is_its_root(store: RelationalStore) -> None:
    put_chain(store, 2)
    key = key_of(Kind.ENTITY, "product:1")
    found = store.walk(store.nodes([key])[key], Direction.BOTH, [], None, 10)
    assert [node.id for node in found.nodes] == ["product:1"]
