"""The rows of one record."""

from provgraph.relational_mirror.mapping.rows import Link, Rows


def test_all_values_are_those_of_rows_with_and_without_keys() -> None:
    rows = Rows()
    rows.plain["agents"].append(("CTAO", "name"))
    rows.links["used"] += [Link(("data", "run")), Link(("dark", "run"))]
    assert list(rows.all_values()) == [("CTAO", "name"), ("data", "run"), ("dark", "run")]
