"""The parameters of runs as lines of COPY.

Nine rows of ten are these, and thousands of runs share their settings.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import mul
from typing import TypeVar

from provgraph.model.records import SOFTWARE
from provgraph.relational_mirror.checksums import Group, checksum, link_group, row_text
from provgraph.relational_mirror.mapping import (
    LONGEST_KEY,
    ODD_PARAMETERS,
    Settings,
    parameter_text,
)
from provgraph.relational_mirror.records import Content, Record
from provgraph.relational_mirror.staging import line

K = TypeVar("K", bound=Hashable)
_KEPT = 2_000


@dataclass(frozen=True)
class Tails:
    """Of some settings the names of the parameters, and their rows behind the name in the key, as
    COPY has them.
    """

    names: list[str]
    rows: list[str]
    longest: int
    plain: Sequence[tuple[str, str | None]]

    @cached_property
    def is_plain(self) -> bool:
        """Whether no name is there twice."""
        return len(set(self.names)) == len(self.names)

    @cached_property
    def row_sum(self) -> int:
        """The sum of the checksums of their rows in table parameters."""
        return sum(checksum(row_text(name, name, value, None)) for name, value in self.plain)

    @cached_property
    def link_checksums(self) -> list[int]:
        """The checksums of their rows in table wasConfiguredBy."""
        return [checksum(f"_{name}") for name, _ in self.plain]


@dataclass(frozen=True, slots=True)
class Block:
    """All parameters of one activity.

    Attributes:
        head: the key of each row begins with this.
        key: of the activity.
        id: the same, as it is.
        tails: of its settings.
    """

    head: str
    key: str
    id: str
    tails: Tails

    def __len__(self) -> int:
        return len(self.tails.names)

    def rows(self, prefix: str) -> Iterable[str]:
        """The rows of table parameters."""
        head = prefix + self.head
        return [head + tail for tail in self.tails.rows]

    def links(self, prefix: str, numbers: Sequence[int]) -> Iterator[str]:
        """The rows of table wasConfiguredBy."""
        middle = f"\tParameter\t{self.key}\t\\N\t{self.head}"
        for number, name in zip(numbers, self.tails.names, strict=True):
            yield f"{prefix}{number}{middle}{name}\n"

    def sums(self, numbers: Sequence[int]) -> Iterator[Group]:
        """Both tables' sums."""
        yield Group("parameters", f"{self.id}_", len(self), self.tails.row_sum)
        total = sum(map(mul, numbers, self.tails.link_checksums))
        yield Group("wasConfiguredBy", link_group(self.id, "Parameter", None), len(self), total)


class Blocks:
    """Makes blocks, and keeps what activities share."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._tails: OrderedDict[str, Tails] = OrderedDict()
        self._joined: OrderedDict[tuple[str, ...], Tails] = OrderedDict()

    def of(self, record: Record, settings: Settings) -> Block | None:
        """The parameters of an activity.

        None where they are not as plain as most: `mapping` makes their rows then.
        """
        if "parameters" in record.content["described"] or ODD_PARAMETERS in record.content["facts"]:
            return None
        keys = tuple(key for key in record.content["settings"] if key in settings)
        tails = _kept(
            self._joined,
            keys,
            lambda: _together([self._tails_of(key, settings[key]) for key in keys]),
        )
        if not tails.is_plain or len(record.id) + tails.longest >= LONGEST_KEY // 4 - 1:
            return None
        key = line([record.id]).rstrip("\n")
        return Block(f"{key}_", key, record.id, tails)

    def _tails_of(self, key: str, content: Content) -> Tails:
        return _kept(self._tails, key, lambda: _tails(content))


def _kept(known: OrderedDict[K, Tails], key: K, make: Callable[[], Tails]) -> Tails:
    """What is known, or is made now and kept instead of the oldest."""
    if key not in known:
        known[key] = make()
        if len(known) > _KEPT:
            known.popitem(last=False)
    return known[key]


def _together(tails: Sequence[Tails]) -> Tails:
    """Those of all settings of an activity."""
    return Tails(
        [name for each in tails for name in each.names],
        [row for each in tails for row in each.rows],
        max((each.longest for each in tails), default=0),
        [plain for each in tails for plain in each.plain],
    )


def _tails(content: Content) -> Tails:
    values = {} if content["name"] == SOFTWARE else content["values"]
    names = sorted(values)
    escaped = [line([name]).rstrip("\n") for name in names]
    plain = [(name, parameter_text(values[name])) for name in names]
    rows = [f"{name}\t{line([*each, None])}" for name, each in zip(escaped, plain, strict=True)]
    return Tails(escaped, rows, max(map(len, names), default=0), plain)
