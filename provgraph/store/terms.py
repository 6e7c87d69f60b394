"""What records are searched by: the same terms in every store, made in this one place.

An entry of the index stands for one record. Its terms are words and marks. A word is what people
type: ``run1`` of ``/data/Run1.dl3.fits``. A mark stands for a value that has to be met as a whole,
such as a data level or a folder; it is a hash behind a line, ``_8a3f…``, so it is never a word.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from provgraph.model.lineage import Node
from provgraph.model.records import SOFTWARE, Agent, Run, Settings
from provgraph.model.values import Value, canonical_json, fingerprint
from provgraph.model.vocabulary import Kind
from provgraph.store.nodes import INDEXED, activity_node, agent_node, entity_node, folded
from provgraph.store.records import EntityRecord

_WORD = re.compile(r"[^\W_]+")
#: How many words of one record are searched.
_MOST_WORDS = 2_000
#: A longer text is no path: Linux allows 4,096 bytes.
_LONGEST_PATH = 4_096
INVALID = ("invalid", "")
OVERWRITTEN = ("overwritten", "")
#: How many values of one parameter are searched.
_MOST_VALUES = 100
#: A number as JSON or Python writes it; longer ones are compared as texts.
_NUMBER = re.compile(r"[+-]?[0-9]{1,24}(\.[0-9]{0,24})?(e[+-]?[0-9]{1,3})?")


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
        external: whether it is a file that no known run made. Such files mostly have no time, so
            they stand at the end of the newest first: a search for them goes along an index of
            its own (docs/explanation/decisions/0018-files-of-no-known-run.md).
        early: whether it is a file that stood somewhere before ``time``. All others stood nowhere
            then: who asks for an earlier time need not look at them.
    """

    kind: Kind
    key: bytes
    number: int
    time: str
    name: str
    terms: str
    external: bool = False
    early: bool = False


def words_in(text: str) -> list[str]:
    """Split a text into words: in lower case, at everything that is not alphanumeric.

    Args:
        text: what somebody types, or what a record bears.

    Returns:
        The words, each once, and of each the first 64 characters. Example: ``Run1_v2.fits`` gives
        ``run1``, ``v2`` and ``fits``.
    """
    return list(dict.fromkeys(word[:INDEXED] for word in _WORD.findall(text.casefold())))


def entry_of(node: Node, *, external: bool = False, early: bool = False) -> Entry:
    """Make the entry of a record.

    Args:
        node: an entity, an activity or an agent, as answers show it.
        external: whether it is an entity that no known run made.
        early: whether it is an entity that stood somewhere before it was made.
    """
    texts = (node.id, node.name or "", *node.identifiers, *node.locations, node.host or "")
    words = words_in(" ".join(dict.fromkeys(texts)))[:_MOST_WORDS]
    marks = dict.fromkeys([mark(*each) for each in _said_of(node)])
    if node.kind is Kind.ENTITY:
        marks |= dict.fromkeys(mark for place in node.locations for mark in _within(place))
    time = node.start_time or node.end_time or node.generated_at or ""
    return Entry(
        node.kind,
        node.key,
        number_of(node.key),
        time.removesuffix("Z"),
        folded(node.name or ""),
        " ".join((*words, *marks)),
        external,
        early,
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
    nodes = (*map(activity_node, runs), *map(agent_node, agents))
    of_entities = (
        entry_of(entity_node(each), external=each.external, early=is_early(each))
        for each in entities
    )
    return sorted((*map(entry_of, nodes), *of_entities), key=attrgetter("number"))


def is_early(entity: EntityRecord) -> bool:
    """Tell whether an entity stood somewhere before the time at which it was made.

    A reader saw it there that had begun before its maker ended, or nobody knows since when it stood
    there.

    Args:
        entity: with all its places.
    """
    made = entity.generated_at
    return made is not None and any(each.since < made for each in entity.standings)


def terms_of_settings(settings: Settings) -> list[str]:
    """The terms by which runs are found that were set up so.

    A parameter is found by its full name, and by what stands behind any dot of it; by its value,
    and by each value in a list or an object. The member ``a`` of an object is a parameter ``….a``,
    too. Packages are no parameters.

    Args:
        settings: of runs.

    Returns:
        The terms, each once.
    """
    if settings.name == SOFTWARE:
        return []
    found: dict[str, None] = {}
    for name, value in settings.values.items():
        if isinstance(value, dict | list | tuple):
            found |= _marks_of_json(name, canonical_json(value))
        else:
            found |= _marks_of_value(name, value)
    return list(found)


@lru_cache(1 << 13, typed=True)
def _marks_of_value(full_name: str, value: Value) -> dict[str, None]:
    """The marks of a parameter; settings that are new have most of their values in common."""
    return {
        parameter_mark(ending, text): None
        for name, text in islice(_texts_of(full_name, value), _MOST_VALUES)
        for ending in _endings(name.casefold())
    }


@lru_cache(1 << 12)
def _marks_of_json(full_name: str, text: str) -> dict[str, None]:
    return _marks_of_value.__wrapped__(full_name, json.loads(text))


def _texts_of(name: str, value: Value) -> Iterator[tuple[str, str]]:
    """The names and values that a parameter can be asked by; the whole value first."""
    if not isinstance(value, dict | list | tuple):
        yield name, compared(value if isinstance(value, str) else canonical_json(value))
        return
    yield name, canonical_json(value).casefold()
    members = value.items() if isinstance(value, dict) else (("", each) for each in value)
    for key, member in members:
        for inner, text in _texts_of(f"{name}.{key}" if key else name, member):
            yield inner, text
            if key:
                yield name, text


def compared(value: str) -> str:
    """Bring a value of a parameter into the form in which values are compared.

    Example: ``4.0``, ``4`` and ``40e-1`` are one number; words are alike in any case.

    Args:
        value: a text, or a number as JSON writes it.

    Returns:
        The text that is the same for values that are alike.
    """
    folded_value = value.casefold()
    if _NUMBER.fullmatch(folded_value):
        return str(Decimal(folded_value).normalize() + 0)
    return folded_value


def _endings(name: str) -> Iterator[str]:
    """``a.b.c`` gives ``a.b.c``, ``b.c`` and ``c``."""
    while name:
        yield name
        name = name.partition(".")[2]


def parameter_mark(name: str, value: str) -> str:
    """Make the term that stands for a parameter with a value.

    Args:
        name: the folded name, or what it ends in behind a dot.
        value: in the form of `compared`.

    Returns:
        The term.
    """
    # Half of what a load adds to the index are these: the shortest way to a hash.
    return "_" + hashlib.blake2b(f"{name}={value}".encode(), digest_size=8).hexdigest()


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
        yield INVALID
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
            yield OVERWRITTEN


def _within(location: str) -> Iterator[str]:
    """The marks of a path or URL and of the folders that it is in."""
    folder = location.rpartition("/")[0]
    if folder and not folder.endswith(":/") and len(location) <= _LONGEST_PATH:
        yield mark("under", location)
        yield from _marks_of_folders(folder)
    else:
        yield from _marks_of_folders(location)


@lru_cache(1 << 12)
def _marks_of_folders(folder: str) -> tuple[str, ...]:
    return tuple(mark("under", each) for each in _folders(folder))


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


@lru_cache(1 << 14)
def mark(what: str, value: str) -> str:
    """Make the term that stands for a value as a whole.

    Args:
        what: the value is of the record, such as ``level``.
        value: the value.

    Returns:
        A term that is no word.
    """
    return "_" + fingerprint("search", what, value).hex()[:16]
