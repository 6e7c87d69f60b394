"""Reads the databases of CTADIRAC's provenance prototype (``ctaprov``), of every generation of its
tables.

All of it is read from one snapshot, in memory that does not grow with it: rows come sorted from the
server and are put together here. docs/how-to/ctadirac.md says where each column goes.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count, groupby
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from provgraph.databases.postgresql import Cause, cause_of, words_of
from provgraph.errors import LoadError, UnreachableError
from provgraph.loaders.ctaprov import mirror
from provgraph.loaders.ctaprov.address import Database
from provgraph.loaders.ctaprov.layout import TABLES, Layout, fingerprint_query, layout_of
from provgraph.loaders.ctaprov.rows import ACTIVITY, Described, Reference, Rows
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document

#: Rows that the server hands over at once.
_FETCHED = 2_000
#: A document's number is kept apart from the next one's by more than it can make statements.
_APART = 1 << 20


class Snapshot:
    """One moment of a ctaprov database."""

    def __init__(self, database: Database, connection: psycopg.Connection[Any]) -> None:
        """Take a connection in a transaction that sees one moment alone.

        Raises:
            UnknownFormatError: the database is no ctaprov one.
        """
        self._database = database
        self._connection = connection
        self._layout = layout_of(connection, database.schema)
        self._cursors = count()
        self._is_mirror = mirror.is_mirror(connection, database.schema)

    def checksum(self) -> tuple[str, int]:
        """A SHA-256 over all that is in the tables, the same for the same rows in any order.

        And how many rows.
        """
        query = fingerprint_query(self._layout, self._layout.columns)
        rows = sorted(list(row) for row in self._connection.execute(query))
        count_of_rows = sum(row[1] for row in rows)
        if self._is_mirror:
            rows.append([*mirror.fingerprint(self._connection)])
        said = json.dumps(
            [{name: dict(columns) for name, columns in self._layout.columns.items()}, rows]
        )
        return hashlib.sha256(said.encode()).hexdigest(), count_of_rows

    def documents(self, start: int = 0) -> Iterator[Document | Problem]:
        """One document a description, agent, entity, activity or relation, in the same order for
        the same rows.

        Args:
            start: the ``end`` of the last document that is known already; 0 for all.
        """
        number = 0
        for found in self._found():
            if isinstance(found, Problem):
                yield found
                continue
            number += _APART
            if number > start:
                yield replace(found, end=number)

    def _found(self) -> Iterator[Document | Problem]:
        if self._is_mirror:
            yield from mirror.documents(self._connection)
            return
        described = Described(self._layout, self._rows)
        yield from described.documents()
        rows = Rows(self._layout, self._database.name, described)
        yield from map(rows.agent, self._all("agents"))
        yield from self._activities(rows)
        for entity in self._rows(_entities(self._layout)):
            yield rows.entity(entity)
        for table, source, target in _RELATIONS:
            if self._layout.has(table):
                for row in self._rows(_relations(self._layout, table, source, target)):
                    yield rows.relation(table, row, source, target)
        yield from self._without_activity(rows)

    def _activities(self, rows: Rows) -> Iterator[Document | Problem]:
        """Activities with what they used, made and were configured by.

        Of these what names no activity by itself.
        """
        key = self._layout.key("activities")
        query = sql.SQL("SELECT {} FROM {} a ORDER BY {}").format(
            _list(self._layout.values("activities", "a")),
            self._layout.table("activities"),
            self._layout.ordered("activities", "a", key),
        )
        with (
            _Groups(self._rows(_files(self._layout, "used"))) as used,
            _Groups(self._rows(_files(self._layout, "wasGeneratedBy"))) as made,
            _Groups(self._rows(_configuration(self._layout))) as configured,
        ):
            for row in self._rows(query):
                mine = row[key]
                yield from rows.activity(row, used.of(mine), made.of(mine), configured.of(mine))
            for table, group in (("used", used), ("wasGeneratedBy", made)):
                for each in group.rest():
                    yield rows.file_without_activity(table, each)
            for each in configured.rest():
                yield rows.configuration_without_activity(each)

    def _without_activity(self, rows: Rows) -> Iterator[Document | Problem]:
        """Parameters and configuration files that configure nothing."""
        if not self._layout.has("wasConfiguredBy"):
            return
        for table, name in (("parameters", "parameter"), ("configFiles", "configFile")):
            reference = self._layout.reference("wasConfiguredBy", name)
            if self._layout.has(table) and reference is not None:
                query = sql.SQL(
                    "SELECT {} FROM {} t WHERE NOT EXISTS (SELECT 1 FROM {} w WHERE w.{} = t.{}) ORDER BY t.{}"
                ).format(
                    _list(self._layout.values(table, "t")),
                    self._layout.table(table),
                    self._layout.table("wasConfiguredBy"),
                    sql.Identifier(reference),
                    sql.Identifier(self._layout.key(table)),
                    sql.Identifier(self._layout.key(table)),
                )
                for row in self._rows(query):
                    yield rows.unused_configuration(table, row)

    def _all(self, table: str) -> Iterator[dict[str, Any]]:
        return self._rows(_whole(self._layout, table)) if self._layout.has(table) else iter(())

    def _rows(self, query: sql.Composed | None) -> Iterator[dict[str, Any]]:
        """The rows of a query, some at a time."""
        if query is None:
            return
        with self._connection.cursor(
            f"provgraph{next(self._cursors)}", row_factory=dict_row
        ) as cursor:
            cursor.itersize = _FETCHED
            yield from cursor.execute(query)


@contextmanager
def snapshot(database: Database) -> Iterator[Snapshot]:
    """The database at this moment, whatever is written to it meanwhile.

    Nothing is ever written here.

    Raises:
        UnreachableError: the server does not answer, refuses the user, or goes away.
        UnknownFormatError: the database is no ctaprov one.
        LoadError: a table can't be read.
    """
    try:
        with psycopg.connect(**database.parameters) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield Snapshot(database, connection)
            connection.rollback()
    except (psycopg.Error, UnicodeDecodeError) as error:
        raise _translated(database, error) from error


def _translated(database: Database, error: Exception) -> LoadError | UnreachableError:
    """The driver's error in the words of a source that is read."""
    words, cause = words_of(error), cause_of(error)
    if cause is Cause.FORBIDDEN:
        return LoadError(
            f"can't be read: {words}; let the user SELECT from all {len(TABLES)} tables"
        )
    if cause in (Cause.FAILED, Cause.NEEDED):
        return LoadError(f"can't be read: {words}")
    return UnreachableError(
        f"the database {database.name} can't be reached: {words}; is the server up, and are user "
        "and password right?"
    )


