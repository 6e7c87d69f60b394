"""Many clients at once: how evenly they are served, what abuse does, what access costs."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from bench.graphql import crowd, crowding, our_server, request_for, started, wait_for
from bench.logs import CORPUS
from bench.measure import Figure, at_most, medians, say
from bench.servers import STORES, empty
from bench.shapes import chain, write
from provgraph.commands.serving import create_app
from provgraph.ingest.loading import load
from provgraph.store.protocol import Store
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.roles import Role
from provgraph.web.tokens import TokenFile

CLIENTS, SECONDS = 64, 60
_TURNS = 2_000
#: A file whose lineage has 24 records, and the end of a chain of 20,001.
_SHORT, _LONG = "/data/ctao/models/energy.pkl", "product:chain-0"


def figures() -> Iterator[Figure]:
    """On each kind of store; abuse and access on SQLite."""
    for kind in STORES:
        say(f"{CLIENTS} clients on {kind}")
        with empty(kind) as (url, store):
            list(load(store, [str(CORPUS)]))
            yield from _even(kind, url)
    yield from _abused()
    yield _guarded()


def _even(kind: str, url: str) -> Iterator[Figure]:
    """Nobody is turned away, nobody waits much longer than others, memory stays."""
    with started(our_server(url)) as (port, server), _client(port) as client:
        wait_for(server, client)
        crowd(client, CLIENTS, SECONDS / 4, request_for(_SHORT))
        warm = _memory(server.pid)
        answers = crowd(client, CLIENTS, SECONDS, request_for(_SHORT))
        growth = _memory(server.pid) / warm
    name = f"{CLIENTS} clients that ask for 24 records for {SECONDS} s, {kind}"
    count = sum(answers["failures"].values())
    yield Figure(f"{name}: errors", str(count), "", str(count), "0", count == 0)
    yield at_most(f"{name}: p99; p50", answers["p99"], answers["p50"], 20)
    memory = f"{growth:.2f} x"
    yield Figure(
        f"{name}: memory; after {SECONDS / 4:.0f} s", memory, "", memory, "≤ 1.1 x", growth <= 1.1
    )


def _abused() -> Iterator[Figure]:
    """What a short question and a look at the health take, while others ask for long lineages."""
    say(f"{CLIENTS} clients that abuse")
    with empty("SQLite") as (url, store):
        _fill(store)
        with started(our_server(url)) as (port, server), _client(port) as client:
            wait_for(server, client)
            alone = crowd(client, 1, SECONDS / 6, request_for(_SHORT))
            with crowding(client, CLIENTS, SECONDS, request_for(_LONG)):
                time.sleep(SECONDS / 6)  # until the queues are full
                beside = crowd(client, 1, SECONDS / 3, request_for(_SHORT))
                health = _health(client, SECONDS / 4)
            peak = _memory(server.pid)
    name = f"while {CLIENTS} clients ask for 20,001 records, SQLite"
    yield at_most(f"24 records {name}: p50; alone", beside["p50"], alone["p50"], 3)
    p99 = sorted(health)[int(0.99 * (len(health) - 1))]
    shown = f"{1000 * p99:.0f} ms"
    yield Figure(f"/healthz {name}: p99", shown, "", shown, "< 100 ms", p99 < 0.1)
    memory = f"{peak:.0f} MB"
    yield Figure(f"memory {name}", memory, "", memory, "", True)


def _fill(store: Store) -> None:
    list(load(store, [str(CORPUS)]))
    write(store, chain())


def _health(client: httpx.Client, seconds: float) -> list[float]:
    """The seconds that each of many looks at the health took."""
    taken = []
    until = time.monotonic() + seconds
    while (begun := time.monotonic()) < until:
        client.get("/healthz").raise_for_status()
        taken.append(time.monotonic() - begun)
    return taken


def _guarded() -> Figure:
    """A question with a token, and without access control.

    Two processes that serve alike differ by more than the check takes, so one process asks both
    applications in turns, and the time that it computes is compared.
    """
    say("access control")
    with (
        TemporaryDirectory(prefix="provgraph-bench-") as folder,
        empty("SQLite") as (_, store),
        asyncio.Runner() as runner,
    ):
        list(load(store, [str(CORPUS)]))
        tokens = TokenFile(Path(folder) / "tokens.json")
        bearer = {"authorization": f"Bearer {tokens.add('bench', Role.READER)}"}
        guarded = Reception(access=AccessSettings(tokens.path))
        ways = {"with": (guarded, bearer), "without": (Reception(), {})}
        clients = {
            way: httpx.AsyncClient(
                transport=httpx.ASGITransport(create_app(store, reception)),
                base_url="http://localhost",
                headers=headers,
            )
            for way, (reception, headers) in ways.items()
        }

        async def ask(way: str) -> None:
            answer = await clients[way].post("/graphql", json=request_for(_SHORT))
            if "errors" in answer.raise_for_status().json():
                raise AssertionError(answer.text[:500])

        subjects = {way: lambda _, way=way: runner.run(ask(way)) for way in ways}
        taken = medians(subjects, _TURNS, clock=time.process_time)
    name = "a request for 24 records with a token; without access control (processor time)"
    return at_most(name, taken["with"], taken["without"], 1.03)


def _client(port: int) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)


def _memory(pid: int) -> float:
    """What a process has in memory now, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6
