"""What is invalid and what that reached: the protocol of all stores, and what they do alike.

How far the invalid records reach is asked from two sides. Mostly little was made from them, so the
store walks down from all of them. A file that everything was made from would make that walk as
large as the store; then the walk goes up from the records that are asked about, which is no larger
than their lineage.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from provgraph.model.filters import PageRequest
from provgraph.model.recalls import Recall
from provgraph.store.records import FoundPage

#: How many pairs of an invalid record and one that was made from it are walked down to at most,
#: before the walk goes up instead.
MOST_PAIRS = 10_000
#: About how many records at most a walk up is tried; more of them share the walk down.
MOST_ASKED = 2_000
#: The data levels of what is handed out (docs/contract.md, Commands).
DELIVERED_LEVELS = ("DL3", "DL4", "DL5", "DL6")


class Taints(Protocol):
    """Which records are invalid, and which were made from them."""

    def taints(self, keys: Collection[bytes]) -> dict[bytes, tuple[str, ...]]:
        """The invalid records that some records were made from.

        That is known by the relations that lead to the origin (`ORIGIN_RELATIONS`), however far the
        invalid record is. A run that a recall means was made from the recall
        (`provgraph.model.recalls`). Where nothing is invalid this costs one look at an index.

        Args:
            keys: of the records.

        Returns:
            Key → the sorted ids of the invalid records; untainted records are left out. No record
            taints itself.
        """

    def recalls(self) -> list[str]:
        """The ids of the recalls that are marked, sorted. This costs one look at an index."""

    def runs_of(self, recall: Recall, among: Collection[bytes] | None = None) -> set[bytes]:
        """The runs that a recall means.

        Args:
            recall: the rule.
            among: the keys of the runs that are asked about; None for all.

        Returns:
            Their keys.
        """

    def tainted(self, since: str | None, page: PageRequest) -> FoundPage:
        """The products that were delivered and were made from invalid records, the newest first.

        A product is a file that a known run made, and that was not overwritten. It was delivered
        when its data level is one of `DELIVERED_LEVELS`, or when no known run used it.

        Args:
            since: made then or later; canonical UTC, None for any time.
            page: how many, and behind which.

        Returns:
            One page. No node bears ``tainted``.

        Raises:
            ValueError: the cursor is none that an earlier page gave.
        """


def taints_within(
    edges: Iterable[tuple[bytes, bytes]],
    seeds: Mapping[bytes, Iterable[bytes]],
    wanted: Iterable[bytes],
) -> Iterator[tuple[bytes, bytes]]:
    """Find which of some marks reach which records along some relations.

    The marks that reach a record are the bits of one number, so a record that thousands of them
    reach costs little more than another.

    Args:
        edges: the keys of effect and cause.
        seeds: key of an invalid record → where it begins to reach: the record itself, or the runs
            that a recall means.
        wanted: the keys of the records that are asked about.

    Yields:
        The key of an invalid record, and that of a record that was made from it.
    """
    effects: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for effect, cause in edges:
        effects[cause].append(effect)
    marks = list(seeds)
    reached: defaultdict[bytes, int] = defaultdict(int)
    for number, mark in enumerate(marks):
        for key in seeds[mark]:
            reached[key] |= 1 << number
    queue = list(reached)
    while queue:
        cause = queue.pop()
        for effect in effects.get(cause, ()):
            both = reached[effect] | reached[cause]
            if both != reached[effect]:
                reached[effect] = both
                queue.append(effect)
    for key in set(wanted) & reached.keys():
        yield from ((mark, key) for mark in _members(reached[key], marks) if mark != key)


def _members(bits: int, marks: list[bytes]) -> Iterator[bytes]:
    while bits:
        lowest = bits & -bits
        yield marks[lowest.bit_length() - 1]
        bits ^= lowest


def taints_by_key(
    pairs: Iterable[tuple[bytes, bytes]], ids: Mapping[bytes, str]
) -> dict[bytes, tuple[str, ...]]:
    """Sort pairs of an invalid record and one that was made from it by the latter.

    Args:
        pairs: their keys.
        ids: key of an invalid record → its id.

    Returns:
        As `Taints.taints`.
    """
    found: defaultdict[bytes, set[str]] = defaultdict(set)
    for mark, key in pairs:
        found[key].add(ids[mark])
    return {key: tuple(sorted(marks)) for key, marks in found.items()}
