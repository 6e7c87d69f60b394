"""How the rows of what changed get into the tables.

By COPY into staging tables, then by merges of sets.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from psycopg import sql

from provgraph.relational_mirror.checksums import Group
from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.tables import (
    COLUMNS,
    LINKS,
    NUMBERED,
    RECORD_COLUMNS,
    TABLES,
    record,
)

RECORD = record.name
_NEEDS_ESCAPE = re.compile("[\\\\\t\n\r\b\f\v]")
_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
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
class Changed:
    """How many rows of a table were changed."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0


Counts = dict[str, Changed]


def line(values: Sequence[str | int | None]) -> str:
    """A row as a line of COPY's text format, as COPY TO writes it too."""
    cells = [
        "\\N" if value is None else value if value.__class__ is str else str(value)
        for value in values
    ]
    # One look at the whole row; no text holds the character that stands between them.
    if _NEEDS_ESCAPE.search("\0".join([value for value in values if value.__class__ is str])):
        cells = [
            value.translate(_ESCAPES) if isinstance(value, str) else cell
            for value, cell in zip(values, cells, strict=True)
        ]
    return "\t".join(cells) + "\n"


class Parameters(Protocol):
    """The parameters of an activity, whose rows are not made until somebody wants them."""

    def rows(self, prefix: str) -> Iterable[str]:
        """The rows of table parameters."""

    def links(self, prefix: str, numbers: Sequence[int]) -> Iterable[str]:
        """The rows of table wasConfiguredBy."""

    def sums(self, numbers: Sequence[int]) -> Iterable[Group]:
        """What `checksums` has for these rows."""


@dataclass
class Batch:
    """Rows of some subjects, as lines by table.

    Attributes:
        lines: table → its rows.
        gone: owner, table and key of rows that are no more.
        owners: the subjects.
        parameters: those of activities and the keys of their links, for a sink that sums up.
        held: how many records the mirror holds as they are, for such a sink.
    """

    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    gone: list[tuple[bytes, str, str]] = field(default_factory=list)
    owners: list[bytes] = field(default_factory=list)
    parameters: list[tuple[Parameters, Sequence[int]]] = field(default_factory=list)
    held: int = 0

    @property
    def size(self) -> int:
        """How many rows there are."""
        return sum(map(len, self.lines.values()))


class Sink(Protocol):
    """Where rows go."""

    #: Whether the rows of subjects that are as before are wanted too.
    takes_unchanged: bool
    #: Whether it takes the parameters of an activity together, and records that the mirror holds as
    #: a number.
    sums_up: bool

    def prefix(self, owner: bytes) -> str:
        """What stands in its lines before the columns of a row of this subject."""

    def write(self, batch: Batch) -> None:
        """Take rows."""


def table_name(schema: str, name: str) -> sql.Identifier:
    """A table in a schema."""
    return sql.Identifier(schema, name)


def names(columns: Iterable[str]) -> sql.Composed:
    """Columns in a list."""
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def copy_in(cursor: Cursor, statement: sql.Composed, lines: Iterable[str]) -> None:
    """Send lines to a table."""
    with cursor.copy(statement) as copy:
        copy.write("".join(lines))


