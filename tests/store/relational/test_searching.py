"""A search goes along indexes; the contract suite says what it finds."""

import pytest
from sqlalchemy import Engine

from provgraph.ingest.deciding.integration import integrate
from provgraph.model.filters import Filter, Search, SortOrder
from provgraph.model.records import Agent, Document, Mention, Run
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.relational import tables
from provgraph.store.relational.store import RelationalStore

MADE = RelationType.WAS_GENERATED_BY
SEARCHES = (
    Search(),
    Search("run x"),
    Search(data_levels=("DL1",)),
    Search(tools=("tool",), under="/"),
    Search(agents=("r",)),
    Search(since="2026-01-01T00:00:00.000", until="2026-01-02T00:00:00.000"),
    Search("x", invalid=True, external=True),
)
WHOLE_TABLES = tuple(f"SCAN {table}" for table in tables.metadata.tables)


@pytest.fixture
def filled(store: RelationalStore) -> RelationalStore:
    facts = {"name": ("tool",), "startTime": ("2026-01-01T00:00:00.000",)}
    document = Document(
        run=Run("r", facts),
        mentions=(Mention("r", MADE, None, "file:/x.h5", "product:P", "log"),),
        agents=(Agent("r"),),
    )
    with store.writing() as transaction:
        integrate(transaction, [document])
    return store


@pytest.mark.parametrize("wanted", SEARCHES)
@pytest.mark.parametrize("order", [SortOrder.TIME, SortOrder.NAME])
def test_no_table_is_read_as_a_whole(
    filled: RelationalStore,
    queries: list[str],
    engine: Engine,
    wanted: Search,
    order: SortOrder,
) -> None:
    queries.clear()
    filled.find(Filter(search=wanted, kinds=(Kind.ENTITY, Kind.ACTIVITY)), order)
    found = [query for query in queries if "count(*)" in query or "UNION ALL" in query]
    assert found
    for query in found:
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {query}", ("x",) * query.count("?")
            ).all()
        steps = [row[3] for row in plan]
        whole = [step for step in steps if step.startswith(WHOLE_TABLES)]
        assert all("VIRTUAL TABLE INDEX" in step for step in whole), steps


def test_the_index_follows_what_changes(filled: RelationalStore, engine: Engine) -> None:
    def runs(text: str) -> int:
        wanted = Filter(search=Search(text), kinds=(Kind.ACTIVITY,))
        return filled.find(wanted, SortOrder.TIME).total

    assert (runs("tool"), runs("worker7")) == (1, 0)
    with filled.writing() as transaction:
        integrate(transaction, [Document(run=Run("r", {"host": ("worker7",)}))])
    assert (runs("tool"), runs("worker7")) == (1, 1)
    with engine.connect() as connection:  # FTS5 compares its index with the entries
        connection.exec_driver_sql(
            "INSERT INTO search_terms(search_terms, rank) VALUES ('integrity-check', 1)"
        )
