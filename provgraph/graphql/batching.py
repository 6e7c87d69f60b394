"""How requests reach the store.

One thread a request, one store call for all records that ask the same.

A request runs whole in a worker thread, with an event loop of its own: there the store's calls may
wait, the batches of all fields come together, and the server's own loop stays free.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from graphql import GraphQLError
from starlette.concurrency import run_in_threadpool
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from provgraph.model.lineage import Edge, Node
from provgraph.model.records import Settings
from provgraph.model.vocabulary import RelationType
from provgraph.store.protocol import Store

T = TypeVar("T")
#: How many lineages one request may ask for.
MOST_WALKS = 100
#: How many relations one request may list by the fields of its records.
MOST_EDGES = 200_000


@dataclass(frozen=True, slots=True)
class EdgeWithEnds:
    """A relation with the records at its ends, as the fields of a record list them."""

    effect: Node
    cause: Node
    role: str | None
    time: str | None


async def in_worker_thread(run: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What the coroutine returns; it runs in a worker thread, the request's only hop."""
    return await run_in_threadpool(lambda: asyncio.run(run()))


class RequestContext(BaseContext):
    """What the resolvers of one request share.

    The store, its batches, and how much the request has asked.
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self._walks = 0
        self._edges_listed = 0

    def count_walk(self) -> None:
        """Refuse the request when it asks for too many lineages."""
        self._walks += 1
        if self._walks > MOST_WALKS:
            raise _too_much(f"one request may ask for {MOST_WALKS} lineages")

    async def edges_with_ends(
        self, node: Node, relation: RelationType, *, at_source: bool
    ) -> list[EdgeWithEnds]:
        """The relations of one type that the record is the effect of, or the cause of, to records
        that the store has.

        Args:
            node: the record.
            relation: the type.
            at_source: whether the record is the effect.
        """
        edges = await self._edges.load((node.key, relation, at_source))
        self._edges_listed += len(edges)
        if self._edges_listed > MOST_EDGES:
            raise _too_much(f"one answer may list {MOST_EDGES:,} relations of its records")
        others = await self._nodes.load_many(
            [edge.target if at_source else edge.source for edge in edges]
        )
        return [
            EdgeWithEnds(node, other, edge.role, edge.time)
            if at_source
            else EdgeWithEnds(other, node, edge.role, edge.time)
            for edge, other in zip(edges, others, strict=True)
            if other is not None
        ]

    @cached_property
    def settings(self) -> DataLoader[bytes, list[Settings]]:
        """Activity key → its settings, the software among them."""

        async def load(keys: list[bytes]) -> list[list[Settings]]:
            found = self.store.parameters_of(keys)
            return [found.get(key, []) for key in keys]

        return DataLoader(load)

    @cached_property
    def config_files(self) -> DataLoader[bytes, list[str]]:
        """Activity key → the places of its configuration files."""

        async def load(keys: list[bytes]) -> list[list[str]]:
            found = self.store.config_files_of(keys)
            return [found.get(key, []) for key in keys]

        return DataLoader(load)

    @cached_property
    def _nodes(self) -> DataLoader[bytes, Node | None]:
        async def load(keys: list[bytes]) -> list[Node | None]:
            found = self.store.nodes(keys)
            return [found.get(key) for key in keys]

        return DataLoader(load)

    @cached_property
    def _edges(self) -> DataLoader["_EdgeQuestion", list[Edge]]:
        async def load(asked: list[_EdgeQuestion]) -> list[list[Edge]]:
            return _answers_to(self.store, asked)

        return DataLoader(load)


#: A record's key, a type of relation, and whether the record is its source.
_EdgeQuestion = tuple[bytes, RelationType, bool]


def _answers_to(store: Store, asked: Sequence[_EdgeQuestion]) -> list[list[Edge]]:
    """One call a type of relation, so that no record's other relations are fetched with it."""
    keys: dict[RelationType, set[bytes]] = defaultdict(set)
    for key, relation, _ in asked:
        keys[relation].add(key)
    found: dict[_EdgeQuestion, list[Edge]] = defaultdict(list)
    for relation, those in keys.items():
        for edge in store.edges_of(those, [relation]):
            found[edge.source, relation, True].append(edge)
            found[edge.target, relation, False].append(edge)
    return [found.get(each, []) for each in asked]


def _too_much(what: str) -> GraphQLError:
    return GraphQLError(f"{what}: ask in several requests", extensions={"code": "BAD_USER_INPUT"})
