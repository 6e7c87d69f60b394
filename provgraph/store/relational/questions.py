"""The questions that the store protocol names, in SQL (`provgraph.store.protocol.Questions`).

Records that meet a filter: each condition of the filter is one query along an index; a record has
to be found by all of them. The lineage walk: one recursive statement, breadth first, on distinct
nodes.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Connection, select

from provgraph.model.assembly import assemble_lineage, ends_of_depth, ways_of, with_more
from provgraph.model.filters import Filter, PageRequest, SortOrder
from provgraph.model.identifiers import location_of
from provgraph.model.lineage import Direction, Edge, Lineage, Node
from provgraph.model.recalls import RECALLS
from provgraph.model.records import INFERRED, Run, batches, key_of
from provgraph.model.values import with_zone
from provgraph.model.vocabulary import AGENT_RELATIONS, LEADING, Kind, RelationType
from provgraph.store import nodes
from provgraph.store.deadlines import DEADLINE
from provgraph.store.records import Found, FoundPage
from provgraph.store.relational import records, tables
from provgraph.store.relational.configuration import SETUPS, SetupRow, setups_from
from provgraph.store.relational.searching import search

#: What is read of the records of each kind whose keys `{member}` has. `{own}` is what a question
#: adds, behind these columns.
_RECORDS = {
    Kind.ACTIVITY: """
SELECT 'activity', activity.id, NULL, NULL, NULL, activity.facts, NULL, NULL, NULL, NULL, {own}
FROM {member} CROSS JOIN activity WHERE activity.key = {member}.key""",
    Kind.ENTITY: """
SELECT 'entity', entity.id, NULL, entity.type, entity.data_level, entity.attributes,
       entity.identifiers, entity.standings, entity.generated_at, entity.invalidated_at, {own}
FROM {member} CROSS JOIN entity WHERE entity.key = {member}.key""",
    Kind.AGENT: """
SELECT 'agent', agent.id, agent.name, agent.type, NULL, agent.attributes, NULL, NULL, NULL, NULL,
       {own}
FROM {member} CROSS JOIN agent WHERE agent.key = {member}.key""",
}


def _records_of(member: str, own: str, kinds: Collection[Kind] = tuple(_RECORDS)) -> str:
    return " UNION ALL ".join(
        query.format(member=member, own=own) for kind, query in _RECORDS.items() if kind in kinds
    )


def _rows(connection: Connection, query: str, values: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """The rows of a query whose parameters are written ``:name``.

    The driver gets the query as it is: SQLAlchemy would think about it longer than SQLite does.
    """
    if connection.dialect.paramstyle == "pyformat":
        query = _in_pyformat(query)
    deadline = DEADLINE.get()
    # Fetched many at once, which takes half as long as row by row.
    for some in connection.exec_driver_sql(query, values).partitions(_ROWS_AT_ONCE):
        if deadline is not None:
            deadline.check()
        yield from some


#: After so many rows it is asked whether there is time for more.
_ROWS_AT_ONCE = 100
#: A query with the parameters as PostgreSQL's driver has them; there are few queries.
_in_pyformat = lru_cache(maxsize=64)(partial(re.compile(r":(\w+)").sub, r"%(\1)s"))


# Records that meet a filter.


_BY_BASE_NAME = """
SELECT naming.entity, naming.rank, name.text FROM name CROSS JOIN naming
WHERE name.base_key = :base_name AND naming.name = name.key"""
_BY_VERSION = f"""
SELECT relation.source, max(coalesce(naming.rank, 0)), NULL
FROM relation LEFT JOIN naming
  ON naming.entity = relation.source AND naming.name = relation.place
WHERE relation.type = '{RelationType.WAS_GENERATED_BY}'
  AND relation.target = :activity AND relation.place = :place
