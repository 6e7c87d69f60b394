"""How the requests of GraphQL reach the store: together, in a worker thread.

A request runs whole in a worker thread with an event loop of its own. There the calls of the store
may wait, while the event loop of the server stays free. All records of an answer that ask for the
same field are looked up by one call of the store.
"""

import asyncio
import atexit
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar

from graphql import GraphQLError
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from provgraph.errors import SettingsError
from provgraph.graphql.asking import NOBODY, WhoAsks
from provgraph.graphql.failures import bad_input
from provgraph.model.lineage import Edge, Node, Setup
from provgraph.model.records import Settings
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.describing import (
    DescribedParameter,
    described_parameters,
    descriptions_of,
)
from provgraph.questions.moments import EarlierStates
from provgraph.server_settings import ServingLimits
from provgraph.store.deadlines import DEADLINE, Deadline
from provgraph.store.protocol import Store
from provgraph.store.revisions import parts_of

T = TypeVar("T")
V = TypeVar("V")
#: Event loops of requests that are over; making one takes longer than a short request.
_IDLE: Final[list[asyncio.Runner]] = []
#: How many lineages one request may ask for.
MOST_WALKS = 100
#: How many relations one request may list by the fields of its records.
MOST_EDGES = 200_000
#: How many fields of one request may answer from an earlier state of the store.
MOST_EARLIER = 10
#: How many records an earlier state of the store may have, to answer one request.
MOST_REBUILT = 50_000


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


