"""The database of a mirror holds exactly the published tables; nobody else's is touched."""

import re
import subprocess
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, text

from provgraph.errors import MirrorError, SettingsError
from provgraph.relational_mirror.schema import MIGRATIONS, NEWEST
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.tables import OWN_SCHEMA, SEQUENCES, TABLES, own, published
from provgraph.relational_mirror.verification import verify
from provgraph.store.protocol import Store
from tests.relational_mirror.conftest import ask, do, restored, rows_in
from tests.services.postgres import find

LISTING = Path(__file__).parents[1] / "corpus" / "ctaprov" / "d_seedlike_reconstruction.tsv"


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
        SELECT conrelid::regclass::text, conname, contype,
            replace(pg_get_constraintdef(oid), '{schema}.', '')
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
