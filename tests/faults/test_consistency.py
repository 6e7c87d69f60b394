"""The check itself.

It finds nothing in a sound store, and everything that was broken on purpose.
"""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from provgraph.ingest.loading import load
from provgraph.store.registry import open_store
from tests.conftest import LOGS, STORES, empty_neo4j
from tests.faults.consistency import faults_in
from tests.faults.material import Material
from tests.services import Neo4jServer
from tests.services.process import HOST

NESTED, FAILED = LOGS / "edge_nested.provlog", LOGS / "edge_failed.provlog"
MATERIAL = Material((NESTED, FAILED))


def load_into(url: str, sources: Iterable[Path]) -> None:
    with closing(open_store(url)) as store:
        list(load(store, map(str, sources)))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store file with both logs."""
    path = tmp_path_factory.mktemp("sound") / "store.db"
    load_into(f"sqlite:///{path}", MATERIAL.sources)
    return path


# A store in memory has no second connection to look through.
@pytest.mark.parametrize("store_url", STORES[1:], indirect=True)
@pytest.mark.parametrize("sources", [(), (NESTED,), (FAILED, NESTED)])
def test_a_sound_store(store_url: str, sources: tuple[Path, ...]) -> None:
    load_into(store_url, sources)
    assert faults_in(store_url, MATERIAL) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM entity WHERE id IN (SELECT id FROM entity LIMIT 1)", "rows of relation."),
        (
            "DELETE FROM activity WHERE id IN (SELECT id FROM activity LIMIT 1)",
            "rows of settings_of.activity",
        ),
        (
            "DELETE FROM relation WHERE rowid IN (SELECT rowid FROM relation LIMIT 1)",
            "records that are missing",
        ),
        ("UPDATE entity SET data_level = 'DL9'", "records that follow from no recorded load"),
        ("DELETE FROM name", "rows of naming.name lead to nothing"),
        ("DELETE FROM settings", "rows of settings_of.part lead to nothing"),
        (
            "UPDATE settings SET parameters = '{\"x\": 1}'",
            "settings that are not what their keys say",
        ),
        (
            "DELETE FROM load",
            "edge_failed.provlog: 5 of 5 runs visible instead of 0, not recorded as loaded",
        ),
        (
            "UPDATE load SET sha256 = (SELECT min(sha256) FROM load), source = 'x'",
            "recorded already",
        ),
        ("UPDATE load SET sha256 = 'other'", "loads of sources that were never loaded"),
        (
            "UPDATE load SET status = 'unfinished', read_to = 0",
            "runs visible instead of 0, unfinished",
        ),
        (
            "DELETE FROM statement WHERE part = 0",
            "edge_failed.provlog: loaded, of 5 runs what it says of 4 is kept",
        ),
        ("DELETE FROM load WHERE id > (SELECT min(id) FROM load)", "are not recorded"),
    ],
)
def test_what_is_broken_in_sql(sound: Path, tmp_path: Path, statement: str, told: str) -> None:
    path = Path(shutil.copy(sound, tmp_path))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
    assert told in "\n".join(faults_in(f"sqlite:///{path}", MATERIAL))


@pytest.mark.neo4j
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("CREATE (:Parameter)", "nodes without id"),
        ("MATCH (n:Entity) WITH n LIMIT 1 REMOVE n.key", "records without key"),
        ("MATCH ()-[r:USED]->() WITH r LIMIT 1 REMOVE r.key", "relationships without key"),
        (
            "MATCH (a)-[r:USED]->(e) WITH a, r, e LIMIT 1 CREATE (a)-[s:USED]->(e) SET s = r",
            "are there twice",
        ),
        ("CREATE (:Entity {id: 'x', key: 'x', identifiers: []})", "entities that nothing is of"),
        (
            "MATCH ()-[r:HAD_MEMBER]->() WITH r LIMIT 1 DELETE r",
            "settings that are not what their keys say",
        ),
        ("MATCH (l:Load) DELETE l", "runs visible instead of 0, not recorded as loaded"),
        (
            "MATCH (s:Bookkeeping) WHERE s.part = 0 DELETE s",
            "edge_failed.provlog: loaded, of 5 runs what it says of 4",
        ),
    ],
)
def test_what_is_broken_in_neo4j(neo4j_server: Neo4jServer, statement: str, told: str) -> None:
    empty_neo4j(neo4j_server.url)
    load_into(neo4j_server.url, MATERIAL.sources)
    login = (neo4j_server.user, neo4j_server.password)
    with GraphDatabase.driver(f"bolt://{HOST}:{neo4j_server.bolt_port}", auth=login) as driver:
        driver.execute_query(statement)
    assert told in "\n".join(faults_in(neo4j_server.url, MATERIAL))
