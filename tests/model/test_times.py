"""Times in UTC with their fraction, whose texts order as the instants do."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.errors import LoadError
from provgraph.model.times import seconds_between, utc, with_zone

zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# A day away from the ends, so that no zone leaves the calendar.
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC) | zones)
digits = st.text("0123456789", max_size=9)


def written(moment: datetime, fraction: str, separator: str = "T", colon: bool = True) -> str:
    """The moment as ISO 8601 in its own zone, with this fraction."""
    offset = moment.strftime("%z")
    zone = offset[:3] + (":" if colon else "") + offset[3:5]
    text = f"{moment.replace(tzinfo=None).isoformat(separator, 'seconds')}"
    return f"{text}.{fraction}{zone}" if fraction else text + zone


def instant(moment: datetime, fraction: str) -> tuple[datetime, Fraction]:
    return moment.replace(microsecond=0).astimezone(UTC), Fraction(f"0.{fraction or 0}")


said = st.tuples(moments, digits)


@settings(max_examples=300, deadline=None)
@given(said, said, st.sampled_from("T "), st.booleans())
def test_texts_order_as_instants(
    one: tuple[datetime, str], other: tuple[datetime, str], separator: str, colon: bool
) -> None:
    left, right = utc(written(*one, separator, colon)), utc(written(*other))
    assert (left < right) == (instant(*one) < instant(*other))
    assert (left == right) == (instant(*one) == instant(*other))


@settings(max_examples=200, deadline=None)
@given(moments, digits, digits)
def test_fractions_of_one_second_order(moment: datetime, one: str, other: str) -> None:
    left, right = utc(written(moment, one)), utc(written(moment, other))
    assert (left < right) == (Fraction(f"0.{one or 0}") < Fraction(f"0.{other or 0}"))


@settings(max_examples=200, deadline=None)
@given(said)
def test_canonical_times_are_their_own_form(one: tuple[datetime, str]) -> None:
    time = utc(written(*one))
    assert utc(time) == time
    assert utc(str(with_zone(time))) == time
    assert len(time) in (23, 26, 29)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=40)
    | st.from_regex(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?")
)
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with suppress(LoadError):
        time = utc(text)
        assert utc(time) == time


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-21T08:29:38.045", "2026-11-21T08:29:38.045"),
        ("2026-11-21T08:29:38.045Z", "2026-11-21T08:29:38.045"),
        ("2026-11-21 08:29:38.045", "2026-11-21T08:29:38.045"),
        ("2026-11-21T10:29:38+02:00", "2026-11-21T08:29:38.000"),
        ("2026-11-21T10:29:38+0200", "2026-11-21T08:29:38.000"),
        ("2026-11-21T00:29:38 -0030", "2026-11-21T00:59:38.000"),
        ("2026-01-01T00:00:00+01:00", "2025-12-31T23:00:00.000"),
        ("2026-11-21T08:29:38.1", "2026-11-21T08:29:38.100"),
        ("2026-11-21T08:29:38.0451", "2026-11-21T08:29:38.045100"),
        ("2026-11-21T08:29:38.0450000", "2026-11-21T08:29:38.045"),
        ("2026-11-21T08:29:38.1234567", "2026-11-21T08:29:38.123456700"),
        ("2026-11-21T08:29:38.1234567894", "2026-11-21T08:29:38.123456789"),
        ("2026-11-21T08:29:38,5", "2026-11-21T08:29:38.500"),
        ("2026-11-21T08:29", "2026-11-21T08:29:00.000"),
        ("2026-11-21", "2026-11-21T00:00:00.000"),
        ("2016-12-31T23:59:60.25", "2017-01-01T00:00:00.250"),
        ("0999-01-01", "0999-01-01T00:00:00.000"),
    ],
)
def test_forms(text: str, time: str) -> None:
    assert utc(text) == utc(f" {text}\n") == time


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026",
        "2026-11",
        "2026-13-01",
        "2026-02-30",
        "2026-11-21T25:00",
        "2026-11-21T08:60",
        "08:29:38",
        "2026-11-21T08:29:61",
        "2026-11-21T08:29:38+24:00",
        "21.11.2026",
        "0000-01-01",
        "9999-12-31T23:59:60",
        "9999-12-31T23:00-02:00",
        "0001-01-01T00:00+01:00",
        "\u0662\u0660\u0662\u0666-11-21",
        "2026-11-21T08:29:38.",
        "2026-11-21T08:29:38Zx",
    ],
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(LoadError):
        utc(text)


@settings(max_examples=100, deadline=None)
@given(moments, moments)
def test_seconds_between(one: datetime, other: datetime) -> None:
    times = [utc(written(each, f"{each.microsecond:06}")) for each in (one, other)]
    assert seconds_between(*times) == (other - one).total_seconds()
    assert with_zone(None) is None
