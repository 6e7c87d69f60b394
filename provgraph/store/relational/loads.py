"""The loads of a store in SQL, all of them or the newest."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, func, select, tuple_
from typing_extensions import override

from provgraph.store.protocol import Loads
from provgraph.store.records import LoadPage, LoadRecord
from provgraph.store.relational import tables
from provgraph.store.relational.facts import load_of


class RelationalLoads(Loads, ABC):
    """What was loaded into a store in SQL."""

    @abstractmethod
    def _reading(self, **options: Any) -> AbstractContextManager[Connection]:
        """A connection that reads."""

    @override
    def loads(self, since: str | None = None) -> list[LoadRecord]:
        query = select(tables.load).order_by("time", "id")
        if since is not None:
            query = query.where(tables.load.c.time >= since)
        with self._reading() as connection:
            return [load_of(row) for row in connection.execute(query)]

    @override
    def newest_loads(self, size: int, after: str | None = None) -> LoadPage:
        load = tables.load.c
        query = select(tables.load).order_by(load.time.desc(), load.id.desc()).limit(size + 1)
        with self._reading() as connection:
            if after is not None:
                last = connection.execute(select(load.time).where(load.id == after)).scalar()
                if last is None:
                    raise ValueError(f"{after!r} is no cursor of a load")
                # The first condition goes along the index of times.
                query = query.where(load.time <= last, tuple_(load.time, load.id) < (last, after))
            found = [load_of(row) for row in connection.execute(query)]
            total = connection.execute(select(func.count()).select_from(tables.load)).scalar_one()
        return LoadPage(tuple(found[:size]), total, len(found) > size)
