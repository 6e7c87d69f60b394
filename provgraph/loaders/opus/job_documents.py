"""Turns the rows of a job database into documents that join with OPUS's own provenance.

Jobs are runs, files are entities, owners are agents, all under the names that OPUS's documents give
them (`provgraph.loaders.opus.addresses`). A job that waits has not been run, and makes no run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any, Final

from provgraph.errors import LoadError
from provgraph.loaders.opus.addresses import OpusServer, server_of_file, server_of_job
from provgraph.loaders.opus.tables import TABLES, JobTables, Row
from provgraph.loaders.protocol import Problem
from provgraph.loaders.secrets import masked, masked_parameter
from provgraph.model.attributes import attributes_of, union
from provgraph.model.identifiers import place_of
from provgraph.model.records import (
    Agent,
    Document,
    End,
    Fact,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.values import Values, counted, utc
from provgraph.model.vocabulary import Kind, RelationType, Status
from provgraph.prov.marks import SOURCE
from provgraph.prov.names import VOPROV
from provgraph.prov.statements import Literal
from provgraph.prov.values import stored_value

#: The phases in which a job has ended (UWS 1.1, section 2.1.3) → how it did.
_ENDED: Final = {
    "COMPLETED": Status.COMPLETED,
    "ERROR": Status.ERROR,
    "ABORTED": Status.INTERRUPTED,
    "ARCHIVED": None,
}
#: The results that every job has; no document of OPUS names them.
_LOGS: Final = frozenset({"stdout", "stderr", "provjson", "provxml", "provsvg"})
#: The parameter that is no parameter of the job, but a name for the run.
_RUN_ID: Final = "runId"
#: Column of ``jobs`` → name of the fact, as UWS calls it.
_JOB_FACTS: Final = {
    "quote": "quote",
    "execution_duration": "executionDuration",
    "error": "error",
    "creation_time": "creationTime",
    "destruction_time": "destruction",
    "run_id": "runId",
    "process_id": "processId",
}
#: Column of ``entities`` → name of the attribute.
_FILE_ATTRIBUTES: Final = {
    "value": "value",
    "hash": "hash",
    "creation_time": "creationTime",
    "owner": "owner",
    "result_value": "resultValue",
}
#: Column of ``entities`` → attribute in OPUS's documents.
_STATED: Final = {
    "file_name": "prov:label",
    "access_url": "prov:location",
    "content_type": f"{VOPROV}content_type",
    "result_name": f"{VOPROV}result_name",
}


def documents(tables: JobTables) -> Iterator[Document | Problem]:
    """Read a job database.

    Args:
        tables: of OPUS.

    Yields:
        A document a file, then one a job that was run, by their ids; a problem where nothing can be
        made of a row.
    """
    reader = _JobReader(tables)
    yield from reader.files()
    yield from reader.jobs()


@dataclass(frozen=True, slots=True)
class _JobRows:
    """A job with its rows of the other tables."""

    row: Row
    parameters: Sequence[Row]
    results: Sequence[Row]
    used: Sequence[Row]
    files: Sequence[Row]

    @property
    def was_run(self) -> bool:
        """Whether the job began, or ended without having begun."""
        return bool(
            self.row.get("start_time")
            or self.row.get("end_time")
            or self.row.get("phase") in _ENDED
        )


class _JobReader:
    """Reads jobs and files, and knows by which server's URLs they are named."""

    def __init__(self, tables: JobTables) -> None:
        self._tables = tables
        self._columns = tables.columns()
        self._usual = self._newest_server()

    def files(self) -> Iterator[Document | Problem]:
        """One document a file."""
        for row in self._rows("entities"):
            server = server_of_file(row, self._usual)
            if server is None:
                yield _nameless(f"entities {row['entity_id']}")
            else:
                yield _of_file(row, server)

    def jobs(self) -> Iterator[Document | Problem]:
        """One document a job that was run."""
        nameless = 0
        for job in self._jobs():
            server = server_of_job(job.row, job.results) or self._usual
            if not job.was_run:
                continue
            if server is None:
                nameless += 1
                continue
            try:
                yield _of_job(job, server)
            except LoadError as error:
                yield Problem(f"jobs {job.row['jobid']}", f"is not loaded: {error}")
        if nameless:
            yield _nameless(counted(nameless, "job"))

    def _newest_server(self) -> OpusServer | None:
        """The server of the job that was created last, of those whose results name one."""
        found = (
            (str(job.row.get("creation_time") or ""), server.base, server)
            for job in self._jobs()
            if (server := server_of_job(job.row, job.results)) is not None
        )
        newest = max(found, key=lambda each: each[:2], default=None)
        return None if newest is None else newest[2]

    def _jobs(self) -> Iterator[_JobRows]:
        """All jobs, each with its rows of the other tables."""
        others = [
            _RowsByJob(self._rows(each)) for each in ("job_parameters", "job_results", "used")
        ]
        others.append(_RowsByJob(self._rows("entities", "jobid")))
        for row in self._rows("jobs"):
            yield _JobRows(row, *(each.of(str(row["jobid"])) for each in others))

    def _rows(self, table: str, first: str | None = None) -> Iterator[Row]:
        """The rows of a table in a fixed order, sorted by one column first if that is wanted."""
        columns = self._columns.get(table)
        if columns is None or (first is not None and first not in columns):
            return iter(())
        order = (*([first] if first else []), *TABLES[table])
        return self._tables.rows(table, tuple(each for each in order if each in columns))


