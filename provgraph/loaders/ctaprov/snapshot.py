"""Reads the databases of CTADIRAC's provenance prototype (``ctaprov``).

Every generation of the prototype's tables is read. A database is read from one snapshot, in memory
that does not grow with the database: rows come sorted from the server and are put together here.
docs/how-to/ctadirac.md says what becomes of each column.
"""

import hashlib
import json
from collections.abc import Iterator
from itertools import count, groupby
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from provgraph.loaders.ctaprov import mirror
from provgraph.loaders.ctaprov.address import NAME, Database
from provgraph.loaders.ctaprov.columns import ACTIVITY
from provgraph.loaders.ctaprov.descriptions import DescribedRows
from provgraph.loaders.ctaprov.layout import RowReference, layout_of
from provgraph.loaders.ctaprov.queries import (
    activities_by_key,
    configuration_by_activity,
    entities_by_key,
    files_by_activity,
    fingerprint_query,
    relations_with_ends,
    unused_rows,
    whole_table,
)
from provgraph.loaders.ctaprov.row_documents import RowDocuments
from provgraph.loaders.protocol import Problem, numbered
from provgraph.model.records import Document

#: Rows that the server hands over at once.
_FETCHED = 2_000
#: A document's number is kept apart from the next one's by more than it can make statements.
_APART = 1 << 20
#: Relations between records that are read one by one: effect and cause.
_RELATIONS = (
    ("wasAssociatedWith", RowReference("activity", "activities"), RowReference("agent", "agents")),
    ("wasAttributedTo", RowReference("entity", "entities"), RowReference("agent", "agents")),
    (
        "wasDerivedFrom",
        RowReference("generatedEntity", "entities"),
        RowReference("usedEntity", "entities"),
    ),
    (
        "wasInformedBy",
        RowReference("informed", "activities"),
        RowReference("informant", "activities"),
    ),
)


class Snapshot:
    """One moment of a ctaprov database.

    Attributes:
        format_name: what reports call the format.
    """

    format_name = NAME

    def __init__(self, database: Database, connection: psycopg.Connection[Any]) -> None:
        """Take a connection in a transaction that sees one moment alone.

        Args:
            database: where the database is.
            connection: to it.

        Raises:
            UnknownFormatError: the database is no ctaprov one.
        """
        self._database = database
        self._connection = connection
        self._layout = layout_of(connection, database.schema)
        self._cursors = count()
        self._is_mirror = mirror.is_mirror(connection, database.schema)

    def checksum(self) -> tuple[str, int]:
        """What tells this moment of the database from others.

        Returns:
            A SHA-256 over all that is in the tables, the same for the same rows in any order; and
            the number of rows.
        """
        query = fingerprint_query(self._layout, self._layout.columns)
        rows = sorted(list(row) for row in self._connection.execute(query))
        count_of_rows = sum(row[1] for row in rows)
        if self._is_mirror:
            rows.append([*mirror.fingerprint(self._connection)])
        columns = {name: dict(each) for name, each in self._layout.columns.items()}
        content = json.dumps([columns, rows])
        return hashlib.sha256(content.encode()).hexdigest(), count_of_rows

    def documents(self, start: int = 0) -> Iterator[Document | Problem]:
        """Read the database.

        Args:
            start: the ``end`` of the last document that is known already; 0 for all.

        Returns:
            One document a description, agent, entity, activity or relation, in the same order for
            the same rows; a problem for each row that nothing can be made of.
        """
        return numbered(self._found(), start, _APART)

    def _found(self) -> Iterator[Document | Problem]:
        if self._is_mirror:
            yield from mirror.documents(self._connection)
            return
        described = DescribedRows(self._layout, self._rows)
        yield from described.documents()
        rows = RowDocuments(self._layout, self._database.name, described)
        yield from map(rows.agent, self._all("agents"))
        yield from self._activities(rows)
        for entity in self._rows(entities_by_key(self._layout)):
            yield rows.entity(entity)
        for table, source, target in _RELATIONS:
            if self._layout.has(table):
                for row in self._rows(relations_with_ends(self._layout, table, source, target)):
                    yield rows.relation(table, row, source, target)
        yield from self._without_activity(rows)

    def _activities(self, rows: RowDocuments) -> Iterator[Document | Problem]:
        """Activities with their inputs, outputs and configuration.

        Behind them the inputs, outputs and configuration that name no activity.
        """
        layout = self._layout
        with (
            _ActivityGroups(self._rows(files_by_activity(layout, "used"))) as used,
            _ActivityGroups(self._rows(files_by_activity(layout, "wasGeneratedBy"))) as generated,
            _ActivityGroups(self._rows(configuration_by_activity(layout))) as configured,
        ):
            for row in self._rows(activities_by_key(layout)):
                key = row[layout.key("activities")]
                yield rows.activity(row, used.of(key), generated.of(key), configured.of(key))
            for table, group in (("used", used), ("wasGeneratedBy", generated)):
                for each in group.rest():
                    yield rows.file_without_activity(table, each)
            for each in configured.rest():
                yield rows.configuration_without_activity(each)

    def _without_activity(self, rows: RowDocuments) -> Iterator[Document | Problem]:
        """Parameters and configuration files that configure nothing."""
        if not self._layout.has("wasConfiguredBy"):
            return
        for table, name in (("parameters", "parameter"), ("configFiles", "configFile")):
            reference = self._layout.reference("wasConfiguredBy", name)
            if self._layout.has(table) and reference is not None:
                for row in self._rows(unused_rows(self._layout, table, reference)):
                    yield rows.unused_configuration(table, row)

    def _all(self, table: str) -> Iterator[dict[str, Any]]:
        return self._rows(whole_table(self._layout, table)) if self._layout.has(table) else iter(())

    def _rows(self, query: sql.Composed | None) -> Iterator[dict[str, Any]]:
        """The rows of a query, some at a time."""
        if query is None:
            return
        with self._connection.cursor(
            f"provgraph{next(self._cursors)}", row_factory=dict_row
        ) as cursor:
            cursor.itersize = _FETCHED
            yield from cursor.execute(query)


class _ActivityGroups:
    """Rows sorted by an activity's key, handed out activity by activity, in the same order."""

    def __init__(self, rows: Iterator[dict[str, Any]]) -> None:
        self._rows = rows
        self._groups = groupby(rows, key=lambda row: row[ACTIVITY])
        self._next = self._advanced()

    def __enter__(self) -> "_ActivityGroups":
        return self

    def __exit__(self, *_: object) -> None:
        close = getattr(self._rows, "close", None)
        if close is not None:
            close()

    def of(self, key: Any) -> list[dict[str, Any]]:
        """The rows of an activity.

        Args:
            key: the activity's key. Each is asked for once, and after all smaller ones.
        """
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
