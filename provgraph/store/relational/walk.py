"""The lineage walk as one recursive SQL statement: breadth first, on distinct nodes."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, TextClause, text

from provgraph.model.lineage import Direction, Edge, Lineage, Node, assemble_lineage
from provgraph.model.times import with_zone
from provgraph.model.vocabulary import AGENT_RELATIONS, RelationType
from provgraph.store import nodes
from provgraph.store.relational import records

#: Without a depth, a walk holds each node once. With one, it must know how far it came, so it holds
#: a node once for each distance up to the depth; the number of paths never matters.
_FREE_WALK = """
{name}(key) AS (
  SELECT :root
  UNION
  SELECT relation.{ahead} FROM {name} CROSS JOIN relation
  WHERE relation.{behind} = {name}.key AND relation.type IN ({types})
),
{name}_reached AS (SELECT key FROM {name} LIMIT :cut),
{name}_expanded AS (SELECT key FROM {name}_reached)"""
_DEEP_WALK = """
{name}(key, distance) AS (
  SELECT :root, 0
  UNION
  SELECT relation.{ahead}, {name}.distance + 1 FROM {name} CROSS JOIN relation
  WHERE relation.{behind} = {name}.key AND relation.type IN ({types}) AND {name}.distance < :depth
),
{name}_nearest AS (SELECT key, min(distance) AS distance FROM {name} GROUP BY key),
{name}_reached AS (SELECT key, distance FROM {name}_nearest ORDER BY distance LIMIT :cut),
{name}_expanded AS (SELECT key FROM {name}_reached WHERE distance < :depth)"""
_EDGES = """
  SELECT relation.type, relation.source, relation.target, relation.role, relation.time
  FROM {name}_expanded CROSS JOIN relation
  WHERE relation.{behind} = {name}_expanded.key AND relation.type IN ({types})"""
_REST = """,
found(key) AS ({reached}),
leaf AS (
  SELECT relation.type, relation.source, relation.target, relation.role, relation.time
  FROM found CROSS JOIN relation
  WHERE relation.source = found.key AND relation.type IN ({agents})
),
edge(type, source, target, role, time) AS ({edges} UNION SELECT * FROM leaf),
member(key) AS (SELECT key FROM found UNION SELECT target FROM leaf)
SELECT 'edge' AS is_a, type AS id, source, target, role, time,
       NULL AS name, NULL AS type, NULL AS data_level, NULL AS facts, NULL AS identifiers,
       NULL AS standings, NULL AS generated_at, NULL AS invalidated_at
FROM edge
UNION ALL
SELECT 'activity', activity.id, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       activity.facts, NULL, NULL, NULL, NULL
FROM member CROSS JOIN activity WHERE activity.key = member.key
UNION ALL
SELECT 'entity', entity.id, NULL, NULL, NULL, NULL, NULL, entity.type, entity.data_level,
       entity.attributes, entity.identifiers, entity.standings,
       entity.generated_at, entity.invalidated_at
FROM member CROSS JOIN entity WHERE entity.key = member.key
UNION ALL
SELECT 'agent', agent.id, NULL, NULL, NULL, NULL, agent.name, agent.type, NULL,
       agent.attributes, NULL, NULL, NULL, NULL
FROM member CROSS JOIN agent WHERE agent.key = member.key
"""
_ENDS = {Direction.UPSTREAM: ("source", "target"), Direction.DOWNSTREAM: ("target", "source")}


def walk(
    connection: Connection,
    root: Node,
    direction: Direction,
    relations: Sequence[RelationType],
    depth: int | None,
    limit: int,
) -> Lineage:
    """Everything that the relations lead to from the root, in one statement.

    See `provgraph.store.protocol.Questions.walk`.

    Args:
        connection: to read on.
        root: where the walk begins.
        direction: to causes, to effects, or both ways.
        relations: the types to follow.
        depth: how many relations far; None for no end.
        limit: how many nodes at most.

    Returns:
        Nodes by distance, then id; edges in a fixed order.
    """
    asked: dict[str, Any] = {"root": root.key, "cut": limit + 1}
    if depth is not None:
        asked["depth"] = depth
    answer = connection.execute(_statement(direction, tuple(relations), depth is not None), asked)
    edges, found = _read(answer)
    return assemble_lineage(root, direction, depth, limit, found, edges)


@lru_cache(maxsize=64)
def _statement(direction: Direction, relations: tuple[RelationType, ...], deep: bool) -> TextClause:
    ways = [each for each in _ENDS if direction in (each, Direction.BOTH)]
    types = _listed(relations)
    parts = [
        {"name": way.value, "behind": _ENDS[way][0], "ahead": _ENDS[way][1], "types": types}
        for way in ways
    ]
    walks = ",".join((_DEEP_WALK if deep else _FREE_WALK).format(**part) for part in parts)
    reached = " UNION ".join(f"SELECT key FROM {part['name']}_reached" for part in parts)  # noqa: S608 - constants only
    edges = " UNION ".join(_EDGES.format(**part) for part in parts)
    rest = _REST.format(reached=reached, edges=edges, agents=_listed(AGENT_RELATIONS))
    return text(f"WITH RECURSIVE {walks}{rest}")


def _listed(relations: Iterable[RelationType]) -> str:
    """Types of the vocabulary as SQL constants.

    SQLAlchemy would write out a list of parameters at every walk.
    """
    return ", ".join(f"'{relation}'" for relation in relations) or "NULL"


def _read(answer: Iterable[Row[Any]]) -> tuple[list[Edge], list[Node]]:
    edges: list[Edge] = []
    found: list[Node] = []
    for row in answer:
        if row.is_a == "edge":
            edges.append(
                Edge(
                    RelationType(row.id),
                    bytes(row.source),
                    bytes(row.target),
                    row.role,
                    with_zone(row.time),
                )
            )
        else:
            found.append(_READERS[row.is_a](row))
    return edges, found


def _activity(row: Row[Any]) -> Node:
    return nodes.activity_node(records.run_of(row))


def _entity(row: Row[Any]) -> Node:
    return nodes.entity_node(records.entity_from(row, row.type, row.facts))


def _agent(row: Row[Any]) -> Node:
    return nodes.agent_node(records.agent_from(row.id, row.name, row.type, row.facts))


_READERS = {"activity": _activity, "entity": _entity, "agent": _agent}
