"""Makes the whole mirror anew: new tables, filled by COPY, replace the old ones.

All of it is one transaction, so readers see the old tables or the new ones, never a mirror that is
half full (docs/contract.md, The ctaprov mirror: ``--full``).
"""

import random
import time
from collections.abc import Iterable

import psycopg
from psycopg import sql
from sqlalchemy import ForeignKeyConstraint

from provgraph.relational_mirror.batch import Batch
from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.provtap import drop_views, has_provtap, make_views
from provgraph.relational_mirror.rights import rights_of
from provgraph.relational_mirror.sql_parts import column_list, copy_lines, table_name
from provgraph.relational_mirror.staging import Stage
from provgraph.relational_mirror.tables import (
    COLUMNS,
    OWN_SCHEMA,
    RECORD,
    RECORD_COLUMNS,
    SEQUENCES,
    TABLES,
    published,
    record,
)

_NEW = "provgraph_staging"
#: How long one attempt to lock the old tables lasts, less than PostgreSQL's deadlock_timeout; and
#: all of them.
_LOCK_MILLISECONDS = 300
_LOCK_SECONDS = 600


class Rebuild:
    """New tables beside the old ones, filled by COPY and put in their place at the end."""

    takes_unchanged = True
    sums_up = False
    #: Where the new tables are meanwhile.
    schema = _NEW

    def __init__(self, cursor: Cursor, target: str) -> None:
        """Make empty tables like those of the mirror.

        Args:
            cursor: in the transaction that syncs.
            target: the schema of the published tables.
        """
        self._cursor = cursor
        self._target = target
        self._shared: set[str] = set()
        self._homes = {**dict.fromkeys(TABLES, target), RECORD: OWN_SCHEMA}
        self.rows = dict.fromkeys((*TABLES, RECORD), 0)
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_NEW)))
        for table, home in self._homes.items():
            cursor.execute(
                sql.SQL(
                    "CREATE TABLE {} "
                    "(LIKE {} INCLUDING DEFAULTS INCLUDING STORAGE INCLUDING COMMENTS)"
                ).format(table_name(_NEW, table), table_name(home, table))
            )

    def prefix(self, _: bytes) -> str:
        """Rows are copied as they are, with nothing before their cells.

        Args:
            _: the key of the subject.
        """
        return ""

    def write(self, batch: Batch) -> None:
        """Copy rows into the new tables.

        The rows are frozen, so that they are visible also to readers whose snapshot is older than
        the replacement.

        Args:
            batch: of rows.
        """
        for table, rows in batch.lines.items():
            texts = self._new(rows) if table == "activityDescriptions" else rows
            columns = RECORD_COLUMNS if table == RECORD else COLUMNS[table]
            query = sql.SQL("COPY {} ({}) FROM STDIN (FREEZE)").format(
                table_name(_NEW, table), column_list(columns)
            )
            self.rows[table] += len(texts)
            copy_lines(self._cursor, query, texts)

    def _new(self, texts: Iterable[str]) -> list[str]:
        """Rows that a tool's name and version make are shared by all its activities."""
        new = list(dict.fromkeys(text for text in texts if text not in self._shared))
        self._shared.update(new)
        return new

    def add_indexes(self) -> None:
        """Give the new tables their keys and indexes, once they are full."""
        for made in (*published.sorted_tables, record):
            new = table_name(_NEW, made.name)
            (key,) = made.primary_key.columns
            self._cursor.execute(
                sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} PRIMARY KEY ({})").format(
                    new, sql.Identifier(f"{made.name}_pkey"), sql.Identifier(key.name)
                )
            )
            for index in sorted(made.indexes, key=lambda each: str(each.name)):
                (column,) = index.columns
                self._cursor.execute(
                    sql.SQL("CREATE INDEX {} ON {} ({})").format(
                        sql.Identifier(str(index.name)), new, sql.Identifier(column.name)
                    )
                )

    def stage(self) -> Stage:
        """Make staging tables for what changed while the new tables were filled."""
        return Stage(self._cursor, _NEW, _NEW)

    def replace_old_tables(self) -> None:
        """Check all references, and let the new tables be the mirror's, with the old grants."""
        for made in published.sorted_tables:
            for constraint in made.constraints:
                if isinstance(constraint, ForeignKeyConstraint):
                    self._add_reference(constraint)
        self._lock_old()
        rights = {
            table: rights_of(self._cursor, home, table) for table, home in self._homes.items()
        }
        for name in SEQUENCES:
            self._cursor.execute(
                sql.SQL("ALTER SEQUENCE {} OWNED BY NONE").format(table_name(self._target, name))
            )
        has_views = has_provtap(self._cursor)
        rights_of_views = drop_views(self._cursor) if has_views else []
        self._cursor.execute(sql.SQL("DROP TABLE {}").format(self._old()))
        for table, home in self._homes.items():
            self._cursor.execute(
                sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(
                    table_name(_NEW, table), sql.Identifier(home)
                )
            )
            for query in rights[table]:
                self._cursor.execute(query)
        for name, (table, column) in SEQUENCES.items():
            self._cursor.execute(
                sql.SQL("ALTER SEQUENCE {} OWNED BY {}").format(
                    table_name(self._target, name), sql.Identifier(self._target, table, column)
                )
            )
        self._cursor.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(_NEW)))
        if has_views:
            make_views(self._cursor, self._target)
        for query in rights_of_views:
            self._cursor.execute(query)
        for table, home in self._homes.items():
            self._cursor.execute(sql.SQL("ANALYZE {}").format(table_name(home, table)))

    def _old(self) -> sql.Composed:
        return sql.SQL(", ").join(table_name(home, table) for table, home in self._homes.items())

    def _lock_old(self) -> None:
        """Wait until nobody reads the old tables.

        No attempt lasts so long that PostgreSQL takes anybody for deadlocked.
        """
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            self._cursor.execute(
                f"SAVEPOINT locking; SET LOCAL lock_timeout = {_LOCK_MILLISECONDS}"
            )
            try:
                self._cursor.execute(
                    sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(self._old())
                )
            except psycopg.errors.LockNotAvailable:
                self._cursor.execute("ROLLBACK TO SAVEPOINT locking")
                if time.monotonic() > deadline:
                    raise
                time.sleep(random.uniform(0.05, 0.5))  # noqa: S311 - lets others go first
            else:
                self._cursor.execute("SET LOCAL lock_timeout = 0")
                return

    def _add_reference(self, constraint: ForeignKeyConstraint) -> None:
        (element,) = constraint.elements
        self._cursor.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})").format(
                table_name(_NEW, constraint.table.name),
                sql.Identifier(f"{constraint.table.name}_{element.parent.name}_fkey"),
                sql.Identifier(element.parent.name),
                table_name(_NEW, element.column.table.name),
                sql.Identifier(element.column.name),
            )
        )
