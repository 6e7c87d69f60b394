"""What the lists of the query API find: the fields of ``Query`` that come page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

import strawberry

from provgraph.errors import SettingsError
from provgraph.graphql.connections import ActivityFilter, EntityFilter, ParameterFilter
from provgraph.graphql.failures import bad_input
from provgraph.graphql.resolvers import Info
from provgraph.model.filters import NAMED_KINDS, PageRequest, ParameterValue, Search
from provgraph.model.vocabulary import Kind
from provgraph.questions import searching
from provgraph.store.records import FoundPage

First: TypeAlias = Annotated[
    int, strawberry.argument(description="How many members, from 0 to 1,000.")
]
After: TypeAlias = Annotated[
    str | None, strawberry.argument(description="The cursor behind which the page begins.")
]
Entities: TypeAlias = Annotated[
    EntityFilter | None, strawberry.argument(description="Which; without it all.")
]
Activities: TypeAlias = Annotated[
    ActivityFilter | None, strawberry.argument(description="Which; without it all.")
]
#: How many members one page may have.
MOST_MEMBERS = 1_000


@dataclass(frozen=True, slots=True)
class ListMember:
    """A member of a page.

    Attributes:
        node: the record or load.
        cursor: its place.
    """

    node: Any
    cursor: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list; the GraphQL connection shows it.

    Attributes:
        edges: the members.
        count: tells how many there are on all pages. Only who asks for it has it counted.
        has_next_page: whether something follows.
        has_previous_page: whether something stands before.
    """

    edges: tuple[ListMember, ...]
    count: Callable[[], int]
    has_next_page: bool
    has_previous_page: bool

    @property
    def total_count(self) -> int:
        """How many there are on all pages."""
        return self.count()

    @property
    def nodes(self) -> tuple[Any, ...]:
        """The members without their places."""
        return tuple(each.node for each in self.edges)

    @property
    def page_info(self) -> "ListPage":
        """The page itself, as ``PageInfo`` shows it."""
        return self

    @property
    def start_cursor(self) -> str | None:
        """The place of the first member."""
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        """The place of the last member."""
        return self.edges[-1].cursor if self.edges else None


def search(
    info: Info,
    text: Annotated[
        str,
        strawberry.argument(
            description="Every word is the beginning of a word in a name, path, identifier, tool "
            "or host; words are letters and digits, in any case."
        ),
    ],
    first: First = 20,
    after: After = strawberry.UNSET,
) -> ListPage:
    """Find records by words.

    Args:
        info: the request, with its store and its batches.
        text: the words.
        first: how many.
        after: the cursor behind which the page begins.

    Returns:
        A page of entities, activities and agents, the newest first.

    Raises:
        GraphQLError: the number or the cursor makes no sense.
    """
    return _found(info, Search(text=text), NAMED_KINDS, first, after)


def entities(
    info: Info,
    filter: Entities = strawberry.UNSET,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> ListPage:
    """Find entities.

    Args:
        info: the request, with its store and its batches.
        filter: which; without it all.
        first: how many.
        after: the cursor behind which the page begins.

    Returns:
        A page of them, the newest first.

    Raises:
        GraphQLError: a time, the number or the cursor makes no sense.
    """
    given = filter or EntityFilter()
    wanted = Search(
        given.text or None,
        types=_one(given.type),
        data_levels=tuple(given.data_level or ()),
        tools=_one(given.tool),
        since=given.since or None,
        until=given.until or None,
        under=given.under or None,
        invalid=bool(given.invalid),
        external=bool(given.external),
        overwritten=bool(given.overwritten),
        at=given.at or None,
    )
    return _found(info, wanted, (Kind.ENTITY,), first, after)


def activities(
    info: Info,
    filter: Activities = strawberry.UNSET,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> ListPage:
    """Find activities.

    Args:
        info: the request, with its store and its batches.
        filter: which; without it all.
        first: how many.
        after: the cursor behind which the page begins.

    Returns:
        A page of them, the newest first.

    Raises:
        GraphQLError: a time, the number or the cursor makes no sense.
    """
    given = filter or ActivityFilter()
    wanted = Search(
        given.text or None,
        tools=_one(given.name),
        versions=_one(given.version),
        statuses=_one(given.status),
        hosts=_one(given.host),
        agents=_one(given.agent),
        parameters=_parameters(given.parameter),
        since=given.since or None,
        until=given.until or None,
        invalid=bool(given.invalid),
    )
    return _found(info, wanted, (Kind.ACTIVITY,), first, after)


def agents(info: Info, first: First = 20, after: After = strawberry.UNSET) -> ListPage:
    """List the agents.

    Args:
        info: the request, with its store and its batches.
        first: how many.
        after: the cursor behind which the page begins.

    Returns:
        A page of them.

    Raises:
        GraphQLError: the number or the cursor makes no sense.
    """
    return _found(info, Search(), (Kind.AGENT,), first, after)


def loads(info: Info, first: First = 20, after: After = strawberry.UNSET) -> ListPage:
    """List what was loaded.

    Args:
        info: the request, with its store and its batches.
        first: how many.
        after: the cursor behind which the page begins: a load's id.

    Returns:
        A page of loads, the newest first.

    Raises:
        GraphQLError: the number or the cursor makes no sense.
    """
    _check(first)
    try:
        page = info.context.store.newest_loads(first, after or None)
    except ValueError as error:
        raise bad_input(str(error)) from None
    members = tuple(ListMember(load, load.id) for load in page.loads)
    return ListPage(members, lambda: page.total, page.follows, bool(after))


def _found(
    info: Info, wanted: Search, kinds: tuple[Kind, ...], first: int, after: str | None
) -> ListPage:
    def ask(request: PageRequest) -> FoundPage:
        return searching.search(info.context.store, wanted, kinds, page=request)

    return list_page(ask, first, after)


def list_page(ask: Callable[[PageRequest], FoundPage], first: int, after: str | None) -> ListPage:
    """Make a page of what a question finds.

    Args:
        ask: the question.
        first: how many members.
        after: the cursor behind which the page begins.

    Returns:
        The page.

    Raises:
        GraphQLError: the number, the cursor or another argument makes no sense.
    """
    _check(first)
    try:
        page = ask(PageRequest(first, after or None))
    except SettingsError as error:
        raise bad_input(str(error)) from None

    def count() -> int:
        if page.total is not None:
            return page.total
        return ask(PageRequest(size=0, counted=True)).total or 0

    members = tuple(ListMember(each.node, each.cursor) for each in page.found)
    follows = page.after is not None or (first == 0 and count() > 0)
    return ListPage(members, count, follows, bool(after))


def _check(first: int) -> None:
    if not 0 <= first <= MOST_MEMBERS:
        raise bad_input(f"first: {first} is not from 0 to {MOST_MEMBERS:,}")


def _parameters(given: ParameterFilter | None) -> tuple[ParameterValue, ...]:
    return (ParameterValue(given.name, given.value),) if given else ()


def _one(value: str | None) -> tuple[str, ...]:
    """The value of a condition, if it is given."""
    return (value,) if value or value == "" else ()
