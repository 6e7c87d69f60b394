"""Which tables there are: bench, faults and people read them."""

from provgraph.store.relational.tables import metadata


def test_no_key_is_longer_than_16_bytes_and_each_table_has_one() -> None:
    for table in metadata.tables.values():
        assert list(table.primary_key), table.name
        keys = [column for column in table.columns if getattr(column.type, "length", None)]
        assert all(column.type.length == 16 for column in keys), table.name  # type: ignore[attr-defined]


def test_the_ends_of_relations_are_found_by_index_both_ways() -> None:
    indexes = metadata.tables["relation"].indexes
    first = {next(column.name for column in index.columns) for index in indexes}
    assert {"source", "target", "place", "identifier", "twin"} <= first
