"""Values as the texts of cells."""

import pytest

from provgraph.relational_mirror.mapping.cells import array, attribute_text, timestamp, value_text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, None), ("", ""), ("a b", "a b"), (0, "0"), (False, "false"), ([1, "x"], '[1,"x"]')],
)
def test_only_null_is_null(value: object, text: str | None) -> None:
    assert value_text(value) == text


def test_the_first_value_of_an_attribute_counts() -> None:
    assert attribute_text({"name": ("first", "second")}, "name") == "first"
    assert attribute_text({}, "name") is None


def test_elements_of_an_array_are_quoted_where_they_must_be() -> None:
    assert array(["/a/b", "c d", 'q"\\', "", "NULL", "x,y"]) == (
        r'{/a/b,"c d","q\"\\","","NULL","x,y"}'
    )


@pytest.mark.parametrize(
    ("time", "text"),
    [
        ("2026-01-01T12:00:00.500", "2026-01-01 12:00:00.5"),
        ("2026-01-01T12:00:00.000", "2026-01-01 12:00:00"),
        ("2026-01-01T12:00:00.123456789", "2026-01-01 12:00:00.123456"),
        ("yesterday", None),
        (None, None),
    ],
)
def test_times_are_written_as_postgresql_shows_them(time: str | None, text: str | None) -> None:
    assert timestamp(time) == text
