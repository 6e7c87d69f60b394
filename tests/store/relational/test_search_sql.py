"""Along which indexes a search goes; the contract suite says what it finds."""

from contextlib import closing

import pytest
from sqlalchemy import Engine, text

from provgraph.ingest.deciding.integration import integrate
from provgraph.model.filters import Filter, PageRequest, Search, SortOrder
from provgraph.model.records import Document, Mention, Run
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.registry import open_store
from provgraph.store.relational.postgresql import postgresql_engine
from provgraph.store.relational.search_sql import SqlSearch
from provgraph.store.relational.store import RelationalStore
from tests.services import PostgresServer


@pytest.mark.parametrize("order", [SortOrder.TIME, SortOrder.NAME])
@pytest.mark.parametrize("words", [None, "x"])
def test_files_of_no_known_run_have_an_index_in_each_order(
    store: RelationalStore,
    queries: list[str],
    engine: Engine,
    words: str | None,
    order: SortOrder,
) -> None:
    """Behind a cursor, too; what else is asked for is looked at along it first."""
    reads = tuple(
        Mention("r", RelationType.USED, None, f"file:/{n}/x", None, "log") for n in range(9)
    )
    with store.writing() as transaction:
        integrate(transaction, [Document(run=Run("r", {}), mentions=reads)])
    queries.clear()
    asked = Filter(search=Search(words, external=True))
    after = store.find(asked, order, PageRequest(3)).after
    assert len(store.find(asked, order, PageRequest(3, after)).found) == 3
    found = [query for query in queries if "AS value" in query]
    assert len(found) == 2
    for query in found:
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {query}", ("x",) * query.count("?")
            ).all()
        assert [row[3] for row in plan if f"search_external_{order.value} (kind=?" in row[3]]


def test_postgresql_looks_for_no_word_along_the_order(postgres_server: PostgresServer) -> None:
    """Its planner takes the beginning of a word for common, however rare it is."""
    url = postgres_server.create_database("words")
    documents = [Document(run=Run(f"r{n}", {"host": (f"worker{n}",)})) for n in range(300)]
    with closing(open_store(url)) as store, store.writing() as transaction:
        integrate(transaction, documents)
    asked = SqlSearch("postgresql", Search("worker7"), (Kind.ACTIVITY,))
    query, given = asked.reading(SortOrder.TIME, None, 5)
    engine = postgresql_engine(url, None)
    with engine.connect() as connection:
        for costly in ("seqscan", "sort"):
            connection.execute(text(f"SET enable_{costly} = off"))
        plan = connection.execute(text(f"EXPLAIN {query}"), given).scalars().all()
    engine.dispose()
    assert any("Sort Key" in step for step in plan)
    assert not any("using search_time" in step for step in plan)
