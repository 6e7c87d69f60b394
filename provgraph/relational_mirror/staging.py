"""Staging tables: rows of what changed are put aside until all are known, then merged.

Rows come by COPY; the merges work on whole sets, so their cost grows with what changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg import sql

from provgraph.relational_mirror.batch import Batch
from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.lines import copy_line
from provgraph.relational_mirror.sql_parts import column_list, copy_lines, table_name
from provgraph.relational_mirror.tables import (
    COLUMNS,
    LINKS,
    NUMBERED,
    RECORD,
    RECORD_COLUMNS,
    TABLES,
)

#: Tables with references to entities, and the columns that are such.
_ENTITY_REFERENCES = {
    "used": ("entity_id",),
    "wasGeneratedBy": ("entity_id",),
    "wasAttributedTo": ("entity_id",),
    "wasDerivedFrom": ("generatedEntity", "usedEntity"),
}
_KEY = {table: COLUMNS[table][0] for table in TABLES}


@dataclass
class RowCounts:
    """How many rows of a table were changed.

    Attributes:
        inserted: how many are new.
        updated: how many have other values.
        deleted: how many are gone.
    """

    inserted: int = 0
    updated: int = 0
    deleted: int = 0


class Stage:
    """Rows of the subjects that changed, put aside until all are known, then merged."""

    takes_unchanged = False
    sums_up = False

    def __init__(self, cursor: Cursor, target: str, own: str) -> None:
        """Make empty staging tables.

        Args:
            cursor: in the transaction that syncs.
            target: the schema of the published tables.
            own: the schema of the records.
        """
        self._cursor = cursor
        self._homes = {**dict.fromkeys(TABLES, target), RECORD: own}
        self._filled: set[str] = set()
        for table, schema in self._homes.items():
            cursor.execute(
                sql.SQL(
                    "CREATE TEMPORARY TABLE {} ON COMMIT DROP AS "
                    "SELECT NULL::bytea AS owner, t.* FROM {} t WITH NO DATA"
                ).format(_staged(table), table_name(schema, table))
            )
        cursor.execute(
            "CREATE TEMPORARY TABLE stage_subject (owner bytea) ON COMMIT DROP;"
            "CREATE TEMPORARY TABLE stage_gone (owner bytea, relation text, key text) "
            "ON COMMIT DROP"
        )

    def prefix(self, owner: bytes) -> str:
        """Each row is staged with its subject.

        Args:
            owner: the key of the subject.

        Returns:
            The cell that stands before the others.
        """
        return f"\\\\x{owner.hex()}\t"

    def write(self, batch: Batch) -> None:
        """Take rows; what was staged of the same subjects before is given up.

        Args:
            batch: of rows; all rows of a subject are in one.
        """
        self._discard(batch.owners)
        for table, rows in batch.lines.items():
            columns = RECORD_COLUMNS if table == RECORD else COLUMNS[table]
            query = sql.SQL("COPY {} (owner, {}) FROM STDIN").format(
                _staged(table), column_list(columns)
            )
            copy_lines(self._cursor, query, rows)
            self._filled.add(table)
        subjects = (copy_line([f"\\x{owner.hex()}"]) for owner in batch.owners)
        copy_lines(self._cursor, sql.SQL("COPY stage_subject FROM STDIN").format(), subjects)
        gone = (copy_line([f"\\x{owner.hex()}", table, key]) for owner, table, key in batch.gone)
        copy_lines(self._cursor, sql.SQL("COPY stage_gone FROM STDIN").format(), gone)

    def _discard(self, owners: list[bytes]) -> None:
        known = self._cursor.execute(
            "DELETE FROM stage_subject WHERE owner = ANY(%s)", [owners]
        ).rowcount
        if known:
            for staged in (*map(_staged, self._filled), sql.Identifier("stage_gone")):
                self._cursor.execute(
                    sql.SQL("DELETE FROM {} WHERE owner = ANY(%s)").format(staged), [owners]
                )

    def merge(self) -> dict[str, RowCounts]:
        """Put what was staged into the tables; every reference holds at each step.

        Returns:
            table → what that changed.
        """
        counts: dict[str, RowCounts] = {table: RowCounts() for table in TABLES}
        for table in (*self._filled, "gone", "subject"):
            self._cursor.execute(sql.SQL("ANALYZE {}").format(_staged(table)))
        for table in LINKS:
            counts[table].deleted = self._delete_gone(table)
        for table in (name for name in TABLES if name not in LINKS):
            self._upsert(table, counts[table])
        self._rename(counts)
        for table in LINKS:
            self._upsert(table, counts[table])
        for table in (name for name in reversed(TABLES) if name not in LINKS):
            counts[table].deleted = self._delete_gone(table)
        self._upsert(RECORD, RowCounts())
        self._cursor.execute(
            sql.SQL(
                "DELETE FROM {} r USING stage_subject s WHERE r.key = s.owner "
                "AND NOT EXISTS (SELECT FROM stage_record n WHERE n.owner = s.owner)"
            ).format(self._at(RECORD))
        )
        return counts

    def _at(self, table: str) -> sql.Identifier:
        return table_name(self._homes[table], table)

    def _upsert(self, table: str, counts: RowCounts) -> None:
        if table not in self._filled:
            return
        columns = RECORD_COLUMNS if table == RECORD else COLUMNS[table]
        key, *rest = columns
        query = sql.SQL(
            "WITH written AS (INSERT INTO {} AS t ({}) SELECT DISTINCT ON ({}) {} FROM {} "
            "ON CONFLICT ({}) DO {} RETURNING xmax = 0 AS is_new) "
            "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written"
        ).format(
            self._at(table),
            column_list(columns),
            sql.Identifier(key),
            column_list(columns),
            _staged(table),
            sql.Identifier(key),
            _on_conflict(rest),
        )
        inserted, updated = self._cursor.execute(query).fetchone() or (0, 0)
        counts.inserted += inserted
        counts.updated += updated

    def _rename(self, counts: dict[str, RowCounts]) -> None:
        """Let references follow entities that have another key now."""
        self._cursor.execute(
            sql.SQL(
                "CREATE TEMPORARY TABLE stage_renamed ON COMMIT DROP AS "
                "SELECT old.row_id AS before, new.row_id AS after "
                "FROM stage_record new JOIN {} old USING (key) "
                "WHERE new.kind = 'entity' AND old.row_id <> new.row_id"
            ).format(self._at(RECORD))
        )
        if self._cursor.execute("SELECT EXISTS (SELECT FROM stage_renamed)").fetchone() != (True,):
            return
        for table, columns in _ENTITY_REFERENCES.items():
            for column in columns:
                query = sql.SQL(
                    "UPDATE {} t SET {} = r.after FROM stage_renamed r WHERE t.{} = r.before"
                )
                name = sql.Identifier(column)
                done = self._cursor.execute(query.format(self._at(table), name, name))
                counts[table].updated += done.rowcount

    def _delete_gone(self, table: str) -> int:
        key = sql.Identifier(_KEY[table])
        unless = sql.Composed([])
        if table in self._filled:
            unless = sql.SQL("AND NOT EXISTS (SELECT FROM {} s WHERE s.{} = t.{})").format(
                _staged(table), key, key
            )
        if table == "activityDescriptions":  # one that a name and version make is shared
            unless += sql.SQL(
                ' AND NOT EXISTS (SELECT FROM {} a WHERE a."activityDescription_id" = t.id)'
            ).format(self._at("activities"))
        cast = sql.SQL("::integer" if table in NUMBERED else "")
        query = sql.SQL(
            "DELETE FROM {} t USING stage_gone g WHERE g.relation = %s AND t.{} = g.key{} {}"
        ).format(self._at(table), key, cast, unless)
        return self._cursor.execute(query, [table]).rowcount


def _staged(table: str) -> sql.Identifier:
    return sql.Identifier(f"stage_{table}")


def _on_conflict(columns: Iterable[str]) -> sql.Composed:
    """What an upsert does with a row whose key is there: set the columns that differ."""
    found = list(map(sql.Identifier, columns))
    if not found:
        return sql.SQL("NOTHING").format()
    return sql.SQL("UPDATE SET {} WHERE ({}) IS DISTINCT FROM ({})").format(
        sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(name) for name in found),
        sql.SQL(", ").join(sql.SQL("t.{}").format(name) for name in found),
        sql.SQL(", ").join(sql.SQL("excluded.{}").format(name) for name in found),
    )
