"""The tables: made in an empty database, refused in another program's, never of the future.

Who only asks makes none, and can ask a store of any older revision.
"""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, delete, inspect, text, update

from provgraph.errors import NewerStoreError, NoStoreError, StoreError
from provgraph.ingest.deciding.integration import integrate
from provgraph.ingest.forgetting import forget
from provgraph.ingest.loading import load
from provgraph.model.filters import Filter, ParameterValue, Search, SortOrder
from provgraph.model.records import (
    Agent,
    Document,
    End,
    Mention,
    Run,
    StatedRelation,
    key_of,
)
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.digest import digest
from provgraph.store.packing import MARK, unpacked
from provgraph.store.records import UNKNOWN_SIZE
from provgraph.store.registry import open_store
from provgraph.store.relational import tables
from provgraph.store.relational.connection import MIGRATIONS, NEWEST, migrate, sqlite_database
from provgraph.store.relational.postgresql import postgresql_engine
from provgraph.store.relational.records import name_key
from provgraph.store.relational.tables import metadata
from tests.conftest import LOGS
from tests.graphs import assert_external_is_known
from tests.services import PostgresServer
from tests.store.relational.conftest import indexed_terms
from tests.store.test_contract import run
from tests.store.test_copying import copied

#: What each revision has added: without it, and all that later ones added, a store is as an older
#: provgraph made it.
_ASKED = [
    (table, column)
    for table in ("activity", "entity", "agent")
    for column in ("called", "local", "head")
]
ADDED = {
    "0017": ("DROP INDEX search_early_time", "ALTER TABLE search DROP COLUMN early"),
    "0016": (
        *(f"DROP INDEX search_external_{column}" for column in ("time", "name")),
        *(f"ALTER TABLE {table} DROP COLUMN external" for table in ("entity", "search")),
    ),
    "0015": (
        "CREATE TABLE former (activity bytea, settings bytea, PRIMARY KEY (activity, settings))",
        "INSERT INTO former SELECT activity, coalesce(settings, part) FROM settings_of "
        "LEFT JOIN settings_group ON settings_group.key = settings_of.part",
        "DROP TABLE settings_of",
        "DROP TABLE settings_group",
        "ALTER TABLE former RENAME TO settings_of",
        "CREATE INDEX settings_of_settings ON settings_of (settings, activity)",
    ),
    "0014": (),
    "0013": ("ALTER TABLE load DROP COLUMN agent",),
    "0012": ("DROP INDEX load_time",),
    "0011": (
        "DROP TABLE settings_terms",
        "DROP INDEX settings_number",
        "ALTER TABLE settings DROP COLUMN number",
        "CREATE TABLE parameter (term text, settings bytea)",
    ),
    "0010": ("DROP TABLE parameter", "DROP INDEX settings_of_settings"),
    "0009": ("DROP TABLE search", "DROP TABLE IF EXISTS search_terms"),
    "0008": ("ALTER TABLE entity DROP COLUMN former",),
    "0007": tuple(
        query
        for table in ("entity", "activity")
        for query in (
            f"DROP INDEX {table}_invalid",
            f"ALTER TABLE {table} DROP COLUMN invalid_since",
        )
    ),
    "0006": (
        *(f"DROP INDEX {table}_{column}" for table, column in _ASKED),
        *(f"ALTER TABLE {table} DROP COLUMN {column}" for table, column in _ASKED),
    ),
    "0005": ("DROP TABLE store",),
    "0004": ("DROP TABLE journal",),
    "0003": ("DROP TABLE description",),
    "0002": (
        "DROP TABLE turn",
        "DROP TABLE statement",
        "DROP INDEX load_source",
        *(f"ALTER TABLE load DROP COLUMN {column}" for column in ("size", "read_to", "continues")),
    ),
}


#: Table → the column that revision 0014 has packed.
PACKED = {
    "activity": "facts",
    "entity": "attributes",
    "stated_entity": "attributes",
    "agent": "attributes",
    "settings": "parameters",
}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return sqlite_database(f"sqlite:///{tmp_path / 'x.db'}").writer()


def make_older(engine: Engine, revision: str) -> None:
    """Take out of a store what later revisions added."""
    with engine.begin() as connection:
        if revision < "0014":
            unpack(connection)
        for added, queries in ADDED.items():
            for query in queries if added > revision else ():
                connection.execute(text(query))
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))


