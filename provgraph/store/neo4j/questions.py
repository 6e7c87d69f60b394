"""The questions that the store protocol names, in Cypher (`provgraph.store.protocol.Questions`).

Records that meet a filter: each condition of the filter is one query along an index; a record has
to be found by all of them.

The lineage walk is one query, breadth first, on distinct nodes. A variable-length pattern whose
paths are never looked at, beyond the shortest length to each node, is run by Neo4j as
``VarLengthExpand(Pruning,BFS)``: each node once, whatever the number of paths. Nodes come in the
order of their distance, so the walk ends soon after its limit.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from provgraph.model.assembly import assemble_lineage, ends_of_depth, ways_of, with_more
from provgraph.model.filters import NAMED_KINDS, Filter, PageRequest, SortOrder, Version
from provgraph.model.identifiers import base_name, is_strong, location_of
from provgraph.model.lineage import Direction, Edge, Lineage, Node, Setup
from provgraph.model.vocabulary import AGENT_RELATIONS, LEADING, NODE_LABEL, Kind, RelationType
from provgraph.store import nodes
from provgraph.store.neo4j import records
from provgraph.store.neo4j.configuration import SETUP, setup_of
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.cypher import (
    ARROWS,
    BY_ALIAS,
    BY_KEY,
    EDGE,
    NODE,
    alias_query,
    edge_from,
    key_texts,
    node_from,
    node_map,
)
from provgraph.store.neo4j.recalls import MARKED, marked_in
from provgraph.store.neo4j.searching import search
from provgraph.store.neo4j.values import Stored, indexed
from provgraph.store.records import Found, FoundPage

#: Records that bear an identifier.
BY_ID = f"""
CALL () {{
  MATCH (n:Entity) WHERE n.id IN $ids RETURN n
  UNION MATCH (n:Entity) WHERE n.location IN $locations RETURN n
  UNION {BY_ALIAS}
  UNION MATCH (n:Activity) WHERE n.id IN $ids RETURN n
  UNION MATCH (n:Agent) WHERE n.id IN $ids RETURN n
}}
RETURN labels(n), {NODE}"""
_BY_VERSION = (
    "MATCH (a:Activity {id: $activity})<-[r:WAS_GENERATED_BY]-(n:Entity) "
    f"WHERE r.place = $place WITH DISTINCT n RETURN labels(n), {NODE}"
)
_BY_BASE_NAME = (
    f"CALL () {{ MATCH (n:Entity) WHERE n.name = $name RETURN n UNION {BY_ALIAS} }} "
    f"RETURN labels(n), {NODE}"
)

#: The labels of records that a name can lead to.
_NAMED_LABELS = tuple(NODE_LABEL[kind] for kind in NAMED_KINDS)
_BY_NAME = (
    "CALL () {{ MATCH (n:{label}) WHERE n.calledAs IN $asked RETURN n LIMIT $limit "
    "UNION MATCH (n:{label}) WHERE n.localName IN $asked RETURN n LIMIT $limit }} "
    f"RETURN labels(n), {NODE.replace('{', '{{').replace('}', '}}')}"
)
_BY_BEGINNING = (
    "MATCH (n:{label}) WHERE n.id STARTS WITH $asked WITH n LIMIT $limit "
    f"RETURN labels(n), {NODE.replace('{', '{{').replace('}', '}}')}"
)
_NAMES_NEAR = (
    "MATCH (n:{label}) WHERE n.calledAs {side} $asked "
    "RETURN DISTINCT n.calledAs AS name ORDER BY name {order} LIMIT $limit"
)


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
    found = (each for each in _matches(connection, wanted) if each.node.kind in wanted.kinds)
    return nodes.found_page(found, order, page)


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
    folded = sorted({nodes.folded(each) for each in names})
    asked: list[tuple[str, object]] = [(_BY_NAME, folded)] if folded else []
    asked += [(_BY_BEGINNING, each) for each in beginnings]
    found: dict[bytes, Node] = {}
    for label in _NAMED_LABELS:
        for query, value in asked:
            rows = connection.read(query.format(label=label), asked=value, limit=limit)
            for node in (node_from(labels, stored) for labels, stored in rows):
                found[node.key] = node
    return sorted(found.values(), key=lambda node: (node.id, node.kind))


def names_near(connection: Connection, name: str, limit: int) -> list[str]:
    """Names next to a text; see `provgraph.store.protocol.Questions.names_near`.

    Args:
        connection: to read on.
        name: perhaps misspelt.
        limit: how many of each kind at most, before and behind.

    Returns:
        The names, sorted.
    """
    found: set[str] = set()
    for label in _NAMED_LABELS:
        for side in ("<", ">="):
            query = _NAMES_NEAR.format(label=label, side=side, order="DESC" if side == "<" else "")
            rows = connection.read(query, asked=nodes.folded(name), limit=limit)
            found.update(row[0] for row in rows)
    return sorted(found)


def _matches(connection: Connection, wanted: Filter) -> list[Found]:
    """What all conditions lead to; rank and place are those of the first that knows a place."""
    answers: list[list[Found]] = []
    if wanted.base_name is not None:
        answers.append(_at_base_name(connection, wanted.base_name))
    if wanted.version is not None:
        answers.append(_written(connection, wanted.version))
    if wanted.identifiers is not None:
        answers.append(_bearing(connection, wanted.identifiers))
    return nodes.meeting_all(answers, lambda each: each.node.key)


def _bearing(connection: Connection, identifiers: Collection[str]) -> list[Found]:
    asked = set(identifiers)
    if not asked:
        return []
    rows = connection.read(
        BY_ID,
        ids=list(map(indexed, asked)),
        locations=[indexed(location_of(each)) for each in asked],
        aliases=alias_query("aliases", asked),
    )
    found = []
    for labels, stored in rows:
        node, ranks = node_from(labels, stored), _ranks(stored)
        if node.id in asked or not asked.isdisjoint(node.identifiers):
            found.append(Found(node, max(ranks.get(each, 0) for each in asked)))
    return found


def _written(connection: Connection, version: Version) -> list[Found]:
    rows = connection.read(
        _BY_VERSION, activity=indexed(version.activity), place=indexed(version.place)
    )
    return [
        Found(node_from(labels, stored), _ranks(stored).get(version.place, 0))
        for labels, stored in rows
    ]


def _at_base_name(connection: Connection, name: str) -> list[Found]:
    rows = connection.read(
        _BY_BASE_NAME, name=indexed(name), aliases=alias_query("otherNames", [name])
    )
    found = []
    for labels, stored in rows:
        node, ranks = node_from(labels, stored), _ranks(stored)
        places = (
            each for each in node.identifiers if not is_strong(each) and base_name(each) == name
        )
        found += [Found(node, ranks.get(place, 0), place) for place in places]
    return found


def _ranks(stored: Mapping[str, Any]) -> dict[str, int]:
    """Place → the entity's rank among all that stood there."""
    return dict(zip(stored.get("places", ()), stored.get("ranks", ()), strict=True))


