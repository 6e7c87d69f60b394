"""The questions that the store protocol names, in SQL (`provgraph.store.protocol.Questions`).

Records that meet a filter: each condition of the filter is one query along an index; a record has
to be found by all of them. The lineage walk: one recursive statement, breadth first, on distinct
nodes.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, TextClause, and_, func, select, text, true

from provgraph.model.assembly import assemble_lineage, ends_of_depth, ways_of, with_more
from provgraph.model.filters import Filter, PageRequest, SortOrder, Version
from provgraph.model.identifiers import base_name
from provgraph.model.lineage import Direction, Edge, Lineage, Node
from provgraph.model.records import key_of
from provgraph.model.vocabulary import AGENT_RELATIONS, LEADING, Kind, RelationType
from provgraph.store import nodes
from provgraph.store.records import Found, FoundPage
from provgraph.store.relational import records, tables
from provgraph.store.relational.taints import marked


class _Match(NamedTuple):
    """A record that one condition leads to; see `Found`."""

    key: bytes
    rank: int
    place: str | None = None


def find(connection: Connection, wanted: Filter, order: SortOrder, page: PageRequest) -> FoundPage:
    """The records that meet a filter; see `provgraph.store.protocol.Questions.find`.

    Args:
        connection: to read on.
        wanted: which records.
        order: in which order.
        page: how many, and behind which.

    Returns:
        One page.
    """
    matches = _matches(connection, wanted)
    known = named_nodes(connection, {each.key for each in matches}, wanted.kinds)
    found = (Found(known[each.key], each.rank, each.place) for each in matches if each.key in known)
    return nodes.found_page(found, order, page)


def named_nodes(
    connection: Connection, keys: Collection[bytes], kinds: Collection[Kind]
) -> dict[bytes, Node]:
    """Entities, activities and agents by key.

    Args:
        connection: to read on.
        keys: of the records.
        kinds: those that are wanted.

    Returns:
        Key → node, of those that are known.
    """
    found: dict[bytes, Node] = {}
    for kind, (table, read) in _NODE_READERS.items():
        if kind in kinds:
            for row in records.in_chunks(connection, select(table), table.c.key.in_, keys):
                found[row.key] = read(row)
    return found


_NODE_READERS: dict[Kind, tuple[Any, Callable[[Row[Any]], Node]]] = {
    Kind.ENTITY: (tables.entity, lambda row: nodes.entity_node(records.entity_of(row))),
    Kind.ACTIVITY: (tables.activity, lambda row: nodes.activity_node(records.run_of(row))),
    Kind.AGENT: (tables.agent, lambda row: nodes.agent_node(records.agent_of(row))),
}


def called(
    connection: Connection, names: Collection[str], beginnings: Collection[str], limit: int
) -> list[Node]:
    """Records by other names; see `provgraph.store.protocol.Questions.called`.

    Args:
        connection: to read on.
        names: labels, or last parts of URIs.
        beginnings: of ids.
        limit: of how many records of each kind at most.

    Returns:
        The records, by id.
    """
    names = {nodes.folded(each) for each in names}
    found: dict[bytes, Node] = {}
    for table, read in _NODE_READERS.values():
        conditions = [column.in_(names) for column in (table.c.called, table.c.local) if names]
        conditions += [_begins(table, each) for each in beginnings]
        for condition in conditions:
            for row in connection.execute(select(table).where(condition).limit(limit)):
                found[row.key] = read(row)
    return sorted(found.values(), key=lambda node: (node.id, node.kind))


def _begins(table: Any, beginning: str) -> ColumnElement[bool]:
    """That an id begins so; the index knows the head of each id, longer beginnings are compared."""
    if not beginning:
        return true()
    head = beginning[: nodes.INDEXED]
    near = table.c.head.between(head, head + "\U0010ffff")
    return and_(near, func.substr(table.c.id, 1, len(beginning)) == beginning)


def names_near(connection: Connection, name: str, limit: int) -> list[str]:
    """Names next to a text; see `provgraph.store.protocol.Questions.names_near`.

    Args:
        connection: to read on.
        name: perhaps misspelt.
        limit: how many of each kind at most, before and behind.

    Returns:
        The names, sorted.
    """
    asked = nodes.folded(name)
    found: set[str] = set()
    for table, _ in _NODE_READERS.values():
        column = table.c.called
        for side, order in ((column < asked, column.desc()), (column >= asked, column)):
            query = select(column).distinct().where(side).order_by(order).limit(limit)
            found.update(connection.execute(query).scalars())
    return sorted(found)


def _matches(connection: Connection, wanted: Filter) -> list[_Match]:
    """What all conditions lead to; rank and place are those of the first that knows a place."""
    answers: list[list[_Match]] = []
    if wanted.base_name is not None:
        answers.append(_at_base_name(connection, wanted.base_name))
    if wanted.version is not None:
        answers.append(_written(connection, wanted.version))
    if wanted.identifiers is not None:
        answers.append(_bearing(connection, wanted.identifiers, wanted.kinds))
    if wanted.invalid:
        answers.append([_Match(key, 0) for key in marked(connection)])
    return nodes.meeting_all(answers, lambda each: each.key)


def _bearing(
    connection: Connection, identifiers: Iterable[str], kinds: Collection[Kind]
) -> list[_Match]:
    names = list(identifiers)
    ranks = {key_of(kind, each): 0 for each in names for kind in kinds}
    naming = tables.naming.c
    query = select(naming.entity, naming.rank)
    for row in records.in_chunks(connection, query, naming.name.in_, map(records.name_key, names)):
        ranks[row.entity] = max(row.rank, ranks.get(row.entity, 0))
    return [_Match(key, rank) for key, rank in ranks.items()]


def _written(connection: Connection, version: Version) -> list[_Match]:
    relation, naming = tables.relation.c, tables.naming.c
    query = (
        select(relation.source, func.coalesce(naming.rank, 0).label("rank"))
        .outerjoin(
            tables.naming, (naming.entity == relation.source) & (naming.name == relation.place)
        )
        .where(relation.type == RelationType.WAS_GENERATED_BY)
        .where(
            relation.target == key_of(Kind.ACTIVITY, version.activity),
            relation.place == records.name_key(version.place),
        )
    )
    ranks = {row.source: row.rank for row in connection.execute(query)}
    return [_Match(key, rank) for key, rank in ranks.items()]


def _at_base_name(connection: Connection, name: str) -> list[_Match]:
    query = (
        select(tables.name.c.text, tables.naming.c.entity, tables.naming.c.rank)
        .join(tables.naming, tables.naming.c.name == tables.name.c.key)
        .where(tables.name.c.base_key == records.name_key(name))
    )
    return [
        _Match(row.entity, row.rank, row.text)
        for row in connection.execute(query)
        if base_name(row.text) == name
    ]


def edges_of(
    connection: Connection, keys: Collection[bytes], relations: Sequence[RelationType]
) -> list[Edge]:
    """The relations at either end of some records.

    See `provgraph.store.protocol.Questions.edges_of`.

    Args:
        connection: to read on.
        keys: of the records.
        relations: the types that are wanted.

    Returns:
        Each edge once, sorted by type, source, target, role and time.
    """
    relation = tables.relation.c
    query = (
        select(
            *(relation.type, relation.source, relation.target, relation.role, relation.time),
            relation.said_by,
            tables.name.c.text.label("place"),
        )
        .outerjoin(tables.name, tables.name.c.key == relation.place)
        .where(relation.type.in_(relations))
    )
    return nodes.edges_in_order(
        records.edge_of(row, row.type, row.place)
        for end in (relation.source, relation.target)
        for row in records.in_chunks(connection, query, end.in_, keys)
    )


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
  SELECT relation.type, relation.source, relation.target, relation.role, relation.time,
         relation.place, relation.said_by
  FROM {name}_expanded CROSS JOIN relation
  WHERE relation.{behind} = {name}_expanded.key AND relation.type IN ({types})"""
