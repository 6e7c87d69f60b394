"""Queries, run against real databases."""

import psycopg
import pytest
from psycopg.rows import dict_row

from provgraph.loaders.ctaprov.columns import ACTIVITY
from provgraph.loaders.ctaprov.layout import RowReference, TableLayout, layout_of
from provgraph.loaders.ctaprov.queries import (
    activities_by_key,
    configuration_by_activity,
    entities_by_key,
    files_by_activity,
    fingerprint_query,
    relations_with_ends,
    unused_rows,
    whole_table,
)
from tests.loaders.ctaprov.conftest import GENERATIONS, Restore, change
from tests.loaders.ctaprov.tables import layout


def tables_of(url: str) -> TableLayout:
    with psycopg.connect(url) as connection:
        return layout_of(connection, "public")


def test_without_its_table_nothing_is_configured() -> None:
    columns = {name: each for name, each in layout().columns.items() if name != "wasConfiguredBy"}
    assert configuration_by_activity(TableLayout("public", columns)) is None


@pytest.mark.postgresql
@pytest.mark.parametrize("generation", GENERATIONS)
def test_files_come_in_the_order_of_their_activities(
    generation: str, databases: dict[str, str]
) -> None:
    with psycopg.connect(databases[generation], row_factory=dict_row) as connection:
        tables = tables_of(databases[generation])
        key = tables.key("activities")
        activities = [row[key] for row in connection.execute(activities_by_key(tables))]
        assert activities == sorted(activities)
        for query in (
            files_by_activity(tables, "used"),
            files_by_activity(tables, "wasGeneratedBy"),
            configuration_by_activity(tables),
        ):
            assert query is not None
            keys = [row[ACTIVITY] for row in connection.execute(query)]
            named = [each for each in keys if each is not None]
            assert named == sorted(named) == keys[: len(named)]
            assert set(named) <= set(activities)


@pytest.mark.postgresql
@pytest.mark.parametrize("generation", GENERATIONS)
def test_each_row_comes_once_with_what_it_leads_to(
    generation: str, databases: dict[str, str]
) -> None:
    with psycopg.connect(databases[generation], row_factory=dict_row) as connection:
        tables = tables_of(databases[generation])
        whole = connection.execute(whole_table(tables, "entities")).fetchall()
        joined = connection.execute(entities_by_key(tables)).fetchall()
        assert len(joined) == len(whole) > 0
        ends = RowReference("entity", "entities"), RowReference("agent", "agents")
        query = relations_with_ends(tables, "wasAttributedTo", *ends)
        rows = connection.execute(query).fetchall()
        attributions = connection.execute(whole_table(tables, "wasAttributedTo")).fetchall()
        assert len(rows) == len(attributions) > 0
        assert all(row[f"t.{tables.key('agents')}"] is not None for row in rows)


@pytest.mark.postgresql
def test_the_fingerprint_is_that_of_the_rows_in_any_order(restore: Restore) -> None:
    url = restore("ctaprov_2020-04.sql")

    def fingerprint() -> list[tuple[object, ...]]:
        with psycopg.connect(url) as connection:
            tables = layout_of(connection, "public")
            return sorted(connection.execute(fingerprint_query(tables, tables.columns)).fetchall())

    before = fingerprint()
    change(url, "UPDATE activities SET name = name")  # moves the rows
    assert fingerprint() == before
    change(url, "UPDATE activities SET name = 'other'")
    assert fingerprint() != before


@pytest.mark.postgresql
def test_parameters_that_configure_nothing(restore: Restore) -> None:
    url = restore("ctaprov_2020-04.sql")
    change(url, "INSERT INTO parameters (id, name, value) VALUES ('lost', 'a', '1')")
    with psycopg.connect(url) as connection:
        tables = layout_of(connection, "public")
        reference = tables.reference("wasConfiguredBy", "parameter")
        assert reference is not None
        with connection.cursor(row_factory=dict_row) as cursor:
            found = cursor.execute(unused_rows(tables, "parameters", reference)).fetchall()
    assert [row["name"] for row in found] == ["a"]