GROUP BY relation.source"""  # noqa: S608 - constants only
_BY_IDENTIFIER = """
SELECT key, max(rank), NULL FROM (
  SELECT entity AS key, rank FROM naming WHERE name IN ({names})
  UNION ALL SELECT column1, 0 FROM (VALUES {keys}) AS own
) AS bearing GROUP BY key"""


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
    if nodes.is_search(wanted, order):
        return search(connection, wanted, order, page)
    return nodes.found_page(_matches(connection, wanted), order, page)


def _matches(connection: Connection, wanted: Filter) -> list[Found]:
    """What all conditions lead to; rank and place are those of the first that knows a place."""
    answers: list[list[Found]] = []
    if wanted.base_name is not None:
        asked = {"base_name": records.name_key(wanted.base_name)}
        answers.append(_found(connection, _BY_BASE_NAME, asked, wanted.kinds))
    if wanted.version is not None:
        run = key_of(Kind.ACTIVITY, wanted.version.activity)
        asked = {"activity": run, "place": records.name_key(wanted.version.place)}
        answers.append(_found(connection, _BY_VERSION, asked, wanted.kinds))
    if wanted.identifiers is not None:
        answers.append(_bearing(connection, wanted.identifiers, wanted.kinds))
    return nodes.meeting_all(answers, lambda each: each.node.key)


def _found(
    connection: Connection, condition: str, asked: Mapping[str, Any], kinds: tuple[Kind, ...]
) -> list[Found]:
    """The records that one condition leads to, in one statement."""
    query = _finding(condition, kinds)
    rows = _rows(connection, query, asked) if query else ()
    return [Found(_node(row), *row[10:]) for row in rows]


@lru_cache(maxsize=64)
def _finding(condition: str, kinds: tuple[Kind, ...]) -> str:
    """The statement; none when no kind is wanted."""
    wanted = _records_of("matched", "matched.rank, matched.place", kinds)
    return wanted and f"WITH matched(key, rank, place) AS ({condition}) {wanted}"


def _bearing(
    connection: Connection, identifiers: Iterable[str], kinds: tuple[Kind, ...]
) -> list[Found]:
    """The records that bear one of some identifiers, each with its highest rank."""
    found: dict[bytes, Found] = {}
    for names in batches(identifiers, tables.CHUNK):
        asked = {f"name{i}": records.name_key(name) for i, name in enumerate(names)}
        own = [key_of(kind, name) for name in names for kind in kinds if kind in _RECORDS]
        condition = _BY_IDENTIFIER.format(
            names=", ".join(f":{name}" for name in asked),
            keys=", ".join(f"(:key{i})" for i in range(len(own))),
        )
        asked |= {f"key{i}": key for i, key in enumerate(own)}
        for each in _found(connection, condition, asked, kinds):
            known = found.setdefault(each.node.key, each)
            if each.rank > known.rank:
                found[each.node.key] = each
    return list(found.values())


#: The index of ids knows how each begins.
_RECALLS = "FROM entity WHERE head BETWEEN :first_recall AND :last_recall AND invalid_since > ''"
_RECALL_BOUNDS = {"first_recall": RECALLS, "last_recall": f"{RECALLS}\U0010ffff"}


def recalls(connection: Connection) -> list[str]:
    """The ids of the recalls that are marked; see `provgraph.store.tainting.Taints.recalls`.

    Args:
        connection: to read on.
    """
    rows = _rows(connection, f"SELECT id {_RECALLS}", _RECALL_BOUNDS)
    return sorted(row[0] for row in rows)


_RELATION_TYPES = {each.value: each for each in RelationType}


def edge_of(relation: str, place: str | None, *columns: Any) -> Edge:
    """A relation as answers show it.

    Args:
        relation: its type.
        place: by which the run named the file; None without.
        columns: source, target, role, time, and who says it.
    """
    source, target, role, time, said_by = columns
    said = role, with_zone(time), None if place is None else location_of(place)
    ends = bytes(source), bytes(target)
    return Edge(_RELATION_TYPES[relation], *ends, *said, inferred=said_by == INFERRED)


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
edge(type, source, target, role, time, place, said_by) AS ({edges} UNION ALL SELECT * FROM leaf),
member(key) AS (SELECT key FROM found UNION SELECT target FROM leaf)
SELECT 'edge', edge.type, name.text, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       source, target, role, time, said_by
FROM edge LEFT JOIN name ON name.key = edge.place
UNION ALL {records}"""
#: What set up the runs; only those that lead to the origin are asked for it.
_SETUPS = f"""
UNION ALL
SELECT 'setup', NULL, place, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       activity, part, NULL, NULL, NULL
FROM ({SETUPS}) AS setup"""  # noqa: S608 - constants only
#: The recalls that are marked: they, too, say what the records that lead to the origin are worth.
_MARKED = f"""
UNION ALL
SELECT 'recall', entity.id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL
{_RECALLS}"""
#: The state of the store: each commit has a mark of its own.
_STATE = """
UNION ALL
SELECT 'state', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       mark, NULL, NULL, NULL, NULL
FROM journal WHERE turn = (SELECT max(turn) FROM journal)"""
#: Where the depth ended: nodes from which relations lead to records that the walk did not find.
_MORE = """
UNION ALL
SELECT 'more', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       reached.key, NULL, NULL, NULL, NULL
FROM {name}_reached AS reached
WHERE reached.distance = :depth AND EXISTS (
  SELECT 1 FROM relation
  WHERE relation.{behind} = reached.key AND relation.type IN ({leading})
  AND relation.{ahead} NOT IN (SELECT key FROM member)
)"""
_NO_EDGE = "NULL, NULL, NULL, NULL, NULL"
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
    is_down = direction is Direction.DOWNSTREAM
    if not is_down:
        asked |= _RECALL_BOUNDS
    if depth is not None:
        asked["depth"] = depth
    walked = _Walked()
    for row in _rows(connection, _statement(direction, tuple(relations), depth is not None), asked):
        walked.add(row)
    setups = None if is_down else setups_from(connection, walked.setups)
    lineage = assemble_lineage(root, direction, depth, limit, walked.found, walked.edges, setups)
    recalls = None if is_down else tuple(sorted(walked.recalls))
    lineage = replace(lineage, recalls=recalls, state=walked.state)
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
def _statement(direction: Direction, relations: tuple[RelationType, ...], deep: bool) -> str:
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
    edges = " UNION ALL ".join(_EDGES.format(**part) for part in parts)
    leaves = {"agents": _listed(AGENT_RELATIONS), "records": _records_of("member", _NO_EDGE)}
    rest = _REST.format(reached=reached, edges=edges, **leaves)
    setups = "" if direction is Direction.DOWNSTREAM else f"{_SETUPS}{_MARKED}{_STATE}"
    more = "".join(_MORE.format(**part) for part in parts) if deep else ""
    return f"WITH RECURSIVE {walks}{rest}{setups}{more}"


