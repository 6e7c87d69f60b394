"""The forms that the values of columns take."""

import pytest

from provgraph.loaders.ctaprov.columns import (
    columns_behind,
    distinct_values,
    other_columns,
    row_uri,
    storage_elements,
    time_column,
    without_nulls,
)
from provgraph.model.values import Value


def test_columns_of_one_table_of_a_joined_row() -> None:
    row = {"id": 1, "s.id": 2, "s.entity.id": 3, "sd.id": 4}
    assert columns_behind("s.", row) == {"id": 2, "entity.id": 3}


def test_what_has_no_place_of_its_own_and_says_something() -> None:
    assert other_columns({"id": 1, "x": None, "y": 0, "z": ""}, ["id", None]) == {"y": 0, "z": ""}
    assert without_nulls({"x": None, "y": False}) == {"y": False}


def test_values_come_once_and_in_an_order_of_their_own() -> None:
    values: list[Value] = [{"b": 1, "a": 2}, "x", {"a": 2, "b": 1}, 1]
    assert distinct_values(values) == distinct_values(values[::-1])
    assert len(distinct_values(values)) == 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, {}),
        ("2026-11-21 10:00:00+02:00", {"t": "2026-11-21T08:00:00.000"}),
        ("yesterday", {"stated t": "yesterday"}),
    ],
)
def test_times(value: str | None, expected: dict[str, str]) -> None:
    assert time_column("t", value) == expected


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("{A-Disk,B-Disk}", ["A-Disk", "B-Disk"]),
        ('{A-Disk,"B, Disk"}', ["A-Disk", "B, Disk"]),
        ("{}", []),
        ("/vo/x.h5", "/vo/x.h5"),
        ('{"A}', '{"A}'),
        (None, None),
        (5, None),
    ],
)
def test_storage_elements_are_read_from_the_text_of_an_array(
    location: object, expected: Value
) -> None:
    assert storage_elements(location) == expected


def test_a_row_is_named_by_its_database_table_and_key() -> None:
    assert row_uri("postgresql://h/db", "agents", 5) == "prov:postgresql://h/db#agents/5"