def named_nodes(connection: Connection, keys: Collection[bytes]) -> dict[bytes, Node]:
    """Entities, activities and agents by key.

    Args:
        connection: to read on.
        keys: of the records.

    Returns:
        Key → node, of those that are known.
    """
    rows = connection.read(f"{BY_KEY} RETURN labels(n), {NODE}", keys=key_texts(keys))
    return {node.key: node for node in (node_from(*row) for row in rows)}


#: What the row of a walk that tells the recalls has in place of a way.
_MARKED = "recalls"
#: So many nodes of a walk come in one row: the driver takes as long for a row as for its content.
TOGETHER = 100
_IN_LINEAGE = "WHERE n:Entity OR n:Activity OR n:Agent "
_LABELS = frozenset(NODE_LABEL[kind] for kind in NAMED_KINDS)
_AGENTS = "|".join(each.name for each in AGENT_RELATIONS)


def walks(
    connection: Connection,
    roots: Sequence[Node],
    direction: Direction,
    relations: Sequence[RelationType],
    depth: int | None,
    limit: int,
) -> list[Lineage]:
    """Everything that the relations lead to from each root, in one query for each.

    See `provgraph.store.protocol.Questions.walks`.

    Args:
        connection: to read on.
        roots: where each walk begins.
        direction: to causes, to effects, or both ways.
        relations: the types to follow.
        depth: how many relations far; None for no end.
        limit: how many nodes at most.

    Returns:
        Nodes by distance, then id; edges in a fixed order.
    """
    found = []
    asked = (direction, tuple(relations), depth if relations else 0)
    queries = [
        (walk_query(root.kind, *asked), {"root": indexed(root.id), "cut": limit + 1})
        for root in roots
    ]
    for root, rows in zip(roots, connection.read_at_once(queries), strict=True):
        walked = _WalkRows(rows)
        setups = None if direction is Direction.DOWNSTREAM else walked.setups
        reached = walked.found or [root]
        lineage = assemble_lineage(root, direction, depth, limit, reached, walked.edges, setups)
        lineage = replace(lineage, recalls=walked.recalls, state=connection.state)
        ends = set() if depth is None else _ends(connection, lineage, relations)
        found.append(with_more(lineage, ends))
    return found