class _RowsByJob:
    """Rows sorted by the id of a job, handed out job by job, in the same order."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._groups = groupby(rows, key=lambda row: str(row["jobid"] or ""))
        self._next = self._advanced()

    def of(self, job: str) -> list[Row]:
        """The rows of a job; those of jobs before it that are not there are passed over."""
        while self._next is not None and self._next[0] < job:
            self._next = self._advanced()
        if self._next is None or self._next[0] != job:
            return []
        found = self._next[1]
        self._next = self._advanced()
        return found

    def _advanced(self) -> tuple[str, list[Row]] | None:
        found = next(self._groups, None)
        return None if found is None else (found[0], list(found[1]))


def _nameless(where: str) -> Problem:
    return Problem(
        where, "not loaded: no URL in the database tells the server by which OPUS names them"
    )


def _of_file(row: Row, server: OpusServer) -> Document:
    """A file, or what a user has sent."""
    identifier = server.entity(str(row["entity_id"]))
    said: dict[str, Values] = {
        name: (stored_value(Literal(str(row[column]))),)
        for column, name in _STATED.items()
        if row.get(column)
    }
    if (path := _path_of(row)) is not None:
        said["prov:location"] = union((*said.get("prov:location", ()), path))
    own = {name: row[column] for column, name in _FILE_ATTRIBUTES.items() if row.get(column)}
    relations: tuple[StatedRelation, ...] = ()
    if origin := row.get("from_entity"):
        ends = End(Kind.ENTITY, identifier), End(Kind.ENTITY, server.entity(str(origin)))
        relations = (StatedRelation(RelationType.WAS_DERIVED_FROM, *ends),)
    stated = StatedEntity(identifier, {**said, **attributes_of(own)})
    return Document(entities=(stated,), relations=relations)


def _path_of(row: Row) -> str | None:
    """Where the file lies on the disk of the server; None when that is not said."""
    folder = row.get("file_dir") or row.get("file_path")
    if not folder or not row.get("file_name") or not str(folder).startswith("/"):
        return None
    return str(PurePosixPath(str(folder)) / str(row["file_name"]))


def _of_job(job: _JobRows, server: OpusServer) -> Document:
    """A job that was run.

    Raises:
        LoadError: one of its times is none.
    """
    row = job.row
    run = server.run(str(row["jobname"]), str(row["jobid"]))
    used = _used(job)
    made = _made(job, used)
    values = {
        str(each["name"]): masked_parameter(str(each["name"]), each.get("value"))
        for each in job.parameters
        if each["name"] != _RUN_ID and not _is_file(each, used)
    }
    agents, relations = _owner(row, run, server)
    return Document(
        run=Run(run, attributes_of(_facts(row))),
        mentions=(
            *(_mention(run, RelationType.USED, *each, server) for each in used),
            *(_mention(run, RelationType.WAS_GENERATED_BY, *each, server) for each in made),
            *_without_entity(run, job),
        ),
        agents=agents,
        relations=relations,
        settings=(Settings("parameters", values),) if values else (),
    )


def _facts(row: Row) -> dict[str, Any]:
    phase = str(row.get("phase"))
    facts: dict[str, Any] = {
        name: row[column] for column, name in _JOB_FACTS.items() if row.get(column) is not None
    }
    if "error" in facts:
        facts["error"] = masked(str(facts["error"]))
    facts |= {name: int(facts[name]) for name in _INTEGERS if str(facts.get(name)).isdecimal()}
    for column, name in (("start_time", Fact.START), ("end_time", Fact.END)):
        if row.get(column):
            facts[name] = utc(str(row[column]))
    facts[Fact.NAME] = row.get("jobname")
    facts[Fact.STATUS] = _ENDED.get(phase)
    if phase in _ENDED:
        facts["phase"] = phase
    return {name: value for name, value in facts.items() if value is not None}


_INTEGERS: Final = ("quote", "executionDuration", "processId")


def _used(job: _JobRows) -> list[tuple[str, str | None]]:
    """The files that a job read: id and role, each once."""
    found = {
        (str(each["entity_id"]), each.get("role") or None) for each in job.used if each["entity_id"]
    }
    known = {identifier for identifier, _ in found}
    named = {
        (str(each["entity_id"]), str(each["name"]))
        for each in job.parameters
        if each.get("entity_id") and str(each["entity_id"]) not in known
    }
    return sorted(found | named, key=lambda each: (each[0], each[1] or ""))


def _made(job: _JobRows, used: Sequence[tuple[str, str | None]]) -> list[tuple[str, str]]:
    """The files that a job wrote. A result that it read already is no new one, says OPUS."""
    inputs = {identifier for identifier, _ in used}
    results = [(each.get("entity_id"), each["name"]) for each in job.results]
    files = [(each["entity_id"], each.get("result_name")) for each in job.files]
    named = {str(identifier) for identifier, role in (*results, *files) if identifier and role}
    return sorted(
        {
            (str(identifier), str(role) if role else "")
            for identifier, role in (*results, *files)
            if identifier and str(identifier) not in inputs
            if role or str(identifier) not in named
        }
    )


def _is_file(parameter: Row, used: Sequence[tuple[str, str | None]]) -> bool:
    """Whether a parameter only names a file that the job read."""
    return bool(parameter.get("entity_id")) or any(role == parameter["name"] for _, role in used)


def _mention(
    run: str, relation: RelationType, identifier: str, role: str | None, server: OpusServer
) -> Mention:
    """An input or output, as a document of OPUS names it."""
    return Mention(run, relation, role or None, identifier=server.entity(identifier), source=SOURCE)


def _without_entity(run: str, job: _JobRows) -> Iterator[Mention]:
    """The results of which only the URL is known, as in the oldest databases."""
    kept = _LOGS | {each.get("result_name") for each in job.files}
    for each in job.results:
        if not each.get("entity_id") and each.get("url") and each["name"] not in kept:
            role, place = str(each["name"]), place_of(str(each["url"]))
            yield Mention(run, RelationType.WAS_GENERATED_BY, role, place, source="opus")


def _owner(
    row: Row, run: str, server: OpusServer
) -> tuple[tuple[Agent, ...], tuple[StatedRelation, ...]]:
    """Whose job it is."""
    owner = row.get("owner")
    if not owner:
        return (), ()
    agent = Agent(server.user(str(owner)), str(owner))
    ends = End(Kind.ACTIVITY, run), End(Kind.AGENT, agent.id)
    return (agent,), (StatedRelation(RelationType.WAS_ASSOCIATED_WITH, *ends, "owner"),)
