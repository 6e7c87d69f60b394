"""Entities as one transaction reads them, each once."""

from collections.abc import Collection

from neo4j import Record

from provgraph.model.batches import batches
from provgraph.store.neo4j.cypher import BY_ALIAS, NODE, Statements, alias_query
from provgraph.store.neo4j.values import full

#: How many names one full-text query asks for; Lucene takes 1,024.
_TERMS = 500


class EntityReader:
    """Reads entities.

    Nobody else changes them while the transaction lasts, so each is read once until written.
    """

    def __init__(self, statements: Statements) -> None:
        """Take the transaction to read in."""
        self._statements = statements
        self._seen: dict[str, Record | None] = {}
        self._no_aliases: set[str] = set()

    def forget(self) -> None:
        """Read again what has been read: it is written now."""
        self._seen.clear()
        self._no_aliases.clear()

    def by_id(self, ids: Collection[str]) -> list[Record]:
        """The nodes and labels of the entities with these ids."""
        query = f"MATCH (n:Entity) WHERE n.id IN $ids RETURN n {NODE}, labels(n)"
        new = [each for each in ids if each not in self._seen]
        self._seen |= dict.fromkeys(new)
        self._seen |= {full(row[0], "id"): row for row in self._statements.by_id(query, new)}
        return [row for each in ids if (row := self._seen[each]) is not None]

    def bearing(self, identifiers: Collection[str]) -> list[Record]:
        """The nodes and labels of the entities that bear the identifiers, mostly as their id, else
        as an alias.
        """
        found = self.by_id(identifiers)
        ids = {full(row[0], "id") for row in found}
        query = f"CALL () {{ {BY_ALIAS} }} RETURN n {NODE}, labels(n)"
        new = [name for name in identifiers if name not in ids and name not in self._no_aliases]
        for chunk in batches(new, _TERMS):
            bearers = self._statements.run(query, aliases=alias_query("aliases", chunk))
            found += bearers
            if not bearers:
                self._no_aliases.update(chunk)
        return found
