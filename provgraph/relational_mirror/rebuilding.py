"""The whole mirror anew: new tables beside the old ones, filled by COPY and put in their place.

All of it is one transaction, so readers see the old tables or the new ones.
"""

import random
import time
from collections.abc import Iterable

import psycopg
from psycopg import sql
from sqlalchemy import ForeignKeyConstraint

from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.staging import RECORD, Batch, Stage, copy_in, names, table_name
from provgraph.relational_mirror.tables import (
    COLUMNS,
    OWN_SCHEMA,
    RECORD_COLUMNS,
    SEQUENCES,
    TABLES,
    published,
    record,
)

_STAGING = "provgraph_staging"
#: How long one attempt to lock the old tables lasts, less than PostgreSQL's deadlock_timeout; and
#: all of them.
_LOCK_MILLISECONDS = 300
_LOCK_SECONDS = 600


class Rebuild:
    """New tables beside the old ones, filled by COPY and put in their place at the end."""

    takes_unchanged = True
    sums_up = False
    #: Where the new tables are meanwhile.
    schema = _STAGING

    def __init__(self, cursor: Cursor, target: str) -> None:
        """Make empty tables like those of the mirror."""
        self._cursor = cursor
        self._target = target
        self._shared: set[str] = set()
        self._homes = {**dict.fromkeys(TABLES, target), RECORD: OWN_SCHEMA}
        self.rows = dict.fromkeys((*TABLES, RECORD), 0)
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_STAGING)))
        for table, home in self._homes.items():
            cursor.execute(
                sql.SQL(
                    "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING STORAGE INCLUDING COMMENTS)"
                ).format(table_name(_STAGING, table), table_name(home, table))
            )

    def prefix(self, _: bytes) -> str:
        """Rows are copied as they are."""
        return ""

    def write(self, batch: Batch) -> None:
        """Copy rows into the new tables, frozen.

        Visible also to readers whose snapshot is older than the swap.
        """
        for table, rows in batch.lines.items():
            texts = self._new(rows) if table == "activityDescriptions" else rows
            columns = RECORD_COLUMNS if table == RECORD else COLUMNS[table]
            statement = sql.SQL("COPY {} ({}) FROM STDIN (FREEZE)").format(
                table_name(_STAGING, table), names(columns)
            )
            self.rows[table] += len(texts)
            copy_in(self._cursor, statement, texts)

    def _new(self, texts: Iterable[str]) -> list[str]:
        """Rows that a tool's name and version make are shared by all its activities."""
        new = list(dict.fromkeys(text for text in texts if text not in self._shared))
        self._shared.update(new)
        return new

    def index(self) -> None:
        """Make keys and indexes."""
        for made in (*published.sorted_tables, record):
            new = table_name(_STAGING, made.name)
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
        """Staging for what changed while the tables were filled."""
        return Stage(self._cursor, _STAGING, _STAGING)

    def put_in_place(self) -> None:
        """Check all references, and let the new tables be the mirror's."""
        for made in published.sorted_tables:
            for constraint in made.constraints:
                if isinstance(constraint, ForeignKeyConstraint):
                    self._refer(constraint)
        self._lock_old()
        rights = {table: _rights(self._cursor, home, table) for table, home in self._homes.items()}
        for name in SEQUENCES:
            self._cursor.execute(
                sql.SQL("ALTER SEQUENCE {} OWNED BY NONE").format(table_name(self._target, name))
            )
        self._cursor.execute(sql.SQL("DROP TABLE {}").format(self._old()))
        for table, home in self._homes.items():
            self._cursor.execute(
                sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(
                    table_name(_STAGING, table), sql.Identifier(home)
                )
            )
            for statement in rights[table]:
                self._cursor.execute(statement)
        for name, (table, column) in SEQUENCES.items():
            self._cursor.execute(
                sql.SQL("ALTER SEQUENCE {} OWNED BY {}").format(
                    table_name(self._target, name), sql.Identifier(self._target, table, column)
                )
            )
        self._cursor.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(_STAGING)))
        for table, home in self._homes.items():
            self._cursor.execute(sql.SQL("ANALYZE {}").format(table_name(home, table)))

    def _old(self) -> sql.Composed:
        return sql.SQL(", ").join(table_name(home, table) for table, home in self._homes.items())

    def _lock_old(self) -> None:
        """Wait until nobody reads the old tables.

        Never so long that PostgreSQL takes anybody for deadlocked.
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
                time.sleep(random.uniform(0.05, 0.5))  # noqa: S311 - others' turn
            else:
                self._cursor.execute("SET LOCAL lock_timeout = 0")
                return

    def _refer(self, constraint: ForeignKeyConstraint) -> None:
        (element,) = constraint.elements
        self._cursor.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})").format(
                table_name(_STAGING, constraint.table.name),
                sql.Identifier(f"{constraint.table.name}_{element.parent.name}_fkey"),
                sql.Identifier(element.parent.name),
                table_name(_STAGING, element.column.table.name),
                sql.Identifier(element.column.name),
            )
        )


#: Owner of a table, and what is granted on it and its columns; no column where it is granted on the
#: whole.
_RIGHTS = """
SELECT pg_get_userbyid(c.relowner), NULL, g.grantee::regrole::text, g.grantee = 0, g.privilege_type, g.is_grantable
FROM pg_class c, aclexplode(c.relacl) g WHERE c.oid = %(table)s::regclass
UNION ALL
SELECT pg_get_userbyid(c.relowner), a.attname, g.grantee::regrole::text, g.grantee = 0, g.privilege_type, g.is_grantable
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g WHERE c.oid = %(table)s::regclass
"""


def _rights(cursor: Cursor, schema: str, table: str) -> list[sql.Composed]:
    """Statements that give a new table the owner and the grants that the old one has."""
    name = table_name(schema, table)
    (owner,) = cursor.execute(
        "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = %s::regclass",
        [name.as_string(cursor)],
    ).fetchone() or ("",)
    statements = [sql.SQL("ALTER TABLE {} OWNER TO {}").format(name, sql.Identifier(owner))]
    found = cursor.execute(_RIGHTS, {"table": name.as_string(cursor)}).fetchall()
    for _, column, grantee, is_public, privilege, may_grant in found:
        whom = (
            sql.SQL("PUBLIC") if is_public else sql.SQL(grantee)
        )  # regrole's text is quoted where it has to be
        columns = (
            sql.SQL("({})").format(sql.Identifier(column)) if column is not None else sql.SQL("")
        )
        option = sql.SQL(" WITH GRANT OPTION" if may_grant else "")
        statements.append(
            sql.SQL("GRANT {}{} ON {} TO {}{}").format(
                sql.SQL(privilege), columns, name, whom, option
            )
        )
    return statements
