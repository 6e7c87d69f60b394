"""The lineage of one DL3 file in stores of 10^5 and 10^6 elements, against the bare drivers."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import night
from bench.measure import Figure, at_most, growth, medians, say
from bench.servers import empty, neo4j_driver, opened
from provgraph.model.lineage import WALK_LIMIT, Direction, Node
from provgraph.model.vocabulary import AGENT_RELATIONS, ORIGIN_RELATIONS
from provgraph.questions.tracing import find
from provgraph.store.neo4j.questions import walk_query
from provgraph.store.neo4j.values import indexed
from provgraph.store.protocol import Store

SIZES = (100_000, 1_000_000)
ROUNDS = 400
#: How long the Neo4j database may take to fill.
NEO4J_SECONDS = 400
#: Questions before the clock counts: the server compiles what it often runs.
NEO4J_WARM_UP = 300
Ask = Callable[[int], object]

_TYPES = ", ".join(f"'{relation}'" for relation in ORIGIN_RELATIONS)
_AGENTS = ", ".join(f"'{relation}'" for relation in AGENT_RELATIONS)
#: As one would write it for these tables by hand: ids and columns of all records and relations
#: upstream of a key.
_BY_HAND = f"""
WITH RECURSIVE ancestor(key) AS (
  SELECT ?
  UNION
  SELECT relation.target FROM ancestor JOIN relation ON relation.source = ancestor.key
  WHERE relation.type IN ({_TYPES})
)
SELECT 'edge', relation.type, source, target, role, time, NULL, NULL, NULL, NULL, NULL
FROM ancestor CROSS JOIN relation ON relation.source = ancestor.key
WHERE relation.type IN ({_TYPES}, {_AGENTS})
UNION ALL
SELECT 'activity', id, NULL, NULL, NULL, NULL, facts, NULL, NULL, NULL, NULL
FROM ancestor CROSS JOIN activity ON activity.key = ancestor.key
UNION ALL
SELECT 'entity', id, type, identifiers, standings, data_level, attributes, generated_at,
  invalidated_at, NULL, NULL
FROM ancestor CROSS JOIN entity ON entity.key = ancestor.key
UNION ALL
SELECT 'agent', agent.id, agent.name, agent.type, NULL, NULL, agent.attributes, NULL, NULL, NULL,
  NULL
FROM ancestor
CROSS JOIN relation ON relation.source = ancestor.key AND relation.type IN ({_AGENTS})
CROSS JOIN agent ON agent.key = relation.target
"""


def figures() -> Iterator[Figure]:
    """Both kinds of store."""
    yield from embedded()
    yield from neo4j()


def embedded() -> Iterator[Figure]:
    """SQLite against the bare sqlite3 module, in processor time."""
    subjects: dict[str, Ask] = {}
    with ExitStack() as stack:
        for size in SIZES:
            path = night.sqlite_file(size)
            store = stack.enter_context(opened(f"sqlite:///{path}"))
            roots = roots_of(store, size)
            subjects[f"ours {size}"] = _walking(store, roots)
            subjects[f"bare {size}"] = _by_hand(stack, path, roots)
        taken = medians(subjects, ROUNDS, clock=time.process_time)
    for size in SIZES:
        name = f"lineage of a DL3, SQLite, {_powers(size)} elements; bare recursive SQL"
        yield at_most(name, taken[f"ours {size}"], taken[f"bare {size}"], 4)
    small, large = (taken[f"ours {size}"] for size in SIZES)
    yield growth("lineage of a DL3, SQLite, 10^6 elements; 10^5 elements", small, large, 1.5)


def neo4j() -> Iterator[Figure]:
    """Neo4j against the bare driver with the same query.

    The one database of Neo4j Community grows on the way.

    What is written in `NEO4J_SECONDS` is measured, be it less than the size that is named.
    """
    ours: list[tuple[str, float]] = []
    with empty("Neo4j") as (_, store), neo4j_driver() as driver, driver.session() as session:
        written = 0
        deadline = time.monotonic() + NEO4J_SECONDS
        for size in SIZES:
            say(f"filling Neo4j up to {size} elements")
            written = night.fill(store, size, batch=2_000, written=written, deadline=deadline)
            roots = roots_of(store, written)
            text = walk_query(roots[0].kind, Direction.UPSTREAM, ORIGIN_RELATIONS, None)

            def bare(turn: int, text: str = text, roots: list[Node] = roots) -> list[Any]:
                root = indexed(roots[turn % len(roots)].id)
                return list(session.run(text, {"root": root, "cut": WALK_LIMIT + 1}))

            taken = medians(
                {"ours": _walking(store, roots), "bare": bare}, ROUNDS, warm_up=NEO4J_WARM_UP
            )
            shown = _powers(size) if written == size else f"{written}"
            ours.append((shown, taken["ours"]))
            name = f"lineage of a DL3, Neo4j, {shown} elements; bare driver, same Cypher"
            yield at_most(name, taken["ours"], taken["bare"], 1.3)
    (small, small_time), (large, large_time) = ours
    yield growth(
        f"lineage of a DL3, Neo4j, {large} elements; {small} elements", small_time, large_time, 1.5
    )


def roots_of(store: Store, size: int) -> list[Node]:
    """DL3 files from all over the store; each has as many ancestors as it should."""
    known = range(night.observations(size))
    chosen = random.Random(size).sample(known, min(100, len(known)))
    roots = [find(store, night.product_of(night.dl3_of(observation))) for observation in chosen]
    for root in roots[:3]:
        found = (
            len(store.walk(root, Direction.UPSTREAM, ORIGIN_RELATIONS, None, WALK_LIMIT).nodes) - 1
        )
        if found != night.ANCESTORS:
            raise AssertionError(f"{root.id} has {found} ancestors")
    return roots


def _walking(store: Store, roots: list[Node]) -> Ask:
    return lambda turn: store.walk(
        roots[turn % len(roots)], Direction.UPSTREAM, ORIGIN_RELATIONS, None, WALK_LIMIT
    )


def _by_hand(stack: ExitStack, path: Path, roots: list[Node]) -> Ask:
    connection = sqlite3.connect(path)
    stack.callback(connection.close)
    connection.execute("PRAGMA cache_size=-65536")
    columns = connection.execute(_BY_HAND, (roots[0].key,)).fetchall()
    kinds = [row[0] for row in columns]
    if (kinds.count("activity") + kinds.count("entity"), kinds.count("edge")) != (
        night.ANCESTORS + 1,
        27,
    ):
        raise AssertionError(f"the query by hand finds other things: {kinds}")

    def ask(turn: int) -> list[Any]:
        return connection.execute(_BY_HAND, (roots[turn % len(roots)].key,)).fetchall()

    return ask


def _powers(size: int) -> str:
    return f"10^{len(str(size)) - 1}"
