"""Limits of provgraph, made smaller than a user's in the process of a loader under test.

Each function here runs first in that process (``Loader(before=...)``), before other modules take
the numbers from where they stand.
"""

#: How many documents loaders here integrate at once: a few, so that already a log of moderate
#: length is a large one.
BATCH = 100
#: The size from which a process of its own reads a source: so small that it reads the long log.
SMALLEST = 1 << 20
#: Of a loader that writes the long log in several transactions: how many of its runs each takes.
STEP = 25
#: How long an impatient loader waits for a store that is away, and its driver for a server, in
#: seconds.
PATIENCE_SECONDS = 4.0
RETRY_SECONDS = 2.0


def small_batches() -> None:
    """Integrate few documents at once, and read already the long log in another process."""
    from provgraph.ingest.reading import process  # noqa: PLC0415 - see above
    from tests.batches import limit_batches  # noqa: PLC0415

    process.SMALLEST = SMALLEST
    limit_batches(BATCH)


def impatient() -> None:
    """Give up soon when the store is away."""
    from provgraph.store import waiting  # noqa: PLC0415 - see above
    from provgraph.store.neo4j import connection  # noqa: PLC0415

    waiting.PATIENCE_SECONDS = PATIENCE_SECONDS
    connection.RETRY_SECONDS = RETRY_SECONDS


def in_steps() -> None:
    """Write a log of moderate length in several transactions."""
    from provgraph.store.neo4j.store import Neo4jStore  # noqa: PLC0415 - see above
    from provgraph.store.records import StoreLimits  # noqa: PLC0415
    from tests.batches import limit_batches  # noqa: PLC0415

    limit_batches(STEP)
    Neo4jStore.limits = StoreLimits(documents=STEP)