_REST = """,
found(key) AS ({reached}),
leaf AS (
  SELECT relation.type, relation.source, relation.target, relation.role, relation.time,
         relation.place, relation.said_by
  FROM found CROSS JOIN relation
  WHERE relation.source = found.key AND relation.type IN ({agents})
),
edge(type, source, target, role, time, place, said_by) AS ({edges} UNION SELECT * FROM leaf),
member(key) AS (SELECT key FROM found UNION SELECT target FROM leaf)
SELECT 'edge' AS is_a, edge.type AS id, source, target, role, time, said_by,
       name.text AS name, NULL AS type, NULL AS data_level, NULL AS facts, NULL AS identifiers,
       NULL AS standings, NULL AS generated_at, NULL AS invalidated_at
FROM edge LEFT JOIN name ON name.key = edge.place
UNION ALL
SELECT 'activity', activity.id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       activity.facts, NULL, NULL, NULL, NULL
FROM member CROSS JOIN activity WHERE activity.key = member.key
UNION ALL
SELECT 'entity', entity.id, NULL, NULL, NULL, NULL, NULL, NULL, entity.type, entity.data_level,
       entity.attributes, entity.identifiers, entity.standings,
       entity.generated_at, entity.invalidated_at
FROM member CROSS JOIN entity WHERE entity.key = member.key
UNION ALL
SELECT 'agent', agent.id, NULL, NULL, NULL, NULL, NULL, agent.name, agent.type, NULL,
       agent.attributes, NULL, NULL, NULL, NULL
FROM member CROSS JOIN agent WHERE agent.key = member.key
"""
#: Where the depth ended: nodes from which relations lead to records that the walk did not find.
_MORE = """
UNION ALL
SELECT 'more', NULL, reached.key, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM {name}_reached AS reached
WHERE reached.distance = :depth AND EXISTS (
  SELECT 1 FROM relation
  WHERE relation.{behind} = reached.key AND relation.type IN ({leading})
  AND relation.{ahead} NOT IN (SELECT key FROM member)
)"""
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
    walked = _Walked()
    for row in answer:
        walked.add(row)
    lineage = assemble_lineage(root, direction, depth, limit, walked.found, walked.edges)
    if depth is not None and lineage.truncated:
        # What the limit cut off was found, so the statement did not count it as beyond the depth.
        walked.more |= _leading_beyond(connection, lineage, relations)
    return with_more(lineage, walked.more)


