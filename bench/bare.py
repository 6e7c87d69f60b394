"""All that a load has put into Neo4j, and the bare driver that writes the same rows."""

from collections import defaultdict
from typing import Any

from neo4j import Driver

from provgraph.model.records import batches

#: Rows that one statement writes.
_BATCH = 1_000
Rows = dict[Any, list[dict[str, Any]]]


def rows_of(driver: Driver) -> tuple[Rows, Rows]:
    """All that is in the database.

    Nodes by their labels, relationships by the labels of their ends and their type.
    """
    nodes: Rows = defaultdict(list)
    relationships: Rows = defaultdict(list)
    with driver.session() as session:
        for labels, properties in session.run("MATCH (n) RETURN labels(n), properties(n)"):
            nodes[tuple(labels)].append({"id": properties.get("id"), "properties": properties})
        query = (
            "MATCH (a)-[r]->(b) RETURN labels(a)[0], type(r), labels(b)[0], r.key IS NOT NULL, "
            "a.id, b.id, r.key, properties(r)"
        )
        for source, kind, target, has_key, start, end, key, properties in session.run(query):
            row = {"start": start, "end": end, "key": key, "properties": properties}
            relationships[source, kind, target, has_key].append(row)
    return nodes, relationships


def count(*rows: Rows) -> int:
    """How many there are."""
    return sum(len(each) for group in rows for each in group.values())


def write(driver: Driver, nodes: Rows, relationships: Rows) -> None:
    """The same rows as anybody would write them who knows them all beforehand."""
    with driver.session() as session:
        for labels, rows in nodes.items():
            merge = (
                f"UNWIND $rows AS row MERGE (n:{labels[0]} {{id: row.id}}) "
                f"SET n:{':'.join(labels)}, n = row.properties"
            )
            _send(session, merge, [row for row in rows if row["id"] is not None])
            create = f"UNWIND $rows AS row CREATE (n:{':'.join(labels)}) SET n = row.properties"
            _send(session, create, [row for row in rows if row["id"] is None])
        for (source, kind, target, has_key), rows in relationships.items():
            key = " {key: row.key}" if has_key else ""
            text = (
                f"UNWIND $rows AS row MATCH (a:{source} {{id: row.start}}) "
                f"MATCH (b:{target} {{id: row.end}}) "
                f"MERGE (a)-[r:{kind}{key}]->(b) SET r += row.properties"
            )
            _send(session, text, rows)


def _send(session: Any, text: str, rows: list[dict[str, Any]]) -> None:
    for chunk in batches(rows, _BATCH):
        session.execute_write(
            lambda transaction, chunk=chunk: transaction.run(text, rows=chunk).consume()
        )
