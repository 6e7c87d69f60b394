"""The lineage of one DL3 file in stores of 10^5 and 10^6 elements, against the bare drivers."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench import night
from bench.measure import Figure, at_most, growth, medians, say
from provgraph.lineage.names import find
from provgraph.model.subgraph import Direction, Node
from provgraph.model.vocabulary import AGENT_RELATIONS, ORIGIN_RELATIONS
from provgraph.store.protocol import WALK_LIMIT, Store
from provgraph.store.registry import open_store

SIZES = (100_000, 1_000_000)
ROUNDS = 400
Ask = Callable[[int], object]

_TYPES = ", ".join(f"'{relation}'" for relation in ORIGIN_RELATIONS)
_AGENTS = ", ".join(f"'{relation}'" for relation in AGENT_RELATIONS)
#: As one would write it for these tables by hand: ids and columns of all records and relations upstream of a key.
_BY_HAND = f"""
WITH RECURSIVE ancestor(key) AS (
  SELECT ?
  UNION
  SELECT relation.target FROM ancestor JOIN relation ON relation.source = ancestor.key
  WHERE relation.type IN ({_TYPES})
)
SELECT 'edge', relation.type, source, target, role, time, NULL, NULL, NULL, NULL, NULL
FROM ancestor CROSS JOIN relation ON relation.source = ancestor.key WHERE relation.type IN ({_TYPES}, {_AGENTS})
UNION ALL
SELECT 'activity', id, NULL, NULL, NULL, NULL, facts, NULL, NULL, NULL, NULL
FROM ancestor CROSS JOIN activity ON activity.key = ancestor.key
UNION ALL
SELECT 'entity', id, type, identifiers, standings, data_level, attributes, generated_at, invalidated_at, NULL, NULL
FROM ancestor CROSS JOIN entity ON entity.key = ancestor.key
UNION ALL
SELECT 'agent', agent.id, agent.name, agent.type, NULL, NULL, agent.attributes, NULL, NULL, NULL, NULL
FROM ancestor
CROSS JOIN relation ON relation.source = ancestor.key AND relation.type IN ({_AGENTS})
CROSS JOIN agent ON agent.key = relation.target
"""


def figures() -> Iterator[Figure]:
    """Both kinds of store."""
    yield from embedded()


def embedded() -> Iterator[Figure]:
    """SQLite against the bare sqlite3 module."""
    subjects: dict[str, Ask] = {}
    with ExitStack() as stack:
        for size in SIZES:
            path = _sqlite_file(size)
            store = stack.enter_context(_opened(f"sqlite:///{path}"))
            roots = _roots(store, size)
            subjects[f"ours {size}"] = _walking(store, roots)
            subjects[f"bare {size}"] = _by_hand(stack, path, roots)
        taken = medians(subjects, ROUNDS)
    for size in SIZES:
        name = f"lineage of a DL3, SQLite, {_powers(size)} elements; bare recursive SQL"
        yield at_most(name, taken[f"ours {size}"], taken[f"bare {size}"], 4)
    small, large = (taken[f"ours {size}"] for size in SIZES)
    yield growth("lineage of a DL3, SQLite, 10^6 elements; 10^5 elements", small, large, 1.5)


def _sqlite_file(size: int) -> Path:
    """A store of so many elements, built when it is not there."""
    night.CACHE.mkdir(exist_ok=True)
    path = night.CACHE / f"lineage-{size}-{night.fingerprint()}.db"
    if not path.exists():
        for old in night.CACHE.glob(f"lineage-{size}-*"):
            old.unlink()
        say(f"building {path.name} (once)")
        part = path.with_suffix(".part")
        with _opened(f"sqlite:///{part}") as store:
            night.fill(store, size)
        part.rename(path)
    return path


@contextmanager
def _opened(url: str) -> Iterator[Store]:
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def _roots(store: Store, size: int) -> list[Node]:
    """DL3 files from all over the store; each has as many ancestors as it should."""
    chosen = random.Random(size).sample(range(night.observations(size)), 100)
    roots = [find(store, night.product_of(night.dl3_of(observation))) for observation in chosen]
    for root in roots[:3]:
        found = len(store.walk(root, Direction.UPSTREAM, ORIGIN_RELATIONS, None, WALK_LIMIT).nodes) - 1
        if found != night.ANCESTORS:
            raise AssertionError(f"{root.id} has {found} ancestors")
    return roots


def _walking(store: Store, roots: list[Node]) -> Ask:
    return lambda turn: store.walk(roots[turn % len(roots)], Direction.UPSTREAM, ORIGIN_RELATIONS, None, WALK_LIMIT)


def _by_hand(stack: ExitStack, path: Path, roots: list[Node]) -> Ask:
    connection = sqlite3.connect(path)
    stack.callback(connection.close)
    connection.execute("PRAGMA cache_size=-65536")
    columns = connection.execute(_BY_HAND, (roots[0].key,)).fetchall()
    kinds = [row[0] for row in columns]
    if (kinds.count("activity") + kinds.count("entity"), kinds.count("edge")) != (night.ANCESTORS + 1, 27):
        raise AssertionError(f"the statement by hand finds other things: {kinds}")

    def ask(turn: int) -> list[Any]:
        return connection.execute(_BY_HAND, (roots[turn % len(roots)].key,)).fetchall()

    return ask


def _powers(size: int) -> str:
    return f"10^{len(str(size)) - 1}"
