"""``whatProduced`` over HTTP, beside a server of @neo4j/graphql and an empty Strawberry field.

The references are what somebody would have who wrote the server by hand: @neo4j/graphql 7 with
Apollo and one Cypher query on the same Neo4j (`bench/neo4j_graphql/`), and a field that returns as
many constant objects.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from bench.logs import CORPUS
from bench.measure import Figure, at_least, at_most, medians, say
from bench.memory import LIMIT
from bench.servers import empty, neo4j_server
from bench.shapes import chain, write
from provgraph.ingest.loading import load

ROUNDS = 300
#: Neo4j and Node compile what they often run.
WARM_UP = 300
CLIENTS = 8
_SECONDS, _TURNS = 5, 3
#: A file whose lineage has 24 nodes, and one with 71.
_SMALL, _LARGE = "/data/ctao/models/energy.pkl", "/data/ctao/dl3/run02001.dl3.fits"
_FIELDS = "{ nodes { id name __typename } edges { relation source target } }"
_QUESTION = f"query Ask($file: String!) {{ whatProduced(file: $file) {_FIELDS} }}"
_NODE_SERVER = Path(__file__).with_name("neo4j_graphql")


def figures() -> Iterator[Figure]:
    """Against what does nothing, and against @neo4j/graphql."""
    for kind, limit in (("SQLite", 3), ("Neo4j", 4)):
        yield _against_nothing(kind, limit)
    yield _memory()
    if shutil.which("node") is None or shutil.which("npm") is None:
        say("no Node on this machine: @neo4j/graphql can't be measured; install Node 20 or newer")
        return
    yield from _against_neo4j_graphql()


def _against_nothing(kind: str, limit: float) -> Figure:
    say(f"graphql on {kind}")
    with empty(kind) as (url, store):
        list(load(store, [str(CORPUS)]))
        with serving(*our_server(url)) as ours:
            nodes, edges = _size(ours, _LARGE)
            nothing = _python("bench.graphql_reference", "{port}", str(nodes), str(edges))
            with serving(*nothing) as reference:
                clients = {"ours": ours, "reference": reference}
                taken = _latencies(clients, _LARGE, (nodes, edges))
    name = f"GraphQL whatProduced over HTTP ({nodes} nodes, {edges} edges), {kind}"
    return at_most(f"{name}; empty Strawberry field", taken["ours"], taken["reference"], limit)


def _against_neo4j_graphql() -> Iterator[Figure]:
    """On the same Neo4j, and on SQLite."""
    say("@neo4j/graphql: installing what its lock file names")
    folder = _installed()
    with ExitStack() as stack:
        servers = {}
        for kind in ("Neo4j", "SQLite"):
            url, store = stack.enter_context(empty(kind))
            list(load(store, [str(CORPUS)]))
            servers[kind] = stack.enter_context(serving(*our_server(url)))
            servers[f"{kind}, 2 workers"] = stack.enter_context(
                serving(*our_server(url, "--workers", "2"))
            )
        command = ("node", str(folder / "server.mjs"), "{port}")
        servers["reference"] = stack.enter_context(serving(*command, kept=_neo4j_login()))
        size = _size(servers["Neo4j"], _SMALL)
        one = {name: server for name, server in servers.items() if "workers" not in name}
        taken = _latencies(one, _SMALL, size)
        rates = _rates(servers, _SMALL)
    what = f"GraphQL whatProduced over HTTP ({size[0]} nodes, {size[1]} edges)"
    for kind, limit in (("Neo4j", 1.0), ("SQLite", 0.5)):
        name = f"{what}, {kind}; @neo4j/graphql on Neo4j"
        yield at_most(name, taken[kind], taken["reference"], limit)
    for name, rate in rates.items():
        if name != "reference":
            yield at_least(
                f"the same from {CLIENTS} clients, {name}; @neo4j/graphql on Neo4j",
                *(rate, rates["reference"], 1.0, "requests/s"),
            )


def _installed() -> Path:
    """The folder of the Node server with its packages, as its lock file names them."""
    folder = Path(".bench") / "neo4j_graphql"
    shutil.copytree(_NODE_SERVER, folder, dirs_exist_ok=True)
    command = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder


def _neo4j_login() -> dict[str, str]:
    server = neo4j_server()
    return {
        "NODE_ENV": "production",
        "NEO4J_URL": f"bolt://127.0.0.1:{server.bolt_port}",
        "NEO4J_USER": server.user,
        "NEO4J_PASSWORD": server.password,
    }


def _latencies(
    servers: Mapping[str, httpx.Client], file: str, size: tuple[int, int]
) -> dict[str, float]:
    """The median seconds of one request, of servers that take turns."""
    for name, client in servers.items():
        if (found := _size(client, file)) != size:
            raise AssertionError(f"{name} answers with {found} nodes and edges, not {size}")
    subjects = {
        name: lambda _turn, client=client: _post(client, file) for name, client in servers.items()
    }
    return medians(subjects, ROUNDS, WARM_UP)


def _rates(servers: Mapping[str, httpx.Client], file: str) -> dict[str, float]:
    """The requests a second that several clients get answered, of servers that take turns."""
    found: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(_TURNS):
        for name, client in servers.items():
            answers = crowd(client, CLIENTS, _SECONDS, request_for(file))
            if answers["failures"]:
                raise AssertionError(str(answers["failures"]))
            found[name].append(answers["rate"])
    return {name: median(rates) for name, rates in found.items()}


def crowd(
    client: httpx.Client, clients: int, seconds: float, request: Mapping[str, object], *token: str
) -> dict[str, Any]:
    """What many clients see who ask a server at once (`bench.graphql_clients`)."""
    with crowding(client, clients, seconds, request, *token) as process:
        answers: dict[str, Any] = json.loads(process.communicate()[0])
    return answers


@contextmanager
def crowding(
    client: httpx.Client, clients: int, seconds: float, request: Mapping[str, object], *token: str
) -> "Iterator[subprocess.Popen[str]]":
    """Many clients in a process of their own, which ask while something else is measured."""
    port, question = str(client.base_url.port), json.dumps(request)
    command = [sys.executable, "-m", "bench.graphql_clients"]
    command += [port, str(clients), str(seconds), question, *token]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.wait()
    if process.returncode:
        raise AssertionError("the clients failed")


def request_for(file: str) -> dict[str, object]:
    return {"query": _QUESTION, "variables": {"file": file}}


def _post(client: httpx.Client, file: str) -> httpx.Response:
    return client.post("/graphql", json=request_for(file)).raise_for_status()


def _size(client: httpx.Client, file: str) -> tuple[int, int]:
    """How many nodes and edges an answer has."""
    body = _post(client, file).json()
    if "errors" in body:
        raise AssertionError(str(body["errors"])[:500])
    answer = body["data"]["whatProduced"]
    return len(answer["nodes"]), len(answer["edges"])


def _python(module: str, *arguments: str) -> Sequence[str]:
    return sys.executable, "-m", module, *arguments


def our_server(url: str, *options: str) -> Sequence[str]:
    """Our server, as users start it."""
    command = ("serve", "--store", url, "--port", "{port}", *options)
    return _python("provgraph.commands.main", *command)


@contextmanager
def serving(*command: str, kept: Mapping[str, str] | None = None) -> Iterator[httpx.Client]:
    """A client of an application that another process serves, at the ``{port}`` of its command."""
    with (
        started(command, kept) as (port, server),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        wait_for(server, client)
        yield client


@contextmanager
def started(
    command: Sequence[str], kept: Mapping[str, str] | None = None
) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [each.replace("{port}", str(port)) for each in command],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | (kept or {}),
    )
    try:
        yield port, server
    finally:
        server.terminate()
        server.wait()


def wait_for(server: "subprocess.Popen[bytes]", client: httpx.Client) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            client.get("/healthz")
        except httpx.TransportError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _memory() -> Figure:
    """The most memory of a server that answers with the longest chain of `bench.shapes`."""
    with empty("SQLite") as (url, store):
        write(store, chain())
        with started(our_server(url)) as (port, server):
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                wait_for(server, client)
                nodes, _ = _size(client, "product:chain-0")
            status = Path(f"/proc/{server.pid}/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
    name = f"memory of `provgraph serve` with an answer of {nodes} nodes, SQLite"
    return Figure(name, f"{peak:.0f} MB", "", f"{peak:.0f} MB", f"≤ {LIMIT} MB", peak <= LIMIT)
