"""Which records were made from invalid ones, in Cypher."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator

from typing_extensions import override

from provgraph.model.filters import PageRequest, SortOrder
from provgraph.model.recalls import Recall, recall_of
from provgraph.model.records import key_of
from provgraph.model.vocabulary import ORIGIN_RELATIONS, Kind
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.cypher import BY_KEY, MARKED, key_texts
from provgraph.store.neo4j.questions import named_nodes
from provgraph.store.neo4j.recalls import recalls, runs_of
from provgraph.store.paging import Cursor, searched_page
from provgraph.store.records import FoundPage
from provgraph.store.tainting import (
    DELIVERED_LEVELS,
    MOST_ASKED,
    MOST_PAIRS,
    Taints,
    taints_by_key,
    taints_within,
)

_RELATIONS = "|".join(each.name for each in ORIGIN_RELATIONS)
_ANY_MARKED = f"{MARKED} RETURN n.key LIMIT 1"
#: Pairs of an invalid record and a record that was made from it.
_PAIRS = (
    f"{MARKED} WITH n AS mark MATCH (mark)<-[:{_RELATIONS}*1..]-(n) WHERE n <> mark "
    "RETURN DISTINCT mark.key, n.key"
)
#: The same of the runs that recalls mean, each a list of the recall's key and those of its runs.
_PAIRS_OF_RECALLS = (
    "UNWIND $recalls AS recall MATCH (run:Activity) WHERE run.key IN recall[1] "
    f"MATCH (run)<-[:{_RELATIONS}*0..]-(n) RETURN DISTINCT recall[0], n.key"
)
#: The relations that led to some records.
_ORIGIN = (
    f"{BY_KEY} MATCH (n)-[:{_RELATIONS}*0..]->(effect) WITH DISTINCT effect "
    f"MATCH (effect)-[:{_RELATIONS}]->(cause) RETURN DISTINCT effect.key, cause.key"
)
_MARKED_AMONG = f"{BY_KEY} WITH n WHERE n.invalidSince IS NOT NULL RETURN n.key"
_IDS = f"{BY_KEY} RETURN n.key, coalesce(n.fullId, n.id)"
#: All that was made from a few records; and what was made from many, one relation farther.
_ALL_BELOW = f"{BY_KEY} MATCH (n)<-[:{_RELATIONS}*1..]-(m) RETURN DISTINCT m.key"
_NEXT_BELOW = f"{BY_KEY} MATCH (n)<-[:{_RELATIONS}]-(m) RETURN DISTINCT m.key"
#: From so many records a walk goes on as far as it can, each by itself.
_FEW = 20
#: The delivered products among some records (docs/contract.md, Commands).
_PRODUCTS = (
    "MATCH (n:Entity) WHERE n.key IN $keys AND n:DatasetEntity AND n.invalidatedAtTime IS NULL "
    "AND EXISTS { (n)-[:WAS_GENERATED_BY]->() } "
    "AND (n.dataLevel IN $levels OR NOT EXISTS { (n)<-[:USED]-() }) "
    "AND n.searchTime >= $since RETURN n.searchTime, n.key"
)


class Neo4jTaints(Taints, ABC):
    """What is invalid and what that reached, of a store in Neo4j."""

    @property
    @abstractmethod
    def _reading(self) -> Connection:
        """The connection for who only reads."""

    @override
    def recalls(self) -> list[str]:
        return recalls(self._reading)

    @override
    def runs_of(self, recall: Recall, among: Collection[bytes] | None = None) -> set[bytes]:
        return runs_of(self._reading, recall, among)

    @override
    def taints(self, keys: Collection[bytes]) -> dict[bytes, tuple[str, ...]]:
        connection = self._reading
        if not keys or not connection.read(_ANY_MARKED):
            return {}
        most = MOST_PAIRS if len(keys) <= MOST_ASKED else None
        pairs = _pairs_below(connection, most)
        wanted = set(keys)
        if most is not None and len(pairs) > most:
            pairs = list(_pairs_above(connection, wanted))
        found = [(mark, key) for mark, key in pairs if key in wanted]
        marks = key_texts({mark for mark, _ in found})
        ids = {bytes.fromhex(key): id for key, id in connection.read(_IDS, keys=marks)}
        return taints_by_key(found, ids)

    @override
    def tainted(self, since: str | None, page: PageRequest) -> FoundPage:
        connection = self._reading
        after = Cursor.of(page.after, SortOrder.TIME)
        asked = {"levels": list(DELIVERED_LEVELS), "since": since or ""}
        rows = connection.read(_PRODUCTS, keys=key_texts(_reached(connection)), **asked)
        places = sorted(((time, bytes.fromhex(key)) for time, key in rows), reverse=True)
        behind = [each for each in places if after is None or each < (after.value, after.key)]
        some = behind[: page.size + 1]
        nodes = named_nodes(connection, [key for _, key in some])
        found = [(nodes.get(key), Cursor(SortOrder.TIME, time, key)) for time, key in some]
        return searched_page(found, page.size, len(places))


def _recalled(
    connection: Connection, among: Collection[bytes] | None = None
) -> dict[bytes, set[bytes]]:
    """Key of each recall → the runs that it means."""
    return {
        key_of(Kind.ENTITY, identifier): runs_of(connection, recall, among)
        for identifier in recalls(connection)
        if (recall := recall_of(identifier)) is not None
    }


def _pairs_below(connection: Connection, most: int | None) -> list[tuple[bytes, bytes]]:
    """The pairs; when there are more than the most, more than that."""
    limit = "" if most is None else f" LIMIT {most + 1}"
    rows = connection.read(_PAIRS + limit)
    meant = [[key.hex(), key_texts(runs)] for key, runs in _recalled(connection).items()]
    if meant and (most is None or len(rows) <= most):
        rows += connection.read(_PAIRS_OF_RECALLS + limit, recalls=meant)
    return [(bytes.fromhex(mark), bytes.fromhex(key)) for mark, key in rows]


def _pairs_above(connection: Connection, keys: Collection[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The pairs among what led to some records."""
    edges = {
        (bytes.fromhex(effect), bytes.fromhex(cause))
        for effect, cause in connection.read(_ORIGIN, keys=key_texts(keys))
    }
    met = {key for edge in edges for key in edge}.union(keys)
    seeds: dict[bytes, Collection[bytes]] = {
        mark: (mark,)
        for mark in (
            bytes.fromhex(row[0]) for row in connection.read(_MARKED_AMONG, keys=key_texts(met))
        )
    }
    seeds.update(_recalled(connection, met))
    yield from taints_within(edges, seeds, keys)


def _reached(connection: Connection) -> set[bytes]:
    """All that was made from invalid records."""
    rows = connection.read(f"{MARKED} RETURN n.key")
    marked = {bytes.fromhex(row[0]) for row in rows}
    runs = {run for runs in _recalled(connection).values() for run in runs}
    reached, newest = runs.copy(), marked | runs
    while newest:
        query = _ALL_BELOW if len(newest) <= _FEW else _NEXT_BELOW
        rows = connection.read(query, keys=key_texts(newest))
        found = {bytes.fromhex(row[0]) for row in rows} - reached
        newest = found if query is _NEXT_BELOW else set()
        reached |= found
    return reached