def _leading_beyond(
    connection: Connection, lineage: Lineage, relations: Iterable[RelationType]
) -> set[bytes]:
    """The nodes where the depth ended from which relations lead to nodes that are not shown."""
    shown = {node.key for node in lineage.nodes}
    relation = tables.relation.c
    found: set[bytes] = set()
    for way in ways_of(lineage.direction):
        behind, ahead = (relation[end] for end in _ENDS[way])
        query = select(behind.label("behind"), ahead.label("ahead")).where(
            relation.type.in_([each for each in relations if each in LEADING])
        )
        rows = records.in_chunks(connection, query, behind.in_, ends_of_depth(lineage, way))
        found.update(row.behind for row in rows if row.ahead not in shown)
    return found


@lru_cache(maxsize=64)
def _statement(direction: Direction, relations: tuple[RelationType, ...], deep: bool) -> TextClause:
    types = {
        "types": _listed(relations),
        "leading": _listed(each for each in relations if each in LEADING),
    }
    parts = [
        {"name": way.value, "behind": _ENDS[way][0], "ahead": _ENDS[way][1], **types}
        for way in ways_of(direction)
    ]
    walks = ",".join((_DEEP_WALK if deep else _FREE_WALK).format(**part) for part in parts)
    reached = " UNION ".join(f"SELECT key FROM {part['name']}_reached" for part in parts)  # noqa: S608 - constants only
    edges = " UNION ".join(_EDGES.format(**part) for part in parts)
    rest = _REST.format(reached=reached, edges=edges, agents=_listed(AGENT_RELATIONS))
    more = "".join(_MORE.format(**part) for part in parts) if deep else ""
    return text(f"WITH RECURSIVE {walks}{rest}{more}")


def _listed(relations: Iterable[RelationType]) -> str:
    """Types of the vocabulary as SQL constants.

    SQLAlchemy would write out a list of parameters at every walk.
    """
    return ", ".join(f"'{relation}'" for relation in relations) or "NULL"


class _Walked:
    """What the rows of a walk say: nodes, relations, and the nodes where the depth ended."""

    def __init__(self) -> None:
        self.found: list[Node] = []
        self.edges: list[Edge] = []
        self.more: set[bytes] = set()

    def add(self, row: Row[Any]) -> None:
        if row.is_a == "edge":
            self.edges.append(records.edge_of(row, row.id, row.name))
        elif row.is_a == "more":
            self.more.add(bytes(row.source))
        else:
            self.found.append(_ROW_READERS[row.is_a](row))


def _activity(row: Row[Any]) -> Node:
    return nodes.activity_node(records.run_of(row))


def _entity(row: Row[Any]) -> Node:
    return nodes.entity_node(records.entity_from(row, row.type, row.facts))


def _agent(row: Row[Any]) -> Node:
    return nodes.agent_node(records.agent_from(row.id, row.name, row.type, row.facts))


_ROW_READERS = {"activity": _activity, "entity": _entity, "agent": _agent}
