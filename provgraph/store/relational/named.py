"""Records by their keys, and by names that are no identifiers of theirs, in SQL.

The questions about names that nobody bears as an identifier: labels, beginnings of ids, and what is
spelt alike (`provgraph.store.protocol.Questions`).
"""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, true

from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind
from provgraph.store import nodes
from provgraph.store.relational import records, tables


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
