"""Entities as one transaction reads them: each is fetched once."""

from collections.abc import Collection

from neo4j import Record

from provgraph.model.records import batches
from provgraph.store.neo4j.cypher import BY_ALIAS, NODE, alias_query
from provgraph.store.neo4j.queries import Queries
from provgraph.store.neo4j.values import full_text

#: How many names one full-text query asks for; Lucene takes 1,024.
_TERMS = 500


class EntityReader:
    """Reads entities, and keeps what it has read.

    Nobody else changes entities while a transaction that writes lasts, so each is fetched once
    until the transaction writes entities itself.
    """

    def __init__(self, queries: Queries) -> None:
        """Take the transaction to read in."""
        self._queries = queries
        self._seen: dict[str, Record | None] = {}
        self._no_aliases: set[str] = set()

    def forget(self) -> None:
        """Fetch again what is asked for next: entities are being written."""
        self._seen.clear()
        self._no_aliases.clear()

    def by_id(self, ids: Collection[str]) -> list[Record]:
        """The entities with some ids.

        Args:
            ids: of entities. Other names find nothing.

        Returns:
            One row for each known entity: its properties and its labels.
        """
        query = f"MATCH (n:Entity) WHERE n.id IN $ids RETURN {NODE}, labels(n)"
        new = [each for each in ids if each not in self._seen]
        self._seen |= dict.fromkeys(new)
        self._seen |= {full_text(row[0], "id"): row for row in self._queries.by_id(query, new)}
        return [row for each in ids if (row := self._seen[each]) is not None]

    def bearing(self, identifiers: Collection[str]) -> list[Record]:
        """The entities that bear some names.

        Most names are ids. Only the others are looked up as aliases.

        Args:
            identifiers: ids, further identifiers and places.

        Returns:
            Rows of properties and labels. An entity may come twice, when it bears several of the
            names.
        """
        found = self.by_id(identifiers)
        ids = {full_text(row[0], "id") for row in found}
        query = f"CALL () {{ {BY_ALIAS} }} RETURN {NODE}, labels(n)"
        new = [name for name in identifiers if name not in ids and name not in self._no_aliases]
        for chunk in batches(new, _TERMS):
            bearers = self._queries.run(query, aliases=alias_query("aliases", chunk))
            found += bearers
            if not bearers:
                self._no_aliases.update(chunk)
        return found
