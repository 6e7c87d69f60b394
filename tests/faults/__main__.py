"""``python -m tests.faults [NAME…] [--times N] [--minutes M] [--store S] [--write]``.

The campaign, and its table.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.campaign import Line, Plan, heed_signals, on_store
from tests.faults.loaders import ROOT
from tests.faults.material import gather
from tests.faults.targets import STORES
from tests.faults.trials import FAULTS

PAGE = ROOT / "docs" / "explanation" / "faults.md"
#: How many orders the real logs are loaded in.
PERMUTATIONS = 50
_INTRODUCTION = """# Faults

Printed by `make soak-faults`; `make soak-faults ARGS=--write` writes this page. Each trial loads
the 47 real logs and a log of 150 runs into an empty store while something goes wrong at a random
moment, checks the store at once, loads again, and checks it again. (Loaders here integrate 100
runs at once instead of 500, so that this log is a large one for them. Where a store is away for
good they wait for it 4 seconds instead of 60.)

- every relation, name and setting leads to a whole record;
- the store holds what a fresh store holds that loaded exactly the sources recorded as loaded: no
  load is half visible, none is recorded twice. (Only in Neo4j a source of more than 5,000 runs
  takes several transactions, in a trial one of more than 25. The load is `unfinished` meanwhile,
  and what stands before the byte that it came to is visible.)
- it is kept of each load what it says, so that it can be forgotten;
- after loading again it holds what an undisturbed load gives.

*In mid-load*: the fault came while a loader was at work on the store. *Finished*: that loader did
all its work nevertheless. *Lost*: records missing after loading again, and loads that were
reported but are not in the store. *Broken promises*: a wrong exit code, a missing message, a
traceback, a loader that does not end.
"""


def main() -> None:
    """Run the campaign; exit 1 when anything was inconsistent, lost or broken."""
    asked = _arguments()
    heed_signals()
    commit = _commit()
    stores = asked.store or STORES
    with (
        TemporaryDirectory(prefix="provgraph-faults-") as folder,
        _processes(len(stores)) as processes,
    ):
        work = partial(
            on_store,
            names=asked.names or list(FAULTS),
            material=gather(Path(folder)),
            plan=_plan(asked),
        )
        lines = [line for found in processes.imap(work, stores) for line in found]
    order = list(FAULTS.values())
    lines.sort(key=lambda line: (order.index(line.fault), STORES.index(line.store)))
    text = f"{_table(lines)}\n{datetime.now(UTC):%Y-%m-%d}, commit {commit}.\n"
    print(text)
    if asked.write:
        PAGE.write_text(f"{_INTRODUCTION}\n{text}", encoding="utf-8")
    sys.exit(any(outcome.complaints for line in lines for outcome in line.outcomes))


def _plan(asked: argparse.Namespace) -> Plan:
    if asked.seed is not None:
        return Plan(
            range(asked.seed, asked.seed + 1), permutations=range(asked.seed, asked.seed + 1)
        )
    permutations = range(PERMUTATIONS)
    return Plan(
        range(asked.times), permutations, None if asked.minutes is None else 60 * asked.minutes
    )


def _processes(number: int) -> Pool:
    return get_context("spawn").Pool(number, initializer=heed_signals)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of: {', '.join(FAULTS)}; all without one"
    )
    parser.add_argument(
        "--times", type=int, default=3, metavar="N", help="how many trials of each fault and store"
    )
    parser.add_argument(
        "--minutes", type=float, help="begin no further trials of each when so much time is over"
    )
    parser.add_argument(
        "--store",
        action="append",
        choices=STORES,
        help="only this store; may be given several times",
    )
    parser.add_argument("--seed", type=int, help="only the trial with this seed, to see it again")
    parser.add_argument(
        "--write", action="store_true", help=f"put the table into {PAGE.relative_to(ROOT)}"
    )
    asked = parser.parse_args()
    if unknown := set(asked.names) - FAULTS.keys():
        parser.error(f"no fault {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    if asked.write and (asked.names or asked.store or asked.seed is not None):
        parser.error("--write is for the whole campaign")
    return asked


def _table(lines: Iterable[Line]) -> str:
    head = (
        "| fault | store | tried | in mid-load | finished | inconsistent | records lost "
        "| broken promises |"
    )
    return "\n".join([head, "|---|---|---|---|---|---|---|---|", *map(str, lines)]) + "\n"


def _commit() -> str:
    """What is tried."""
    command = ("git", "-C", str(ROOT), "describe", "--always", "--dirty")
    return (
        subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        or "unknown"
    )


if __name__ == "__main__":
    main()
