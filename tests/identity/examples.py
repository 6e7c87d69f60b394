"""Short ways to write small histories, and to ask what became of them.

A history is a list of runs. ``run("A", 0, 1, "/raw", "/x=P")`` started at second 0, ended at second
1, read ``/raw`` and wrote ``/x`` with the header of product P.
"""

from collections.abc import Sequence
from contextlib import closing
from typing import Any

from provgraph.store.digest import digest
from provgraph.store.registry import open_store
from tests.graphs import graph_in, put
from tests.oracle.graph import Graph
from tests.records import Said


def real_header(product: str) -> dict[str, str]:
    return {"CTA PRODUCT ID": product, "CTA ACTIVITY ID": "whoever"}


def line(named: str, role: str | None = None) -> dict[str, Any]:
    """`/x` has no header, `/x=P` has product P, `/x~P` has a made-up P."""
    url, _, product = named.partition("=")
    url, _, made_up = url.partition("~")
    meta: dict[str, str] | None = real_header(product) if product else None
    if made_up:
        meta = {"CTA PRODUCT ID": made_up, "CTA ACTIVITY ID": ""}
    return {"url": url, "role": role, "reference_meta": meta}


def at(second: int) -> str:
    return f"2026-11-21T08:00:{second:02d}.000Z"


def run(
    name: str,
    start: int,
    stop: int | None,
    reads: str = "",
    writes: str = "",
    *,
    namespace: str = "default",
    node: str | None = "wn1",
    pid: str | None = None,
    role: str | None = None,
) -> Said:
    """One record; each run is a process of its own unless `pid` says otherwise."""
    return namespace, {
        "activity_name": "tool",
        "activity_uuid": name,
        "status": "completed",
        "start": {"time_utc": at(start).removesuffix("Z")},
        "stop": {"time_utc": at(stop).removesuffix("Z")} if stop is not None else None,
        "system": {
            "executable": "python",
            "arguments": [pid or name],
            "platform": {"node": node, "boot_time": at(0)},
        },
        "input": [line(each, role) for each in reads.split()],
        "output": [line(each, role) for each in writes.split()],
    }


def resolved(*history: Said) -> Graph:
    """What a store holds of a history, which is the same however it is loaded (rule 8)."""
    forwards, sum_forwards = _loaded([[each] for each in history])
    for batches in ([[each] for each in reversed(history)], [list(history)]):
        found, found_sum = _loaded(batches)
        assert found == forwards
        assert found_sum == sum_forwards
    return forwards


def _loaded(batches: Sequence[Sequence[Said]]) -> tuple[Graph, str]:
    with closing(open_store("sqlite://")) as store:
        for batch in batches:
            put(store, batch)
        return graph_in(store), digest(store.scan())


def used(graph: Graph, name: str) -> set[str]:
    """The ids of the files that a run read."""
    return {
        target
        for relation, source, target, _ in graph.edges
        if relation == "used" and source == name
    }


def made(graph: Graph) -> dict[str, str]:
    """The id of each file that runs made → the run that made it."""
    return {
        source: target
        for relation, source, target, _ in graph.edges
        if relation == "wasGeneratedBy"
    }


def lost(graph: Graph) -> dict[str, str | None]:
    """The id of each file → when it was invalidated."""
    return {entity.id: entity.invalidated for entity in graph.entities.values()}


def locations(graph: Graph, name: str) -> set[str]:
    """All places where a file stood."""
    return set(graph.entities[name].locations)
