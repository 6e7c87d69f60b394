"""``whatProduced`` over HTTP against an empty Strawberry field that returns as many objects."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from bench.logs import CORPUS
from bench.measure import Figure, at_most, medians, say
from bench.servers import empty
from provgraph.ingest.loading import load

ROUNDS = 300
#: Neo4j compiles what it often runs.
WARM_UP = 150
_DL3 = "/data/ctao/dl3/run02001.dl3.fits"
_FIELDS = "{ nodes { id name __typename } edges { relation source target } }"
_QUESTION = f"query Ask($file: String!) {{ whatProduced(file: $file) {_FIELDS} }}"


def figures() -> Iterator[Figure]:
    """Both kinds of store, each with the real sample."""
    for kind, limit in (("SQLite", 3), ("Neo4j", 4)):
        say(f"graphql on {kind}")
        with empty(kind) as (url, store):
            list(load(store, [str(CORPUS)]))
            with _serving("bench.graphql_ours", url) as ours:
                nodes, edges = (len(_ask(ours)[part]) for part in ("nodes", "edges"))
                with _serving("bench.graphql_reference", str(nodes), str(edges)) as reference:
                    clients = {"ours": ours, "reference": reference}
                    for client in clients.values():
                        answer = _ask(client)
                        if (len(answer["nodes"]), len(answer["edges"])) != (nodes, edges):
                            raise AssertionError(
                                "the reference answers with another number of objects"
                            )
                    subjects = {
                        name: lambda _turn, client=client: _post(client)
                        for name, client in clients.items()
                    }
                    taken = medians(subjects, ROUNDS, WARM_UP)
        name = (
            f"GraphQL whatProduced over HTTP ({nodes} nodes, {edges} edges), {kind}; "
            "empty Strawberry field"
        )
        yield at_most(name, taken["ours"], taken["reference"], limit)


def _post(client: httpx.Client) -> httpx.Response:
    return client.post(
        "/graphql", json={"query": _QUESTION, "variables": {"file": _DL3}}
    ).raise_for_status()


def _ask(client: httpx.Client) -> dict[str, list[object]]:
    body = _post(client).json()
    if "errors" in body:
        raise AssertionError(str(body["errors"])[:500])
    answer: dict[str, list[object]] = body["data"]["whatProduced"]
    return answer


@contextmanager
def _serving(module: str, *arguments: str) -> Iterator[httpx.Client]:
    """A client of an application that another process serves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", module, str(port), *arguments], stdin=subprocess.DEVNULL
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            _wait(server, client)
            yield client
    finally:
        server.terminate()
        server.wait()


def _wait(server: "subprocess.Popen[bytes]", client: httpx.Client) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            client.get("/graphql")
        except httpx.TransportError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