class Stage:
    """Rows of the subjects that changed, put aside until all are known, then merged."""

    takes_unchanged = False
    sums_up = False

    def __init__(self, cursor: Cursor, target: str, own: str) -> None:
        """Make staging tables for the mirror in these schemas."""
        self._cursor = cursor
        self._places = {**dict.fromkeys(TABLES, target), RECORD: own}
        self._filled: set[str] = set()
        for table, schema in self._places.items():
            cursor.execute(
                sql.SQL(
                    "CREATE TEMPORARY TABLE {} ON COMMIT DROP AS "
                    "SELECT NULL::bytea AS owner, t.* FROM {} t WITH NO DATA"
                ).format(_staged(table), table_name(schema, table))
            )
        cursor.execute(
            "CREATE TEMPORARY TABLE stage_subject (owner bytea) ON COMMIT DROP;"
            "CREATE TEMPORARY TABLE stage_gone (owner bytea, relation text, key text) ON COMMIT DROP"
        )

    def prefix(self, owner: bytes) -> str:
        """Each row is staged with its subject."""
        return f"\\\\x{owner.hex()}\t"

    def write(self, batch: Batch) -> None:
        """Take rows; what was staged of the same subjects before is given up."""
        self._discard(batch.owners)
        for table, rows in batch.lines.items():
            columns = RECORD_COLUMNS if table == RECORD else COLUMNS[table]
            statement = sql.SQL("COPY {} (owner, {}) FROM STDIN").format(
                _staged(table), names(columns)
            )
            copy_in(self._cursor, statement, rows)
            self._filled.add(table)
        subjects = (line([f"\\x{owner.hex()}"]) for owner in batch.owners)
        copy_in(self._cursor, sql.SQL("COPY stage_subject FROM STDIN").format(), subjects)
        gone = (line([f"\\x{owner.hex()}", table, key]) for owner, table, key in batch.gone)
        copy_in(self._cursor, sql.SQL("COPY stage_gone FROM STDIN").format(), gone)

    def _discard(self, owners: list[bytes]) -> None:
        known = self._cursor.execute(
            "DELETE FROM stage_subject WHERE owner = ANY(%s)", [owners]
        ).rowcount
        if known:
            for staged in (*map(_staged, self._filled), sql.Identifier("stage_gone")):
                self._cursor.execute(
                    sql.SQL("DELETE FROM {} WHERE owner = ANY(%s)").format(staged), [owners]
                )

    def merge(self) -> Counts:
        """Put what was staged into the tables; every reference holds at each step.

        Returns:
            what that changed, by table.
        """
        counts: Counts = {table: Changed() for table in TABLES}
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
        self._upsert(RECORD, Changed())
        self._cursor.execute(
            sql.SQL(
                "DELETE FROM {} r USING stage_subject s WHERE r.key = s.owner "
                "AND NOT EXISTS (SELECT FROM stage_record n WHERE n.owner = s.owner)"
            ).format(self._at(RECORD))
        )
        return counts

    def _at(self, table: str) -> sql.Identifier:
        return table_name(self._places[table], table)

    def _upsert(self, table: str, changed: Changed) -> None:
        if table not in self._filled:
            return
        columns = RECORD_COLUMNS if table == RECORD else COLUMNS[table]
        key, *rest = columns
        updating = sql.SQL("NOTHING").format()
        if rest:
            updating = sql.SQL("UPDATE SET {} WHERE ({}) IS DISTINCT FROM ({})").format(
                sql.SQL(", ").join(
                    sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in rest
                ),
                sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(name)) for name in rest),
                sql.SQL(", ").join(
                    sql.SQL("excluded.{}").format(sql.Identifier(name)) for name in rest
                ),
            )
        statement = sql.SQL(
            "WITH written AS (INSERT INTO {} AS t ({}) SELECT DISTINCT ON ({}) {} FROM {} "
            "ON CONFLICT ({}) DO {} RETURNING xmax = 0 AS is_new) "
            "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written"
        ).format(
            self._at(table),
            names(columns),
            sql.Identifier(key),
            names(columns),
            _staged(table),
            sql.Identifier(key),
            updating,
        )
        inserted, updated = self._cursor.execute(statement).fetchone() or (0, 0)
        changed.inserted += inserted
        changed.updated += updated

    def _rename(self, counts: Counts) -> None:
        """Let references follow entities that have another key now."""
        self._cursor.execute(
            sql.SQL(
                "CREATE TEMPORARY TABLE stage_renamed ON COMMIT DROP AS "
                "SELECT old.row_id AS before, new.row_id AS after FROM stage_record new JOIN {} old USING (key) "
                "WHERE new.kind = 'entity' AND old.row_id <> new.row_id"
            ).format(self._at(RECORD))
        )
        if self._cursor.execute("SELECT EXISTS (SELECT FROM stage_renamed)").fetchone() != (True,):
            return
        for table, columns in _ENTITY_REFERENCES.items():
            for column in columns:
                statement = sql.SQL(
                    "UPDATE {} t SET {} = r.after FROM stage_renamed r WHERE t.{} = r.before"
                )
                name = sql.Identifier(column)
                done = self._cursor.execute(statement.format(self._at(table), name, name))
                counts[table].updated += done.rowcount

    def _delete_gone(self, table: str) -> int:
        key = sql.Identifier(_KEY[table])
        kept = sql.Composed([])
        if table in self._filled:
            kept = sql.SQL("AND NOT EXISTS (SELECT FROM {} s WHERE s.{} = t.{})").format(
                _staged(table), key, key
            )
        if table == "activityDescriptions":  # one that a name and version make is shared
            kept += sql.SQL(
                ' AND NOT EXISTS (SELECT FROM {} a WHERE a."activityDescription_id" = t.id)'
            ).format(self._at("activities"))
        cast = sql.SQL("::integer" if table in NUMBERED else "")
        statement = sql.SQL(
            "DELETE FROM {} t USING stage_gone g WHERE g.relation = %s AND t.{} = g.key{} {}"
        ).format(self._at(table), key, cast, kept)
        return self._cursor.execute(statement, [table]).rowcount


def _staged(table: str) -> sql.Identifier:
    return sql.Identifier(f"stage_{table}")
