"""Rows are staged, then merged."""

from collections.abc import Iterator

import pytest

from provgraph.relational_mirror.batch import Batch
from provgraph.relational_mirror.connection import Cursor, connected, cursor_of
from provgraph.relational_mirror.staging import RowCounts, Stage
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.tables import OWN_SCHEMA
from provgraph.store.protocol import Store
from tests.relational_mirror.conftest import do


@pytest.fixture
def cursor(memory: Store, mirror_url: str) -> Iterator[Cursor]:
    """In a mirror with two agents."""
    sync(memory, mirror_url)
    do(mirror_url, "INSERT INTO agents (id, name) VALUES ('a', 'one'), ('b', 'two')")
    with connected(mirror_url, None) as connection, connection.begin():
        yield cursor_of(connection)


def write(stage: Stage, owner: bytes, *agents: tuple[str, str], gone: str | None = None) -> None:
    batch = Batch(owners=[owner])
    batch.lines["agents"] = [
        f"{stage.prefix(owner)}{key}\t{name}" + 7 * "\t\\N" + "\n" for key, name in agents
    ]
    batch.gone = [(owner, "agents", gone)] if gone else []
    stage.write(batch)


def agents(cursor: Cursor) -> list[tuple[str, str]]:
    return cursor.execute("SELECT id, name FROM public.agents ORDER BY id").fetchall()


def test_rows_are_inserted_updated_and_deleted(cursor: Cursor) -> None:
    stage = Stage(cursor, "public", OWN_SCHEMA)
    write(stage, b"1", ("a", "new name"), gone="b")
    write(stage, b"2", ("c", "three"))
    assert stage.merge()["agents"] == RowCounts(inserted=1, updated=1, deleted=1)
    assert agents(cursor) == [("a", "new name"), ("c", "three")]


def test_a_row_that_is_as_before_is_not_counted(cursor: Cursor) -> None:
    stage = Stage(cursor, "public", OWN_SCHEMA)
    write(stage, b"1", ("a", "one"))
    assert stage.merge()["agents"] == RowCounts()


def test_a_subject_that_is_read_again_counts_as_it_is_now(cursor: Cursor) -> None:
    stage = Stage(cursor, "public", OWN_SCHEMA)
    write(stage, b"1", ("c", "early"), gone="b")
    write(stage, b"1", ("c", "late"))
    assert stage.merge()["agents"] == RowCounts(inserted=1)
    assert agents(cursor) == [("a", "one"), ("b", "two"), ("c", "late")]


def test_a_row_that_another_subject_has_now_stays(cursor: Cursor) -> None:
    stage = Stage(cursor, "public", OWN_SCHEMA)
    write(stage, b"1", gone="b")
    write(stage, b"2", ("b", "two"))
    stage.merge()
    assert agents(cursor) == [("a", "one"), ("b", "two")]
