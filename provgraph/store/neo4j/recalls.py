"""The recalls that are marked, and the runs that they mean, in Cypher."""

from collections.abc import Collection, Iterable
from typing import Any

from provgraph.model.filters import Search
from provgraph.model.recalls import RECALLS, Recall, ToolVersion, UsesOfPath, recall_of
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.cypher import key_texts
from provgraph.store.neo4j.searching import runs_query
from provgraph.store.neo4j.values import HASHED, indexed, native_time
from provgraph.store.sought import meets, runs_choices

#: The ids of the recalls that are marked, as one list (`marked_in`). An id that is too long for an
#: index stands there as a hash.
MARKED = f"""
COLLECT {{
  CALL () {{
    MATCH (n:Entity) WHERE n.id STARTS WITH '{RECALLS}' RETURN n
    UNION
    MATCH (n:Entity) WHERE n.id STARTS WITH '{HASHED}' AND n.fullId STARTS WITH '{RECALLS}' RETURN n
  }}
  WITH n WHERE n.invalidSince IS NOT NULL RETURN coalesce(n.fullId, n.id)
}}"""
#: When a run ``a`` read a file.
_TIME_OF_USE = "coalesce(r.time, a.startTime, a.endTime)"


def recalls(connection: Connection) -> list[str]:
    """The ids of the recalls that are marked; see `provgraph.store.tainting.Taints.recalls`.

    Args:
        connection: to read on.
    """
    ((found,),) = connection.read(f"RETURN {MARKED}")
    return marked_in(found)


def marked_in(found: Iterable[str]) -> list[str]:
    """The ids of recalls, sorted.

    Args:
        found: what `MARKED` found.
    """
    return sorted(filter(recall_of, found))


def runs_of(
    connection: Connection, recall: Recall, among: Collection[bytes] | None = None
) -> set[bytes]:
    """The runs that a recall means; see `provgraph.store.tainting.Taints.runs_of`.

    Args:
        connection: to read on.
        recall: the rule.
        among: the keys of the runs that are asked about; None for all.

    Returns:
        Their keys.
    """
    keys = None if among is None else key_texts(among)
    if isinstance(recall, ToolVersion):
        return _of_version(connection, recall, keys)
    return _readers(connection, recall, keys)


def _of_version(connection: Connection, recall: ToolVersion, keys: list[str] | None) -> set[bytes]:
    wanted = Search(tools=(recall.tool,), versions=(recall.version,))
    if keys is None:
        query, asked = runs_query(wanted)
        return {bytes.fromhex(row[0]) for row in connection.read(query, **asked)}
    choices = runs_choices(wanted)
    rows = connection.read(
        "MATCH (a:Activity) WHERE a.key IN $keys RETURN a.key, a.searchTerms", keys=keys
    )
    return {bytes.fromhex(key) for key, terms in rows if meets(terms, choices)}


def _readers(connection: Connection, recall: UsesOfPath, keys: list[str] | None) -> set[bytes]:
    asked: dict[str, Any] = {"place": indexed(recall.place)}
    conditions = ["r.place = $place"]
    for name, sign, time in (("since", ">=", recall.since), ("until", "<=", recall.until)):
        if time is not None:
            conditions.append(f"{_TIME_OF_USE} {sign} ${name}")
            asked[name] = native_time(time)
    found = "MATCH (a:Activity)-[r:USED]->() "
    if keys is not None:
        # Asked along the runs, of which each has few inputs: a path may have a million readers.
        found = "MATCH (a:Activity) WHERE a.key IN $keys MATCH (a)-[r:USED]->() "
        asked["keys"] = keys
    query = f"{found}WHERE {' AND '.join(conditions)} RETURN DISTINCT a.key"
    return {bytes.fromhex(row[0]) for row in connection.read(query, **asked)}
