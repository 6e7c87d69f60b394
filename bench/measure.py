"""Timing: what is compared runs in turns, so that a busy machine slows all of it alike."""

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    `measured` is what the demand is about, mostly ours divided by the reference.
    """

    name: str
    ours: str
    reference: str
    measured: str
    demanded: str
    is_met: bool


def medians(
    subjects: Mapping[str, Callable[[int], object]],
    rounds: int,
    warm_up: int = 5,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """The median seconds of each subject over rounds in which each runs once, in an order that
    changes.

    Where all the work is done in this process, `time.process_time` as the clock leaves out the time
    in which other programs had the processor: they interrupt what takes longer more often, so that
    even a ratio would tell of them.
    """
    names = list(subjects)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(-warm_up, rounds):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            taken = timed(partial(subjects[name], turn), clock)
            if turn >= 0:
                seconds[name].append(taken)
    return {name: median(taken) for name, taken in seconds.items()}


def timed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """The seconds that the work takes."""
    started = clock()
    work()
    return clock() - started


def at_most(name: str, ours: float, reference: float, limit: float) -> Figure:
    """A time that may be so many times the reference's."""
    ratio = ours / reference
    return Figure(
        name, shown(ours), shown(reference), f"{ratio:.2f} x", f"≤ {limit:g} x", ratio <= limit
    )


def at_least(name: str, ours: float, reference: float, limit: float, unit: str) -> Figure:
    """A speed that must be so many times the reference's."""
    ratio = ours / reference
    return Figure(
        name,
        f"{ours:.0f} {unit}",
        f"{reference:.0f} {unit}",
        f"{ratio:.2f} x",
        f"≥ {limit:g} x",
        ratio >= limit,
    )


def growth(name: str, small: float, large: float, limit: float) -> Figure:
    """A time in a large store that must be less than so many times that in a small one."""
    ratio = large / small
    return Figure(
        name, shown(large), shown(small), f"{ratio:.2f} x", f"< {limit:g} x", ratio < limit
    )


def within(name: str, seconds: float, limit: float) -> Figure:
    """A time with an absolute limit."""
    return Figure(name, shown(seconds), "", shown(seconds), f"< {limit:g} s", seconds < limit)


def shown(seconds: float) -> str:
    """Seconds for people."""
    return (
        f"{seconds:.2f} s"
        if seconds >= 1
        else f"{seconds * 1e3:.2f} ms"
        if seconds < 0.1
        else f"{seconds * 1e3:.0f} ms"
    )


def show_alone(figures: Callable[[int], Iterable[Figure]], elements: int) -> None:
    """Print the figures of one benchmark, of the size that the command line says, else of this."""
    for figure in figures(int(sys.argv[1]) if len(sys.argv) > 1 else elements):
        print(f"{figure.name}: {figure.measured}, demanded {figure.demanded}")


def say(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)
