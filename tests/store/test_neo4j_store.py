"""What is particular to the Neo4j store.

How its graph looks, how its walks are planned, how it copes with a server.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from itertools import product
from threading import Thread
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase

from provgraph.errors import StoreError, UnreachableError
from provgraph.identity.files import times_of
from provgraph.ingest.deciding.integration import integrate
from provgraph.model.filters import Filter, Version
from provgraph.model.lineage import Direction
from provgraph.model.records import (
    SOFTWARE,
    Agent,
    Document,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
    key_of,
)
from provgraph.model.values import Values
from provgraph.model.vocabulary import (
    NODE_LABEL,
    ORIGIN_RELATIONS,
    AgentType,
    EntityType,
    Kind,
    RelationType,
)
from provgraph.store.digest import digest
from provgraph.store.neo4j import connection, cypher, facts, find, transaction
from provgraph.store.neo4j import store as neo4j_store
from provgraph.store.neo4j.store import Neo4jStore, open_neo4j
from provgraph.store.neo4j.walk import walk_query
from provgraph.store.protocol import Store
from provgraph.store.records import Changes, Found, StoredMention
from tests.conftest import empty_neo4j
from tests.services import Neo4jServer

pytestmark = pytest.mark.neo4j

USED, MADE = RelationType.USED, RelationType.WAS_GENERATED_BY
DERIVED = RelationType.WAS_DERIVED_FROM


@pytest.fixture
def store(neo4j_server: Neo4jServer) -> Iterator[Neo4jStore]:
    empty_neo4j(neo4j_server.url)
    opened = open_neo4j(neo4j_server.url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def driver(neo4j_server: Neo4jServer) -> Iterator[Driver]:
    with GraphDatabase.driver(
        f"bolt://127.0.0.1:{neo4j_server.bolt_port}",
        auth=(neo4j_server.user, neo4j_server.password),
        notifications_min_severity="OFF",
    ) as opened:
        yield opened


def ask(driver: Driver, query: str, **parameters: Any) -> list[list[Any]]:
    return [record.values() for record in driver.execute_query(query, parameters).records]


def put(store: Neo4jStore, *documents: Document) -> None:
    with store.writing() as transaction:
        integrate(transaction, documents)


def named(store: Store, *identifiers: str) -> list[Found]:
    return list(store.find(Filter(identifiers=identifiers)).found)


def at_base_name(store: Store, name: str) -> list[Found]:
    return list(store.find(Filter(base_name=name)).found)


@pytest.fixture
def night(store: Neo4jStore) -> Neo4jStore:
    """One run that reads a calibrated product with a configuration file and writes a table, and its
    maker.
    """
    facts: dict[str, Values] = {
        "name": ("ctapipe-process",),
        "version": ("0.28.0",),
        "status": ("completed",),
        "startTime": ("2026-11-21T08:29:38.045",),
        "endTime": ("2026-11-21T08:30:00.000",),
        "host": ("wn042",),
        "exit_code": (0,),
        "arguments": (["ctapipe-process", "-i", "x"],),
        "odd": ({"a": [1, None]},),
    }
    maker = Document(
        run=Run(
            "maker", {"name": ("ctapipe-calibrate",), "startTime": ("2026-11-21T08:00:00.000",)}
        ),
        mentions=(
            Mention(
                "maker",
                MADE,
                "DL1/Event",
                "file:/data/calibrated.h5",
                "product:1",
                "ctapipe default",
            ),
        ),
    )
    reader = Document(
        run=Run("reader", facts),
        mentions=(
            Mention(
                "reader",
                USED,
                "DL1/Event",
                "file:/data/calibrated.h5",
                "product:1",
                "ctapipe default",
            ),
            Mention(
                "reader",
                USED,
                "Tool Configuration",
                "file:/data/base.yaml",
                None,
                "ctapipe default",
            ),
            Mention("reader", MADE, "DL2/Event", "file:/data/table.h5", None, "ctapipe default"),
        ),
        entities=(
            StatedEntity("product:1", {"CTA PRODUCT FORMAT": ("hdf5",), "type": ("Event",)}),
        ),
        agents=(Agent("CTAO", "CTA Observatory", AgentType.ORGANIZATION),),
        relations=(
            StatedRelation(
                RelationType.WAS_ASSOCIATED_WITH,
                End(Kind.ACTIVITY, "reader"),
                End(Kind.AGENT, "CTAO"),
                "operator",
            ),
        ),
        settings=(
            Settings(
                "ProcessTool.Cuts", {"ProcessTool.Cuts.size": 55.5, "ProcessTool.Cuts.on": True}
            ),
            Settings(SOFTWARE, {"numpy": "1.26.4"}),
        ),
        config_files=("file:/data/base.yaml",),
    )
    put(store, maker, reader)
    return store


# The graph as a person sees it.


def test_labels_and_types_are_the_vocabulary(night: Neo4jStore, driver: Driver) -> None:
    labels = {
        label for (found,) in ask(driver, "MATCH (n) RETURN DISTINCT labels(n)") for label in found
    }
    assert labels <= {*NODE_LABEL.values(), *EntityType, *AgentType, "Bookkeeping"}
    types = {found for (found,) in ask(driver, "MATCH ()-[r]->() RETURN DISTINCT type(r)")}
    assert types == {
        "USED",
        "WAS_GENERATED_BY",
        "WAS_CONFIGURED_BY",
        "HAD_MEMBER",
        "WAS_ASSOCIATED_WITH",
    }


def test_every_node_has_a_caption(night: Neo4jStore, driver: Driver) -> None:
    names = {
        (labels[0], name) for labels, name in ask(driver, "MATCH (n) RETURN labels(n), n.name")
    }
    assert names == {
        ("Activity", "ctapipe-calibrate"),
        ("Activity", "ctapipe-process"),
        ("Agent", "CTA Observatory"),
        ("Collection", "ProcessTool.Cuts"),
        ("Collection", "python packages"),
        ("ConfigFile", "base.yaml"),
        ("Entity", "base.yaml"),
        ("Entity", "calibrated.h5"),
        ("Entity", "table.h5"),
        ("Bookkeeping", "journal"),
        ("Bookkeeping", "writer lock"),
        ("Parameter", "ProcessTool.Cuts.on"),
        ("Parameter", "ProcessTool.Cuts.size"),
        ("Parameter", "numpy"),
    }


def test_an_activity(night: Neo4jStore, driver: Driver) -> None:
    [[found]] = ask(driver, "MATCH (a:Activity {id: 'reader'}) RETURN properties(a)")
    assert found.pop("startTime").to_native() == datetime(2026, 11, 21, 8, 29, 38, 45_000, UTC)
    assert found.pop("endTime").to_native() == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    assert found == {
        "id": "reader",
        "key": key_of(Kind.ACTIVITY, "reader").hex(),
        "name": "ctapipe-process",
        "version": "0.28.0",
        "status": "completed",
        "host": "wn042",
        "exit_code": 0,
        "arguments": ["ctapipe-process", "-i", "x"],
        "odd": '{"a":[1,null]}',
        "jsonAttributes": ["odd"],
    }


def test_an_entity(night: Neo4jStore, driver: Driver) -> None:
    [[labels, found]] = ask(
        driver, "MATCH (e:Entity {id: 'product:1'}) RETURN labels(e), properties(e)"
    )
    assert set(labels) == {"Entity", "DatasetEntity"}
    assert found.pop("generatedAtTime").to_native() == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert found == {
        "id": "product:1",
        "key": key_of(Kind.ENTITY, "product:1").hex(),
        "name": "calibrated.h5",
        "location": "/data/calibrated.h5",
        "locations": ["/data/calibrated.h5"],
        "identifiers": ["product:1", "file:/data/calibrated.h5"],
        "places": ["file:/data/calibrated.h5"],
        "ranks": [2],
        "since": ["2026-11-21T08:29:38.045"],
        "until": [""],
        "dataLevel": "DL1",
        "stated": ["product:1"],
        "CTA PRODUCT FORMAT": "hdf5",
        "type": "Event",
    }


def test_inputs_and_outputs_are_relationships(night: Neo4jStore, driver: Driver) -> None:
    query = "MATCH (a:Activity)-[r:USED]->(e:Entity) RETURN a.name, r.role, r.place, r.identifier, r.rule, e.name"
    assert sorted(ask(driver, query)) == [
        [
            "ctapipe-process",
            "DL1/Event",
            "file:/data/calibrated.h5",
            "product:1",
            "named",
            "calibrated.h5",
        ],
        [
            "ctapipe-process",
            "Tool Configuration",
            "file:/data/base.yaml",
            None,
            "external",
            "base.yaml",
        ],
    ]
    query = "MATCH (e:Entity)-[r:WAS_GENERATED_BY]->(a:Activity) RETURN e.name, r.role, r.source, a.name"
    assert sorted(ask(driver, query)) == [
        ["calibrated.h5", "DL1/Event", "ctapipe default", "ctapipe-calibrate"],
        ["table.h5", "DL2/Event", "ctapipe default", "ctapipe-process"],
    ]


def test_the_configuration(night: Neo4jStore, driver: Driver) -> None:
    query = (
        "MATCH (:Activity {id: 'reader'})-[:WAS_CONFIGURED_BY]->(c:Collection)-[:HAD_MEMBER]->(p:Parameter) "
        "RETURN c.name, c.type, p.name, p.value, p.valueType"
    )
    assert sorted(ask(driver, query)) == [
        ["ProcessTool.Cuts", "configuration", "ProcessTool.Cuts.on", True, "boolean"],
        ["ProcessTool.Cuts", "configuration", "ProcessTool.Cuts.size", 55.5, "number"],
        ["python packages", "software environment", "numpy", "1.26.4", "package version"],
    ]
    query = "MATCH (:Activity {id: 'reader'})-[:WAS_CONFIGURED_BY]->(f:ConfigFile) RETURN f.id, f.location"
    assert ask(driver, query) == [["file:/data/base.yaml", "/data/base.yaml"]]


def test_an_agent(night: Neo4jStore, driver: Driver) -> None:
    query = "MATCH (:Activity {id: 'reader'})-[r:WAS_ASSOCIATED_WITH]->(g:Organization) RETURN r.role, g.id, labels(g)"
    [[role, identifier, labels]] = ask(driver, query)
    assert (role, identifier, set(labels)) == ("operator", "CTAO", {"Agent", "Organization"})


def test_shared_parameters_are_one_node(night: Neo4jStore, driver: Driver) -> None:
    more = Settings(
        "ProcessTool.Cuts", {"ProcessTool.Cuts.size": 55.5, "ProcessTool.Cuts.on": False}
    )
    put(night, Document(run=Run("other", {"name": ("t",)}), settings=(more,)))
    assert ask(driver, "MATCH (p:Parameter {name: 'ProcessTool.Cuts.size'}) RETURN count(p)") == [
        [1]
    ]
    assert ask(driver, "MATCH (c:Collection {name: 'ProcessTool.Cuts'}) RETURN count(c)") == [[2]]


def test_a_type_that_changes_changes_the_label(store: Neo4jStore, driver: Driver) -> None:
    put(store, Document(entities=(StatedEntity("prov:urn:x"),), agents=(Agent("y"),)))
    collection = StatedEntity("prov:urn:x", type=EntityType.COLLECTION)
    put(store, Document(entities=(collection,), agents=(Agent("y", type=AgentType.PERSON),)))
    found = {
        frozenset(labels)
        for (labels,) in ask(driver, "MATCH (n) WHERE NOT n:Bookkeeping RETURN labels(n)")
    }
    assert found == {frozenset({"Entity", "Collection"}), frozenset({"Agent", "Person"})}
    assert store.stats()["settings"] == 0


# Walks and look-ups.


def operators(driver: Driver, query: str, **parameters: Any) -> list[str]:
    """The operators with what they do, of a plan made for the graph that is there, not for one of a
    test before.
    """
    driver.execute_query("CALL db.clearQueryCaches()")
    plan = driver.execute_query("EXPLAIN " + query, parameters).summary.plan
    assert plan is not None
    found = []
    waiting = [plan]
    while waiting:
        here = waiting.pop()
        found.append(f"{here['operatorType']} {here['args'].get('Details', '')}")
        waiting += here.get("children", [])
    return found


@pytest.mark.parametrize(
    ("kind", "direction", "depth"),
    list(product((Kind.ENTITY, Kind.ACTIVITY), Direction, (None, 2, 5))),
    ids=str,
)
def test_walks_are_planned_breadth_first_on_distinct_nodes(
    night: Neo4jStore, driver: Driver, kind: Kind, direction: Direction, depth: int | None
) -> None:
    # At most one step away there is but one path to a node for each relation, so depths 0 and 1
    # need no pruning.
    for relations in (ORIGIN_RELATIONS, (USED,), tuple(RelationType)):
        found = operators(driver, walk_query(kind, direction, relations, depth), root="x", cut=10)
        walks = [each for each in found if each.startswith("VarLengthExpand")]
        assert walks
        assert all(each.startswith("VarLengthExpand(Pruning,BFS") for each in walks)
        assert not [each for each in found if "Scan" in each]
        assert [each for each in found if each.startswith("NodeUniqueIndexSeek")]
        # Sorted group by group of one distance, so the walk need not end before the first rows
        # come.
        assert [each for each in found if each.startswith("PartialTop")]


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        (find.BY_ID, {"ids": ["x"], "locations": ["x"], "aliases": "x"}),
        (f"{neo4j_store._BY_KEY} RETURN n", {"keys": ["x"]}),
        (
            f"CALL () {{ {facts._STRUCTURAL} }} RETURN {cypher.MENTION}",
            {"names": ["x"], "twins": ["y"]},
        ),
        (transaction.TAKE_TURN, {}),
    ],
    ids=["by id", "by key", "structural", "lock"],
)
def test_look_ups_use_indexes(
    night: Neo4jStore, driver: Driver, query: str, parameters: dict[str, Any]
) -> None:
    assert not [each for each in operators(driver, query, **parameters) if "Scan" in each]


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


def test_a_walk_along_no_relation_is_its_root(night: Neo4jStore) -> None:
    root = named(night, "reader")[0].node
    answer = night.walk(root, Direction.BOTH, (), None, 10)
    assert [node.kind for node in answer.nodes] == [Kind.ACTIVITY, Kind.AGENT]


def test_a_walk_does_not_enter_the_configuration(night: Neo4jStore) -> None:
    root = named(night, "reader")[0].node
    answer = night.walk(root, Direction.UPSTREAM, tuple(RelationType), None, 100)
    assert {node.kind for node in answer.nodes} == {Kind.ACTIVITY, Kind.ENTITY, Kind.AGENT}


def test_relations_show_their_times(store: Neo4jStore) -> None:
    time = "2026-11-21T08:29:38.045123400"
    ends = End(Kind.ENTITY, "prov:urn:x"), End(Kind.ENTITY, "prov:urn:y")
    put(
        store,
        Document(
            relations=(StatedRelation(DERIVED, *ends, time=time), StatedRelation(DERIVED, *ends))
        ),
    )
    root = named(store, "prov:urn:x")[0].node
    expected = [None, time + "Z"]
    assert [edge.time for edge in store.edges_of([root.key], [DERIVED])] == expected
    assert [
        edge.time for edge in store.walk(root, Direction.UPSTREAM, [DERIVED], None, 9).edges
    ] == expected


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


# Facts.


def test_facts_come_back_within_the_transaction(night: Neo4jStore) -> None:
    with night.writing() as transaction:
        run = transaction.runs(["reader", "unknown"])["reader"]
        assert run.facts["odd"] == ({"a": [1, None]},)
        assert transaction.times(["reader"]) == {"reader": times_of(run)}
        assert transaction.stated(["product:1", "product:2"]) == {
            "product:1": StatedEntity(
                "product:1", {"CTA PRODUCT FORMAT": ("hdf5",), "type": ("Event",)}
            )
        }
        assert set(transaction.agents(["CTAO", "reader"])) == {"CTAO"}
        places = {stored.mention.place for stored in transaction.mentions_of(["reader"])}
        assert places == {"file:/data/calibrated.h5", "file:/data/base.yaml", "file:/data/table.h5"}
        structural = transaction.structural_mentions(
            ["file:/data/calibrated.h5", "file:/data/base.yaml"], []
        )
        assert {stored.mention.place for stored in structural} == {"file:/data/calibrated.h5"}
        [plain] = transaction.plain_reads(["file:/data/calibrated.h5", "file:/data/base.yaml"])
        assert plain.mention.place == "file:/data/base.yaml"


def stated_relations(store: Neo4jStore) -> set[tuple[str, str, str]]:
    """Each stated derivation, by the ids of its ends."""
    with store.writing() as transaction:
        entities = transaction.entities(["product:P", "guid:G", "prov:urn:x"])
    nodes = store.nodes([key_of(Kind.ENTITY, each) for each in entities])
    edges = store.edges_of(list(nodes), [DERIVED])
    return {(nodes[edge.source].id, edge.role or "", nodes[edge.target].id) for edge in edges}


def test_what_is_stated_moves_with_its_identifier(store: Neo4jStore) -> None:
    """Two identifiers become one entity by what two sources say of one run, and two again by what
    one says later.
    """
    maker = Run("a", {"startTime": ("2026-01-01T00:00:00.000",)})
    first = Mention("a", MADE, "data", "file:/scratch/x", "product:P", "log")
    second = Mention("a", MADE, "data", "lfn:/cta/x", "guid:G", "catalogue")
    another = Mention("a", MADE, "data", "lfn:/cta/old/x", "guid:H", "catalogue")
    derived = StatedRelation(
        DERIVED,
        End(Kind.ENTITY, "guid:G"),
        End(Kind.ENTITY, "prov:urn:x"),
        "copy",
        None,
        {"how": ("cp",)},
    )
    header, note = (
        StatedEntity("product:P", {"a": (1,)}),
        StatedEntity("guid:G", {"a": (2,), "b": (3,)}),
    )
    put(store, Document(entities=(header, note), relations=(derived,)))
    assert stated_relations(store) == {("guid:G", "copy", "prov:urn:x")}
    put(store, Document(run=maker, mentions=(first, second)))
    assert stated_relations(store) == {("product:P", "copy", "prov:urn:x")}
    assert named(store, "guid:G")[0].node.attributes == {"a": (1, 2), "b": (3,)}
    put(store, Document(entities=(StatedEntity("guid:G", {"c": (4,)}),)))
    put(store, Document(run=maker, mentions=(another,)))
    assert stated_relations(store) == {("guid:G", "copy", "prov:urn:x")}
    with store.writing() as transaction:
        assert transaction.stated(["product:P", "guid:G"]) == {
            "product:P": header,
            "guid:G": StatedEntity("guid:G", {"a": (2,), "b": (3,), "c": (4,)}),
        }
    assert "wasDerivedFrom" in {kind for kind, _ in store.scan()}


def test_a_relation_to_what_nobody_describes_is_kept(store: Neo4jStore) -> None:
    said = StatedRelation(
        RelationType.WAS_ASSOCIATED_WITH,
        End(Kind.ACTIVITY, "unknown run"),
        End(Kind.AGENT, "unknown agent"),
        "pi",
    )
    put(store, Document(relations=(said,)))
    key = key_of(Kind.ACTIVITY, "unknown run")
    assert [edge.role for edge in store.edges_of([key], [said.relation])] == ["pi"]
    put(
        store,
        Document(
            run=Run("unknown run", {"name": ("known",)}), agents=(Agent("unknown agent", "Known"),)
        ),
    )
    assert [edge.role for edge in store.edges_of([key], [said.relation])] == ["pi"]
    assert store.nodes([key])[key].name == "known"


def test_a_mention_of_a_run_that_is_not_there_is_refused(store: Neo4jStore) -> None:
    stored = StoredMention(Mention("a", USED, place="file:/x"), None, "file:/x", "named")
    with pytest.raises(StoreError, match="does not have"), store.writing() as transaction:
        transaction.apply(Changes(mentions=[stored]), ())
    assert store.stats()["activities"] == 0


# The server.


def drop_schema(driver: Driver) -> None:
    for name, constraint in ask(
        driver, "SHOW INDEXES YIELD name, owningConstraint RETURN name, owningConstraint"
    ):
        if name.startswith("provgraph_"):
            driver.execute_query(f"DROP {'CONSTRAINT' if constraint else 'INDEX'} {name}")


def test_reading_makes_nothing(store: Neo4jStore, driver: Driver) -> None:
    drop_schema(driver)
    assert not [
        *named(store, "product:1"),
        *at_base_name(store, "x"),
        *store.loads(),
        *store.scan(),
    ]
    assert store.stats()["entities"] == 0
    assert store.loads_of(["00ff"], "default") == {}
    assert not [
        name for (name,) in ask(driver, "SHOW INDEXES YIELD name") if name.startswith("provgraph_")
    ]


def test_eight_writers_at_once_on_a_new_database(
    neo4j_server: Neo4jServer, store: Neo4jStore, driver: Driver
) -> None:
    drop_schema(driver)

    def document(n: int) -> Document:
        mentions = (
            Mention(f"r{n}", USED, None, "file:/shared"),
            Mention(f"r{n}", MADE, None, "file:/shared"),
        )
        facts = {
            "startTime": (f"2026-01-01T00:00:{n:02}.000",),
            "endTime": (f"2026-01-01T00:00:{n:02}.500",),
        }
        return Document(
            run=Run(f"r{n}", facts), mentions=mentions, settings=(Settings("s", {"x": n % 2}),)
        )

    def write(worker: int) -> None:
        mine = open_neo4j(neo4j_server.url)
        for n in range(worker, 32, 8):
            put(mine, document(n))
        mine.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    together = digest(store.scan())
    empty_neo4j(neo4j_server.url)
    put(store, *map(document, range(32)))
    assert digest(store.scan()) == together


def test_a_wrong_password_is_said_and_not_shown(neo4j_server: Neo4jServer) -> None:
    refused = open_neo4j(neo4j_server.url.replace(neo4j_server.password, "wr0ng"))
    with pytest.raises(StoreError, match="check user and password") as raised:
        refused.stats()
    assert not isinstance(raised.value, UnreachableError)
    assert "wr0ng" not in str(raised.value)
    refused.close()


def test_a_database_that_is_not_there(neo4j_server: Neo4jServer) -> None:
    refused = open_neo4j(neo4j_server.url + "x")
    with pytest.raises(StoreError, match="neo4jx"):
        refused.stats()
    refused.close()


def test_a_server_that_goes_away_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def document(n: int) -> Document:
        return Document(run=Run(f"r{n}", {"startTime": ("2026-01-01T00:00:00.000",)}))

    def write_while_it_dies() -> None:
        with store.writing() as transaction:
            integrate(transaction, [document(2)])
            server.kill()

    with Neo4jServer() as server:
        store = open_neo4j(server.url)
        put(store, document(1))
        with pytest.raises(UnreachableError, match=r"bolt://neo4j@127\.0\.0\.1"):
            write_while_it_dies()
        monkeypatch.setattr(connection, "RETRY_SECONDS", 0.5)
        with pytest.raises(UnreachableError):
            store.stats()
        monkeypatch.setattr(connection, "RETRY_SECONDS", 120)
        restart = Thread(target=server.restart)
        restart.start()
        assert store.stats()["activities"] == 1  # asked again until the server is back
        put(store, document(2))
        assert store.stats()["activities"] == 2
        restart.join()
        store.close()


def test_the_newest_turn_of_another_process_is_looked_at_again(
    neo4j_server: Neo4jServer, store: Neo4jStore
) -> None:
    """Neo4j makes a commit visible bit by bit; what may be seen in part must count as not seen."""
    put(store, Document(run=Run("a", {})))
    with store.viewing() as view:
        own = view.turn
        assert view.settled == own
    with closing(open_neo4j(neo4j_server.url)) as other:
        with other.viewing() as view:
            assert (view.turn, view.settled) == (own, own - 1)
        put(other, Document(run=Run("b", {})))
        with other.viewing() as view, store.viewing() as view_of_store:
            assert (view.settled, view_of_store.settled) == (own + 1, own)
    with store.viewing(settled=True) as view:
        assert view.settled == own + 1