def _listed(relations: Iterable[RelationType]) -> str:
    """Types of the vocabulary as SQL constants."""
    return ", ".join(f"'{relation}'" for relation in relations) or "NULL"


class _Walked:
    """What the rows of a walk say: records, what else is read with them, and where it ended."""

    def __init__(self) -> None:
        self.found: list[Node] = []
        self.edges: list[Edge] = []
        self.setups: list[SetupRow] = []
        self.recalls: list[str] = []
        self.state: bytes | None = None
        self.more: set[bytes] = set()

    def add(self, row: Sequence[Any]) -> None:
        if row[0] == "edge":
            self.edges.append(edge_of(row[1], row[2], *row[10:]))
        elif row[0] == "setup":
            self.setups.append((row[10], row[11], row[2]))
        elif row[0] == "recall":
            self.recalls.append(row[1])
        elif row[0] == "state":
            self.state = bytes(row[10])
        elif row[0] == "more":
            self.more.add(bytes(row[10]))
        else:
            self.found.append(_node(row))


def _node(row: Sequence[Any]) -> Node:
    """The record of a row that begins with the columns of `_RECORDS`."""
    columns = tuple(row[:10])
    is_long = len(columns[5] or "") + len(columns[7] or "") > _LONG
    return _read_node(*columns) if is_long else _read_often(*columns)


#: Records with more characters are read anew each time.
_LONG = 4096


def _read_node(kind: str, identifier: str, name: str | None, *said: Any) -> Node:
    if kind == "entity":
        return nodes.entity_node(records.entity_from(identifier, *said))
    if kind == "activity":
        return nodes.activity_node(Run(identifier, records.attributes_of(said[2])))
    return nodes.agent_node(records.agent_from(identifier, name, said[0], said[2]))


#: The same for rows that other questions met, since lineages share most of their records. A row
#: makes the whole node, so a record that has changed in the store is another row.
_read_often = lru_cache(maxsize=4096)(_read_node)
