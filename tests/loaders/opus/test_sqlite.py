"""OPUS's tables in a file of SQLite."""

import sqlite3
from contextlib import closing
from pathlib import Path

from provgraph.loaders.opus.sqlite import opened
from provgraph.loaders.opus.tables import SECRETS, is_job_database
from tests.loaders.opus.databases import TABLES_2017, sqlite_file


def test_columns_and_rows(tmp_path: Path) -> None:
    with opened(sqlite_file(tmp_path / "jobs.sqlite")) as tables:
        columns = tables.columns()
        rows = list(tables.rows("used", ("jobid", "entity_id")))
    assert "users" not in columns
    assert not any(SECRETS & each for each in columns.values())
    assert [(each["jobid"], each["entity_id"]) for each in rows] == [("aa", "in"), ("gone", "in")]
    assert is_job_database(columns)


def test_an_old_generation_lacks_a_table(tmp_path: Path) -> None:
    with opened(sqlite_file(tmp_path / "jobs.sqlite", {}, TABLES_2017)) as tables:
        assert "used" not in tables.columns()


def test_every_value_is_a_text(tmp_path: Path) -> None:
    where = sqlite_file(tmp_path / "jobs.sqlite")
    with closing(sqlite3.connect(where)) as connection:
        change = "UPDATE jobs SET error = CAST(x'e9' AS TEXT), owner = x'4100' WHERE jobid = 'aa'"
        connection.execute(change)
        connection.commit()
    with opened(where) as tables:
        first = next(tables.rows("jobs", ("jobid",)))
    found = {name: first[name] for name in ("error", "owner", "quote", "creation_time")}
    assert found == {"error": "\\xe9", "owner": "A\\u0000", "quote": "120", "creation_time": None}
