"""Many trials on one store, in a process of their own."""

import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache

from tests.faults.material import Material
from tests.faults.targets import Target, opened
from tests.faults.trials import FAULTS, Course, Fault, Outcome, trial, undisturbed

_PERMUTATION = "permutation"


@dataclass
class Line:
    """One line of the table: a fault on a store."""

    fault: Fault
    store: str
    outcomes: list[Outcome] = field(default_factory=list)

    def __str__(self) -> str:
        """As a row in Markdown."""
        counts = (
            len(self.outcomes),
            sum(each.was_hit for each in self.outcomes),
            sum(each.finished for each in self.outcomes),
            sum(bool(each.inconsistencies) for each in self.outcomes),
            sum(each.lost for each in self.outcomes),
            sum(bool(each.breaches) for each in self.outcomes),
        )
        return f"| {self.fault.what} | {self.store} | {' | '.join(map(str, counts))} |"


@dataclass(frozen=True)
class Plan:
    """Which trials are made.

    Attributes:
        seeds: of each fault.
        permutations: the seeds of orders.
        seconds: after which no further seeds are taken; None for no end.
    """

    seeds: Sequence[int]
    permutations: Sequence[int]
    seconds: float | None = None

    def trials(self, names: Sequence[str]) -> Iterator[tuple[str, int]]:
        """Name and seed of each."""
        began = time.monotonic()
        for seed in self.seeds:
            if self.seconds is not None and time.monotonic() - began > self.seconds:
                break
            yield from ((name, seed) for name in names if name != _PERMUTATION)
        if _PERMUTATION in names:
            yield from ((_PERMUTATION, seed) for seed in self.permutations)


def heed_signals() -> None:
    """So that a campaign that is stopped leaves no server and no disk behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # What a shell starts in the background ignores SIGINT, and so would the loaders that are to be
    # interrupted.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def on_store(store: str, names: Iterable[str], material: Material, plan: Plan) -> list[Line]:
    """All trials on one store: one of each fault, then another one of each.

    Args:
        store: its name.
        names: of faults; those that can't befall the store are left out.
        material: what is loaded.
        plan: how many.
    """
    lines = {name: Line(FAULTS[name], store) for name in names if store in FAULTS[name].stores}
    with ExitStack() as stack:

        @cache
        def place(small: bool) -> tuple[Target, Course]:
            target = stack.enter_context(opened(store, small))
            return target, undisturbed(target, material)

        for name, seed in plan.trials(list(lines)):
            target, course = place(FAULTS[name].on_small_disk)
            outcome = trial(name, target, material, course, seed)
            lines[name].outcomes.append(outcome)
            _say(f"{name} {store} --seed {seed}: {outcome.seconds:.1f} s", outcome)
    return list(lines.values())


def _say(what: str, outcome: Outcome) -> None:
    hit = "in mid-load" if outcome.was_hit else "missed"
    print(
        what, hit, "finished" if outcome.finished else "not finished", file=sys.stderr, flush=True
    )
    for complaint in outcome.complaints:
        print(f"    {complaint}", file=sys.stderr, flush=True)
