"""How the requests of GraphQL reach the store: together, in a worker thread.

A request runs whole in a worker thread with an event loop of its own. There the calls of the store
may wait, while the event loop of the server stays free. All records of an answer that ask for the
same field are looked up by one call of the store.
"""

import asyncio
import atexit
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar

from graphql import GraphQLError
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from provgraph.graphql.failures import bad_input
from provgraph.model.lineage import Edge, Node
from provgraph.model.records import Settings
from provgraph.model.vocabulary import RelationType
from provgraph.store.protocol import Store

T = TypeVar("T")
#: The threads of requests, as many as the library would use; the others wait.
_WORKERS: Final = ThreadPoolExecutor(40, thread_name_prefix="graphql")
#: Event loops of requests that are over; making one takes longer than a short request.
_IDLE: Final[list[asyncio.Runner]] = []
#: How many lineages one request may ask for.
MOST_WALKS = 100
#: How many relations one request may list by the fields of its records.
MOST_EDGES = 200_000


@dataclass(frozen=True, slots=True)
class EdgeWithEnds:
    """A relation with the records at its ends, as the fields of a record list it.

    Attributes:
        effect: the record at the later end, such as the file of a generation.
        cause: the record at the earlier end, such as the run of a generation.
        role: in which role; None where no source says so.
        time: when; None where no source says so.
        location: the path by which the run named the file; None where it named none.
        inferred: whether it follows from another relation, and no source states it.
    """

    effect: Node
    cause: Node
    role: str | None
    time: str | None
    location: str | None
    inferred: bool


async def in_worker_thread(run: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in a worker thread with an event loop of its own.

    Args:
        run: makes the coroutine; is called in the worker thread.

    Returns:
        What the coroutine returns.
    """
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, _run, run)


def _run(run: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on an event loop that is idle, else on a new one."""
    try:
        runner = _IDLE.pop()
    except IndexError:
        runner = asyncio.Runner()
        atexit.register(runner.close)
    try:
        return runner.run(_alone(run()))
    finally:
        _IDLE.append(runner)


async def _alone(coroutine: Coroutine[Any, Any, T]) -> T:
    """Await a coroutine, and leave nothing that it began to the next one on this event loop."""
    try:
        return await coroutine
    finally:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()


class RequestContext(BaseContext):
    """What the resolvers of one request share: the store, its batches, and how much was asked."""

    def __init__(self, store: Store) -> None:
        """Begin a request.

        Args:
            store: the open store that answers.
        """
        super().__init__()
        self.store = store
        self._walks = 0
        self._edges_listed = 0

    def count_walk(self) -> None:
        """Count one more lineage that the request asks for.

        Raises:
            GraphQLError: the request asks for more than `MOST_WALKS`.
        """
        self._walks += 1
        if self._walks > MOST_WALKS:
            raise _limit_error(f"one request may ask for {MOST_WALKS} lineages")

    async def edges_with_ends(
        self, node: Node, relation: RelationType, *, at_source: bool
    ) -> list[EdgeWithEnds]:
        """Find the relations of one type at one end of which a record stands.

        Relations to records that the store does not have are left out. The fields of all records of
        an answer are looked up in one call of the store.

        Args:
            node: the record.
            relation: the type.
            at_source: whether the record is the effect; else it is the cause.

        Returns:
            Each relation with the records at its ends.

        Raises:
            GraphQLError: the answer would list more than `MOST_EDGES` relations.
        """
        edges = await self._edges.load((node.key, relation, at_source))
        self._edges_listed += len(edges)
        if self._edges_listed > MOST_EDGES:
            raise _limit_error(f"one answer may list {MOST_EDGES:,} relations of its records")
        others = await self._nodes.load_many(
            [edge.target if at_source else edge.source for edge in edges]
        )
        return [
            EdgeWithEnds(
                *((node, other) if at_source else (other, node)),
                edge.role,
                edge.time,
                edge.location,
                edge.inferred,
            )
            for edge, other in zip(edges, others, strict=True)
            if other is not None
        ]

    @cached_property
    def settings(self) -> DataLoader[bytes, list[Settings]]:
        """Loads the settings of an activity by its key, the software among them."""

        async def load(keys: list[bytes]) -> list[list[Settings]]:
            found = self.store.parameters_of(keys)
            return [found.get(key, []) for key in keys]

        return DataLoader(load)

    @cached_property
    def config_files(self) -> DataLoader[bytes, list[str]]:
        """Loads the places of the configuration files of an activity by its key."""

        async def load(keys: list[bytes]) -> list[list[str]]:
            found = self.store.config_files_of(keys)
            return [found.get(key, []) for key in keys]

        return DataLoader(load)

    @cached_property
    def taints(self) -> DataLoader[bytes, tuple[str, ...]]:
        """Loads the ids of the invalid records that a record was made from by its key."""

        async def load(keys: list[bytes]) -> list[tuple[str, ...]]:
            found = self.store.taints(keys)
            return [found.get(key, ()) for key in keys]

        return DataLoader(load)

    @cached_property
    def _nodes(self) -> DataLoader[bytes, Node | None]:
        """Loads a record by its key."""

        async def load(keys: list[bytes]) -> list[Node | None]:
            found = self.store.nodes(keys)
            return [found.get(key) for key in keys]

        return DataLoader(load)

    @cached_property
    def _edges(self) -> DataLoader["_EdgeQuestion", list[Edge]]:
        """Loads the relations that a question asks for."""

        async def load(questions: list[_EdgeQuestion]) -> list[list[Edge]]:
            return _answers_to(self.store, questions)

        return DataLoader(load)


#: A record's key, a type of relation, and whether the record is its source.
_EdgeQuestion = tuple[bytes, RelationType, bool]


def _answers_to(store: Store, questions: Sequence[_EdgeQuestion]) -> list[list[Edge]]:
    """The relations that each question asks for, in the order of the questions.

    The store is asked once for each type of relation, so that no other relations are fetched.
    """
    keys: dict[RelationType, set[bytes]] = defaultdict(set)
    for key, relation, _ in questions:
        keys[relation].add(key)
    found: dict[_EdgeQuestion, list[Edge]] = defaultdict(list)
    for relation, keys_of_relation in keys.items():
        for edge in store.edges_of(keys_of_relation, [relation]):
            found[edge.source, relation, True].append(edge)
            found[edge.target, relation, False].append(edge)
    return [found.get(question, []) for question in questions]


def _limit_error(what: str) -> GraphQLError:
    """The error for a request that asks for more than a limit allows."""
    return bad_input(f"{what}: ask in several requests")
