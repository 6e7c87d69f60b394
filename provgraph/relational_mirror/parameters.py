"""The parameters of activities as lines of COPY.

Nine rows of ten are these, and thousands of activities share their settings. So the end of each
line is made once for all activities with the same settings.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import mul
from typing import TypeVar

from provgraph.model.records import SOFTWARE
from provgraph.relational_mirror.checksums import (
    RowGroup,
    checksum,
    link_prefix,
    parameter_tail,
)
from provgraph.relational_mirror.lines import copy_line
from provgraph.relational_mirror.mapping.cells import value_text
from provgraph.relational_mirror.mapping.configuration import ODD_PARAMETERS
from provgraph.relational_mirror.mapping.keys import LONGEST_KEY
from provgraph.relational_mirror.mapping.rows import Settings
from provgraph.relational_mirror.records import Content, Record

K = TypeVar("K", bound=Hashable)
#: How many settings are remembered.
_REMEMBERED = 2_000


@dataclass(frozen=True)
class LineEnds:
    """The ends of the lines of some settings: all but what is the activity's own.

    Attributes:
        names: of the parameters, escaped as COPY does.
        rows: the lines of table ``parameters`` from the name in the key on.
        longest: the number of characters of the longest name.
        plain: names and values, not escaped.
    """

    names: list[str]
    rows: list[str]
    longest: int
    plain: Sequence[tuple[str, str | None]]

    @cached_property
    def is_unique(self) -> bool:
        """Whether no name is there twice."""
        return len(set(self.names)) == len(self.names)

    @cached_property
    def row_sum(self) -> int:
        """The sum of the checksums of the rows in table ``parameters``."""
        return sum(checksum(parameter_tail(name, name, value, None)) for name, value in self.plain)

    @cached_property
    def link_checksums(self) -> list[int]:
        """The checksums of the rows in table ``wasConfiguredBy``."""
        return [checksum(f"_{name}") for name, _ in self.plain]


@dataclass(frozen=True, slots=True)
class ParameterBlock:
    """All parameters of one activity.

    Attributes:
        head: the key of each parameter's row begins with this; escaped as COPY does.
        key: the key of the activity's row, escaped.
        id: the same key, not escaped.
        ends: of the lines, as the activity's settings give them.
    """

    head: str
    key: str
    id: str
    ends: LineEnds

    def __len__(self) -> int:
        return len(self.ends.names)

    def rows(self, prefix: str) -> Iterable[str]:
        """Make the lines of table ``parameters``.

        Args:
            prefix: of each line.

        Returns:
            One line for each parameter.
        """
        head = prefix + self.head
        return [head + end for end in self.ends.rows]

    def links(self, prefix: str, numbers: Sequence[int]) -> Iterator[str]:
        """Make the lines of table ``wasConfiguredBy``.

        Args:
            prefix: of each line.
            numbers: the keys of the rows, one for each parameter.

        Yields:
            one line for each parameter.
        """
        middle = f"\tParameter\t{self.key}\t\\N\t{self.head}"
        for number, name in zip(numbers, self.ends.names, strict=True):
            yield f"{prefix}{number}{middle}{name}\n"

    def sums(self, numbers: Sequence[int]) -> Iterator[RowGroup]:
        """Sum up the rows, as `provgraph.relational_mirror.checksums` does, without making them.

        Args:
            numbers: the keys of the links, one for each parameter.

        Yields:
            a group of each of the two tables.
        """
        yield RowGroup("parameters", f"{self.id}_", len(self), self.ends.row_sum)
        total = sum(map(mul, numbers, self.ends.link_checksums))
        prefix = link_prefix(self.id, "Parameter", None)
        yield RowGroup("wasConfiguredBy", prefix, len(self), total)


class ParameterBlocks:
    """Makes blocks, and remembers what activities share."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._ends: OrderedDict[str, LineEnds] = OrderedDict()
        self._joined: OrderedDict[tuple[str, ...], LineEnds] = OrderedDict()

    def block_of(self, record: Record, settings: Settings) -> ParameterBlock | None:
        """Put together the parameters of an activity.

        Args:
            record: the activity.
            settings: those that it has.

        Returns:
            The block. None where the parameters are not as plain as most, because one is described,
            is there twice or has a very long key:
            `provgraph.relational_mirror.mapping.configuration` makes their rows then.
        """
        if "parameters" in record.content["described"] or ODD_PARAMETERS in record.content["facts"]:
            return None
        keys = tuple(key for key in record.content["settings"] if key in settings)
        ends = _remembered(
            self._joined,
            keys,
            lambda: _joined([self._ends_of(key, settings[key]) for key in keys]),
        )
        if not ends.is_unique or len(record.id) + ends.longest >= LONGEST_KEY // 4 - 1:
            return None
        key = copy_line([record.id]).rstrip("\n")
        return ParameterBlock(f"{key}_", key, record.id, ends)

    def _ends_of(self, key: str, content: Content) -> LineEnds:
        return _remembered(self._ends, key, lambda: _line_ends(content))


def _remembered(known: OrderedDict[K, LineEnds], key: K, make: Callable[[], LineEnds]) -> LineEnds:
    """What is known, or is made now and remembered instead of the oldest."""
    if key not in known:
        known[key] = make()
        if len(known) > _REMEMBERED:
            known.popitem(last=False)
    return known[key]


def _joined(ends: Sequence[LineEnds]) -> LineEnds:
    """Those of all settings of an activity."""
    return LineEnds(
        [name for each in ends for name in each.names],
        [row for each in ends for row in each.rows],
        max((each.longest for each in ends), default=0),
        [plain for each in ends for plain in each.plain],
    )


def _line_ends(content: Content) -> LineEnds:
    values = {} if content["name"] == SOFTWARE else content["values"]
    names = sorted(values)
    escaped = [copy_line([name]).rstrip("\n") for name in names]
    plain = [(name, value_text(values[name])) for name in names]
    rows = [
        f"{name}\t{copy_line([*each, None])}" for name, each in zip(escaped, plain, strict=True)
    ]
    return LineEnds(escaped, rows, max(map(len, names), default=0), plain)
