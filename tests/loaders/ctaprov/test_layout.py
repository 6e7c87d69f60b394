"""What is known of a database by its tables' columns."""

import psycopg
import pytest

from provgraph.errors import UnknownFormatError
from provgraph.loaders.ctaprov.layout import TableLayout, layout_of
from tests.loaders.ctaprov.conftest import GENERATIONS
from tests.loaders.ctaprov.tables import layout


def test_keys_and_references_of_both_generations() -> None:
    columns = {"used": {"internal_key": "integer", "activity_key": "integer", "entity_id": "text"}}
    tables = TableLayout("public", {**columns, "agents": {"id": "text"}, "x": {"x_Id": "text"}})
    keys = [tables.key(table) for table in ("used", "agents", "x")]
    assert keys == ["internal_key", "id", "x_Id"]
    assert tables.reference("used", "activity") == "activity_key"
    assert tables.reference("used", "entity") == "entity_id"
    assert tables.reference("used", "agent") is None


def test_numbers_and_texts_are_sorted_in_their_own_ways() -> None:
    assert layout().is_text("entities", "id")
    assert not layout("integer").is_text("entities", "id")
    assert "COLLATE" in layout().ordered("entities", "e", "id").as_string(None)
    assert "COLLATE" not in layout("integer").ordered("entities", "e", "id").as_string(None)


def test_values_of_odd_types_are_read_as_texts() -> None:
    tables = TableLayout("public", {"t": {"a": "text", "b": "numeric"}})
    columns = [each.as_string(None) for each in tables.values("t", "t", "x.")]
    assert columns == ['"t"."a" AS "x.a"', '"t"."b"::text AS "x.b"']
    assert tables.values("missing", "m") == []


@pytest.mark.postgresql
@pytest.mark.parametrize("generation", GENERATIONS)
def test_real_databases_have_their_tables(generation: str, databases: dict[str, str]) -> None:
    with psycopg.connect(databases[generation]) as connection:
        tables = layout_of(connection, "public")
        assert tables.has("wasConfiguredBy")
        assert tables.columns["activities"]["name"] == "character varying"
        with pytest.raises(UnknownFormatError, match=r"looked in schema 'other'.*\?schema=NAME"):
            layout_of(connection, "other")
