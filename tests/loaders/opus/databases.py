"""Job databases of our own, of several generations, for SQLite and PostgreSQL alike."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

#: The tables of 2025, with `TIME` and `FLAG` for what each database calls these types.
TABLES_2025 = """
CREATE TABLE jobs (jobid VARCHAR(80) PRIMARY KEY, jobname VARCHAR(255), phase VARCHAR(10),
  quote INTEGER, execution_duration INTEGER, error TEXT, creation_time {TIME}, start_time {TIME},
  end_time {TIME}, destruction_time {TIME}, owner VARCHAR(64), owner_token VARCHAR(128),
  run_id VARCHAR(64), process_id BIGINT);
CREATE TABLE users (name VARCHAR(80) PRIMARY KEY, token VARCHAR(255), roles VARCHAR(255));
CREATE TABLE entities (entity_id VARCHAR(80) PRIMARY KEY, value VARCHAR(255),
  file_name VARCHAR(255), file_dir VARCHAR(255), hash VARCHAR(255), creation_time {TIME},
  content_type VARCHAR(255), access_url VARCHAR(255), owner VARCHAR(64), jobid VARCHAR(80),
  result_name VARCHAR(255), result_value VARCHAR(255), from_entity VARCHAR(80));
CREATE TABLE job_parameters (jobid VARCHAR(80), name VARCHAR(255), value VARCHAR(255),
  byref {FLAG}, entity_id VARCHAR(255), PRIMARY KEY (jobid, name));
CREATE TABLE job_results (jobid VARCHAR(80), name VARCHAR(255), url VARCHAR(255),
  content_type VARCHAR(64), entity_id VARCHAR(255), PRIMARY KEY (jobid, name));
CREATE TABLE used (entity_id VARCHAR(80), jobid VARCHAR(80), role VARCHAR(255),
  owner VARCHAR(64), PRIMARY KEY (entity_id, jobid));
"""
#: Those of 2017, in which no result names its file.
TABLES_2017 = """
CREATE TABLE jobs (jobid VARCHAR(80) PRIMARY KEY, jobname VARCHAR(255), phase VARCHAR(10),
  start_time {TIME}, end_time {TIME}, owner VARCHAR(64), owner_token VARCHAR(128));
CREATE TABLE job_parameters (jobid VARCHAR(80), name VARCHAR(255), value VARCHAR(255),
  byref {FLAG}, PRIMARY KEY (jobid, name));
CREATE TABLE job_results (jobid VARCHAR(80), name VARCHAR(255), url VARCHAR(255),
  content_type VARCHAR(64), PRIMARY KEY (jobid, name));
CREATE TABLE entities (entity_id VARCHAR(80) PRIMARY KEY, jobid VARCHAR(80),
  result_name VARCHAR(255), hash VARCHAR(255), file_name VARCHAR(255), file_path VARCHAR(255),
  access_url VARCHAR(255), owner VARCHAR(64));
"""
SECRET = "s3cret-token"
BASE = "https://opus.example.org/ops"
#: Table → its rows.
Content = Mapping[str, Sequence[Mapping[str, Any]]]


def job(identifier: str, phase: str = "COMPLETED", **more: Any) -> dict[str, Any]:
    """A job that ran for a minute."""
    return {
        "jobid": identifier,
        "jobname": "smooth",
        "phase": phase,
        "start_time": "2026-11-21T08:30:00",
        "end_time": "2026-11-21T08:31:00",
        "owner": "ann",
        "owner_token": SECRET,
        **more,
    }


def result(identifier: str, name: str, entity: str | None = None, **more: Any) -> dict[str, Any]:
    """A result of a job."""
    where = f"{BASE}/store?ID={entity}" if entity else f"{BASE}//uws/smooth/{identifier}/{name}"
    found = {"jobid": identifier, "name": name, "url": where, **more}
    return found if entity is None else {**found, "entity_id": entity}


def file(entity: str, **more: Any) -> dict[str, Any]:
    """A file that the server keeps."""
    where = f"{BASE}/store?ID={entity}"
    return {"entity_id": entity, "file_name": f"{entity}.fits", "access_url": where, **more}


#: Two jobs in a row, one of which failed; one that was aborted before it began, one that runs, one
#: that waits.
CHAIN: Content = {
    "users": [{"name": "ann", "token": SECRET, "roles": "all"}],
    "jobs": [
        job("aa", run_id="night", execution_duration=20, process_id=7, quote=120),
        job("bb", "ERROR", error="exit 3; password=hunter2"),
        job("cc", "ABORTED", start_time=None),
        job("dd", "EXECUTING", end_time=None),
        job("ee", "PENDING", start_time=None, end_time=None),
    ],
    "job_parameters": [
        {"jobid": "aa", "name": "runId", "value": "night"},
        {"jobid": "aa", "name": "width", "value": "0.5"},
        {"jobid": "aa", "name": "api_key", "value": SECRET},
        {"jobid": "aa", "name": "map", "value": "file://in.fits", "entity_id": "in"},
        {"jobid": "bb", "name": "map", "value": "mid", "entity_id": "mid"},
        {"jobid": "gone", "name": "width", "value": "1"},
    ],
    "job_results": [
        result("aa", "out", "mid"),
        result("aa", "stdout"),
        result("bb", "same", "mid"),
        result("bb", "log", "err"),
    ],
    "used": [
        {"entity_id": "in", "jobid": "aa", "role": "map"},
        {"entity_id": "in", "jobid": "gone", "role": "map"},
    ],
    "entities": [
        file("in"),
        file("mid", file_dir="/srv/opus/results/aa", jobid="aa", result_name="out"),
        file("err", jobid="bb", result_name="log", from_entity="mid"),
    ],
}


def statements(tables: str, content: Content) -> list[tuple[str, list[Any]]]:
    """What fills the tables."""
    return [
        (
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            list(row.values()),
        )
        for table, rows in content.items()
        if f"TABLE {table} " in tables
        for row in rows
    ]


def sqlite_file(path: Path, content: Content = CHAIN, tables: str = TABLES_2025) -> Path:
    """A database file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(tables.format(TIME="VARCHAR(19)", FLAG="VARCHAR(5)"))
        for query, values in statements(tables, content):
            connection.execute(query, values)
        connection.commit()
    return path
