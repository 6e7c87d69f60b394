"""The jobs of a server: a small SQLite database of their own, beside the folders of the jobs."""

import json
import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from threading import Lock
from typing import Any, Final

from provgraph.errors import ProvGraphError
from provgraph.jobs.records import JobQuery, JobRecord, JobResult, JobValue, Phase

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS job (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, owner TEXT, created TEXT NOT NULL,
    destruction TEXT NOT NULL, duration INTEGER NOT NULL, phase TEXT NOT NULL, run_id TEXT,
    quote TEXT, started TEXT, ended TEXT, message TEXT, handle TEXT, settled INTEGER NOT NULL,
    "values" TEXT NOT NULL, options TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS job_name ON job (name, created);
CREATE INDEX IF NOT EXISTS job_unsettled ON job (phase, number) WHERE NOT settled;
CREATE INDEX IF NOT EXISTS job_handed ON job (handle) WHERE NOT settled AND handle IS NOT NULL;
CREATE INDEX IF NOT EXISTS job_waiting ON job (owner, phase) WHERE NOT settled;
CREATE INDEX IF NOT EXISTS job_destruction ON job (destruction) WHERE phase != 'ARCHIVED';
CREATE TABLE IF NOT EXISTS result (
    job TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, file TEXT NOT NULL,
    content_type TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, entity TEXT NOT NULL,
    PRIMARY KEY (job, name)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS result_entity ON result (entity);
"""
_COLUMNS: Final = tuple(each.name for each in fields(JobRecord))
_ALL: Final = ", ".join(f'"{name}"' for name in _COLUMNS)
_RESULT: Final = ", ".join(each.name for each in fields(JobResult))
#: The greatest number that SQLite counts to.
_MOST_ROWS: Final = (1 << 63) - 1
#: What a job has that the engine has, or is about to have. The plus keeps SQLite from looking at
#: all that are queued.
_HANDED: Final = (
    "NOT settled AND handle IS NOT NULL AND +phase IN ('QUEUED', 'EXECUTING', 'ABORTED')"
)


class JobDatabase:
    """What is known of jobs. Threads and processes may use it at the same time."""

    def __init__(self, path: Path) -> None:
        """Open the database; it is made when it isn't there.

        Args:
            path: of the file.

        Raises:
            ProvGraphError: it can't be opened.
        """
        self._lock = Lock()
        try:
            # SQLite gives the files beside it the same rights: nobody else reads them.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._connection = sqlite3.connect(
                path, timeout=30, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise ProvGraphError(f"the database of jobs {path} can't be used: {error}") from None

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def add(self, job: JobRecord) -> None:
        """Add a job.

        Args:
            job: a new one.
        """
        values = _row(job)
        marks = ", ".join("?" * len(values))
        with self._writing() as connection:
            connection.execute(f"INSERT INTO job ({_ALL}) VALUES ({marks})", values)  # noqa: S608

    def find(self, identifier: str) -> JobRecord | None:
        """Find a job.

        Args:
            identifier: its id.

        Returns:
            The job; None when there is none.
        """
        return next(self._jobs("id = ?", (identifier,)), None)

    def listed(self, query: JobQuery) -> list[tuple[str, str, str, str | None, str | None, str]]:
        """List jobs.

        Args:
            query: which.

        Returns:
            For each its name, id, phase, owner, run id, and time of creation.
        """
        asked = {
            "name = ?": query.name,
            "owner = ?": query.owner,
            "created > ?": query.after,
            "number < (SELECT number FROM job WHERE id = ?)": query.before,
        }
        conditions = [condition for condition, value in asked.items() if value is not None]
        given = [value for value in asked.values() if value is not None]
        phases = query.phases or tuple(each for each in Phase if each is not Phase.ARCHIVED)
        conditions.append(f"phase IN ({', '.join('?' * len(phases))})")
        given += [each.value for each in phases]
        last = query.last
        order = "number" if last is None else f"number DESC LIMIT {min(int(last), _MOST_ROWS)}"
        columns, where = "name, id, phase, owner, run_id, created", " AND ".join(conditions)
        return self._rows(f"SELECT {columns} FROM job WHERE {where} ORDER BY {order}", given)  # noqa: S608

    def change(
        self, identifier: str, phases: Collection[Phase] = tuple(Phase), **changed: Any
    ) -> bool:
        """Change a job, if it is still in one of some phases.

        Args:
            identifier: of the job.
            phases: in which it has to be.
            changed: the new values of its fields.

        Returns:
            Whether it was changed.
        """
        given = {name: _plain(value) for name, value in changed.items()}
        names = ", ".join(f'"{name}" = ?' for name in given)
        marks = ", ".join("?" * len(phases))
        text = f"UPDATE job SET {names} WHERE id = ? AND phase IN ({marks})"  # noqa: S608
        listed = [each.value for each in phases]
        with self._writing() as connection:
            done = connection.execute(text, [*given.values(), identifier, *listed])
            return done.rowcount > 0

    def unfinished(self, owner: str | None) -> int:
        """Count the jobs of an owner that are not done.

        Args:
            owner: whose.
        """
        text = "SELECT count(*) FROM job WHERE NOT settled AND phase IN (?, ?, ?) AND owner IS ?"
        active = [each.value for each in Phase if each.is_active]
        (row,) = self._rows(text, [*active, owner])
        return int(row[0])

    def phases(self) -> dict[Phase, int]:
        """Count the jobs of all owners by phase, but those that are archived.

        Returns:
            Each phase that occurs → how many jobs are in it.
        """
        text = "SELECT phase, count(*) FROM job WHERE phase != ? GROUP BY phase"
        return {Phase(phase): count for phase, count in self._rows(text, [Phase.ARCHIVED.value])}

    def handed_over(self) -> list[JobRecord]:
        """List the jobs that the engine has, or is about to have."""
        return list(self._jobs(_HANDED, ()))

    def unsettled(self) -> list[JobRecord]:
        """List the jobs that ended, and whose end is not dealt with."""
        condition = "NOT settled AND phase IN ('COMPLETED', 'ERROR', 'ABORTED')"
        return list(self._jobs(condition, ()))

    def next_queued(self, number: int, by_owner: int) -> list[JobRecord]:
        """List the jobs that are to be started next, the oldest first.

        Args:
            number: how many at most.
            by_owner: how many one owner may have with the engine at once.
        """
        busy = self._rows(f"SELECT owner, count(*) FROM job WHERE {_HANDED} GROUP BY owner", ())  # noqa: S608
        running: dict[str | None, int] = dict(busy)
        found: list[JobRecord] = []
        while len(found) < number:
            full = [owner for owner, count in running.items() if count >= by_owner]
            named = [each for each in full if each is not None]
            condition = (
                f"NOT settled AND phase = 'QUEUED' AND handle IS NULL{_not_in('owner', named)}"
            )
            condition += " AND owner IS NOT NULL" if None in full else ""
            condition += _not_in("id", [each.id for each in found])
            given = [*named, *(each.id for each in found)]
            job = next(self._jobs(f"{condition} ORDER BY number LIMIT 1", given), None)
            if job is None:
                break
            found.append(job)
            running[job.owner] = running.get(job.owner, 0) + 1
        return found

    def due(self, time: str) -> list[JobRecord]:
        """List the jobs whose files are to be removed.

        Args:
            time: the present; ISO 8601 with ``Z``.
        """
        return list(self._jobs("phase != 'ARCHIVED' AND destruction <= ? LIMIT 100", (time,)))

    def set_results(self, identifier: str, results: Sequence[JobResult]) -> None:
        """Note what a job made.

        Args:
            identifier: of the job.
            results: all of them.
        """
        rows = [(identifier, *asdict(each).values()) for each in results]
        marks = ", ".join("?" * (len(fields(JobResult)) + 1))
        with self._writing() as connection:
            connection.execute("DELETE FROM result WHERE job = ?", (identifier,))
            connection.executemany(f"INSERT INTO result VALUES ({marks})", rows)  # noqa: S608

    def results(self, identifier: str) -> list[JobResult]:
        """List what a job made.

        Args:
            identifier: of the job.
        """
        text = f"SELECT {_RESULT} FROM result WHERE job = ? ORDER BY name"  # noqa: S608
        return [JobResult(*row) for row in self._rows(text, (identifier,))]

    def maker(self, entity: str) -> tuple[str, JobResult] | None:
        """Find the job that made a file.

        Args:
            entity: by which the store knows the file.

        Returns:
            The id of the job, and the result; None when no job made it.
        """
        text = f"SELECT job, {_RESULT} FROM result WHERE entity = ? LIMIT 1"  # noqa: S608
        row = next(iter(self._rows(text, (entity,))), None)
        return None if row is None else (str(row[0]), JobResult(*row[1:]))

    def _jobs(self, condition: str, given: Sequence[Any]) -> Iterator[JobRecord]:
        return map(_record, self._rows(f"SELECT {_ALL} FROM job WHERE {condition}", given))  # noqa: S608

    def _rows(self, text: str, given: Sequence[Any]) -> list[Any]:
        with self._lock:
            return self._connection.execute(text, given).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, which is undone when the block raises."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _not_in(column: str, values: Collection[object]) -> str:
    return f" AND {column} NOT IN ({', '.join('?' * len(values))})" if values else ""


def _row(job: JobRecord) -> list[Any]:
    return [_plain(getattr(job, name)) for name in _COLUMNS]


def _plain(value: Any) -> Any:
    """A field as a cell."""
    if isinstance(value, tuple):
        return json.dumps([asdict(each) for each in value])
    return json.dumps(value) if isinstance(value, dict) else value


def _record(row: Sequence[Any]) -> JobRecord:
    said = dict(zip(_COLUMNS, row, strict=True))
    said["phase"], said["settled"] = Phase(said["phase"]), bool(said["settled"])
    said["values"] = tuple(JobValue(**each) for each in json.loads(said["values"]))
    return JobRecord(**{**said, "options": json.loads(said["options"])})