class _Groups:
    """Rows sorted by an activity's key, handed out activity by activity, in the same order."""

    def __init__(self, rows: Iterator[dict[str, Any]]) -> None:
        self._rows = rows
        self._groups = groupby(rows, key=lambda row: row[ACTIVITY])
        self._next = self._advanced()

    def __enter__(self) -> "_Groups":
        return self

    def __exit__(self, *_: object) -> None:
        close = getattr(self._rows, "close", None)
        if close is not None:
            close()

    def of(self, key: Any) -> list[dict[str, Any]]:
        """The rows of this activity; it is asked for once, and after those with smaller keys."""
        if self._next is None or self._next[0] != key:
            return []
        found = self._next[1]
        self._next = self._advanced()
        return found

    def rest(self) -> Iterator[dict[str, Any]]:
        """The rows that name no activity, which come last."""
        while self._next is not None:
            yield from self._next[1]
            self._next = self._advanced()

    def _advanced(self) -> tuple[Any, list[dict[str, Any]]] | None:
        found = next(self._groups, None)
        return None if found is None else (found[0], list(found[1]))


#: Relations between records that are read one by one: effect and cause.
_RELATIONS = (
    ("wasAssociatedWith", Reference("activity", "activities"), Reference("agent", "agents")),
    ("wasAttributedTo", Reference("entity", "entities"), Reference("agent", "agents")),
    (
        "wasDerivedFrom",
        Reference("generatedEntity", "entities"),
        Reference("usedEntity", "entities"),
    ),
    ("wasInformedBy", Reference("informed", "activities"), Reference("informant", "activities")),
)


