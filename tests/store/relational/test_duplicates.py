"""A SQLite file is duplicated while somebody writes it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import copyfile

import pytest

from provgraph.errors import StoreError
from provgraph.store.relational.duplicates import companions, duplicate


def made(path: Path, rows: int) -> sqlite3.Connection:
    """A file with a table, which stays open, and whose last rows stand in the log beside it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE t (x)")
    connection.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(rows)])
    return connection


def count(path: Path) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM t").fetchone()[0])


def test_what_is_committed_is_there_and_what_is_not_is_not(tmp_path: Path) -> None:
    source, target = tmp_path / "a.db", tmp_path / "b.db"
    with closing(made(source, 100)) as writer:
        assert source.with_name("a.db-wal").stat().st_size > 0
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO t VALUES (100)")
        duplicate(source, target)  # does not wait for the writer
        writer.execute("COMMIT")
    assert (count(target), count(source)) == (100, 101)
    assert not any(each.exists() for each in companions(target))
    assert target.stat().st_mode & 0o777 == 0o600


def test_leftovers_are_taken_away(tmp_path: Path) -> None:
    source, target = tmp_path / "a.db", tmp_path / "b.db"
    made(source, 3).close()
    target.write_text("from before")
    with closing(made(tmp_path / "other.db", 50)):  # the log of one who was killed
        copyfile(tmp_path / "other.db-wal", tmp_path / "b.db-wal")
    (tmp_path / "b.db-journal").write_text("from before")
    duplicate(source, target)
    assert count(target) == 3
    assert not any(each.exists() for each in companions(target))


def test_what_can_not_be_done_is_told(tmp_path: Path) -> None:
    source = tmp_path / "a.db"
    made(source, 3).close()
    with pytest.raises(StoreError, match="No such file or directory"):
        duplicate(source, tmp_path / "no" / "b.db")
    with pytest.raises(StoreError, match="can't be written to"):
        duplicate(tmp_path / "no.db", tmp_path / "b.db")
