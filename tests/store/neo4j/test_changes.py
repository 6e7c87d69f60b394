"""The graph as a person sees it in Neo4j Browser, and how it changes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from neo4j import Driver

from provgraph.errors import StoreError
from provgraph.ingest.deciding.integration import integrate
from provgraph.model.records import (
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
from provgraph.model.vocabulary import NODE_LABEL, AgentType, EntityType, Kind, RelationType
from provgraph.store.neo4j.store import Neo4jStore
from provgraph.store.records import (
    Changes,
    StoredMention,
)
from tests.store.neo4j.graphs import DERIVED, MADE, USED, ask, named, put


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
    assert found.pop("searchTerms").startswith("reader ctapipe process wn042 _")
    assert found == {
        "id": "reader",
        "key": key_of(Kind.ACTIVITY, "reader").hex(),
        "name": "ctapipe-process",
        "calledAs": "ctapipe-process",
        "searchName": "ctapipe-process",
        "searchTime": "2026-11-21T08:29:38.045",
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
    assert found.pop("searchTerms").startswith("product 1 calibrated h5 file data _")
    assert found == {
        "id": "product:1",
        "key": key_of(Kind.ENTITY, "product:1").hex(),
        "name": "calibrated.h5",
        "calledAs": "calibrated.h5",
        "searchName": "calibrated.h5",
        "searchTime": "2026-11-21T08:00:00.000",
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
    query = (
        "MATCH (a:Activity)-[r:USED]->(e:Entity) "
        "RETURN a.name, r.role, r.place, r.identifier, r.rule, e.name"
    )
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
    query = (
        "MATCH (e:Entity)-[r:WAS_GENERATED_BY]->(a:Activity) "
        "RETURN e.name, r.role, r.source, a.name"
    )
    assert sorted(ask(driver, query)) == [
        ["calibrated.h5", "DL1/Event", "ctapipe default", "ctapipe-calibrate"],
        ["table.h5", "DL2/Event", "ctapipe default", "ctapipe-process"],
    ]


def test_the_configuration(night: Neo4jStore, driver: Driver) -> None:
    query = (
        "MATCH (:Activity {id: 'reader'})-[:WAS_CONFIGURED_BY]->(c:Collection)"
        "-[:HAD_MEMBER]->(p:Parameter) "
        "RETURN c.name, c.type, p.name, p.value, p.valueType"
    )
    assert sorted(ask(driver, query)) == [
        ["ProcessTool.Cuts", "configuration", "ProcessTool.Cuts.on", True, "boolean"],
        ["ProcessTool.Cuts", "configuration", "ProcessTool.Cuts.size", 55.5, "number"],
        ["python packages", "software environment", "numpy", "1.26.4", "package version"],
    ]
    query = (
        "MATCH (:Activity {id: 'reader'})-[:WAS_CONFIGURED_BY]->(f:ConfigFile) "
        "RETURN f.id, f.location"
    )
    assert ask(driver, query) == [["file:/data/base.yaml", "/data/base.yaml"]]


def test_an_agent(night: Neo4jStore, driver: Driver) -> None:
    query = (
        "MATCH (:Activity {id: 'reader'})-[r:WAS_ASSOCIATED_WITH]->(g:Organization) "
        "RETURN r.role, g.id, labels(g)"
    )
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


def test_what_was_written_earlier_in_a_transaction_is_not_new(
    store: Neo4jStore, driver: Driver
) -> None:
    settings = Settings("T", {"T.x": 1})
    document = Document(
        run=Run("r", {"name": ("t",)}),
        mentions=(Mention("r", USED, "in", "file:/x"), Mention("r", MADE, "out", "file:/y")),
        entities=(StatedEntity("prov:urn:x"),),
        settings=(settings,),
        config_files=("file:/c",),
    )
    with store.writing() as transaction:
        integrate(transaction, [document])
        integrate(transaction, [replace(document, run=Run("r", {"more": (1,)}))])
    put(store, replace(document, run=Run("r", {"later": (2,)})))
    assert ask(driver, "MATCH (a:Activity) RETURN a.more, a.later") == [[1, 2]]
    links = "MATCH (:Activity)-[r]-() RETURN type(r), count(r) ORDER BY type(r)"
    assert ask(driver, links) == [["USED", 1], ["WAS_CONFIGURED_BY", 2], ["WAS_GENERATED_BY", 1]]
    assert ask(driver, "MATCH (e:Entity) RETURN count(e)") == [[3]]


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