def _list(columns: list[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(columns)


def _whole(layout: Layout, table: str) -> sql.Composed:
    return sql.SQL("SELECT {} FROM {} t ORDER BY t.{}").format(
        _list(layout.values(table, "t")), layout.table(table), sql.Identifier(layout.key(table))
    )


def _joined_entity(layout: Layout, on: sql.Composable) -> tuple[sql.Composed, list[sql.Composable]]:
    """The join that leads to an entity with all that is said of it, and its columns."""
    key = sql.Identifier(layout.key("entities"))
    join = sql.SQL(" LEFT JOIN {} e ON e.{} = {}").format(layout.table("entities"), key, on)
    columns = layout.values("entities", "e", "entity.")
    for table, alias in (("datasetEntities", "d"), ("valueEntities", "v")):
        if layout.has(table):
            join += sql.SQL(" LEFT JOIN {} {} ON {}.{} = e.{}").format(
                layout.table(table),
                sql.Identifier(alias),
                sql.Identifier(alias),
                sql.Identifier(layout.key(table)),
                key,
            )
            columns += layout.values(table, alias, f"{table}.")
    return join, columns


def _entities(layout: Layout) -> sql.Composed:
    key = layout.key("entities")
    join, columns = _joined_entity(layout, sql.Identifier("x", key))
    return sql.SQL("SELECT {} FROM {} x{} ORDER BY {}").format(
        _list(columns), layout.table("entities"), join, layout.ordered("entities", "x", key)
    )


def _files(layout: Layout, table: str) -> sql.Composed:
    """Inputs or outputs with their entities, sorted by activity; those without come last."""
    activity, entity = (
        layout.reference(table, "activity") or "",
        layout.reference(table, "entity") or "",
    )
    join, columns = _joined_entity(layout, sql.Identifier("r", entity))
    return _by_activity(layout, table, activity, join, columns)


def _configuration(layout: Layout) -> sql.Composed | None:
    """Parameters and configuration files, sorted by activity; those without come last."""
    table = "wasConfiguredBy"
    activity = layout.reference(table, "activity") if layout.has(table) else None
    if activity is None:
        return None
    join, columns = sql.Composed([]), []
    for name, other, alias in (
        ("parameter", "parameters", "p"),
        ("configFile", "configFiles", "c"),
    ):
        reference = layout.reference(table, name)
        if layout.has(other) and reference is not None:
            join += sql.SQL(" LEFT JOIN {} {} ON {}.{} = r.{}").format(
                layout.table(other),
                sql.Identifier(alias),
                sql.Identifier(alias),
                sql.Identifier(layout.key(other)),
                sql.Identifier(reference),
            )
            columns += layout.values(other, alias, f"{other}.")
    return _by_activity(layout, table, activity, join, columns)


def _by_activity(
    layout: Layout, table: str, activity: str, join: sql.Composed, columns: list[sql.Composable]
) -> sql.Composed:
    key = sql.SQL("r.{} AS {}").format(sql.Identifier(activity), sql.Identifier(ACTIVITY))
    return sql.SQL("SELECT {} FROM {} r{} ORDER BY {} NULLS LAST, r.{}").format(
        _list([key, *layout.values(table, "r"), *columns]),
        layout.table(table),
        join,
        layout.ordered(table, "r", activity),
        sql.Identifier(layout.key(table)),
    )


def _relations(layout: Layout, table: str, source: Reference, target: Reference) -> sql.Composed:
    """Rows of a relation, each with what its ends are known by."""
    join, columns = sql.Composed([]), layout.values(table, "r")
    for side, end in (("s", source), ("t", target)):
        column = sql.Identifier("r", layout.reference(table, end.column) or end.column)
        if not layout.has(end.table):
            continue
        alias = sql.Identifier(side)
        join += sql.SQL(" LEFT JOIN {} {} ON {}.{} = {}").format(
            layout.table(end.table), alias, alias, sql.Identifier(layout.key(end.table)), column
        )
        columns += layout.values(
            end.table, side, f"{side}.entity." if end.table == "entities" else f"{side}."
        )
        if end.table == "entities" and layout.has("datasetEntities"):
            alias = sql.Identifier(f"{side}d")
            join += sql.SQL(" LEFT JOIN {} {} ON {}.{} = {}").format(
                layout.table("datasetEntities"),
                alias,
                alias,
                sql.Identifier(layout.key("datasetEntities")),
                column,
            )
            columns += layout.values("datasetEntities", f"{side}d", f"{side}.datasetEntities.")
    return sql.SQL("SELECT {} FROM {} r{} ORDER BY r.{}").format(
        _list(columns), layout.table(table), join, sql.Identifier(layout.key(table))
    )
