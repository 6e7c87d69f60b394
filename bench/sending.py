"""Logs are sent to a server, beside a load of as many into a store of this machine."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.graphql import our_server, serving
from bench.logs import write_logs
from bench.measure import Figure, at_least, say, timed
from bench.servers import empty
from provgraph.collecting.posting import LoadServer
from provgraph.collecting.sending import send
from provgraph.ingest.loading import load
from provgraph.ingest.reports import Report
from provgraph.web.roles import Role
from provgraph.web.tokens import TokenFile

RUNS = 1_000
ROUNDS = 9


def figures() -> Iterator[Figure]:
    """One client; the first round warms both up."""
    with (
        TemporaryDirectory(prefix="provgraph-bench-") as folder,
        empty("SQLite") as (_, local),
        empty("SQLite") as (url, served),
    ):
        served.make()
        tokens = TokenFile(Path(folder) / "tokens.json")
        token = tokens.add("bench", Role.LOADER)
        kept = {"PROVGRAPH_TOKENS": str(tokens.path)}
        with serving(*our_server(url, "--access"), kept=kept) as client:
            server = LoadServer(str(client.base_url), token)

            def here(logs: str) -> Iterator[Report]:
                return load(local, [logs])

            def there(logs: str) -> Iterator[Report]:
                return send(server, [logs], format_name=None, namespace="default")

            taken = [_round(number, here, there) for number in range(ROUNDS + 1)][1:]
    # The machine may be half as fast in the next round, so each round is compared by itself.
    ratio = median(local / sent for sent, local in taken)
    reference = RUNS / median(local for _, local in taken)
    name = f"load {RUNS} real ctapipe logs over HTTP, with access control; into a local SQLite"
    yield at_least(name, ratio * reference, reference, 0.8, "runs/s")


def _round(
    number: int, here: Callable[[str], Iterator[Report]], there: Callable[[str], Iterator[Report]]
) -> tuple[float, float]:
    """The seconds that new logs take there, and here."""
    with TemporaryDirectory(prefix="provgraph-bench-") as folder:
        write_logs(Path(folder), RUNS, number * RUNS)
        os.sync()  # else the first way waits for the disk to take in what was written here

        def loading(way: Callable[[str], Iterator[Report]]) -> Callable[[], None]:
            def work() -> None:
                if sum(report.status == "loaded" for report in way(folder)) != RUNS:
                    raise AssertionError("not all were loaded")

            return work

        local = timed(loading(here))
        sent = timed(loading(there))
    say(f"  {RUNS / sent:.0f} runs/s over HTTP, {RUNS / local:.0f} into a local store")
    return sent, local
