"""Which records are invalid, and which others were made from them, in SQL."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, select, text
from typing_extensions import override

from provgraph.model.filters import PageRequest, SortOrder
from provgraph.model.recalls import Recall, recall_of
from provgraph.model.records import batches, key_of
from provgraph.model.vocabulary import ORIGIN_RELATIONS, Kind
from provgraph.store.paging import Cursor, searched_page
from provgraph.store.records import FoundPage
from provgraph.store.relational import records, tables
from provgraph.store.relational.named import named_nodes
from provgraph.store.relational.questions import recalls
from provgraph.store.relational.recalls import meant_runs, runs_of
from provgraph.store.tainting import (
    DELIVERED_LEVELS,
    MOST_ASKED,
    MOST_PAIRS,
    Taints,
    taints_by_key,
    taints_within,
)

_RELATIONS = ", ".join(f"'{relation}'" for relation in ORIGIN_RELATIONS)
#: Each invalid record, and where it begins to reach.
_MARKED = """
SELECT key AS mark, key FROM entity WHERE invalid_since > ''
UNION ALL SELECT key AS mark, key FROM activity WHERE invalid_since > ''"""
#: Pairs of an invalid record and a record that was made from it.
_PAIRS = f"""
WITH RECURSIVE tainted(mark, key) AS (
  SELECT mark, key FROM ({{marked}}) AS marked
  UNION
  SELECT tainted.mark, relation.source FROM tainted CROSS JOIN relation
  WHERE relation.target = tainted.key AND relation.type IN ({_RELATIONS})
)
SELECT mark, key FROM tainted"""  # noqa: S608 - constants only
#: The relations that led to some records.
_ORIGIN = f"""
WITH RECURSIVE origin(key) AS (
  SELECT column1 FROM (VALUES {{keys}}) AS asked
  UNION
  SELECT relation.target FROM origin CROSS JOIN relation
  WHERE relation.source = origin.key AND relation.type IN ({_RELATIONS})
)
SELECT relation.source, relation.target FROM origin CROSS JOIN relation
WHERE relation.source = origin.key AND relation.type IN ({_RELATIONS})"""  # noqa: S608
_LEVELS = ", ".join(f"'{level}'" for level in DELIVERED_LEVELS)
#: The delivered products among all that was made from invalid records.
_DELIVERED = f"""
WITH RECURSIVE tainted(key) AS (
  SELECT relation.source FROM ({{marked}}) AS marked CROSS JOIN relation
  WHERE relation.target = marked.key AND relation.type IN ({_RELATIONS})
  UNION
  SELECT relation.source FROM tainted CROSS JOIN relation
  WHERE relation.target = tainted.key AND relation.type IN ({_RELATIONS})
),
product(key, time) AS (
  SELECT entity.key, coalesce(entity.generated_at, ''){{plainly}} FROM tainted CROSS JOIN entity
  WHERE entity.key = tainted.key AND entity.type = 'DatasetEntity' AND entity.invalidated_at IS NULL
  AND EXISTS (
    SELECT 1 FROM relation
    WHERE relation.source = entity.key AND relation.type = 'wasGeneratedBy'
  )
  AND (entity.data_level IN ({_LEVELS}) OR NOT EXISTS (
    SELECT 1 FROM relation WHERE relation.target = entity.key AND relation.type = 'used'
  ))
)
SELECT page.key, page.time, counted.total
FROM (SELECT count(*) AS total FROM product WHERE time >= :since) AS counted LEFT JOIN (
  SELECT key, time FROM product WHERE time >= :since{{behind}}
  ORDER BY time DESC, key DESC LIMIT :size
) AS page ON 1 = 1
ORDER BY page.time DESC, page.key DESC"""  # noqa: S608 - constants only
_BEHIND = " AND (time, key) < (:value, :key)"


class RelationalTaints(Taints, ABC):
    """What is invalid and what that reached, of a store in SQL."""

    @abstractmethod
    def _reading(self, **options: Any) -> AbstractContextManager[Connection]:
        """A connection that reads."""

    @override
    def taints(self, keys: Collection[bytes]) -> dict[bytes, tuple[str, ...]]:
        with self._reading() as connection:
            return taints(connection, keys)

    @override
    def runs_of(self, recall: Recall, among: Collection[bytes] | None = None) -> set[bytes]:
        with self._reading() as connection:
            return runs_of(connection, recall, among)

    @override
    def tainted(self, since: str | None, page: PageRequest) -> FoundPage:
        with self._reading() as connection:
            return tainted(connection, since, page)


def taints(connection: Connection, keys: Collection[bytes]) -> dict[bytes, tuple[str, ...]]:
    """The invalid records that some records were made from.

    See `provgraph.store.tainting.Taints.taints`.

    Args:
        connection: to read on.
        keys: of the records.

    Returns:
        Key → the sorted ids of the invalid records.
    """
    marked, asked = _marked(connection)
    if not keys or connection.execute(text(f"{marked} LIMIT 1"), asked).first() is None:
        return {}
    most = MOST_PAIRS if len(keys) <= MOST_ASKED else None
    pairs = _pairs_below(connection, marked, asked, most)
    wanted = set(keys)
    if most is not None and len(pairs) > most:
        pairs = list(_pairs_above(connection, wanted))
    found = [(mark, key) for mark, key in pairs if key in wanted and mark != key]
    return taints_by_key(found, _ids(connection, {mark for mark, _ in found}))


def _marked(connection: Connection) -> tuple[str, dict[str, Any]]:
    """The query for what is invalid, with the runs that recalls mean, and its parameters."""
    parts, asked = [_MARKED], dict[str, Any]()
    for number, identifier in enumerate(recalls(connection)):
        if (recall := recall_of(identifier)) is not None:
            query, given = meant_runs(connection.dialect.name, recall, f"recall{number}given")
            asked |= given | {f"recall{number}": key_of(Kind.ENTITY, identifier)}
            parts.append(f"SELECT :recall{number} AS mark, key FROM ({query}) AS meant{number}")  # noqa: S608
    return " UNION ALL ".join(parts), asked


def _pairs_below(
    connection: Connection, marked: str, asked: dict[str, Any], most: int | None
) -> list[tuple[bytes, bytes]]:
    """The pairs; when there are more than the most, one more than that."""
    limit = "" if most is None else f" LIMIT {most + 1}"
    rows = connection.execute(text(_PAIRS.format(marked=marked) + limit), asked).all()
    return [(bytes(mark), bytes(key)) for mark, key in rows]


def _pairs_above(connection: Connection, keys: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The pairs among what led to some records."""
    edges: set[tuple[bytes, bytes]] = set()
    for some in batches(keys, tables.CHUNK):
        values = {f"key{number}": key for number, key in enumerate(some)}
        query = _ORIGIN.format(keys=", ".join(f"(:{name})" for name in values))
        rows = connection.execute(text(query), values)
        edges.update((bytes(effect), bytes(cause)) for effect, cause in rows)
    met = {key for edge in edges for key in edge}.union(keys)
    seeds: dict[bytes, Collection[bytes]] = {}
    for table in (tables.entity.c, tables.activity.c):
        query_of_some = select(table.key).where(table.invalid_since > "")
        for row in records.in_chunks(connection, query_of_some, table.key.in_, met):
            seeds[bytes(row.key)] = (bytes(row.key),)
    for identifier in recalls(connection):
        if (recall := recall_of(identifier)) is not None:
            seeds[key_of(Kind.ENTITY, identifier)] = runs_of(connection, recall, met)
    yield from taints_within(edges, seeds, keys)


