"""What is found goes along indexes, by every name."""

from neo4j import Driver

from provgraph.model.filters import Filter, Version
from provgraph.model.records import Document, Mention, Run
from provgraph.store.neo4j import find
from provgraph.store.neo4j.store import Neo4jStore, open_neo4j
from tests.store.neo4j.graphs import MADE, at_base_name, named, operators, put


def test_an_entity_is_found_by_each_of_its_names(store: Neo4jStore) -> None:
    """By id, newest place, an older place, an alias.

    Places and base names that differ in case or are quoted too.
    """
    names = ("/data/x.h5", '/copy/y "z" \\ (1)*.h5', "/other/X.h5")
    writes = tuple(Mention("a", MADE, None, f"file:{name}", "product:P", "test") for name in names)
    twin = Mention("a", MADE, None, "lfn:/cta/x.h5", "guid:G", "catalogue")
    put(
        store,
        Document(
            run=Run("a", {"startTime": ("2026-01-01T00:00:00.000",)}), mentions=(*writes[:1], twin)
        ),
    )
    put(store, Document(run=Run("a", {}), mentions=writes[1:]))
    for name in ("product:P", "guid:G", "lfn:/cta/x.h5", *(f"file:{name}" for name in names)):
        assert [found.node.id for found in named(store, name)] == ["product:P"], name
    assert named(store, "file:/copy/Y", "product:p", "P", "*", "", '"') == []
    assert [each.place for each in at_base_name(store, "x.h5")] == [
        "file:/data/x.h5",
        "lfn:/cta/x.h5",
    ]
    assert [each.place for each in at_base_name(store, 'y "z" \\ (1)*.h5')] == ["file:" + names[1]]
    wanted = Filter(version=Version("file:/other/X.h5", "a"))
    assert [found.node.id for found in store.find(wanted).found] == ["product:P"]


def test_a_look_up_by_identifiers_uses_indexes(night: Neo4jStore, driver: Driver) -> None:
    parameters = {"ids": ["x"], "locations": ["x"], "aliases": "x"}
    assert not [each for each in operators(driver, find.BY_ID, **parameters) if "Scan" in each]


def test_no_identifiers_find_nothing_without_a_question() -> None:
    store = open_neo4j("bolt://127.0.0.1:1")
    assert list(store.find(Filter(identifiers=())).found) == []
    store.close()


def test_a_record_has_to_meet_all_conditions(night: Neo4jStore) -> None:
    both = Filter(identifiers=("product:1",), base_name="calibrated.h5")
    assert [each.node.id for each in night.find(both).found] == ["product:1"]
    neither = Filter(identifiers=("product:1",), base_name="table.h5")
    assert list(night.find(neither).found) == []