def run_until(deadline: Deadline, run: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in this thread, on an event loop that is idle, else on a new one.

    Args:
        deadline: the end of the time for it, which the store is told.
        run: makes the coroutine.

    Returns:
        What the coroutine returns.
    """
    try:
        runner = _IDLE.pop()
    except IndexError:
        runner = asyncio.Runner()
        atexit.register(runner.close)
    try:
        return runner.run(_alone(deadline, run()), context=copy_context())
    finally:
        _IDLE.append(runner)


async def _alone(deadline: Deadline, coroutine: Coroutine[Any, Any, T]) -> T:
    """Await a coroutine, and leave nothing that it began to the next one on this event loop.

    What is left is called off and awaited. Tasks that are cancelled before they begin would leave
    coroutines behind that were never awaited, and Python warns of each.
    """
    DEADLINE.set(deadline)
    try:
        return await coroutine
    finally:
        if left := asyncio.all_tasks() - {asyncio.current_task()}:
            deadline.call_off()
            await asyncio.gather(*left, return_exceptions=True)


def check_time(_: int = 0) -> None:
    """Go on while there is time.

    Raises:
        OverdueError: the time of the request is over.
    """
    deadline = DEADLINE.get()
    if deadline is not None:
        deadline.check()


def earlier_states(store: Store) -> EarlierStates:
    """Make what answers as of earlier times, within the limits of a request.

    Args:
        store: the open store.

    Returns:
        The earlier states; none is made yet.
    """
    return EarlierStates(store, MOST_REBUILT, check_time)


class RequestContext(BaseContext):
    """What the resolvers of one request share: the store, its batches, and how much was asked."""

    def __init__(
        self,
        store: Store,
        limits: ServingLimits = ServingLimits(),  # noqa: B008 - frozen
        states: EarlierStates | None = None,
        *,
        counts: Counter[str] | None = None,
        at: str | None = None,
        who: WhoAsks = NOBODY,
    ) -> None:
        """Begin a request.

        Args:
            store: the open store that answers.
            limits: how much the request may ask.
            states: the store as it was known to be earlier; None to make each anew.
            counts: how much was asked for already; None for nothing.
            at: the time, canonical, for what a path means; None for the newest.
            who: asks, and may call which mutations.
        """
        super().__init__()
        self.store = store
        self.limits = limits
        self.at = at
        self.who = who
        #: The name that a field of ``Query`` bears in the answer → what answers it and the fields
        #: below it, where that is another state of the store.
        self.moments: dict[str | int, RequestContext] = {}
        self._states = states or earlier_states(store)
        self._counts = Counter() if counts is None else counts

    def enter(self, field: str | int, as_of: str | None = None, at: str | None = None) -> None:
        """Answer one field of ``Query`` from another moment.

        Args:
            field: the name that the field bears in the answer.
            as_of: the canonical time by which all that is known had been loaded; None for now.
            at: the canonical time for what a path means; None for the newest.

        Raises:
            GraphQLError: the request asks for more earlier states than it may, or for a larger one.
            OverdueError: the time is over.
            StoreError: nobody knows what the store held then, or the store failed.
        """
        if as_of is not None:
            self._counts["earlier states"] += 1
        if self._counts["earlier states"] > MOST_EARLIER:
            raise _limit_error(f"one request may ask for {MOST_EARLIER} answers by asOf")
        try:
            store = self._states.as_of(as_of)
        except SettingsError as error:
            raise _limit_error(str(error)) from None
        self.moments[field] = RequestContext(
            store, self.limits, self._states, counts=self._counts, at=at, who=self.who
        )

    def count_records(self, number: int) -> None:
        """Count the members of a list of the answer, and go on while there is time.

        Args:
            number: how many members.

        Raises:
            GraphQLError: the lists of the answer would have more members than the limit.
            OverdueError: the time is over.
        """
        self._counts["records"] += number
        if self._counts["records"] > self.limits.records:
            raise _limit_error(f"the lists of one answer may have {self.limits.records:,} members")
        check_time()

    def count_walk(self) -> None:
        """Count one more lineage that the request asks for.

        Raises:
            GraphQLError: the request asks for more than `MOST_WALKS`.
        """
        self._counts["walks"] += 1
        if self._counts["walks"] > MOST_WALKS:
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
        self._counts["edges"] += len(edges)
        if self._counts["edges"] > MOST_EDGES:
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
        return _by_key(self.store.parameters_of, [])

    @cached_property
    def tools(self) -> DataLoader[bytes, Node | None]:
        """Loads the description of the tool of an activity by the activity's key."""

        def find(keys: Collection[bytes]) -> Mapping[bytes, Node]:
            return descriptions_of(self.store, self.store.nodes(keys).values())

        return _by_key(find, None)

    @cached_property
    def parts(self) -> DataLoader[bytes, dict[Kind, list[Node]]]:
        """Loads the parts of the description of a tool by the description's key."""

        def find(keys: Collection[bytes]) -> Mapping[bytes, dict[Kind, list[Node]]]:
            return parts_of(self.store, self.store.nodes(keys).values())

        return _by_key(find, {})

    @cached_property
    def described(self) -> DataLoader[bytes, dict[str, DescribedParameter]]:
        """Loads the parameters of an activity with what is said of them, by its key."""

        async def load(keys: list[bytes]) -> list[dict[str, DescribedParameter]]:
            said = zip(keys, await self.tools.load_many(keys), strict=True)
            tools = {key: tool for key, tool in said if tool is not None}
            settings = zip(keys, await self.settings.load_many(keys), strict=True)
            found = described_parameters(self.store, dict(settings), tools)
            return [{each.name: each for each in found.get(key, ())} for key in keys]

        return DataLoader(load)

    @cached_property
    def setups(self) -> DataLoader[bytes, Setup]:
        """Loads what set up an activity by its key."""
        return _by_key(self.store.setups_of, Setup())

    @cached_property
    def taints(self) -> DataLoader[bytes, tuple[str, ...]]:
        """Loads the ids of the invalid records that a record was made from by its key."""
        return _by_key(self.store.taints, ())

    @cached_property
    def _nodes(self) -> DataLoader[bytes, Node | None]:
        """Loads a record by its key."""
        return _by_key(self.store.nodes, None)

    @cached_property
    def _edges(self) -> DataLoader["_EdgeQuestion", list[Edge]]:
        """Loads the relations that a question asks for."""

        async def load(questions: list[_EdgeQuestion]) -> list[list[Edge]]:
            return _answers_to(self.store, questions)

        return DataLoader(load)


def _by_key(
    find: Callable[[Collection[bytes]], Mapping[bytes, T]], otherwise: V
) -> DataLoader[bytes, T | V]:
    """Loads what the store finds by keys; something else where it finds nothing."""

    async def load(keys: list[bytes]) -> list[T | V]:
        found = find(keys)
        return [found.get(key, otherwise) for key in keys]

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