def _ids(connection: Connection, keys: Collection[bytes]) -> dict[bytes, str]:
    return {
        bytes(row.key): row.id
        for table in (tables.entity.c, tables.activity.c)
        for row in records.in_chunks(
            connection, select(table.key, table.id), table.key.in_, sorted(keys)
        )
    }


def tainted(connection: Connection, since: str | None, page: PageRequest) -> FoundPage:
    """The delivered products that were made from invalid records.

    See `provgraph.store.tainting.Taints.tainted`.

    Args:
        connection: to read on.
        since: made then or later.
        page: how many, and behind which.

    Returns:
        One page.
    """
    after = Cursor.of(page.after, SortOrder.TIME)
    marked, asked = _marked(connection)
    plainly = tables.plainly(connection.dialect.name)
    behind = "" if after is None else _BEHIND
    query = _DELIVERED.format(marked=marked, plainly=plainly, behind=behind)
    asked |= {"since": since or "", "size": page.size + 1}
    if after is not None:
        asked |= {"value": after.value, "key": after.key}
    rows = connection.execute(text(query), asked).all()
    some = [(bytes(row.key), row.time) for row in rows if row.key is not None]
    nodes = named_nodes(connection, [key for key, _ in some], (Kind.ENTITY,))
    found = [(nodes.get(key), Cursor(SortOrder.TIME, time, key)) for key, time in some]
    return searched_page(found, page.size, rows[0].total)