def unpack(connection: Connection) -> None:
    """Write what is packed as plain texts."""
    for name, column in PACKED.items():
        rows = connection.execute(text(f"SELECT key, {column} FROM {name}")).all()
        if connection.dialect.name != "sqlite":
            as_text = f"encode({column}, 'hex')"
            changing = f"ALTER TABLE {name} ALTER COLUMN {column} TYPE text USING {as_text}"
            connection.execute(text(changing))
        change = text(f"UPDATE {name} SET {column} = :plain WHERE key = :key")
        for key, kept in rows:
            connection.execute(change, {"plain": unpacked(kept), "key": key})


def test_the_newest_migration_is_known() -> None:
    revisions = sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("0*.py"))
    assert revisions[-1] == NEWEST
    assert revisions == ["0001", *sorted(ADDED)]


def is_ours(name: str | None, *_: object) -> bool:
    """Whether the code declares a table: SQLite makes those of a full-text index itself."""
    return name is None or not name.startswith(("search_terms", "settings_terms"))


def test_migrations_make_the_tables_of_the_code(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrating_again_keeps_what_is_there(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("INSERT INTO turn (number) VALUES (7)"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT number FROM turn")).scalar() == 7
    engine.dispose()


def test_tables_of_another_program_are_left_alone(engine: Engine, tmp_path: Path) -> None:
    with engine.connect() as connection, connection.begin():
        connection.execute(text("CREATE TABLE theirs (x)"))
    with pytest.raises(StoreError, match="another program"):
        migrate(engine)
    engine.dispose()
    with (
        closing(open_store(f"sqlite:///{tmp_path / 'x.db'}")) as store,
        pytest.raises(StoreError, match="another program"),
    ):
        store.stats()


def test_a_store_of_a_newer_provgraph_is_refused(engine: Engine, tmp_path: Path) -> None:
    migrate(engine)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer provgraph"):
        migrate(engine)
    engine.dispose()
    with (
        closing(open_store(f"sqlite:///{tmp_path / 'x.db'}")) as store,
        pytest.raises(StoreError, match="newer provgraph"),
    ):
        store.stats()


def test_who_has_a_store_open_that_becomes_newer_writes_no_more(
    engine: Engine, tmp_path: Path
) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'x.db'}")) as store:
        list(load(store, [str(LOGS / "irf.provlog")]))
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        before = store.stats()
        with pytest.raises(NewerStoreError, match="newer provgraph"):
            list(load(store, [str(LOGS / "merge.provlog")]))
        assert store.stats() == before
    engine.dispose()


def test_a_file_without_tables_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "x.db").touch()
    with (
        closing(open_store(f"sqlite:///{tmp_path / 'x.db'}")) as store,
        pytest.raises(NoStoreError, match="the file is empty"),
    ):
        store.stats()
    assert (tmp_path / "x.db").read_bytes() == b""


@pytest.mark.parametrize("revision", ["0001", *sorted(ADDED)])
def test_a_file_of_any_revision_is_asked_and_stays_as_it_is(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "x.db"
    url = f"sqlite:///{path}"
    engine_of = sqlite_database(url).writer
    assert_asked_as_it_is(url, engine_of, revision)
    assert [each.name for each in tmp_path.iterdir()] == ["x.db"]


@pytest.mark.parametrize("revision", ["0001", "0004"])
def test_a_database_of_any_revision_is_asked_and_stays_as_it_is(
    postgres_server: PostgresServer, revision: str
) -> None:
    url = postgres_server.create_database(f"older{revision}")
    with (
        closing(open_store(url)) as store,
        pytest.raises(NoStoreError, match="the database is empty"),
    ):
        store.stats()
    engine = postgresql_engine(url, None)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()
    assert_asked_as_it_is(url, lambda: postgresql_engine(url, None), revision)


def assert_asked_as_it_is(url: str, engine_of: Callable[[], Engine], revision: str) -> None:
    """An older store answers as it did, and is brought up to date by the next writer only."""
    with closing(open_store(url)) as store:
        [report] = load(store, [str(LOGS / "irf.provlog")])
        due = digest(store.scan())
    engine = engine_of()
    make_older(engine, revision)
    engine.dispose()
    for _ in range(2):
        with closing(open_store(url)) as store:
            assert digest(store.scan()) == due
            [listed] = store.loads()
            assert listed.id == report.load
            assert (listed.size == UNKNOWN_SIZE) == (revision == "0001")
            with store.viewing() as view:
                assert (view.store_id() is None) == (revision < "0005")
    with closing(open_store(url)) as store:
        list(load(store, [str(LOGS / "merge.provlog")]))
        with store.viewing() as view:
            assert view.store_id()
        assert len(store.loads()) == 2


def test_records_of_an_older_file_are_packed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert_packed_again(url, sqlite_database(url).writer())


def test_records_of_an_older_database_are_packed(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database("packed")
    assert_packed_again(url, postgresql_engine(url, None))


def assert_packed_again(url: str, engine: Engine) -> None:
    """A migration makes the very bytes that loading makes."""
    agent = Document(agents=(Agent("A", "a name", attributes={"note": ("x" * 100,)}),))
    with closing(open_store(url)) as store:
        list(load(store, [str(LOGS / "irf.provlog"), str(LOGS / "merge.provlog")]))
        with store.writing() as transaction:
            integrate(transaction, [agent])
    due = kept_in(engine)
    assert all(any(kept[:1] == MARK for kept in found.values()) for found in due.values())
    make_older(engine, "0013")
    assert all(
        isinstance(kept, str) for found in kept_in(engine).values() for kept in found.values()
    )
    engine.dispose()
    with closing(open_store(url)) as store:
        store.make()
    assert kept_in(engine) == due
    engine.dispose()


def kept_in(engine: Engine) -> dict[str, dict[bytes, Any]]:
    """Table → key → what its packed column holds."""
    with engine.connect() as connection:
        return {
            name: dict(connection.execute(text(f"SELECT key, {column} FROM {name}")).all())
            for name, column in PACKED.items()
        }


def test_settings_of_an_older_file_become_groups(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert_grouped_again(url, sqlite_database(url).writer())


def test_settings_of_an_older_database_become_groups(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database("grouped")
    assert_grouped_again(url, postgresql_engine(url, None))


def assert_grouped_again(url: str, engine: Engine) -> None:
    """Each run has the settings that it had, which are searched before and after."""
    wanted = Filter(search=Search(parameters=(ParameterValue("override_obs_id", "2001"),)))
    with closing(open_store(url)) as store:
        for number in (1, 2):
            list(load(store, [str(LOGS / f"run0200{number}.provlog")]))
        found, due = store.find(wanted, SortOrder.TIME), digest(store.scan())
    assert len(found.found) == 1
    links = links_in(engine)
    make_older(engine, "0014")
    engine.dispose()
    with closing(open_store(url)) as store:
        assert (store.find(wanted, SortOrder.TIME), digest(store.scan())) == (found, due)
    with closing(open_store(url)) as store:
        store.make()
        assert (store.find(wanted, SortOrder.TIME), digest(store.scan())) == (found, due)
    assert links_in(engine) < links
    engine.dispose()


def test_files_of_no_known_run_of_an_older_file_are_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert_external_as_before(url, sqlite_database(url).writer())


def test_files_of_no_known_run_of_an_older_database_are_found(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.create_database("external")
    assert_external_as_before(url, postgresql_engine(url, None))


def assert_external_as_before(url: str, engine: Engine) -> None:
    """They are found before a writer has come, and afterwards, and so they are copied."""
    wanted = Filter(search=Search(external=True))
    with closing(open_store(url)) as store:
        list(load(store, [str(LOGS / "irf.provlog"), str(LOGS / "merge.provlog")]))
        found = store.find(wanted, SortOrder.TIME)
        assert 0 < len(found.found) < store.stats()["entities"]
    make_older(engine, "0015")
    engine.dispose()
    with closing(open_store(url)) as store, closing(open_store("sqlite://")) as other:
        assert store.find(wanted, SortOrder.TIME) == found
        assert_external_is_known(store)
        copied(store, other)
        assert other.find(wanted, SortOrder.TIME) == found
    with closing(open_store(url)) as store:
        store.make()
        assert store.find(wanted, SortOrder.TIME) == found
        assert_external_is_known(store)


def test_what_stood_before_it_was_made_in_an_older_file_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert_early_as_before(url, sqlite_database(url).writer())


def test_what_stood_before_it_was_made_in_an_older_database_is_found(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.create_database("early")
    assert_early_as_before(url, postgresql_engine(url, None))


def assert_early_as_before(url: str, engine: Engine) -> None:
    """It is found before a writer has come, and afterwards."""
    times = [f"2026-01-01T00:00:{second:02}.000" for second in (5, 20, 10, 30)]
    of = [
        Run(name, {"startTime": (start,), "endTime": (end,)})
        for name, start, end in (("maker", *times[:2]), ("reader", *times[2:]))
    ]
    documents = [
        Document(run, (Mention(run.id, relation, None, f"file:/{run.id}", "product:P", "t"),))
        for run, relation in zip(
            of, (RelationType.WAS_GENERATED_BY, RelationType.USED), strict=True
        )
    ]
    wanted = Filter(search=Search(at="2026-01-01T00:00:15.000"))
    with closing(open_store(url)) as store:
        store.make()
        with store.writing() as transaction:
            integrate(transaction, documents)
        found = store.find(wanted, SortOrder.TIME)
        assert [each.node.id for each in found.found] == ["product:P"]
    make_older(engine, "0016")
    engine.dispose()
    with closing(open_store(url)) as store:
        assert store.find(wanted, SortOrder.TIME) == found
    with closing(open_store(url)) as store:
        store.make()
        assert store.find(wanted, SortOrder.TIME) == found


def links_in(engine: Engine) -> int:
    """How many rows link runs to settings; a migration knows all runs, a load those before it."""
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM settings_of")).scalar_one())


def test_an_older_store_is_searched_when_it_is_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    wanted = Filter(search=Search())
    with closing(open_store(url)) as store:
        list(load(store, [str(LOGS / "irf.provlog"), str(LOGS / "merge.provlog")]))
        due = store.find(wanted, SortOrder.TIME)
    assert len(due.found) > 5
    engine = sqlite_database(url).writer()
    make_older(engine, "0008")
    engine.dispose()
    with (
        closing(open_store(url)) as store,
        pytest.raises(StoreError, match="the next `provgraph load` brings it up to date"),
    ):
        store.find(wanted, SortOrder.TIME)
    with closing(open_store(url)) as store:
        store.make()
        assert store.find(wanted, SortOrder.TIME) == due
        words = Filter(search=Search("irf"))
        assert store.find(words, SortOrder.TIME).found


@pytest.mark.parametrize("revision", ["0009", "0010"])
def test_parameters_of_an_older_store_are_searched_when_it_is_up_to_date(
    tmp_path: Path, revision: str
) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    engine = sqlite_database(url).writer()
    assert_parameters_searched_again(url, engine, revision)
    assert indexed_terms(engine) == 0
    engine.dispose()


def test_parameters_of_an_older_database_are_searched_when_it_is_up_to_date(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.create_database("parameters")
    assert_parameters_searched_again(url, postgresql_engine(url, None), "0010")


def assert_parameters_searched_again(url: str, engine: Engine, revision: str) -> None:
    """In the end all that was loaded is forgotten, with the terms that the migration has made."""
    wanted = Filter(search=Search(parameters=(ParameterValue("file_pattern", "*.h5"),)))
    with closing(open_store(url)) as store:
        reports = list(load(store, [str(LOGS / "irf.provlog"), str(LOGS / "merge.provlog")]))
        due = store.find(wanted, SortOrder.TIME)
    assert due.found
    make_older(engine, revision)
    engine.dispose()
    with closing(open_store(url)) as store:
        assert store.find(Filter(search=Search("merge")), SortOrder.TIME).found
        with pytest.raises(StoreError, match="the next `provgraph load` brings it up to date"):
            store.find(wanted, SortOrder.TIME)
        store.make()
        assert store.find(wanted, SortOrder.TIME) == due
        for report in reports:
            forget(store, str(report.load))
        assert not store.find(wanted, SortOrder.TIME).found


def test_an_older_store_learns_what_its_records_are_called(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    logs = sorted(map(str, LOGS.glob("*.provlog")))
    with closing(open_store(url)) as store:
        list(load(store, logs[:5]))
        run = next(node for node in store.called((), [""], 1) if node.kind is Kind.ACTIVITY)
        called = store.names_near("", 100)
    engine = sqlite_database(url).writer()
    make_older(engine, "0005")
    engine.dispose()
    with closing(open_store(url)) as store:  # a reader changes nothing
        assert store.called((), [""], 1)
        assert store.called((), [run.id[:8]], 1) == []
    with closing(open_store(url)) as store:
        store.make()
        assert store.names_near("", 100) == called
        assert store.called((), [run.id[:8]], 1) == [run]
        assert run in store.called([run.label], (), 10)


def test_marks_of_before_move_out_of_the_place_of_overwriting(engine: Engine) -> None:
    """A store of revision 0006 kept a mark as the time at which the file was overwritten."""
    migrate(engine)
    mark, gone = '{"invalidated":["2020-01-01T00:00:00.000"]}', "2026-01-01T00:00:03.000"
    columns = "key, id, type, identifiers, standings, invalidated_at, attributes"
    rows = {
        b"lost": (f'[["file:/x",1,"","{gone}"]]', "2020-01-01T00:00:00.000", mark),
        b"stands": ('[["file:/y",1,"",null]]', "2020-01-01T00:00:00.000", mark),
        b"plain": (f'[["file:/z",1,"","{gone}"]]', gone, "{}"),
    }
    make_older(engine, "0006")
    with engine.connect() as connection, connection.begin():
        for key, values in rows.items():
            connection.exec_driver_sql(
                f"INSERT INTO entity ({columns}) VALUES (?, ?, 'DatasetEntity', '[]', ?, ?, ?)",
                (key, key.decode(), *values),
            )
        connection.exec_driver_sql(
            "INSERT INTO activity (key, id, facts) VALUES (?, 'r', ?)", (b"run", mark)
        )
    migrate(engine)
    with engine.connect() as connection:
        query = "SELECT key, invalidated_at, invalid_since FROM entity"
        assert {row[0]: tuple(row[1:]) for row in connection.execute(text(query))} == {
            b"lost": (gone, "2020-01-01T00:00:00.000"),
            b"stands": (None, "2020-01-01T00:00:00.000"),
            b"plain": (gone, None),
        }
        runs = connection.execute(text("SELECT invalid_since FROM activity")).scalars().all()
        assert runs == ["2020-01-01T00:00:00.000"]
    engine.dispose()


def test_relations_of_before_are_joined_to_the_entities_that_they_mean(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert_joined_again(url, sqlite_database(url).writer())


def test_relations_of_before_are_joined_in_a_database(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database("former")
    assert_joined_again(url, postgresql_engine(url, None))


def assert_joined_again(url: str, engine: Engine) -> None:
    """In a store of revision 0007 a former name led nowhere, and a path to any file there."""
    ends = End(Kind.ENTITY, "file:/x@a"), End(Kind.ENTITY, "file:/y")
    relation = StatedRelation(RelationType.WAS_DERIVED_FROM, *ends)
    documents = [
        Document(relations=(relation,)),
        run("w", 0, 1, ("/y",), ("/x",)),
        run("a", 2, 3, (), ("/x",)),
        run("b", 4, 5, ("/x=X",), ("/y",)),
    ]
    with closing(open_store(url)) as store, store.writing() as transaction:
        integrate(transaction, documents)
    due = content_of(engine)
    make_older(engine, "0007")
    lost, other = key_of(Kind.ENTITY, "file:/x@a"), key_of(Kind.ENTITY, "file:/y@b")
    ends_now = update(tables.relation).where(tables.relation.c.stated.is_not(None))
    former = tables.naming.c.name == name_key("file:/x@a")
    with engine.begin() as connection:
        connection.execute(ends_now.values(source=lost, target=other))
        connection.execute(delete(tables.naming).where(former))
    migrate(engine)
    assert content_of(engine) == due
    engine.dispose()


def content_of(engine: Engine) -> list[list[str]]:
    """The rows of entities, their names and relations."""
    with engine.connect() as connection:
        return [
            sorted(map(repr, connection.execute(table.select())))
            for table in (tables.entity, tables.naming, tables.relation)
        ]
