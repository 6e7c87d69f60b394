"""A search goes along indexes; the contract suite says what it finds."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from provgraph.ingest.deciding.integration import integrate
from provgraph.ingest.forgetting import forget
from provgraph.ingest.loading import load
from provgraph.model.filters import Filter, PageRequest, ParameterValue, Search, SortOrder
from provgraph.model.records import Agent, Document, Mention, Run, Settings
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.records import Changes
from provgraph.store.relational import tables
from provgraph.store.relational.store import RelationalStore
from tests.conftest import LOGS
from tests.store.relational.conftest import indexed_terms

MADE = RelationType.WAS_GENERATED_BY
SEARCHES = (
    Search(),
    Search("run x"),
    Search(data_levels=("DL1",)),
    Search(tools=("tool",), under="/"),
    Search(agents=("r",)),
    Search(since="2026-01-01T00:00:00.000", until="2026-01-02T00:00:00.000"),
    Search("x", invalid=True, external=True),
    Search(at="2026-01-01T00:00:00.000"),
    Search("x", at="2026-01-01T00:00:00.000", under="/x"),
    Search(parameters=(ParameterValue("a", "1"), ParameterValue("b", "2"))),
    Search("x", parameters=(ParameterValue("a", "1"),), since="2026-01-01T00:00:00.000"),
    Search(parameters=(ParameterValue("a", "1"),), tools=("tool",), under="/"),
)
WHOLE_TABLES = tuple(
    f"SCAN {table}" for table in (*tables.metadata.tables, "settings_terms", "chosen")
)


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
        transaction.apply(Changes(settings=[Settings("t", {"a": 1})]), ())
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
    asked = Filter(search=wanted, kinds=(Kind.ENTITY, Kind.ACTIVITY))
    filled.find(asked, order, PageRequest(counted=True))
    found = [query for query in queries if "count(*)" in query or "AS value" in query]
    assert len(found) > 1
    for query in found:
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {query}", ("x",) * query.count("?")
            ).all()
        steps = [row[3] for row in plan]
        whole = [
            step
            for step in steps
            if step.startswith(WHOLE_TABLES) and "VIRTUAL TABLE INDEX" not in step
        ]
        # The next entries of all, so many and no more, are called as their table is.
        assert whole == ["SCAN search"] * steps.count("CO-ROUTINE search"), steps


def test_terms_of_parameters_go_with_their_last_run(
    store: RelationalStore, engine: Engine, tmp_path: Path
) -> None:
    loads = [report.load for report in load(store, [str(LOGS / "merge.provlog")])]
    wanted = Filter(search=Search(parameters=(ParameterValue("file_pattern", "*.h5"),)))
    assert store.find(wanted, SortOrder.TIME).found
    for each in loads:
        forget(store, str(each))
    with engine.connect() as connection:
        assert connection.execute(select(tables.settings)).all() == []
    assert indexed_terms(engine) == 0


def test_the_index_follows_what_changes(filled: RelationalStore, engine: Engine) -> None:
    def runs(text: str) -> int:
        wanted = Filter(search=Search(text), kinds=(Kind.ACTIVITY,))
        return len(filled.find(wanted, SortOrder.TIME).found)

    assert (runs("tool"), runs("worker7")) == (1, 0)
    with filled.writing() as transaction:
        integrate(transaction, [Document(run=Run("r", {"host": ("worker7",)}))])
    assert (runs("tool"), runs("worker7")) == (1, 1)
    with engine.connect() as connection:  # FTS5 compares its index with the entries
        connection.exec_driver_sql(
            "INSERT INTO search_terms(search_terms, rank) VALUES ('integrity-check', 1)"
        )


def test_many_records_of_one_transaction_are_all_in_the_index(
    store: RelationalStore, engine: Engine
) -> None:
    def found(text: str) -> int:
        wanted = Filter(search=Search(text), kinds=(Kind.ACTIVITY,))
        return len(store.find(wanted, SortOrder.TIME).found)

    # Of several hosts the first is shown and searched.
    for host, runs in (("worker7", 400), ("worker6", 150)):
        documents = [Document(run=Run(f"r{n}", {"host": (host,)})) for n in range(runs)]
        with store.writing() as transaction:
            integrate(transaction, documents)
    assert (found("worker7"), found("worker6"), found("r399")) == (250, 150, 1)
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "INSERT INTO search_terms(search_terms, rank) VALUES ('integrity-check', 1)"
        )
