"""Databases that are mirrors of provgraph's are read record by record."""

import psycopg
import pytest

from provgraph.ingest.loading import load
from provgraph.loaders.ctaprov.mirror import documents, fingerprint, is_mirror
from provgraph.relational_mirror.syncing import sync
from provgraph.store.protocol import Store
from tests.loaders.ctaprov.conftest import GENERATIONS, change, load_one
from tests.loaders.examples import LOGS
from tests.services import PostgresServer

pytestmark = pytest.mark.postgresql


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_prototypes_databases_are_none(generation: str, databases: dict[str, str]) -> None:
    with psycopg.connect(databases[generation]) as connection:
        assert not is_mirror(connection, "public")


def test_a_mirror_is_read_record_by_record(memory: Store, postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database("mirror_to_read")
    load_one(memory, LOGS / "edge_many_configs.provlog")
    sync(memory, url)
    with psycopg.connect(url) as connection:
        assert is_mirror(connection, "public")
        assert not is_mirror(connection, "elsewhere")
        before = fingerprint(connection)
        found = list(documents(connection))
    runs = {each.run.id: each for each in found if each.run is not None}
    assert len(runs) == memory.stats()["activities"]
    process = runs["86a589e7-f451-41ca-8931-e7a226be97d6"]
    assert process.run is not None
    assert process.run.facts["name"] == ("ctapipe-process",)
    assert process.mentions
    assert {each.name for each in process.settings} >= {"python packages", "paths"}
    change(url, "DELETE FROM provgraph.record WHERE kind = 'settings'")
    with psycopg.connect(url) as connection:
        assert fingerprint(connection) != before
    assert [each.status for each in load(memory, [url])] == ["loaded"]
