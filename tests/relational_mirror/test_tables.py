"""The tables are those that docs/contract.md names."""

from pathlib import Path

from provgraph.relational_mirror.tables import (
    COLUMNS,
    LINKS,
    NUMBERED,
    SEQUENCES,
    TABLES,
    published,
)

PROMISES = (Path(__file__).parents[2] / "docs" / "contract.md").read_text()
_, _, MIRROR = PROMISES.partition("## The ctaprov mirror")


def names_after(word: str) -> set[str]:
    text = MIRROR.partition(f"\n{word}: ")[2].partition(".\n")[0]
    return set(text.replace("\n", " ").split(", "))


def test_tables_and_sequences_are_those_of_the_contract() -> None:
    assert set(TABLES) == names_after("Tables")
    assert set(SEQUENCES) == names_after("Sequences")
    assert (len(TABLES), len(SEQUENCES)) == (22, 10)


def test_a_table_comes_after_those_that_it_refers_to() -> None:
    for table in published.tables.values():
        for key in table.foreign_keys:
            referred = key.column.table.name
            assert TABLES.index(referred) < TABLES.index(table.name) or referred == table.name


def test_tables_whose_rows_have_numbers_have_a_sequence() -> None:
    assert set(LINKS) <= set(TABLES)
    assert set(NUMBERED) == {table for table, _ in SEQUENCES.values()} - {"entities"}
    assert {COLUMNS[table][0] for table, _ in SEQUENCES.values()} == {
        column for _, column in SEQUENCES.values()
    }
