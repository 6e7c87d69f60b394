"""Sums over the rows of activities' parameters, by which a mirror is compared with its store.

Nine rows of ten are parameters and the links to them. PostgreSQL adds up the rows that it has, and
provgraph adds up what many activities share; so neither sends the rows to the other.

A group is the rows of one table that begin alike, mostly the parameters of one activity. The sum of
a group is the sum of a checksum of each row, so the order of the rows does not matter. The checksum
of a link is multiplied by the link's key, so that two links with exchanged keys are noticed. Where
the sums of both sides differ, the rows themselves are compared.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from psycopg import sql

from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.lines import cells_of

#: The tables that are compared by sums; nine rows of ten are theirs.
SUMMED = ("parameters", "wasConfiguredBy")
_BYTES = 7

_CHECKSUM = (
    "('x00' || encode(substring(sha256(convert_to({}, 'UTF8')) FOR 7), 'hex'))::bit(64)::bigint"
)
#: What `_parameter` does, for PostgreSQL.
_PARAMETERS = f"""
SELECT prefix, count(*), sum({_CHECKSUM.format("tail")}) FROM (
SELECT left(id, greatest(length(id) - coalesce(length(name), 0), 0)) AS prefix,
coalesce(length(name), -1) || E'\\t' || right(id, coalesce(length(name), 0)) || E'\\t'
|| coalesce(name, '') || coalesce(E'\\t=' || value, '') || E'\\t'
|| coalesce("parameterDescription_id"::text, '') AS tail
FROM {{}} OFFSET 0) t GROUP BY 1"""  # noqa: S608 - our own texts
#: What `_link` does, for PostgreSQL.
_LINKS = f"""
SELECT prefix, count(*), sum(id::numeric * {_CHECKSUM.format("tail")}) FROM (
SELECT id, coalesce(activity_id, E'\\t') || E'\\t' || coalesce("artefactType", E'\\t') || E'\\t'
|| coalesce("configFile_id", E'\\t') AS prefix,
CASE WHEN starts_with(parameter_id, activity_id) THEN substr(parameter_id, length(activity_id) + 1)
ELSE id || E'\\t' || coalesce(parameter_id, E'\\t') END AS tail
FROM {{}} OFFSET 0) t GROUP BY 1"""  # noqa: S608 - our own texts
_QUERIES = dict(zip(SUMMED, (_PARAMETERS, _LINKS), strict=True))


class RowGroup(NamedTuple):
    """Rows of one table that begin alike.

    Attributes:
        table: of the rows.
        prefix: what the rows have in common.
        rows: how many there are.
        total: the sum of their checksums.
    """

    table: str
    prefix: str
    rows: int
    total: int


def checksum(text: str) -> int:
    """Make a number that stands for a text.

    Args:
        text: any text.

    Returns:
        The first seven bytes of its SHA-256.
    """
    return int.from_bytes(sha256(text.encode()).digest()[:_BYTES], "big")


def parameter_tail(end: str, name: str | None, value: str | None, description: str | None) -> str:
    """Write what a row of table ``parameters`` has beyond what its group has in common.

    Args:
        end: of the row's key; as many characters as the name has.
        name: of the parameter.
        value: of the parameter.
        description: the key of its description.

    Returns:
        A text, different for different rows of a group.
    """
    value_part = "" if value is None else f"\t={value}"
    length = -1 if name is None else len(name)
    return f"{length}\t{end}\t{name or ''}{value_part}\t{description or ''}"


def link_prefix(activity: str | None, artefact: str | None, config_file: str | None) -> str:
    """Write what the rows of a group in table ``wasConfiguredBy`` have in common.

    Args:
        activity: the key of the activity.
        artefact: ``Parameter`` or ``ConfigFile``.
        config_file: the key of the configuration file.

    Returns:
        The prefix of the group.
    """
    return "\t".join(map(_or_tab, (activity, artefact, config_file)))


def groups_in_lines(table: str, lines: Iterable[str]) -> Iterator[RowGroup]:
    """Sum up rows.

    Args:
        table: one of `SUMMED`.
        lines: the rows as COPY writes them, with all columns of the table.

    Yields:
        each row as a group of its own; the totals of groups with the same prefix are to be added.
    """
    for line in lines:
        cells = cells_of(line)
        if table == "parameters":
            key, name, value, description = cells
            yield _parameter(key or "", name, value, description)
        else:
            number, artefact, activity, config_file, parameter = cells
            yield _link(int(number or 0), artefact, activity, config_file, parameter)


def _parameter(key: str, name: str | None, value: str | None, description: str | None) -> RowGroup:
    middle = max(len(key) - len(name or ""), 0)
    tail = parameter_tail(key[middle:], name, value, description)
    return RowGroup("parameters", key[:middle], 1, checksum(tail))


def _link(
    number: int,
    artefact: str | None,
    activity: str | None,
    config_file: str | None,
    parameter: str | None,
) -> RowGroup:
    if activity is not None and parameter is not None and parameter.startswith(activity):
        tail = parameter[len(activity) :]
    else:
        tail = f"{number}\t{_or_tab(parameter)}"
    prefix = link_prefix(activity, artefact, config_file)
    return RowGroup("wasConfiguredBy", prefix, 1, number * checksum(tail))


def _or_tab(text: str | None) -> str:
    return "\t" if text is None else text


def groups_in_table(cursor: Cursor, table: str, name: sql.Identifier) -> Iterator[RowGroup]:
    """Let PostgreSQL sum up the rows of a table.

    Args:
        cursor: of the mirror.
        table: one of `SUMMED`.
        name: of that table with its schema.

    Yields:
        the groups.
    """
    query = sql.SQL("COPY ({}) TO STDOUT").format(sql.SQL(_QUERIES[table]).format(name))
    with cursor.copy(query) as copy:
        for block in copy:
            prefix, count, total = cells_of(bytes(block).decode())
            yield RowGroup(table, prefix or "", int(count or 0), int(total or 0))
