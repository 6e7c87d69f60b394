"""Schema ``provenance``: SQL, as ADQL can say it, finds there what GraphQL answers."""

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import httpx
import psycopg
import pytest

from provgraph.errors import MirrorError, SettingsError
from provgraph.ingest.forgetting import forget
from provgraph.ingest.loading import load
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.tap_tables import ANCESTRY, TAP_TABLES
from provgraph.relational_mirror.verification import verify
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import CORPUS, LOGS
from tests.graphql.conftest import asked, served
from tests.interchange.corpus import put
from tests.relational_mirror.conftest import ask, do
from tests.services import PostgresServer

_names = count()
DL3 = "run02001.dl3.fits"
JOB = "http://127.0.0.1:8082/rest/test_activity_2/03c433"
E = "http://example.org/"
COLLECTION = b"""document prefix ex <http://example.org/>
  entity(ex:all, [prov:type='prov:Collection']) entity(ex:one) hadMember(ex:all, ex:one)
  entity(ex:plot) activity(ex:draw, 2026-11-21T08:00:00, 2026-11-21T09:00:00)
  used(ex:draw, ex:all, -) wasGeneratedBy(ex:plot, ex:draw, -)
  wasInformedBy(ex:draw, ex:plan) activity(ex:plan, -, -) wasDerivedFrom(ex:plot, ex:one)
endDocument"""
Rows = set[tuple[Any, ...]]


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A chain of ctapipe, a job of OPUS, and a collection."""
    opened = open_store("sqlite://")
    list(load(opened, [str(LOGS), str(CORPUS / "opus" / "provsap_desc2.json")]))
    assert put(opened, COLLECTION) == []
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def url(store: Store, postgres_server: PostgresServer) -> str:
    """A mirror of it with the tables."""
    made = postgres_server.create_database(f"provtap{next(_names)}")
    sync(store, made, provtap=True)
    return made


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[httpx.Client]:
    with served(store) as opened:
        yield opened


def _found(answer: Any, *path: str) -> list[Any]:
    """What stands at the end of a path through objects and lists."""
    here = [answer]
    for name in path:
        here = [
            one
            for each in here
            if each is not None
            for one in (each[name] if isinstance(each[name], list) else [each[name]])
        ]
    return here


def _ids(*path: str) -> Callable[[Any], Rows]:
    return lambda answer: {(each["id"],) for each in _found(answer, *path)}


def _pairs(first: str, second: str, *path: str) -> Callable[[Any], Rows]:
    return lambda answer: {(each[first], each[second]) for each in _found(answer, *path)}


def _without_root(rows: Rows, root: str) -> Rows:
    return {row for row in rows if row[0] != root}


_FILE = f"(SELECT id FROM provenance.entity WHERE name = '{DL3}')"
_RUN = f"(SELECT activity_id FROM provenance.wasgeneratedby WHERE entity_id = {_FILE})"
#: Name → GraphQL, what its answer comes to, and SQL.
QUESTIONS: dict[str, tuple[str, Callable[[Any], Rows], str]] = {
    "all runs": (
        "{ activities(first: 500) { nodes { id } } }",
        _ids("activities", "nodes"),
        "SELECT id FROM provenance.activity",
    ),
    "all agents": (
        "{ agents(first: 500) { nodes { id } } }",
        _ids("agents", "nodes"),
        "SELECT id FROM provenance.agent",
    ),
    "runs of one tool": (
        '{ activities(first: 500, filter: {name: "ctapipe-merge"}) { nodes { id } } }',
        _ids("activities", "nodes"),
        "SELECT id FROM provenance.activity WHERE name = 'ctapipe-merge'",
    ),
    "runs that failed": (
        '{ activities(first: 500, filter: {status: "error"}) { nodes { id } } }',
        _ids("activities", "nodes"),
        "SELECT g.activity_id FROM provenance.wasgeneratedby g "
        "JOIN provenance.entity e ON e.id = g.entity_id "
        "WHERE g.role = 'status' AND e.value = 'error'",
    ),
    "runs since": (
        '{ activities(first: 500, filter: {since: "2026-11-25T00:00:00Z"}) { nodes { id } } }',
        _ids("activities", "nodes"),
        "SELECT id FROM provenance.activity "
        "WHERE coalesce(start_time, end_time) >= '2026-11-25T00:00:00'",
    ),
    "who made a file": (
        f'{{ whatProduced(file: "{DL3}", depth: 1) {{ activities {{ id name }} }} }}',
        _pairs("id", "name", "whatProduced", "activities"),
        f"SELECT id, name FROM provenance.activity WHERE id = {_RUN}",
    ),
    "what led to a file": (
        f'{{ whatProduced(file: "{DL3}") {{ root {{ id }} entities {{ id }} }} }}',
        lambda answer: _without_root(
            _ids("whatProduced", "entities")(answer), answer["whatProduced"]["root"]["id"]
        ),
        f"SELECT ancestor_id FROM provenance.ancestry WHERE entity_id = {_FILE}",
    ),
    "what led to a file, two relations far": (
        f'{{ whatProduced(file: "{DL3}", depth: 2) {{ root {{ id }} entities {{ id }} }} }}',
        lambda answer: _without_root(
            _ids("whatProduced", "entities")(answer), answer["whatProduced"]["root"]["id"]
        ),
        f"SELECT ancestor_id FROM provenance.ancestry WHERE entity_id = {_FILE} AND depth <= 2",
    ),
    "the runs that led to a file": (
        f'{{ whatProduced(file: "{DL3}") {{ activities {{ id }} }} }}',
        _ids("whatProduced", "activities"),
        "SELECT activity_id FROM provenance.wasgeneratedby WHERE entity_id = "
        f"{_FILE} OR entity_id IN (SELECT ancestor_id FROM provenance.ancestry "
        f"WHERE entity_id = {_FILE})",
    ),
    "what was made from a file": (
        f'{{ impact(file: "{E}one") {{ root {{ id }} entities {{ id }} }} }}',
        lambda answer: _without_root(
            _ids("impact", "entities")(answer), answer["impact"]["root"]["id"]
        ),
        f"SELECT entity_id FROM provenance.ancestry WHERE ancestor_id = 'prov:{E}one'",
    ),
    "what a run read": (
        f'{{ activity(id: "{JOB}") {{ used {{ role entity {{ id }} }} }} }}',
        lambda answer: {
            (each["role"], each["entity"]["id"]) for each in _found(answer, "activity", "used")
        },
        f"SELECT role, entity_id FROM provenance.used WHERE activity_id = '{JOB}'",
    ),
    "what a run wrote": (
        f'{{ activity(id: "{JOB}") {{ generated {{ role entity {{ id }} }} }} }}',
        lambda answer: {
            (each["role"], each["entity"]["id"]) for each in _found(answer, "activity", "generated")
        },
        f"SELECT role, entity_id FROM provenance.wasgeneratedby WHERE activity_id = '{JOB}' "
        "AND role != 'status'",
    ),
    "who read a file": (
        f'{{ entity(id: "prov:{E}all") {{ usedBy {{ activity {{ id }} }} }} }}',
        _ids("entity", "usedBy", "activity"),
        f"SELECT activity_id FROM provenance.used WHERE entity_id = 'prov:{E}all'",
    ),
    "whose job": (
        f'{{ activity(id: "{JOB}") {{ agents {{ role agent {{ id }} }} }} }}',
        lambda answer: {
            (each["role"], each["agent"]["id"]) for each in _found(answer, "activity", "agents")
        },
        f"SELECT role, agent_id FROM provenance.wasassociatedwith WHERE activity_id = '{JOB}'",
    ),
    "the parameters of a run": (
        f'{{ activity(id: "{JOB}") {{ parameters {{ name value }} }} }}',
        _pairs("name", "value", "activity", "parameters"),
        "SELECT p.name, p.value FROM provenance.parameter p "
        "JOIN provenance.wasconfiguredby c ON c.parameter_id = p.id "
        f"WHERE c.activity_id = '{JOB}' AND c.artefact_type = 'Parameter'",
    ),
    "how many parameters a run has": (
        f'{{ whatProduced(file: "{DL3}", depth: 1) {{ activities {{ parameters {{ name }} }} }} }}',
        lambda answer: {(len(_found(answer, "whatProduced", "activities", "parameters")),)},
        f"SELECT count(parameter_id) FROM provenance.wasconfiguredby WHERE activity_id = {_RUN}",
    ),
    "what the tool of a run is": (
        f'{{ activity(id: "{JOB}") {{ description {{ name version }} }} }}',
        _pairs("name", "version", "activity", "description"),
        "SELECT d.name, d.version FROM provenance.activitydescription d "
        "JOIN provenance.activity a ON a.activity_description_id = d.id "
        f"WHERE a.id = '{JOB}'",
    ),
    "the members of a collection": (
        f'{{ lineage(id: "{E}all", relations: [HAD_MEMBER]) {{ entities {{ id }} }} }}',
        lambda answer: _without_root(_ids("lineage", "entities")(answer), f"prov:{E}all"),
        "SELECT m.entity_id FROM provenance.hadmember m "
        "JOIN provenance.entity e ON e.id = m.collection_id WHERE e.type = 'Collection'",
    ),
    "which run told a run": (
        f'{{ lineage(id: "{E}draw", relations: [WAS_INFORMED_BY]) {{ activities {{ id }} }} }}',
        lambda answer: _without_root(_ids("lineage", "activities")(answer), f"{E}draw"),
        f"SELECT informant_id FROM provenance.wasinformedby WHERE informed_id = '{E}draw'",
    ),
    "what a file was derived from": (
        f'{{ lineage(id: "{E}plot", relations: [WAS_DERIVED_FROM]) {{ entities {{ id }} }} }}',
        lambda answer: _without_root(_ids("lineage", "entities")(answer), f"prov:{E}plot"),
        "SELECT used_entity_id FROM provenance.wasderivedfrom "
        f"WHERE generated_entity_id = 'prov:{E}plot'",
    ),
    "when a run began": (
        f'{{ activity(id: "{E}draw") {{ startTime }} }}',
        lambda answer: {(answer["activity"]["startTime"],)},
        'SELECT to_char(start_time, \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\') '
        f"FROM provenance.activity WHERE id = '{E}draw'",
    ),
}


@pytest.mark.postgresql
@pytest.mark.parametrize("question", QUESTIONS)
def test_sql_finds_what_graphql_answers(question: str, url: str, client: httpx.Client) -> None:
    query, rows, statement = QUESTIONS[question]
    expected = rows(asked(client, query)["data"])
    assert expected, "a question that finds nothing proves nothing"
    assert set(ask(url, statement)) == expected


@pytest.mark.postgresql
def test_every_depth_is_that_of_the_lineage(url: str, client: httpx.Client) -> None:
    query = f'{{ whatProduced(file: "{DL3}") {{ nodes {{ __typename id distance }} }} }}'
    nodes = asked(client, query)["data"]["whatProduced"]["nodes"]
    found = {
        (each["id"], each["distance"])
        for each in nodes
        if each["__typename"] == "Entity" and each["distance"]
    }
    statement = f"SELECT ancestor_id, depth FROM provenance.ancestry WHERE entity_id = {_FILE}"
    assert set(ask(url, statement)) == found


@pytest.mark.postgresql
def test_the_tables_are_those_of_the_model(url: str) -> None:
    query = (
        "SELECT table_name, string_agg(column_name, ' ' ORDER BY ordinal_position) "
        "FROM information_schema.columns WHERE table_schema = 'provenance' GROUP BY 1"
    )
    expected = {
        each.name: " ".join(column.name for column in each.columns)
        for each in (*TAP_TABLES, ANCESTRY)
    }
    assert dict(ask(url, query)) == expected
    assert len(TAP_TABLES) == 19


@pytest.mark.postgresql
def test_a_full_sync_keeps_views_and_grants(mirror_url: str, loaded: Store) -> None:
    sync(loaded, mirror_url, provtap=True)
    do(
        mirror_url,
        "DROP ROLE IF EXISTS taps",
        "CREATE ROLE taps",
        "GRANT USAGE ON SCHEMA provenance TO taps",
        "GRANT SELECT ON ALL TABLES IN SCHEMA provenance TO taps",
    )
    rights = (
        "SELECT relname, relkind::text, relacl::text FROM pg_class "
        "WHERE relnamespace = 'provenance'::regnamespace AND relkind IN ('v', 'r') ORDER BY 1"
    )
    rows = "SELECT * FROM provenance.ancestry ORDER BY 1, 2"
    before = ask(mirror_url, rights), ask(mirror_url, rows)
    assert before[1]
    sync(loaded, mirror_url, full=True)
    assert (ask(mirror_url, rights), ask(mirror_url, rows)) == before
    assert not verify(loaded, mirror_url).differences
    do(mirror_url, "DROP OWNED BY taps", "DROP ROLE taps")


@pytest.mark.postgresql
def test_each_sync_keeps_it(mirror_url: str, memory: Store) -> None:
    list(load(memory, [str(LOGS / "irf.provlog")]))
    sync(memory, mirror_url, provtap=True, dry_run=True)
    assert ask(mirror_url, "SELECT to_regnamespace('provenance')") == [(None,)]
    sync(memory, mirror_url, provtap=True)
    before = ask(mirror_url, "SELECT count(*) FROM provenance.ancestry")
    (report,) = load(memory, [str(LOGS / "run02001.provlog")])
    sync(memory, mirror_url)
    assert ask(mirror_url, "SELECT count(*) FROM provenance.ancestry") > before
    forget(memory, str(report.load))
    sync(memory, mirror_url)
    assert ask(mirror_url, "SELECT count(*) FROM provenance.ancestry") == before


@pytest.mark.postgresql
def test_a_circle_ends(mirror_url: str, memory: Store) -> None:
    content = {
        "prefix": {"ex": E},
        "wasDerivedFrom": {
            f"_:d{number}": {"prov:generatedEntity": one, "prov:usedEntity": other}
            for number, (one, other) in enumerate(
                (("ex:a", "ex:b"), ("ex:b", "ex:c"), ("ex:c", "ex:a"))
            )
        },
    }
    assert put(memory, json.dumps(content).encode()) == []
    sync(memory, mirror_url, provtap=True)
    statement = "SELECT ancestor_id, depth FROM provenance.ancestry WHERE entity_id = "
    found = ask(mirror_url, f"{statement}'prov:{E}a' ORDER BY depth")
    assert found == [(f"prov:{E}b", 1), (f"prov:{E}c", 2)]


@pytest.mark.postgresql
def test_what_is_not_ours_is_left_alone(mirror_url: str, loaded: Store) -> None:
    with pytest.raises(SettingsError, match="another --schema"):
        sync(loaded, mirror_url, schema="provenance", provtap=True)
    do(mirror_url, "CREATE SCHEMA provenance", "CREATE TABLE provenance.activity (x text)")
    with pytest.raises(MirrorError, match="what provgraph did not write"):
        sync(loaded, mirror_url, provtap=True)
    with psycopg.connect(mirror_url) as connection:
        assert connection.execute("SELECT to_regclass('public.activities')").fetchone() == (None,)
