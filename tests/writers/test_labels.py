"""Names, times and durations for people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provgraph.writers.labels import duration_text, readable, shortened, time_text, visible

DAY = "2026-11-21T00:00:00.000Z"


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("2026-11-21T00:00:00.000Z", "0.0 s"),
        ("2026-11-21T00:00:00.830Z", "0.8 s"),
        ("2026-11-21T00:00:09.970Z", "10 s"),
        ("2026-11-21T00:00:59.700Z", "1 min 00 s"),
        ("2026-11-21T00:02:02.500123456Z", "2 min 03 s"),
        ("2026-11-21T00:59:59.900Z", "1 h 00 min"),
        ("2026-11-21T23:59:59.900Z", "1 d 0 h"),
        ("2026-11-24T04:00:00.000Z", "3 d 4 h"),
        ("2026-11-20T23:59:58.000Z", "-2.0 s"),
    ],
)
def test_durations_in_two_units(end: str, said: str) -> None:
    assert duration_text(DAY, end) == said


def test_times_to_the_second() -> None:
    assert time_text("2026-11-21T08:29:38.045Z") == "2026-11-21 08:29:38"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日本 🔭", "plain é 日本 🔭"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x1b\x00\x7f\x9b", "\\x1b\\x00\\x7f\\x9b"),
        ("\u202e\u2028\ufeff\ufffe", "\\u202e\\u2028\\ufeff\\ufffe"),
        ("\ud800", "\\ud800"),
        ("\U000e0041\U0001ffff", "\\U000e0041\\U0001ffff"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_shortened_keeps_both_ends() -> None:
    assert shortened("gamma_run00001_very_long.dl1.h5", 15) == "gamma_r….dl1.h5"
    assert shortened("short", 5) == "short"


@given(st.text(), st.integers(2, 40))
def test_readable_is_short_and_visible(text: str, limit: int) -> None:
    said = readable(text, limit)
    assert len(said) <= limit
    assert visible(said) == said
