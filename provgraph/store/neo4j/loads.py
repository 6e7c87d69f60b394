"""The loads of a store in Neo4j, all of them or the newest."""

from abc import ABC, abstractmethod

from typing_extensions import override

from provgraph.store.neo4j import bookkeeping
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.values import canonical_time, native_time
from provgraph.store.protocol import Loads
from provgraph.store.records import LoadPage, LoadRecord


class Neo4jLoads(Loads, ABC):
    """What was loaded into a store in Neo4j."""

    @property
    @abstractmethod
    def _reading(self) -> Connection:
        """The connection for who only reads."""

    @override
    def loads(self, since: str | None = None) -> list[LoadRecord]:
        begin = None if since is None else native_time(since)
        later = "" if begin is None else "WHERE l.time >= $begin "
        query = f"MATCH (l:Load) {later}RETURN {bookkeeping.LOAD} ORDER BY l.time, l.id"
        return [bookkeeping.load_of(row[0]) for row in self._reading.read(query, begin=begin)]

    @override
    def newest_loads(self, size: int, after: str | None = None) -> LoadPage:
        connection = self._reading
        behind, last = "", None
        if after is not None:
            known = connection.read(
                "MATCH (l:Load {id: $after}) RETURN toString(l.time)", after=after
            )
            if not known:
                raise ValueError(f"{after!r} is no cursor of a load")
            # A time that the driver has read names its zone in another way, and equals none.
            last = native_time(canonical_time(known[0][0]))
            behind = "WHERE l.time < $last OR (l.time = $last AND l.id < $after) "
        rows = connection.read(
            f"MATCH (l:Load) {behind}WITH l ORDER BY l.time DESC, l.id DESC LIMIT $size "
            f"RETURN {bookkeeping.LOAD}",
            last=last,
            after=after,
            size=size + 1,
        )
        total = connection.read("MATCH (l:Load) RETURN count(l)")[0][0]
        found = [bookkeeping.load_of(row[0]) for row in rows]
        return LoadPage(tuple(found[:size]), total, len(found) > size)
