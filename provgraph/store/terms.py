"""What records are searched by: the same terms in every store, made in this one place.

An entry of the index stands for one record. Its terms are words and marks. A word is what people
type: ``run1`` of ``/data/Run1.dl3.fits``. A mark stands for a value that has to be met as a whole,
such as a data level or a folder; it is a hash behind a line, ``_8a3f…``, so it is never a word.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from provgraph.errors import StoreError
from provgraph.model.filters import NAMED_KINDS, Search
from provgraph.model.identifiers import location_of, place_of
from provgraph.model.lineage import Node
from provgraph.model.records import Agent, Run
from provgraph.model.values import fingerprint
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.nodes import INDEXED, activity_node, agent_node, entity_node, folded
from provgraph.store.records import EntityRecord

#: Some terms, any of which will do. What ends in a star is the beginning of a word.
Choice = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+")
#: How many words of one record are searched.
_MOST_WORDS = 2_000
#: A longer text is no path: Linux allows 4,096 bytes.
_LONGEST_PATH = 4_096
_NAMESPACE = re.compile("file://(?P<namespace>[^/]+)(?P<path>/.*)", re.DOTALL)
_INVALID = ("invalid", "")
_OVERWRITTEN = ("overwritten", "")


class Entry(NamedTuple):
    """A record in the index.

    Attributes:
        kind: of the record.
        key: of the record.
        number: the first eight bytes of the key, since SQLite's full-text index names rows by 64
            bits. A key is a hash, so no two records of a store share them.
        time: when the run started, or when the file was made; canonical, "" where nobody says it.
        name: what the record is called, as an index holds it; "" without.
        terms: separated by spaces.
    """

    kind: Kind
    key: bytes
    number: int
    time: str
    name: str
    terms: str


@dataclass(frozen=True, slots=True)
class Sought:
    """What has to be true of the entries of some kinds.

    Attributes:
        kinds: of the records.
        choices: of each of them the entry has a term.
        related: a relation that leads from the record to another one → of each of these choices
            the other record's entry has a term.
        since: the earliest time, canonical; None for any.
        until: the latest time, canonical; None for any.
        external: whether no known run may have made the record.
    """

    kinds: tuple[Kind, ...]
    choices: tuple[Choice, ...]
    related: tuple[tuple[RelationType, tuple[Choice, ...]], ...] = ()
    since: str | None = None
    until: str | None = None
    external: bool = False


def without_entries() -> StoreError:
    """Make the error for a store that an older provgraph made, and no writer has come since."""
    return StoreError(
        "an older provgraph made this store, and nothing can be searched in it yet: the next "
        "`provgraph load` brings it up to date"
    )


def words_in(text: str) -> list[str]:
    """Split a text into words: in lower case, at everything that is not alphanumeric.

    Args:
        text: what somebody types, or what a record bears.

    Returns:
        The words, each once, and of each the first 64 characters. Example: ``Run1_v2.fits`` gives
        ``run1``, ``v2`` and ``fits``.
    """
    return list(dict.fromkeys(word[:INDEXED] for word in _WORD.findall(text.casefold())))


def entry_of(node: Node) -> Entry:
    """Make the entry of a record.

    Args:
        node: an entity, an activity or an agent, as answers show it.
    """
    texts = (node.id, node.name or "", *node.identifiers, *node.locations, node.host or "")
    words = words_in(" ".join(dict.fromkeys(texts)))[:_MOST_WORDS]
    marks = dict.fromkeys(_mark(*each) for each in _said_of(node))
    time = node.start_time or node.end_time or node.generated_at or ""
    return Entry(
        node.kind,
        node.key,
        number_of(node.key),
        time.removesuffix("Z"),
        folded(node.name or ""),
        " ".join((*words, *marks)),
    )


def entries_of(
    runs: Iterable[Run] = (), entities: Iterable[EntityRecord] = (), agents: Iterable[Agent] = ()
) -> list[Entry]:
    """Make the entries of many records.

    Args:
        runs: with all their facts.
        entities: any number.
        agents: any number.

    Returns:
        The entries by number: out of order, SQLite would write its index anew for each.
    """
    nodes = (*map(activity_node, runs), *map(entity_node, entities), *map(agent_node, agents))
    return sorted(map(entry_of, nodes), key=attrgetter("number"))


def number_of(key: bytes) -> int:
    """The number of an entry.

    Args:
        key: of the record.
    """
    return int.from_bytes(key[:8], signed=True)


def _said_of(node: Node) -> Iterator[tuple[str, str]]:
    """What of a record has to be met as a whole: what it is, and the value."""
    if node.type:
        yield "type", folded(node.type)
    if node.invalidation is not None:
        yield _INVALID
    if node.kind is Kind.ACTIVITY:
        yield "tool", folded(node.name or "")
        yield "version", folded(node.version or "")
        yield "status", folded(node.status or "")
        yield "host", folded(node.host or "")
    elif node.kind is Kind.AGENT:
        yield "agent", folded(node.id)
        yield "agent", folded(node.name or node.id)
    else:
        yield "level", folded(node.data_level or "")
        if node.invalidated_at is not None:
            yield _OVERWRITTEN
        for location in node.locations:
            yield from (("under", folder) for folder in _folders(location))


def _folders(location: str) -> Iterator[str]:
    """A path or URL itself, and the folders that it is in: ``/a/b`` gives ``/a/b``, ``/a``, ``/``.

    The beginning of a URL is no folder: ``root://host/x`` is in ``root://host``.
    """
    if len(location) > _LONGEST_PATH:
        return
    folder = location
    while folder and not folder.endswith(":/"):
        yield folder
        if folder == "/":
            return
        folder = folder.rpartition("/")[0] or ("/" if folder.startswith("/") else "")


@lru_cache(1 << 15)
def _mark(what: str, value: str) -> str:
    return "_" + fingerprint("search", what, value).hex()[:16]


# What is looked for.


def sought(search: Search, kinds: tuple[Kind, ...]) -> tuple[Sought, ...]:
    """Find what the entries of each kind have to be like.

    Conditions of runs (tool, version, status, host) mean runs. They mean files, too, where files
    are asked for: those that such a run made.

    Args:
        search: what is looked for.
        kinds: of the records.

    Returns:
        None where no record can be so; a record is found by one of them at most.
    """
    if search.of_runs and kinds == NAMED_KINDS and not search.of_files:
        kinds = (Kind.ACTIVITY,)
    found: dict[Sought, tuple[Kind, ...]] = {}
    for kind in kinds:
        wanted = _of_kind(search, kind)
        if wanted is not None:
            found[wanted] = (*found.get(wanted, ()), kind)
    return tuple(
        Sought(same, each.choices, each.related, each.since, each.until, each.external)
        for each, same in found.items()
    )


def _of_kind(search: Search, kind: Kind) -> Sought | None:
    """What one kind of records has to be like, the kind left open; None where none can be."""
    choices, related = list(_own_choices(search)), []
    of_runs = tuple(_run_choices(search))
    if kind is Kind.ACTIVITY:
        choices += of_runs
    elif of_runs and kind is Kind.ENTITY:
        related.append((RelationType.WAS_GENERATED_BY, of_runs))
    elif of_runs:
        return None
    if search.agents:
        if kind is Kind.AGENT:
            return None
        related.append((_ANSWERING[kind], (_marks("agent", search.agents),)))
    if search.external and kind is not Kind.ENTITY:
        return None
    return Sought(
        (),
        tuple(choices),
        tuple(related),
        search.since,
        search.until,
        search.external,
    )


#: By which relation an agent answers for a record of each kind.
_ANSWERING = {
    Kind.ACTIVITY: RelationType.WAS_ASSOCIATED_WITH,
    Kind.ENTITY: RelationType.WAS_ATTRIBUTED_TO,
}


def _own_choices(search: Search) -> Iterator[Choice]:
    yield from ((f"{word}*",) for word in words_in(search.text or ""))
    if search.types:
        yield _marks("type", search.types)
    if search.data_levels:
        yield _marks("level", search.data_levels)
    if search.under is not None:
        yield _marks_of_folder(search.under)
    if search.invalid:
        yield (_mark(*_INVALID),)
    if search.overwritten:
        yield (_mark(*_OVERWRITTEN),)


def _run_choices(search: Search) -> Iterator[Choice]:
    for what, values in (
        ("tool", search.tools),
        ("version", search.versions),
        ("status", search.statuses),
        ("host", search.hosts),
    ):
        if values:
            yield _marks(what, values)


def _marks(what: str, values: tuple[str, ...]) -> Choice:
    return tuple(_mark(what, folded(each)) for each in values)


def _marks_of_folder(path: str) -> Choice:
    """A folder as locations name it: also ``file://NAMESPACE/data``, which is no URL of a host."""
    places = [place_of(path)]
    if named := _NAMESPACE.match(path):
        places.append(place_of(named["path"], named["namespace"]))
    return tuple(_mark("under", location_of(place)) for place in places)
