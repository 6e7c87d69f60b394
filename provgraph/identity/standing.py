"""Where entities stand.

Each place is a sequence of writes, and a file stands there until the next one (rule 4).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from provgraph.identity.files import File, RunTimes


@dataclass(frozen=True, slots=True)
class Standing:
    """One entity at one place.

    Attributes:
        place: the path or URL, as an identifier.
        rank: sorts the entities that stood at one place, the newest greatest.
        since: when it was last written or seen there; "" when not known.
        until: when the next write there ended that; None while it stands.
    """

    place: str
    rank: int
    since: str
    until: str | None


def newest_first(standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """An entity's places.

    Those where it still stands first, of those the newest, of equal ones the smallest.
    """
    by_place = sorted(standings, key=lambda standing: standing.place)
    by_time = sorted(by_place, key=lambda standing: standing.since, reverse=True)
    return tuple(sorted(by_time, key=lambda standing: standing.until is not None))


class Timeline:
    """The writes at one place.

    A write has an odd rank, twice its index and one; a sighting after ``n`` writes the even rank
    ``2 n``.
    """

    def __init__(self, writes: Sequence[File]) -> None:
        """Take the writes in their order."""
        self.writes = writes
        self._orders = [file.run.order for file in writes]
        self._index = {id(file): index for index, file in enumerate(writes)}

    def count_before(self, reader: RunTimes) -> int:
        """How many of the writes are of runs that come before the reader in the order of runs (rule
        5).
        """
        return bisect_left(self._orders, reader.order)

    def rank_of_write(self, file: File) -> int:
        """The rank of one of the writes."""
        return 2 * self._index[id(file)] + 1

    def rank_of_sighting(self, reader: RunTimes) -> int:
        """The rank of a file that the reader met there when it started."""
        count = self.count_before(reader)
        return 2 * bisect_right(
            self.writes, reader.start, hi=count, key=lambda file: file.run.generated
        )

    def after(self, rank: int) -> Iterator[File]:
        """The writes after a write or a sighting."""
        return islice(self.writes, (rank + 1) // 2, None)


def loss_of_all(standings: Sequence[Standing]) -> str | None:
    """When the last of the places was lost.

    None while one of them still holds, or when there is none.
    """
    lost = [standing.until for standing in standings if standing.until is not None]
    return max(lost) if lost and len(lost) == len(standings) else None
