"""A subgraph of py2neo, merged into a real Neo4j."""

from urllib.parse import urlsplit

import py2neo
import pytest
from neo4j import GraphDatabase

import provgraph
from tests.conftest import LOGS, empty_neo4j
from tests.services import Neo4jServer

DL3 = "/data/ctao/dl3/run02001.dl3.fits"


@pytest.mark.neo4j
def test_py2neo_merges_into_a_neo4j(neo4j_server: Neo4jServer) -> None:
    empty_neo4j(neo4j_server.url)
    with provgraph.open("sqlite://") as night:
        night.load(LOGS)
        answer = night.what_produced(DL3)
    place = urlsplit(neo4j_server.url)
    graph = py2neo.Graph(
        f"bolt://{place.hostname}:{place.port}", auth=(place.username, place.password)
    )
    for _ in range(2):
        graph.merge(answer.to_py2neo())
    graph.service.connector.close()
    with GraphDatabase.driver(
        f"bolt://{place.hostname}:{place.port}", auth=(place.username or "", place.password or "")
    ) as driver:
        nodes = driver.execute_query("MATCH (n) RETURN count(n)").records[0][0]
        made = driver.execute_query(
            "MATCH (:Entity {id: $id})-[:WAS_GENERATED_BY]->(a:Activity) RETURN a.name",
            id=answer.root.id,
        ).records
        ends = driver.execute_query("MATCH (a)-[r]->(b) RETURN count(*)").records[0][0]
    assert nodes == len(answer.nodes)
    assert [row[0] for row in made] == ["create-dl3"]
    assert ends == len({(edge.source, edge.relation, edge.target) for edge in answer.edges})
    empty_neo4j(neo4j_server.url)
