"""Schema ``provenance``: SQL, as ADQL can say it, finds there what GraphQL answers."""

import json
from collections.abc import Iterator
from itertools import count

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
from tests.conftest import LOGS
from tests.graphql.conftest import asked, served
from tests.interchange.corpus import put
from tests.relational_mirror.conftest import ask, do
from tests.relational_mirror.questions import QUESTIONS, E, store_of_everything
from tests.services import PostgresServer

_names = count()


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with store_of_everything() as opened:
        yield opened


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


@pytest.mark.postgresql
@pytest.mark.parametrize("question", QUESTIONS)
def test_sql_finds_what_graphql_answers(question: str, url: str, client: httpx.Client) -> None:
    asking = QUESTIONS[question]
    expected = asking.rows(asked(client, asking.graphql)["data"])
    assert expected, "a question that finds nothing proves nothing"
    assert set(ask(url, asking.adql)) == expected


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
