"""Parts of Cypher that several queries share, and readers of the rows that they return."""

import marshal
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from provgraph.model.identifiers import location_of
from provgraph.model.lineage import Direction, Edge, Node
from provgraph.model.records import INFERRED
from provgraph.model.vocabulary import NODE_LABEL, Kind, RelationType
from provgraph.store import nodes
from provgraph.store.neo4j import records, relations
from provgraph.store.neo4j.schema import ALIASES
from provgraph.store.neo4j.values import Stored, indexed, time_with_zone
from provgraph.store.records import EntityRecord, StoredMention


def as_map(name: str, *others: str) -> str:
    """The Cypher for the properties of a node or relationship as a map with some other entries.

    They are read all at once. ``n {.*}`` would read one after the other, and look for each among
    all of them, which takes several times as long.

    Args:
        name: of the variable.
        others: the entries that are added or take the place of properties, as ``time: null``.
    """
    return f"head([{name} IN [properties({name})] | {name} {{.*, {', '.join(others)}}}])"


def node_map(name: str) -> str:
    """The Cypher for a node as a map.

    What only indexes need, a fifth of its bytes, is not sent. Its times are text, which is quicker
    to read than the driver's own type.

    Args:
        name: of the variable.
    """
    times = chain.from_iterable(records.NODE_TIMES.values())
    return as_map(
        name,
        *(f"{each}: null" for each in records.FOR_INDEXES),
        *(f"{each}: toString({name}.{each})" for each in times),
    )


#: The node ``n`` as a map.
NODE = node_map("n")
#: The relationship ``r`` as a map, its time as text.
RELATIONSHIP = as_map("r", "time: toString(r.time)")
#: A mention: the relationship ``r`` between the run ``a`` and the entity ``e``.
MENTION = f"type(r), {RELATIONSHIP}, a.id, a.fullId, e.id, e.fullId"
#: The types of stated relations. Inputs and outputs are mentions, and never stated relations.
STATED_TYPES = "|".join(
    each.name
    for each in RelationType
    if each not in (RelationType.USED, RelationType.WAS_GENERATED_BY)
)
#: Entities by names that no other index has (`alias_query`); the node is ``n``, as in `NODE`.
BY_ALIAS = f"CALL db.index.fulltext.queryNodes('{ALIASES}', $aliases) YIELD node AS n RETURN n"

#: A relation ``r`` as answers show it, its ends aside (`edge_from`).
EDGE = f"type(r), r.role, toString(r.time), coalesce(r.fullPlace, r.place), r.source = '{INFERRED}'"
#: Way → what stands left and right of a relation that leads it from ``n``.
ARROWS = {Direction.UPSTREAM: ("-", "->"), Direction.DOWNSTREAM: ("<-", "-")}
#: The entities, activities and agents of some keys; the node is ``n``.
BY_KEY = """
CALL () {
  MATCH (n:Entity) WHERE n.key IN $keys RETURN n
  UNION ALL MATCH (n:Activity) WHERE n.key IN $keys RETURN n
  UNION ALL MATCH (n:Agent) WHERE n.key IN $keys RETURN n
}"""
#: The records that are marked as invalid; the node is ``n``.
MARKED = """
CALL () {
  MATCH (n:Entity) WHERE n.invalidSince IS NOT NULL RETURN n
  UNION ALL MATCH (n:Activity) WHERE n.invalidSince IS NOT NULL RETURN n
}"""


def key_texts(keys: Iterable[bytes]) -> list[str]:
    """Keys as nodes bear them: the parameter of `BY_KEY`.

    Args:
        keys: of records.
    """
    return [key.hex() for key in keys]


def alias_query(field: str, names: Iterable[str]) -> str:
    """The full-text query for any of some names as a whole: the parameter of `BY_ALIAS`.

    Args:
        field: the property that is searched, ``aliases`` or ``otherNames``.
        names: identifiers, places or base names. Quotes and backslashes are escaped.

    Returns:
        The query in Lucene's syntax, such as ``aliases:("guid:1" OR "lfn:/x")``.
    """
    quoted = ('"' + indexed(name).replace("\\", "\\\\").replace('"', '\\"') + '"' for name in names)
    return f"{field}:({' OR '.join(quoted)})"


def mention_from(row: Sequence[Any]) -> StoredMention:
    """A mention from a row.

    Args:
        row: the columns of `MENTION`.
    """
    relation, stored, run, full_run, entity, full_entity = row
    return relations.mention_of(full_run or run, full_entity or entity, relation, stored)


def entity_from(row: Sequence[Any]) -> EntityRecord:
    """An entity from a row.

    Args:
        row: the node's properties, with its times as text, and its labels.
    """
    return records.entity_of(row[0], row[1])


_RELATION_TYPES = dict(RelationType.__members__)


def edge_from(said: Sequence[Any], source: bytes, target: bytes) -> Edge:
    """A relation as answers show it.

    Args:
        said: the columns of `EDGE`.
        source: the key of the effect.
        target: the key of the cause.
    """
    relation, role, time, place, is_inferred = said
    return Edge(
        _RELATION_TYPES[relation],
        source,
        target,
        role,
        time_with_zone(time),
        None if place is None else location_of(place),
        inferred=bool(is_inferred),
    )


def node_from(labels: Sequence[str], stored: Stored) -> Node:
    """An entity, activity or agent as answers show it.

    Args:
        labels: of the node.
        stored: its properties, with its times as text (`NODE`).
    """
    node: Any = (labels, stored)
    try:
        said = marshal.dumps(node, _TYPED)
    except ValueError:
        return _read_node(labels, stored)  # somebody else gave it a property of Neo4j's own types
    return _read_often(said) if len(said) < _LONG else _read_node(labels, stored)


#: The form of `marshal` in which equal values have equal bytes; those of 1, 1.0 and true differ.
_TYPED = 2
#: Records with more bytes are read anew each time.
_LONG = 4096


def _read_node(labels: Sequence[str], stored: Stored) -> Node:
    found = set(labels)
    if NODE_LABEL[Kind.ACTIVITY] in found:
        return nodes.activity_node(records.run_of(stored))
    if NODE_LABEL[Kind.ENTITY] in found:
        return nodes.entity_node(records.entity_of(stored, found))
    return nodes.agent_node(records.agent_of(stored, found))


@lru_cache(maxsize=4096)
def _read_often(said: bytes) -> Node:
    """The same for nodes that other questions met, since lineages share most of their records.

    All that is stored of a node makes the record, so one that has changed is another one here.
    """
    return _read_node(*marshal.loads(said))  # noqa: S302 - what `node_from` wrote