def _ends(
    connection: Connection, lineage: Lineage, relations: Iterable[RelationType]
) -> set[bytes]:
    """The nodes where the depth ended from which relations lead to nodes that are not shown."""
    types = "|".join(each.name for each in relations if each in LEADING)
    if not types:
        return set()
    shown = key_texts(node.key for node in lineage.nodes)
    found: set[bytes] = set()
    for way in ways_of(lineage.direction):
        left, right = ARROWS[way]
        query = (
            f"{BY_KEY} WITH n WHERE EXISTS {{ MATCH (n){left}[:{types}]{right}(m) "
            "WHERE NOT m.key IN $shown } RETURN n.key"
        )
        ends = key_texts(ends_of_depth(lineage, way))
        rows = connection.read(query, keys=ends, shown=shown)
        found.update(bytes.fromhex(row[0]) for row in rows)
    return found


@lru_cache(maxsize=256)
def walk_query(
    kind: Kind, direction: Direction, relations: tuple[RelationType, ...], depth: int | None
) -> str:
    """The query of a walk. Its parameters are ``root`` and ``cut``.

    ``root`` is the root's id as indexes hold it (`provgraph.store.neo4j.values.indexed`), and
    ``cut`` says how many nodes to find each way.

    Args:
        kind: of the root.
        direction: to causes, to effects, or both ways.
        relations: the types to follow; with none of them, the depth has to be 0.
        depth: how many relations far; None for no end.
    """
    # Only the runs that lead to the origin are asked for what set them up, and for recalls.
    is_down = direction is Direction.DOWNSTREAM
    setup = "[]" if is_down else SETUP
    ways = (_one_way(NODE_LABEL[kind], way, relations, depth, setup) for way in ways_of(direction))
    recalls = () if is_down else (f"RETURN '{_MARKED}' AS way, {MARKED} AS nodes",)
    return " UNION ALL ".join((*ways, *recalls))


def _one_way(
    label: str, way: Direction, relations: tuple[RelationType, ...], depth: int | None, setup: str
) -> str:
    types = "|".join(each.name for each in relations or (RelationType.USED,))
    left, right = ARROWS[way]
    reach = "" if depth is None else str(depth)
    kept = "" if LEADING.issuperset(relations) else _IN_LINEAGE
    expanded = "" if depth is None else f"WHERE distance < {depth} "
    return (
        f"MATCH path = (:{label} {{id: $root}}){left}[:{types}*0..{reach}]{right}(n) {kept}"
        "WITH n, min(length(path)) AS distance ORDER BY distance, n.id LIMIT $cut "
        "WITH collect([n, distance]) AS found "
        f"UNWIND range(0, size(found) - 1, {TOGETHER}) AS first "
        f"WITH found[first..first + {TOGETHER}] AS some RETURN '{way.value}' AS way, COLLECT {{ "
        "UNWIND some AS each WITH each[0] AS n, each[1] AS distance "
        f"RETURN [labels(n), {NODE}, "
        f"COLLECT {{ MATCH (n){left}[r:{types}]{right}(m) {expanded}RETURN [{EDGE}, m.key] }}, "
        f"COLLECT {{ MATCH (n)-[r:{_AGENTS}]->(m:Agent) "
        f"RETURN [{EDGE}, labels(m), {node_map('m')}] }}, {setup}] }} AS nodes"
    )


class _WalkRows:
    """What the rows of a walk say: nodes, relations, setups, and recalls."""

    def __init__(self, rows: Iterable[Iterable[Any]]) -> None:
        self.found: list[Node] = []
        self.edges: list[Edge] = []
        self.setups: dict[bytes, Setup] = {}
        self.recalls: tuple[str, ...] | None = None
        for way, several in rows:
            if way == _MARKED:
                self.recalls = tuple(marked_in(several))
                continue
            for each in several:
                self._add(way, *each)

    def _add(self, way: str, labels: list[str], stored: Stored, *around: list[Any]) -> None:
        """One node that was reached, the relations walked from it, its agents, what set it up."""
        if _LABELS.isdisjoint(labels):
            return  # what describes runs may be influenced by somebody, and is no part of a lineage
        node = node_from(labels, stored)
        self.found.append(node)
        walked, agents, setup = around
        upstream = way == Direction.UPSTREAM.value
        for *said, other in walked:
            if other is not None:
                there = bytes.fromhex(other)
                ends = (node.key, there) if upstream else (there, node.key)
                self.edges.append(edge_from(said, *ends))
        for *said, agent_labels, agent in agents:
            self.found.append(nodes.agent_node(records.agent_of(agent, agent_labels)))
            self.edges.append(edge_from(said, node.key, self.found[-1].key))
        if setup:
            self.setups[node.key] = setup_of(setup)
