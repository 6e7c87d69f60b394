"""The database of a mirror.

Exactly the published tables, nobody's else touched, and readers never disturbed.
"""

import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, text

from provgraph.errors import MirrorError, SettingsError
from provgraph.ingest.loading import load
from provgraph.relational_mirror.schema import MIGRATIONS, NEWEST
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.tables import OWN_SCHEMA, SEQUENCES, TABLES, own, published
from provgraph.relational_mirror.verification import verify
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.relational_mirror.conftest import ask, do, restored, rows_in
from tests.services.postgres import find

LISTING = Path(__file__).parents[1] / "corpus" / "ctaprov" / "d_seedlike_reconstruction.tsv"


@pytest.fixture
def loaded() -> Iterator[Store]:
    store = open_store("sqlite://")
    list(load(store, [str(LOGS / "irf.provlog")]))
    yield store
    store.close()


def psql(url: str, *commands: str) -> str:
    arguments = [argument for command in commands for argument in ("-c", command)]
    done = subprocess.run(
        [str(find("psql")), url, "-qAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def columns_of(url: str, schema: str) -> list[tuple[object, ...]]:
    return ask(
        url,
        f"""
        SELECT table_name, ordinal_position, column_name, data_type, is_nullable,
               replace(replace(column_default, '{schema}.', ''), 'public.', '')
        FROM information_schema.columns WHERE table_schema = '{schema}' ORDER BY 1, 2
    """,
    )


def constraints_of(url: str, schema: str) -> list[tuple[object, ...]]:
    return ask(
        url,
        f"""
        SELECT conrelid::regclass::text, conname, contype, replace(pg_get_constraintdef(oid), '{schema}.', '')
        FROM pg_constraint WHERE connamespace = '{schema}'::regnamespace ORDER BY 1, 2
    """,
    )


def test_psql_lists_exactly_the_published_relations(loaded: Store, mirror_url: str) -> None:
    for full in (False, False, True):
        sync(loaded, mirror_url, full=full)
        listed = psql(mirror_url, "\\d public.*") and psql(
            mirror_url, "SET search_path = public", "\\d"
        )
        names = [line.split("\t")[1:3] for line in listed.splitlines()]
        assert names == [line.split("\t")[1:3] for line in LISTING.read_text().splitlines()]
        assert {name for name, kind in names if kind == "sequence"} == set(SEQUENCES)
        assert {name for name, kind in names if kind == "table"} == set(TABLES)


def test_columns_types_and_keys_are_the_prototypes(
    loaded: Store, mirror_url: str, prototype_url: str
) -> None:
    restored(prototype_url)
    for full in (False, True):
        sync(loaded, mirror_url, full=full)
        ours, theirs = columns_of(mirror_url, "public"), columns_of(prototype_url, "public")
        differing = set(ours) ^ set(theirs)
        assert {row[:3] for row in differing} == {
            ("entities", 1, "id")
        }  # its sequence is the only thing more
        assert constraints_of(mirror_url, "public") == constraints_of(prototype_url, "public")
    assert ask(mirror_url, "INSERT INTO entities (name) VALUES ('x') RETURNING id") == [("1",)]


def test_any_schema_name(loaded: Store, mirror_url: str) -> None:
    name = 'Nächtlich "x"; --'
    sync(loaded, mirror_url, schema=name)
    sync(loaded, mirror_url, schema=name, full=True)
    assert rows_in(mirror_url, name)["activities"]
    assert verify(loaded, mirror_url, schema=name).differences == []
    assert ask(
        mirror_url, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    ) == [(0,)]
    for wrong in (OWN_SCHEMA, "pg_catalog", " "):
        with pytest.raises(SettingsError, match="another --schema"):
            sync(loaded, mirror_url, schema=wrong)
    with pytest.raises(MirrorError, match="holds a mirror in schema"):
        sync(loaded, mirror_url, schema="other")


def content_of(url: str) -> str:
    dump = subprocess.run(
        [str(find("pg_dump")), url], capture_output=True, text=True, check=True
    ).stdout
    return re.sub(r"(?m)^\\(un)?restrict .*$", "", dump)


def test_a_database_with_other_tables_is_refused_untouched(loaded: Store, mirror_url: str) -> None:
    do(mirror_url, "CREATE TABLE mine (x int)", "INSERT INTO mine VALUES (1)")
    before = content_of(mirror_url)
    with pytest.raises(MirrorError, match="mine"):
        sync(loaded, mirror_url)
    assert content_of(mirror_url) == before


def test_the_prototypes_own_database_is_refused_untouched(
    loaded: Store, prototype_url: str
) -> None:
    restored(prototype_url)
    before = content_of(prototype_url)
    for full in (False, True):
        with pytest.raises(MirrorError, match="provgraph load"):
            sync(loaded, prototype_url, full=full)
    assert content_of(prototype_url) == before


def test_a_table_that_others_put_beside_the_mirror_is_refused(
    loaded: Store, mirror_url: str
) -> None:
    sync(loaded, mirror_url)
    do(mirror_url, "CREATE TABLE public.mine (x int)")
    with pytest.raises(MirrorError, match="mine"):
        sync(loaded, mirror_url)


def test_relations_of_extensions_are_ignored(loaded: Store, mirror_url: str) -> None:
    do(
        mirror_url,
        "CREATE TABLE of_it (x int)",
        "CREATE VIEW seen AS SELECT * FROM of_it",
        "ALTER EXTENSION plpgsql ADD TABLE of_it",
        "ALTER EXTENSION plpgsql ADD VIEW seen",
    )
    sync(loaded, mirror_url)
    sync(loaded, mirror_url, full=True)
    assert ask(mirror_url, "SELECT count(*) FROM seen") == [(0,)]


def test_full_keeps_grants(loaded: Store, mirror_url: str) -> None:
    sync(loaded, mirror_url)
    do(
        mirror_url,
        'DROP ROLE IF EXISTS "Reader\'s"',
        'CREATE ROLE "Reader\'s"',
        'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "Reader\'s" WITH GRANT OPTION',
        "GRANT SELECT ON activities TO PUBLIC",
        'GRANT UPDATE (role) ON used TO "Reader\'s"',
        'GRANT USAGE ON SEQUENCE used_id_seq TO "Reader\'s"',
    )
    query = (
        "SELECT relname, relacl::text, (SELECT string_agg(attacl::text, ' ') FROM pg_attribute WHERE attrelid = c.oid) "
        "FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') ORDER BY 1"
    )
    before = ask(mirror_url, query)
    sync(loaded, mirror_url, full=True)
    assert ask(mirror_url, query) == before
    do(mirror_url, 'DROP OWNED BY "Reader\'s"', 'DROP ROLE "Reader\'s"')


def test_readers_never_see_a_mirror_that_is_half_full(loaded: Store, mirror_url: str) -> None:
    sync(loaded, mirror_url)
    rows = {table: len(some) for table, some in rows_in(mirror_url).items()}
    done = threading.Event()
    seen: list[dict[str, int]] = []

    def read() -> None:
        with psycopg.connect(mirror_url) as connection:
            while not done.is_set():
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                counts = {}
                for table in ("wasConfiguredBy", "activities", "used"):
                    ((counts[table],),) = connection.execute(
                        f'SELECT count(*) FROM "{table}"'.encode()
                    ).fetchall()
                connection.commit()
                seen.append(counts)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(3):
            sync(loaded, mirror_url, full=True)
    finally:
        done.set()
        reader.join()
    assert seen
    assert all(counts == {table: rows[table] for table in counts} for counts in seen)


def test_a_view_that_others_built_stops_full_alone(loaded: Store, mirror_url: str) -> None:
    sync(loaded, mirror_url)
    do(
        mirror_url,
        "CREATE SCHEMA theirs",
        "CREATE VIEW theirs.v AS SELECT * FROM public.activities",
    )
    with pytest.raises(MirrorError, match="drop what others built"):
        sync(loaded, mirror_url, full=True)
    list(load(loaded, [str(LOGS / "train_energy.provlog")]))
    sync(loaded, mirror_url)
    assert verify(loaded, mirror_url).differences == []


TAMPERINGS = {
    "missing": ("DELETE FROM used WHERE id = (SELECT min(id) FROM used)", "missing", "used"),
    "extra": ("INSERT INTO agents (id) VALUES ('nobody')", "extra", "agents"),
    "different": (
        "UPDATE parameters SET value = 'x' WHERE id = (SELECT min(id) FROM parameters)",
        "different",
        "parameters",
    ),
    "null": (
        "UPDATE entities SET location = NULL WHERE \"classType\" = 'dataset' AND id = "
        "(SELECT min(id) FROM entities WHERE \"classType\" = 'dataset')",
        "different",
        "entities",
    ),
    "number": (
        "UPDATE used SET id = id + 1000000 WHERE id = (SELECT max(id) FROM used)",
        "extra",
        "used",
    ),
    "moved": (
        'UPDATE "wasConfiguredBy" SET parameter_id = (SELECT max(id) FROM parameters) WHERE id = '
        '(SELECT min(id) FROM "wasConfiguredBy")',
        "different",
        "wasConfiguredBy",
    ),
    "zero": (
        'INSERT INTO "wasConfiguredBy" (id, activity_id) SELECT 0, min(id) FROM activities',
        "extra",
        "wasConfiguredBy",
    ),
    "exchanged": (
        "UPDATE parameters p SET value = o.value FROM parameters o WHERE (p.id, o.id) IN "
        "(SELECT min(id), max(id) FROM parameters UNION ALL SELECT max(id), min(id) FROM parameters)",
        "different",
        "parameters",
    ),
    "kept": (
        "UPDATE provgraph.record SET content = replace(content, '0.28.0', '0.28.1') WHERE kind = 'activity'",
        "different",
        "record",
    ),
    "broken": (
        "UPDATE provgraph.record SET content = '{' WHERE kind = 'agent' OR kind = 'activity'",
        "different",
        "record",
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_verify_names_what_was_tampered_with_and_full_heals_it(
    loaded: Store, mirror_url: str, name: str
) -> None:
    statement, what, table = TAMPERINGS[name]
    sync(loaded, mirror_url)
    assert verify(loaded, mirror_url).differences == []
    do(mirror_url, statement)
    found = verify(loaded, mirror_url).differences
    assert (what, table) in {(each.what, each.table) for each in found}
    if name not in ("number", "broken", "kept", "exchanged"):
        assert len(found) == 1
    sync(loaded, mirror_url, full=True)
    assert verify(loaded, mirror_url).differences == []


def test_verify_says_how_far_the_mirror_is_behind(loaded: Store, mirror_url: str) -> None:
    sync(loaded, mirror_url)
    list(load(loaded, [str(LOGS / "train_energy.provlog")]))
    verdict = verify(loaded, mirror_url)
    assert verdict.behind == 1
    assert {(each.what, each.table) for each in verdict.differences} >= {("missing", "activities")}


def test_migrations_make_the_tables_of_the_code(loaded: Store, mirror_url: str) -> None:
    sync(loaded, mirror_url)
    assert sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("0*.py"))[-1] == NEWEST
    engine = create_engine(mirror_url.replace("postgresql://", "postgresql+psycopg://"))
    together = MetaData()
    for table in published.tables.values():
        table.to_metadata(together, schema="public")
    for table in own.tables.values():
        table.to_metadata(together)
    options = {
        "include_schemas": True,
        "include_name": lambda name, _, __: name != "alembic_version",
    }
    with engine.connect() as connection:
        connection.execute(text("SET search_path = pg_catalog"))
        connection.dialect.default_schema_name = "none"
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, together) == []
    engine.dispose()
