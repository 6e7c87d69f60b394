"""Stored records as answers show them: the same in every store."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from provgraph.model.attributes import text_of
from provgraph.model.derived import INVALIDATED, end_of, invalidation_of, start_of, status_of
from provgraph.model.filters import SEARCH_ORDERS, Filter, PageRequest, SortOrder
from provgraph.model.identifiers import base_name, local_name, location_of
from provgraph.model.lineage import WALK_LIMIT, Node
from provgraph.model.records import Agent, Description, Fact, Run, first_text, key_of
from provgraph.model.values import Attributes, with_zone
from provgraph.model.vocabulary import Kind
from provgraph.prov.names import VOPROV
from provgraph.store.records import EntityRecord, Found, FoundPage

T = TypeVar("T")
_LABELS = ("prov:label", "prov:name", "http://www.w3.org/2000/01/rdf-schema#label", VOPROV + "name")
#: Facts of a run that have a field of their own in a Node.
SHOWN_FACTS = frozenset({Fact.NAME, Fact.VERSION, Fact.STATUS, Fact.START, Fact.END, Fact.HOST})


#: How many characters of a name an index holds.
INDEXED = 64


def folded(name: str) -> str:
    """A name as an index holds it: of any case, and not too long for an index.

    Args:
        name: a label, a base name, or the last part of a URI.
    """
    return name.casefold()[:INDEXED]


def asked_names(kind: Kind, identifier: str, name: str | None) -> dict[str, str | None]:
    """By which names people may ask for a record, besides its identifiers.

    Args:
        kind: of the record.
        identifier: its id.
        name: what answers call it.

    Returns:
        ``local``: the last part of the URI that a document gives it; ``called``: its name, without
        one the same; ``head``: the beginning of its id. All as an index holds them.
    """
    local = local_name(identifier)
    is_uri = identifier.startswith("prov:") if kind is Kind.ENTITY else local != identifier
    last = folded(local) if is_uri and local else None
    return {
        "called": folded(name) if name else last,
        "local": last,
        "head": identifier[:INDEXED],
    }


def run_name(run: Run) -> str | None:
    """What answers call a run.

    Args:
        run: with all its facts.
    """
    return first_text(run.facts, Fact.NAME) or label_of(run.facts)


def entity_name(record: EntityRecord) -> str | None:
    """The base name of an entity's first path, or its attribute ``name``, or a label, or nothing.

    A URL with a query ends in no file name, so it is the last choice.

    Args:
        record: the entity.
    """
    names = [base_name(standing.place) for standing in record.standings[:1]]
    if names and "?" not in names[0]:
        return names[0]
    attributes = record.attributes
    return first_text(attributes, "name") or label_of(attributes) or next(iter(names), None)


def agent_name(agent: Agent) -> str | None:
    """What answers call an agent.

    Args:
        agent: the agent.
    """
    return agent.name or label_of(agent.attributes)


def activity_node(run: Run) -> Node:
    """A run as a node.

    A fact with a field of its own stays among the attributes only when its values differ or say
    more.

    Args:
        run: with all its facts.
    """
    status = status_of(run.facts)
    attributes = {
        name: values
        for name, values in run.facts.items()
        if name not in SHOWN_FACTS or len(values) > 1
    }
    if run.facts.get(Fact.STATUS, (status,)) != (status,):
        attributes[Fact.STATUS] = run.facts[Fact.STATUS]
    return Node(
        key=key_of(Kind.ACTIVITY, run.id),
        id=run.id,
        kind=Kind.ACTIVITY,
        name=run_name(run),
        version=first_text(run.facts, Fact.VERSION),
        status=status,
        start_time=with_zone(start_of(run.facts)),
        end_time=with_zone(end_of(run.facts)),
        host=first_text(run.facts, Fact.HOST),
        invalidation=invalidation_of(run.facts) if INVALIDATED in run.facts else None,
        attributes=attributes,
    )


def entity_node(record: EntityRecord) -> Node:
    """An entity as a node.

    Args:
        record: the entity.
    """
    places = [standing.place for standing in record.standings]
    return Node(
        key=key_of(Kind.ENTITY, record.id),
        id=record.id,
        kind=Kind.ENTITY,
        name=entity_name(record),
        type=record.type,
        location=location_of(places[0]) if places else None,
        locations=tuple(map(location_of, places)),
        identifiers=record.identifiers,
        generated_at=with_zone(record.generated_at),
        invalidated_at=with_zone(record.invalidated_at),
        data_level=record.data_level,
        invalidation=invalidation_of(record.attributes)
        if INVALIDATED in record.attributes
        else None,
        attributes=record.attributes,
    )


def agent_node(agent: Agent) -> Node:
    """An agent as a node.

    Args:
        agent: the agent.
    """
    return Node(
        key=key_of(Kind.AGENT, agent.id),
        id=agent.id,
        kind=Kind.AGENT,
        name=agent_name(agent),
        type=agent.type,
        attributes=agent.attributes,
    )


def description_node(description: Description) -> Node:
    """A description as a node, called by the name that it gives.

    Args:
        description: the description.
    """
    return Node(
        key=description.as_end.key,
        id=description.id,
        kind=description.type.kind,
        name=first_text(description.attributes, "name"),
        type=description.type,
        version=first_text(description.attributes, "version"),
        attributes=description.attributes,
    )


@dataclass(slots=True)
class Known(Generic[T]):
    """Remembers what was read by keys that are hashes of it, such as the keys of settings.

    What such a key stands for never changes, whoever writes, so what was read once stays true.
    """

    _known: dict[bytes, T] = field(default_factory=dict, init=False)

    def of(
        self, keys: Collection[bytes], read: Callable[[list[bytes]], Mapping[bytes, T]]
    ) -> dict[bytes, T]:
        """What some keys stand for.

        Args:
            keys: of any number.
            read: reads it of those keys that are not known yet; unknown ones are left out.

        Returns:
            Key → what it stands for.
        """
        known = self._known
        if known.keys() >= set(keys):
            return {key: known[key] for key in keys}
        found = {key: known[key] for key in keys if key in known}
        if missing := [key for key in keys if key not in found]:
            new = read(missing)
            # Another thread may be at it, too: nothing is taken out of what it looks at.
            self._known = {**(known if len(known) < _MOST_KNOWN else {}), **new}
            found |= new
        return found


#: So many keys are kept in memory; what comes then takes the place of all of them.
_MOST_KNOWN = 10_000


#: `provgraph.store.protocol.Questions.find`.
Find = Callable[[Filter, SortOrder, PageRequest], FoundPage]


@dataclass(slots=True)
class KnownPlaces:
    """Remembers which files stood at the places that somebody asked for, in one state of a store.

    What runs name in their configuration are mostly the same places, and no file of the store ever
    stood at most of them; until somebody has written, that stays so.
    """

    #: The state, and place → the files. Nothing is taken out: another thread may look at it.
    _known: tuple[bytes | None, dict[str, tuple[Node, ...]]] = field(
        default_factory=lambda: (None, {}), init=False
    )

    def of(
        self, places: Collection[str], state: bytes | None, find: Find
    ) -> dict[str, tuple[Node, ...]]:
        """See `provgraph.store.protocol.Questions.files_at`.

        Args:
            places: as identifiers.
            state: of the store; what is found is of this state or of a newer one.
            find: finds records (`provgraph.store.protocol.Questions.find`).

        Returns:
            Place → the files, by id.
        """
        known_state, known = self._known
        if state is None or known_state != state or len(known) > _MOST_KNOWN:
            known = {}
            if state is not None:
                self._known = state, known
        if missing := [place for place in places if place not in known]:
            known.update(dict.fromkeys(missing, ()) | _read(missing, find))
        return {place: files for place in places if (files := known[place])}


def _read(places: Collection[str], find: Find) -> dict[str, tuple[Node, ...]]:
    wanted = Filter(identifiers=tuple(sorted(places)), kinds=(Kind.ENTITY,))
    page = find(wanted, SortOrder.ID, PageRequest(size=WALK_LIMIT))
    return by_place((each.node for each in page.found), places)


def by_place(files: Iterable[Node], places: Collection[str]) -> dict[str, tuple[Node, ...]]:
    """Sort files by the places where they ever stood.

    Args:
        files: in any order, each once.
        places: those that are wanted, as identifiers.

    Returns:
        Place → the files, by id; only of places where any stood.
    """
    wanted = frozenset(places)
    found: defaultdict[str, list[Node]] = defaultdict(list)
    for node in sorted(files, key=lambda file: file.id):
        for place in wanted.intersection(node.identifiers):
            found[place].append(node)
    return {place: tuple(some) for place, some in found.items()}


def label_of(attributes: Attributes) -> str | None:
    """What a PROV document calls a record for people.

    Args:
        attributes: of the record.

    Returns:
        The first of its labels, or its name in the IVOA flavour; None without.
    """
    found = (attributes[name] for name in _LABELS if name in attributes)
    return next((text_of(values[0]) for values in found), None)


def is_search(wanted: Filter, order: SortOrder) -> bool:
    """Tell whether a filter searches, rather than names records.

    Args:
        wanted: which records.
        order: of the answer.

    Raises:
        ValueError: it does both, or the order is one of the other.
    """
    names = (wanted.identifiers, wanted.version, wanted.base_name)
    searches = wanted.search is not None
    if searches and any(each is not None for each in names):
        raise ValueError("a filter either searches or names records")
    if searches != (order in SEARCH_ORDERS):
        raise ValueError(f"no such answer can be in the order {order.value}")
    return searches


def meeting_all(answers: Sequence[list[T]], key: Callable[[T], bytes]) -> list[T]:
    """What all conditions of a filter lead to.

    Args:
        answers: what each condition leads to.
        key: the key of a record that was found.

    Returns:
        Those of the first answer whose record is in all others, too.

    Raises:
        ValueError: the filter has no condition.
    """
    if not answers:
        raise ValueError("a filter needs a condition: identifiers, version, base_name or search")
    first, *others = answers
    for other in others:
        keys = set(map(key, other))
        first = [each for each in first if key(each) in keys]
    return first


def on_all_pages(ask: Callable[[PageRequest], FoundPage], after: str | None = None) -> list[Found]:
    """Find all records that a question has, page after page.

    Args:
        ask: asks for one page.
        after: the cursor behind which the first page begins; None for the very first.

    Returns:
        The records in the order of the question.
    """
    found: list[Found] = []
    while True:
        page = ask(PageRequest(after=after))
        found += page.found
        if (after := page.after) is None:
            return found


def found_page(found: Iterable[Found], order: SortOrder, page: PageRequest) -> FoundPage:
    """One page of what a store found.

    Args:
        found: all that meets the filter, in any order.
        order: of the answer.
        page: how much of it, and behind which record.

    Returns:
        The page. Its cursor says behind which record the next one begins, so what is written
        meanwhile moves nothing.

    Raises:
        ValueError: the page's cursor is none that this order gave.
    """
    ordered = sorted(found, key=lambda each: _sort_key(each, order))
    total = len(ordered)
    if page.after is not None:
        last = _cursor(page.after, order)
        ordered = [each for each in ordered if _sort_key(each, order) > last]
    some = tuple(ordered[: page.size])
    if len(ordered) <= page.size:
        return FoundPage(some, total=total)
    return FoundPage(some, json.dumps(_sort_key(some[-1], order)), total)


def _sort_key(found: Found, order: SortOrder) -> tuple[int, str, str, str]:
    first = -found.rank if order is SortOrder.NEWEST else 0
    return first, found.node.id, found.node.kind.value, found.place or ""


def _cursor(text: str, order: SortOrder) -> tuple[int, str, str, str]:
    """The sort key of the last record of the page before."""
    match json.loads(text):
        case [int(first), str(identifier), str(kind), str(place)]:
            if order is SortOrder.NEWEST or first == 0:
                return first, identifier, kind, place
    raise ValueError(f"{text!r} is no cursor of an answer in this order")
