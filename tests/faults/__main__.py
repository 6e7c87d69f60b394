"""``python -m tests.faults [NAME…] [--times N] [--store S] [--write]``: the campaign, and its table."""

import argparse
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.loaders import ROOT
from tests.faults.material import Material, gather
from tests.faults.targets import STORES, opened
from tests.faults.trials import FAULTS, Fault, Outcome, trial, undisturbed

PAGE = ROOT / "docs" / "faults.md"
_INTRODUCTION = """# Faults

Printed by `make soak-faults`; `make soak-faults ARGS="--times 100 --write"` writes this page. Each trial loads the 47 real
logs and a log of 150 runs into an empty store while something goes wrong at a random moment, checks the store at once,
loads again, and checks it again. (Loaders in these trials integrate 100 runs at once instead of 500, so that this log is
written as a large one. Where something is away for good they wait 4 seconds instead of 60.)

- every relation, name and setting leads to a whole record;
- the store holds what a fresh store holds that loaded exactly the sources recorded as loaded: no load is half visible,
  none is recorded twice. (Only in Neo4j a source of more than 5,000 runs is written in several transactions; the load is
  `unfinished` meanwhile, and exactly what stands before the byte that it came to is visible. The trials do so after 25.);
- it is kept of each load what it says, so that it can be forgotten;
- after loading again it holds what an undisturbed load gives.

*In mid-load*: the fault came while a loader was at work on the store. *Finished*: that loader did all its work
nevertheless. *Lost*: records missing after loading again, and loads that were reported but are not in the store.
*Broken promises*: a wrong exit code, a missing message, a traceback, a loader that does not end.
"""


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


def main() -> None:
    """Run the campaign; exit 1 when anything was inconsistent, lost or broken."""
    asked = _arguments()
    # So that a campaign that is stopped leaves no server and no disk behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    lines: list[Line] = []
    with TemporaryDirectory(prefix="provgraph-faults-") as folder:
        material = gather(Path(folder))
        for store in asked.store or STORES:
            for small in (False, True):
                names = [name for name in asked.names or FAULTS if _is_for(FAULTS[name], store, small)]
                if names:
                    lines += _on_store(store, small, names, material, _seeds(asked))
    order = list(FAULTS.values())
    lines.sort(key=lambda line: (order.index(line.fault), STORES.index(line.store)))
    text = f"{_table(lines)}\n{_when()}\n"
    print(text)
    if asked.write:
        PAGE.write_text(f"{_INTRODUCTION}\n{text}", encoding="utf-8")
    sys.exit(any(outcome.complaints for line in lines for outcome in line.outcomes))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(FAULTS)}; all without one")
    parser.add_argument("--times", type=int, default=3, metavar="N", help="how many trials of each fault and store")
    parser.add_argument("--store", action="append", choices=STORES, help="only this store; may be given several times")
    parser.add_argument("--seed", type=int, help="only the trial with this seed, to see it again")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.relative_to(ROOT)}")
    asked = parser.parse_args()
    if unknown := set(asked.names) - FAULTS.keys():
        parser.error(f"no fault {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    if asked.write and (asked.names or asked.store or asked.seed is not None):
        parser.error("--write is for the whole campaign")
    return asked


def _seeds(asked: argparse.Namespace) -> Sequence[int]:
    return range(asked.times) if asked.seed is None else [asked.seed]


def _is_for(fault: Fault, store: str, small: bool) -> bool:
    return store in fault.stores and fault.on_small_disk == small


def _on_store(
    store: str, small: bool, names: Iterable[str], material: Material, seeds: Sequence[int]
) -> Iterator[Line]:
    """All trials on one store."""
    with opened(store, small) as target:
        course = undisturbed(target, material)
        for name in names:
            line = Line(FAULTS[name], store)
            for seed in seeds:
                outcome = trial(name, target, material, course, seed)
                line.outcomes.append(outcome)
                _say(f"{name} {store} --seed {seed}: {outcome.seconds:.1f} s", outcome)
            yield line


def _say(what: str, outcome: Outcome) -> None:
    hit = "in mid-load" if outcome.was_hit else "missed"
    print(what, hit, "finished" if outcome.finished else "not finished", file=sys.stderr, flush=True)
    for complaint in outcome.complaints:
        print(f"    {complaint}", file=sys.stderr, flush=True)


def _table(lines: Iterable[Line]) -> str:
    head = "| fault | store | tried | in mid-load | finished | inconsistent | records lost | broken promises |"
    return "\n".join([head, "|---|---|---|---|---|---|---|---|", *map(str, lines)]) + "\n"


def _when() -> str:
    commit = subprocess.run(
        ("git", "-C", str(ROOT), "describe", "--always", "--dirty"), capture_output=True, text=True, check=False
    ).stdout.strip()
    return f"{datetime.now(UTC):%Y-%m-%d}, commit {commit or 'unknown'}."


main()
