"""Which records are invalid, and which others were made from them, in SQL."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, select, text, union_all

from provgraph.model.vocabulary import ORIGIN_RELATIONS
from provgraph.store.relational import tables


def marked(connection: Connection) -> dict[bytes, str]:
    """The records that are marked as invalid.

    Args:
        connection: to read on.

    Returns:
        Key → id of each.
    """
    queries = (
        select(table.c.key, table.c.id).where(table.c.invalid_since > "")
        for table in (tables.entity, tables.activity)
    )
    return {row.key: row.id for row in connection.execute(union_all(*queries))}


_RELATIONS = ", ".join(f"'{relation}'" for relation in ORIGIN_RELATIONS)
#: Pairs of an invalid record and a record that was made from it.
_TAINTED = f"""
WITH RECURSIVE marked(key) AS (
  SELECT key FROM entity WHERE invalid_since > ''
  UNION ALL SELECT key FROM activity WHERE invalid_since > ''
),
tainted(mark, key) AS (
  SELECT key, key FROM marked
  UNION
  SELECT tainted.mark, relation.source FROM tainted CROSS JOIN relation
  WHERE relation.target = tainted.key AND relation.type IN ({_RELATIONS})
)
SELECT mark, key FROM tainted WHERE mark <> key"""  # noqa: S608 - constants only


def taints(connection: Connection, keys: Collection[bytes]) -> dict[bytes, tuple[str, ...]]:
    """The invalid records that some records were made from.

    See `provgraph.store.protocol.Questions.taints`.

    Args:
        connection: to read on.
        keys: of the records.

    Returns:
        Key → the sorted ids of the invalid records.
    """
    bad = marked(connection)
    if not bad or not keys:
        return {}
    wanted = set(keys)
    found: dict[bytes, set[str]] = defaultdict(set)
    for mark, key in connection.execute(text(_TAINTED)):
        if bytes(key) in wanted:
            found[bytes(key)].add(bad[bytes(mark)])
    return {key: tuple(sorted(ids)) for key, ids in found.items()}
