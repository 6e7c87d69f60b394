"""SQLite files: private, made by writers alone, and asked where nobody may write."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from provgraph.errors import NoStoreError, StoreError, UnreachableError
from provgraph.ingest.loading import load
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.store.relational import connection
from provgraph.store.relational.connection import SqliteFile, translated
from tests.conftest import LOGS

Files = dict[str, bytes]


def files_in(folder: Path) -> Files:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def activities(store: Store) -> int:
    return store.stats()["activities"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with one real log, which nobody has open."""
    folder = tmp_path / "there"
    folder.mkdir()
    add_log(folder / "store.db", "irf.provlog")
    return folder / "store.db"


def add_log(path: Path, name: str) -> None:
    with closing(open_store(f"sqlite:///{path}")) as store:
        list(load(store, [str(LOGS / name)]))


@pytest.fixture
def reader(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The same store for someone who can't write there."""
    monkeypatch.setattr(connection, "_may_write", lambda _: False)
    with closing(open_store(f"sqlite:///{path}")) as store:
        yield store


def unfinished_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a store be as it is in a copy that was made while somebody wrote to it."""
    copied = path.with_name("copied.db")
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("INSERT INTO activity (key, id, facts) VALUES (x'01', 'late', '{}')")
        writer.commit()
        for end in ("", "-wal"):
            shutil.copy(f"{path}{end}", f"{copied}{end}")
    for end in ("", "-wal"):
        os.replace(f"{copied}{end}", f"{path}{end}")


def test_a_file_is_private_and_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "x.db"
    engine = SqliteFile(path).writer()
    with engine.execution_options(writes=True).begin() as writer:
        writer.execute(text("CREATE TABLE x (y)"))
        with engine.connect() as reader:
            assert reader.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0
    assert path.stat().st_mode & 0o077 == 0
    engine.dispose()


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="can't be opened"):
        SqliteFile(tmp_path).writer()
    with (
        closing(open_store(f"sqlite:///{tmp_path}")) as store,
        pytest.raises(StoreError, match="can't be used"),
    ):
        store.stats()


def test_what_sqlite_does_not_know_is_none_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"no database at all, but long enough to be read as one" * 10)
    engine = SqliteFile(path).writer()
    with pytest.raises(StoreError, match="none of ours"), translated(engine), engine.connect():
        pass
    engine.dispose()


QUESTIONS: dict[str, Callable[[Store], object]] = {
    "stats": lambda store: store.stats(),
    "loads": lambda store: store.loads(),
    "scan": lambda store: list(store.scan()),
    "view": lambda store: store.viewing().__enter__(),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_makes_nothing(tmp_path: Path, question: str) -> None:
    path = tmp_path / "no" / "such" / "store.db"
    with (
        closing(open_store(f"sqlite:///{path}")) as store,
        pytest.raises(NoStoreError, match=f"there is no store at .*{path}") as raised,
    ):
        QUESTIONS[question](store)
    assert raised.value.is_file
    assert list(tmp_path.iterdir()) == []


def test_a_question_leaves_no_file_beside_the_store(path: Path) -> None:
    before = files_in(path.parent)
    with closing(open_store(f"sqlite:///{path}")) as store:
        assert activities(store) > 0
    assert files_in(path.parent) == before


def test_who_asked_first_can_load_afterwards(path: Path) -> None:
    with closing(open_store(f"sqlite:///{path}")) as store:
        before = activities(store)
        list(load(store, [str(LOGS / "merge.provlog")]))
        assert activities(store) > before


def test_a_store_that_can_only_be_read_is_asked(reader: Store, path: Path) -> None:
    before = files_in(path.parent)
    assert activities(reader) > 0
    with reader.viewing() as view:
        assert view.turn == 1
    assert files_in(path.parent) == before


def test_what_its_owner_loads_later_is_seen(reader: Store, path: Path) -> None:
    before = activities(reader)
    # Who may write is decided by a function that this test has replaced.
    with closing(SqliteFile(path).writer().raw_connection()) as owner:
        owner.cursor().execute("INSERT INTO activity (key, id, facts) VALUES (x'01', 'late', '{}')")
        owner.commit()
        assert path.with_name("store.db-shm").exists()
        assert activities(reader) == before + 1
    add_log(path, "merge.provlog")
    assert activities(reader) > before + 1


def test_an_answer_is_none_when_the_file_was_written_meanwhile(reader: Store, path: Path) -> None:
    with (
        pytest.raises(UnreachableError, match="was written while it was read; ask again"),
        reader.viewing(),
    ):
        os.utime(path, ns=(1, 1))
    assert activities(reader) > 0


def test_the_last_changes_of_an_unfinished_copy_are_seen(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(open_store(f"sqlite:///{path}")) as store:
        before = activities(store)
    unfinished_copy(path, monkeypatch)
    monkeypatch.setattr(connection, "_may_write", lambda _: False)
    there = files_in(path.parent)
    with closing(open_store(f"sqlite:///{path}")) as reader:
        assert activities(reader) == before + 1
        assert activities(reader) == before + 1
    assert files_in(path.parent) == there
    assert len([each for each in caplog.messages if "asking a copy in" in each]) == 1
    copies = [each.rsplit(" ", 1)[1] for each in caplog.messages]
    assert not any(Path(each).exists() for each in copies)


def test_an_engine_keeps_what_sqlite_needs(path: Path) -> None:
    engine: Engine = SqliteFile(path).writer()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
