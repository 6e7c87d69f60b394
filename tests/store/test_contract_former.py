"""What is stated of an entity by a name that it had: every store means the same entity.

docs/contract.md, rules 4, 6 and 8.
"""

from collections.abc import Sequence

import pytest

from provgraph.ingest.deciding.integration import integrate
from provgraph.model.lineage import Direction
from provgraph.model.records import Document, End, StatedEntity, StatedRelation
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.tracing import find, lineage
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.store.test_contract import run

DERIVED = RelationType.WAS_DERIVED_FROM


def derived(effect: str, cause: str) -> Document:
    """A statement that one file was derived from another."""
    ends = End(Kind.ENTITY, effect), End(Kind.ENTITY, cause)
    return Document(relations=(StatedRelation(DERIVED, *ends),))


def put(store: Store, documents: Sequence[Document]) -> None:
    for each in documents:
        with store.writing() as transaction:
            integrate(transaction, [each])


def origins(store: Store, name: str) -> list[str]:
    """A record, and those that it was derived from."""
    answer = lineage(store, find(store, name), Direction.UPSTREAM, None, [DERIVED])
    return [node.id for node in answer.nodes]


def assert_as_at_once(store: Store, documents: Sequence[Document]) -> None:
    reference = open_store("sqlite://")
    with reference.writing() as transaction:
        integrate(transaction, documents)
    assert digest(store.scan()) == digest(reference.scan())
    assert store.stats() == reference.stats()
    reference.close()


@pytest.mark.parametrize("place", [0, 2, 5])
def test_a_relation_of_a_version_is_of_the_product_that_it_proved_to_be(
    store: Store, place: int
) -> None:
    """Whether the relation comes first, in between, or last; other files stood at the paths."""
    files = [
        run("w", 0, 1, ("/y",), ("/x",)),
        run("a", 2, 3, (), ("/x",)),
        run("b", 4, 5, ("/x=X",)),
        run("c", 6, 7, (), ("/x",)),
        run("d", 8, 9, (), ("/y",)),
    ]
    documents = [*files[:place], derived("file:/x@a", "file:/y"), *files[place:]]
    put(store, documents)
    assert origins(store, "product:X") == ["product:X", "file:/y"]
    assert origins(store, "file:/x@c") == ["file:/x@c"]
    assert_as_at_once(store, documents)


def test_a_relation_leaves_a_product_that_another_run_proved_to_have_made(store: Store) -> None:
    documents = [
        run("b", 4, 5, (), ("/x=P",)),
        derived("file:/x@b", "prov:http://x/raw"),
        run("a", 0, 1, (), ("/x=P",)),
    ]
    put(store, documents[:2])
    assert origins(store, "product:P") == ["product:P", "prov:http://x/raw"]
    put(store, documents[2:])
    assert origins(store, "product:P") == ["product:P"]
    assert origins(store, "file:/x@b") == ["file:/x@b", "prov:http://x/raw"]
    assert_as_at_once(store, documents)


def test_a_relation_of_a_path_is_of_the_product_that_alone_was_named_there(store: Store) -> None:
    documents = [
        run("a", 0, 1, ("/x",)),
        derived("prov:http://x/plot", "file:/x"),
        run("b", 2, 3, ("/x=X",)),
    ]
    put(store, documents)
    assert origins(store, "prov:http://x/plot") == ["prov:http://x/plot", "product:X"]
    assert_as_at_once(store, documents)


def test_a_weak_name_that_is_stated_later_is_a_name_of_the_known_product(store: Store) -> None:
    """The product says the same as before; only that it is called so is new."""
    documents = [
        run("a", 0, 1, (), ("/x=P",)),
        Document(entities=(StatedEntity("file:/x@a"),)),
        derived("file:/x@a", "prov:http://x/raw"),
    ]
    put(store, documents)
    assert find(store, "file:/x@a").id == "product:P"
    assert origins(store, "product:P") == ["product:P", "prov:http://x/raw"]
    assert_as_at_once(store, documents)


def test_an_entity_goes_whose_relations_are_those_of_a_known_product(store: Store) -> None:
    """Run b was there before its output at the path was known."""
    documents = [
        run("a", 0, 1, (), ("/x=P",)),
        derived("file:/x@a", "file:/z@b"),
        derived("file:/z@b", "file:/x@c"),
        run("b", 2, 3, ("/x=P",), ("/z=Q",)),
        run("c", 4, 5, ("/x=P",), ("/x=R",)),
    ]
    put(store, documents)
    assert origins(store, "product:P") == ["product:P", "product:Q", "product:R"]
    assert_as_at_once(store, documents)


def test_of_two_products_of_a_run_at_a_path_the_last_one_is_meant(store: Store) -> None:
    documents = [
        run("a", 0, 1, (), ("/x=P",)),
        Document(entities=(StatedEntity("file:/x@a", {"note": ("the last",)}),)),
        derived("file:/x@a", "prov:http://x/raw"),
        run("a", 0, 1, (), ("/x=Q",)),
    ]
    put(store, documents)
    assert origins(store, "product:P") == ["product:P"]
    assert origins(store, "product:Q") == ["product:Q", "prov:http://x/raw"]
    assert find(store, "product:Q").attributes["note"] == ("the last",)
    assert "note" not in find(store, "product:P").attributes
    assert_as_at_once(store, documents)
