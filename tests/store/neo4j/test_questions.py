"""What is found goes along indexes; walks: their queries, their plans, and where they end."""

from itertools import product

import pytest
from neo4j import Driver

from provgraph.model.filters import Filter, PageRequest, SortOrder, Version
from provgraph.model.lineage import Direction
from provgraph.model.records import Document, Mention, Run
from provgraph.model.vocabulary import ORIGIN_RELATIONS, Kind, RelationType
from provgraph.store.neo4j.address import address_of
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.questions import BY_ID, TOGETHER, find, walk_query
from provgraph.store.neo4j.store import Neo4jStore
from tests.store.neo4j.graphs import MADE, USED, at_base_name, named, operators, put


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
    assert not [each for each in operators(driver, BY_ID, **parameters) if "Scan" in each]


def test_no_identifiers_find_nothing_without_a_question() -> None:
    nowhere = Connection(address_of("bolt://127.0.0.1:1"))
    found = find(nowhere, Filter(identifiers=()), SortOrder.ID, PageRequest())
    assert list(found.found) == []
    nowhere.close()


def test_a_record_has_to_meet_all_conditions(night: Neo4jStore) -> None:
    both = Filter(identifiers=("product:1",), base_name="calibrated.h5")
    assert [each.node.id for each in night.find(both).found] == ["product:1"]
    neither = Filter(identifiers=("product:1",), base_name="table.h5")
    assert list(night.find(neither).found) == []


@pytest.mark.parametrize(
    ("kind", "direction", "depth", "relations"),
    [
        # Planning is slow: each walk with one choice of relations, each choice in a third of them.
        (*walk, (ORIGIN_RELATIONS, (USED,), tuple(RelationType))[sum(divmod(number, 3)) % 3])
        for number, walk in enumerate(
            product((Kind.ENTITY, Kind.ACTIVITY), Direction, (None, 2, 5))
        )
    ],
    ids=lambda value: str(len(value)) if isinstance(value, tuple) else str(value),
)
def test_walks_are_planned_breadth_first_on_distinct_nodes(
    night: Neo4jStore,
    driver: Driver,
    kind: Kind,
    direction: Direction,
    depth: int | None,
    relations: tuple[RelationType, ...],
) -> None:
    # At most one step away there is but one path to a node for each relation, so depths 0 and 1
    # need no pruning.
    def planned() -> tuple[list[str], list[str]]:
        query = walk_query(kind, direction, relations, depth)
        steps = operators(driver, query, root="x", cut=10)
        return steps, [each for each in steps if each.startswith("VarLengthExpand")]

    breadth_first = "VarLengthExpand(Pruning,BFS"
    if not all(each.startswith(breadth_first) for each in planned()[1]):
        # On a busy machine the server ends its search for a plan early, and keeps what it has.
        driver.execute_query("CALL db.clearQueryCaches()")
    found, walks = planned()
    assert walks
    assert all(each.startswith(breadth_first) for each in walks)
    assert not [each for each in found if "Scan" in each]
    assert [each for each in found if each.startswith("NodeUniqueIndexSeek")]
    # Sorted group by group of one distance, so the walk need not end before the first rows
    # come.
    assert [each for each in found if each.startswith("PartialTop")]


def test_what_a_limit_keeps_is_the_nearest_in_the_order_of_ids(store: Neo4jStore) -> None:
    reads = tuple(
        Mention("a", USED, None, f"file:/{n:02}", None, "test") for n in reversed(range(30))
    )
    put(store, Document(run=Run("a", {"startTime": ("2026-01-01T00:00:00.000",)}), mentions=reads))
    root = named(store, "a")[0].node
    answer = store.walk(root, Direction.UPSTREAM, ORIGIN_RELATIONS, None, 5)
    assert [node.id for node in answer.nodes] == [
        "a",
        "file:/00",
        "file:/01",
        "file:/02",
        "file:/03",
    ]
    assert answer.truncated
    assert len(answer.edges) == 4


@pytest.mark.parametrize("depth", [None, 1])
def test_a_walk_tells_all_nodes_and_relations_however_many_rows_they_take(
    store: Neo4jStore, depth: int | None
) -> None:
    files = [f"file:/{number:03}" for number in range(2 * TOGETHER)]
    reads = tuple(Mention("a", USED, None, each, None, "test") for each in files)
    put(store, Document(run=Run("a", {"startTime": ("2026-01-01T00:00:00.000",)}), mentions=reads))
    root = named(store, "a")[0].node
    answer = store.walk(root, Direction.UPSTREAM, ORIGIN_RELATIONS, depth, 1_000)
    assert [node.id for node in answer.nodes] == ["a", *files]
    assert [edge.location for edge in answer.edges] == [
        each.removeprefix("file:") for each in files
    ]


def test_a_walk_along_no_relation_is_its_root(night: Neo4jStore) -> None:
    root = named(night, "reader")[0].node
    answer = night.walk(root, Direction.BOTH, (), None, 10)
    assert [node.kind for node in answer.nodes] == [Kind.ACTIVITY, Kind.AGENT]


def test_a_walk_does_not_enter_the_configuration(night: Neo4jStore) -> None:
    root = named(night, "reader")[0].node
    answer = night.walk(root, Direction.UPSTREAM, tuple(RelationType), None, 100)
    assert {node.kind for node in answer.nodes} == {Kind.ACTIVITY, Kind.ENTITY, Kind.AGENT}


@pytest.mark.parametrize("direction", Direction)
def test_each_way_from_the_root_is_one_part_of_one_query(direction: Direction) -> None:
    query = walk_query(Kind.ENTITY, direction, (USED, MADE), None)
    assert query.count("$cut") == (2 if direction is Direction.BOTH else 1)
    # The recalls that are marked are a part of their own.
    parts = query.count("$cut") + (direction is not Direction.DOWNSTREAM)
    assert query.count("UNION ALL") == parts - 1
    assert "(:Entity {id: $root})" in query


def test_only_types_that_leave_the_lineage_need_a_look_at_each_node() -> None:
    condition = "WHERE n:Entity OR n:Activity OR n:Agent"
    assert condition not in walk_query(Kind.ENTITY, Direction.UPSTREAM, (USED, MADE), None)
    configured = (USED, RelationType.WAS_CONFIGURED_BY)
    assert condition in walk_query(Kind.ENTITY, Direction.UPSTREAM, configured, None)
