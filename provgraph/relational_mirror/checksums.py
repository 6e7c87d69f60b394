"""Sums over the rows of runs' parameters.

PostgreSQL makes them of its rows, we of what many runs share.

A group is the rows of one table that begin alike, mostly the parameters of one run. The order of
its rows does not matter for its sum, which is of each row's checksum, of a link's times its key, so
that swapped keys are seen. Where the sums of both sides differ, rows tell what.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from psycopg import sql

from provgraph.relational_mirror.connection import Cursor

#: The tables that are compared by sums; nine rows of ten are theirs.
SUMMED = ("parameters", "wasConfiguredBy")
_BYTES = 7
_ESCAPED = re.compile(r"\\(.)")
_MEANS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}

_CHECKSUM = (
    "('x00' || encode(substring(sha256(convert_to({}, 'UTF8')) FOR 7), 'hex'))::bit(64)::bigint"
)
#: What `_parameter` and `_link` do, for PostgreSQL.
_PARAMETERS = f"""
SELECT of, count(*), sum({_CHECKSUM.format("tail")}) FROM (
SELECT left(id, greatest(length(id) - coalesce(length(name), 0), 0)) AS of,
coalesce(length(name), -1) || E'\\t' || right(id, coalesce(length(name), 0)) || E'\\t' || coalesce(name, '')
|| coalesce(E'\\t=' || value, '') || E'\\t' || coalesce("parameterDescription_id"::text, '') AS tail
FROM {{}} OFFSET 0) t GROUP BY 1"""  # noqa: S608 - our own texts
_LINKS = f"""
SELECT of, count(*), sum(id::numeric * {_CHECKSUM.format("tail")}) FROM (
SELECT id, coalesce(activity_id, E'\\t') || E'\\t' || coalesce("artefactType", E'\\t') || E'\\t'
|| coalesce("configFile_id", E'\\t') AS of,
CASE WHEN starts_with(parameter_id, activity_id) THEN substr(parameter_id, length(activity_id) + 1)
ELSE id || E'\\t' || coalesce(parameter_id, E'\\t') END AS tail FROM {{}} OFFSET 0) t GROUP BY 1"""  # noqa: S608 - our own texts
_QUERIES = dict(zip(SUMMED, (_PARAMETERS, _LINKS), strict=True))


class Group(NamedTuple):
    """Rows of one table that begin alike.

    Attributes:
        table: theirs.
        of: how they begin.
        rows: how many there are.
        total: of their checksums.
    """

    table: str
    of: str
    rows: int
    total: int


def checksum(text: str) -> int:
    """A number that stands for a text."""
    return int.from_bytes(sha256(text.encode()).digest()[:_BYTES], "big")


def row_text(end: str, name: str | None, value: str | None, description: str | None) -> str:
    """A row of table parameters behind what its group has in common.

    ``end`` is as much of its key as its name has.
    """
    said = "" if value is None else f"\t={value}"
    return f"{-1 if name is None else len(name)}\t{end}\t{name or ''}{said}\t{description or ''}"


def link_group(activity: str | None, artefact: str | None, config_file: str | None) -> str:
    """What rows of table wasConfiguredBy have in common."""
    return "\t".join(map(_or_tab, (activity, artefact, config_file)))


def groups_of(table: str, lines: Iterable[str]) -> Iterator[Group]:
    """Rows as COPY writes them, each as a group of its own part.

    Parts of one group are to be added.
    """
    for text in lines:
        cells = [_cell(each) for each in text.removesuffix("\n").split("\t")]
        if table == "parameters":
            key, name, value, description = cells
            yield _parameter(key or "", name, value, description)
        else:
            number, artefact, activity, config_file, parameter = cells
            yield _link(int(number or 0), artefact, activity, config_file, parameter)


def _parameter(key: str, name: str | None, value: str | None, description: str | None) -> Group:
    middle = max(len(key) - len(name or ""), 0)
    return Group(
        "parameters", key[:middle], 1, checksum(row_text(key[middle:], name, value, description))
    )


def _link(
    number: int,
    artefact: str | None,
    activity: str | None,
    config_file: str | None,
    parameter: str | None,
) -> Group:
    if activity is not None and parameter is not None and parameter.startswith(activity):
        text = parameter[len(activity) :]
    else:
        text = f"{number}\t{_or_tab(parameter)}"
    return Group(
        "wasConfiguredBy", link_group(activity, artefact, config_file), 1, number * checksum(text)
    )


def _or_tab(text: str | None) -> str:
    return "\t" if text is None else text


def _cell(text: str) -> str | None:
    if text == "\\N":
        return None
    return (
        _ESCAPED.sub(lambda found: _MEANS.get(found[1], found[1]), text) if "\\" in text else text
    )


def groups_in(cursor: Cursor, table: str, home: sql.Identifier) -> Iterator[Group]:
    """The groups of a mirror's table, as PostgreSQL sums them up."""
    statement = sql.SQL("COPY ({}) TO STDOUT").format(sql.SQL(_QUERIES[table]).format(home))
    with cursor.copy(statement) as copy:
        for block in copy:
            of, count, total = bytes(block).decode().removesuffix("\n").split("\t")
            yield Group(table, _cell(of) or "", int(count), int(total))
