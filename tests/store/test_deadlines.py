"""A question ends when the time for its answer is over, in the store itself, too."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from provgraph.errors import OverdueError
from provgraph.model.filters import Filter
from provgraph.store.deadlines import DEADLINE, Deadline
from provgraph.store.neo4j.store import Neo4jStore
from provgraph.store.protocol import Store
from provgraph.store.relational.store import RelationalStore

#: Each takes minutes.
LONG_SQL = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT count(*) FROM n WHERE i < 0",
    "postgresql": "SELECT pg_sleep(600)",
}
LONG_CYPHER = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b)"


#: A database in memory has one connection for all, whose work is not one piece.
pytestmark = pytest.mark.parametrize(
    "store_url",
    [
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("neo4j", marks=pytest.mark.neo4j),
    ],
    indirect=True,
)


@contextmanager
def until(deadline: Deadline) -> Iterator[None]:
    """What is asked there has to be answered until a deadline."""
    token = DEADLINE.set(deadline)
    yield
    DEADLINE.reset(token)


def ask_long(store: Store) -> None:
    if isinstance(store, RelationalStore):
        with store._reading() as connection:
            connection.exec_driver_sql(LONG_SQL[connection.dialect.name])
    elif isinstance(store, Neo4jStore):
        store._connection.read(LONG_CYPHER)


def test_a_statement_that_runs_is_stopped_and_the_store_goes_on(store: Store) -> None:
    nothing = Filter(identifiers=("nothing",))
    store.find(nothing)
    with until(Deadline(0.2)), pytest.raises(OverdueError) as raised:
        ask_long(store)
    assert raised.value.code == "TIMED_OUT"
    assert store.find(nothing).found == ()


def test_work_that_was_called_off_asks_nothing_more(store: Store) -> None:
    deadline = Deadline(600)
    deadline.call_off()
    with until(deadline), pytest.raises(OverdueError):
        store.stats()
    assert deadline.remaining() == 0
