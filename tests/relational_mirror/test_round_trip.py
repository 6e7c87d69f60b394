"""Nothing is lost between stores and mirrors, and who read the prototype's database reads ours."""

from collections.abc import Iterator

import pytest

from provgraph.ingest.loading import load
from provgraph.relational_mirror.syncing import sync
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.relational_mirror.conftest import ask, contents, restored, rows_in
from tests.services import PostgresServer

#: As the prototype's client asks, through its models: the joins that FACTS of tests/corpus/ctaprov
#: lists.
QUERIES = {
    "an entity's maker": """
        SELECT e.id, e.name, g.role, a.id, a.name, a."startTime", a."endTime" FROM entities e
        JOIN "datasetEntities" d ON d.id = e.id JOIN "wasGeneratedBy" g ON g.entity_id = e.id
        JOIN activities a ON a.id = g.activity_id""",
    "what an activity used": """
        SELECT a.id, u.role, u.time, e.id, e.name, e.location, e."generatedAtTime",
          t.type, t.multiplicity
        FROM activities a JOIN used u ON u.activity_id = a.id JOIN entities e ON e.id = u.entity_id
        LEFT JOIN "usageDescriptions" t ON t.id = u."usageDescription_id" """,
    "the status of an activity": """
        SELECT a.id, v.value FROM activities a JOIN "wasGeneratedBy" g ON g.activity_id = a.id
          AND g.role = 'status'
        JOIN entities e ON e.id = g.entity_id AND e."classType" = 'value'
        JOIN "valueEntities" v ON v.id = e.id""",
    "its configuration": """
        SELECT a.id, w."artefactType", p.name, p.value, q.name, q."valueType", q."default",
          c.name, c.location, k."contentType"
        FROM activities a JOIN "wasConfiguredBy" w ON w.activity_id = a.id
        LEFT JOIN parameters p ON p.id = w.parameter_id
        LEFT JOIN "parameterDescriptions" q ON q.id = p."parameterDescription_id"
        LEFT JOIN "configFiles" c ON c.id = w."configFile_id"
        LEFT JOIN "configFileDescriptions" k ON k.id = c."configFileDescription_id" """,
    "its description": """
        SELECT a.id, d.name, d.version, d.description, d.type, d.doculink FROM activities a
        JOIN "activityDescriptions" d ON d.id = a."activityDescription_id" """,
    "who answers for it": """
        SELECT a.id, w.role, g.name, g.type FROM activities a
        JOIN "wasAssociatedWith" w ON w.activity_id = a.id
        JOIN agents g ON g.id = w.agent_id
        UNION ALL SELECT e.id, w.role, g.name, g.type FROM entities e
        JOIN "wasAttributedTo" w ON w.entity_id = e.id
        JOIN agents g ON g.id = w.agent_id""",
    "what was derived from it": """
        SELECT e.id, w."generatedEntity" FROM entities e
        JOIN "wasDerivedFrom" w ON w."usedEntity" = e.id
        UNION ALL SELECT a.id, w.informant FROM activities a
        JOIN "wasInformedBy" w ON w.informed = a.id""",
    "all its ancestors": """
        WITH RECURSIVE up(start, id) AS (
          SELECT id, id FROM entities UNION
          SELECT up.start, u.entity_id FROM up JOIN "wasGeneratedBy" g ON g.entity_id = up.id
          JOIN used u ON u.activity_id = g.activity_id)
        SELECT * FROM up""",
}


@pytest.fixture
def copy() -> Iterator[Store]:
    store = open_store("sqlite://")
    yield store
    store.close()


def test_the_prototypes_database_comes_out_as_it_went_in(
    store: Store, mirror_url: str, prototype_url: str
) -> None:
    (report,) = load(store, [restored(prototype_url)])
    assert report.is_clean
    sync(store, mirror_url)
    assert contents(rows_in(mirror_url)) == contents(rows_in(prototype_url))
    for query in QUERIES.values():
        found = ask(mirror_url, query)
        assert found
        assert sorted(found, key=str) == sorted(ask(prototype_url, query), key=str)


def test_a_mirror_holds_all_that_its_store_was_told(
    copy: Store, mirror_url: str, prototype_url: str, postgres_server: PostgresServer
) -> None:
    store = open_store("sqlite://")
    list(load(store, [str(LOGS), restored(prototype_url)]))
    sync(store, mirror_url)
    (report,) = load(copy, [mirror_url])
    assert report.is_clean
    assert digest(copy.scan()) == digest(store.scan())
    assert [each.status for each in load(copy, [mirror_url])] == ["unchanged"]
    before = contents(rows_in(mirror_url))
    second = postgres_server.create_database("second_mirror")
    sync(copy, second)
    assert contents(rows_in(second)) == before
    store.close()
