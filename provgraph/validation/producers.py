"""Which runs wrote each file.

All writings of one file are one moment (PROV-CONSTRAINTS, constraint 39).
"""

from collections.abc import Iterator

import numpy as np

from provgraph.prov.statements import ProvType
from provgraph.validation.events import ENDED, STARTED, WRITTEN, Event, EventOrder
from provgraph.validation.findings import Constraint, Finding, Gravity
from provgraph.validation.instance import Instance
from provgraph.validation.wording import Names, RecordNaming, listed

#: So many producers of one file are named.
_MOST_NAMED = 5


class Producers:
    """Which runs wrote each file."""

    def __init__(self, instance: Instance) -> None:
        """Gather them."""
        pairs = instance.tables[ProvType.GENERATION][:, 1:3]
        pairs = np.unique(pairs[(pairs != 0).all(axis=1)], axis=0)
        files, starts, counts = np.unique(pairs[:, 0], return_index=True, return_counts=True)
        self._runs = pairs[:, 1]
        self._files = files
        self._starts = starts
        self._counts = counts

    def of(self, file: int) -> list[int]:
        """Return the runs that wrote a file.

        Args:
            file: the term of the file.

        Returns:
            The terms of the runs, in order.
        """
        place = int(np.searchsorted(self._files, file))
        if place == len(self._files) or self._files[place] != file:
            return []
        start = int(self._starts[place])
        found: list[int] = self._runs[start : start + int(self._counts[place])].tolist()
        return found

    def several(self) -> list[int]:
        """The files that several runs wrote."""
        found: list[int] = self._files[self._counts > 1].tolist()
        return found

    def findings(self, order: EventOrder, names: Names) -> Iterator[Finding]:
        """Report the files that several runs wrote.

        Args:
            order: of the events.
            names: of the records.

        Yields:
            A warning for each such file; an error where the runs can't have written at one moment.
        """
        for file in self.several():
            yield _finding(file, self.of(file), order, names)


def _finding(file: int, runs: list[int], order: EventOrder, names: Names) -> Finding:
    tell = RecordNaming(names)
    many = "two" if len(runs) == 2 else str(len(runs))
    hidden = len(runs) - _MOST_NAMED
    message = f"{tell(file)} has {many} producers: "
    message += listed([*map(tell, runs[:_MOST_NAMED]), *([f"{hidden} more"] if hidden > 0 else [])])
    apart, how = _contradiction(file, runs, order, names, tell)
    return Finding(
        Gravity.WARNING if apart is None else Gravity.ERROR,
        Constraint.GENERATION_GENERATION,
        names.ids((file, *runs)),
        message + how,
        None if apart is None else names.time(apart[1]),
        None if apart is None else names.seconds(*apart),
        names.bundle(file),
    )


def _contradiction(
    file: int, runs: list[int], order: EventOrder, names: Names, tell: RecordNaming
) -> tuple[tuple[int, int] | None, str]:
    """The two times that contradict each other, and how that is said."""
    ends = [(int(order.earliest[run * len(Event) + ENDED]), run) for run in runs]
    start, last = max((int(order.latest[run * len(Event) + STARTED]), run) for run in runs)
    end, first = min((each for each in ends if each[0]), default=(start, last))
    if end < start:
        return (
            end,
            start,
        ), f"; {tell(first)} ended {names.span(end, start)} before {tell(last)} started"
    written = file * len(Event) + WRITTEN
    times = int(order.earliest[written]), int(order.latest[written])
    return (times, f", at {names.two_times(*times)}") if times[0] < times[1] else (None, "")
