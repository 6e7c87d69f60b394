"""Queries in one transaction of the Neo4j store, sent in batches."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from neo4j import Record, Result, Transaction

from provgraph.errors import StoreError
from provgraph.model.records import batches
from provgraph.model.vocabulary import NODE_LABEL
from provgraph.store.neo4j.records import NODE_TIMES
from provgraph.store.neo4j.values import Properties, full_text, indexed

#: How many rows one query writes, and how many ids one query asks for.
BATCH = 1_000
_TIMES = {NODE_LABEL[kind]: times for kind, times in NODE_TIMES.items()}


class Queries:
    """Sends queries in one transaction of the driver."""

    def __init__(self, transaction: Transaction) -> None:
        """Take the driver's transaction."""
        self._transaction = transaction
        self._unsettled: list[tuple[Result, int | None]] = []

    def run(self, query: str, /, **parameters: Any) -> list[Record]:
        """Send a query and wait for its rows.

        Args:
            query: the Cypher.
            parameters: the values of the query's parameters, by name.

        Returns:
            All rows.
        """
        return list(self._transaction.run(query, parameters))

    def write(self, query: str, rows: Sequence[Any], expected: int | None = None) -> None:
        """Begin to write rows; the next rows can be made ready while the server is at it.

        Args:
            query: Cypher with the parameter ``rows``.
            rows: what to write.
            expected: how many rows the query's answer has to count as written. None for a query
                without such an answer.
        """
        self._unsettled.append((self._transaction.run(query, {"rows": rows}), expected))

    def settle(self) -> None:
        """Wait until all is written.

        Raises:
            StoreError: an end of a relationship is not in the store, so the relationship would be
                lost.
        """
        for result, expected in self._unsettled:
            if expected is not None and (missing := expected - result.single(strict=True)[0]):
                raise StoreError(
                    f"{missing} relations name records that the store does not have; this is a bug"
                )
            result.consume()
        self._unsettled.clear()

    def by_id(self, query: str, ids: Iterable[str]) -> list[Record]:
        """Ask for many ids, `BATCH` of them at a time.

        Args:
            query: Cypher with the parameter ``ids``.
            ids: any number, as sources give them. The query gets them as indexes hold them.

        Returns:
            All rows; those of earlier ids first.
        """
        return [
            row for chunk in batches(map(indexed, ids), BATCH) for row in self.run(query, ids=chunk)
        ]

    def put_nodes(
        self,
        label: str,
        nodes: Iterable[tuple[str, Properties]],
        labelling: str = "",
        new: Collection[str] = frozenset(),
    ) -> None:
        """Write nodes by their ids; of a known node all properties are replaced.

        A node that is surely new is made without a look for it. Should it be there all the same,
        the constraint on its id stops the transaction.

        Args:
            label: the label that the ids are unique in.
            nodes: id and properties of each. Times are text (`provgraph.model.values.with_zone`).
            labelling: a clause that gives the node ``n`` more labels or takes some away.
            new: the ids of nodes that are surely new, as this transaction has seen.
        """
        values = [
            "n = row.properties",
            *(f"n.{time} = datetime(row.properties.{time})" for time in _TIMES.get(label, ())),
        ]
        setting = f"SET {', '.join(values)} {labelling}"
        making = f"UNWIND $rows AS row CREATE (n:{label}) {setting}"
        merging = f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) {setting}"
        for chunk in batches(nodes, BATCH):
            for query, is_new in ((making, True), (merging, False)):
                rows = [
                    {"id": indexed(each), "properties": properties}
                    for each, properties in chunk
                    if (each in new) is is_new
                ]
                if rows:
                    self.write(query, rows)

    def add_nodes(self, label: str, nodes: Mapping[str, Properties]) -> None:
        """Write those nodes that are not there yet; known ones are left as they are.

        Args:
            label: the label that the ids are unique in.
            nodes: id → properties.
        """
        new = self.new_among(label, nodes)
        self.put_nodes(label, ((each, nodes[each]) for each in nodes if each in new), new=new)

    def new_among(self, label: str, ids: Collection[str]) -> set[str]:
        """Find the ids that no node bears.

        Args:
            label: of the nodes.
            ids: any number.

        Returns:
            Those of the ids that are new.
        """
        query = f"MATCH (n:{label}) WHERE n.id IN $ids RETURN n {{.id, .fullId}}"
        return {*ids} - {full_text(row[0], "id") for row in self.by_id(query, ids)}

    def put_relationships(self, ends: str, joining: str, rows: Iterable[Properties]) -> None:
        """Write relationships between nodes that are in the store.

        Args:
            ends: finds both nodes of ``row``.
            joining: writes the relationship ``r`` between them.
            rows: one a relationship, each with ``properties``.
        """
        query = f"UNWIND $rows AS row {ends} {joining} SET r += row.properties RETURN count(*)"
        for chunk in batches(rows, BATCH):
            self.write(query, chunk, len(chunk))

    def put_links(
        self, one: str, other: str, joining: str, links: Mapping[str, Collection[str]]
    ) -> None:
        """Write relationships without properties, from each node to many.

        Args:
            one: finds the node with the id ``row.one``.
            other: finds the node with the id ``other``.
            joining: writes a relationship between them.
            links: id of the one node → ids of the others.
        """
        query = (
            f"UNWIND $rows AS row {one} UNWIND row.many AS other {other} {joining} RETURN count(*)"
        )
        rows = (
            {"one": indexed(each), "many": list(map(indexed, others))}
            for each, others in links.items()
        )
        for chunk in batches(rows, BATCH):
            self.write(query, chunk, sum(len(row["many"]) for row in chunk))
