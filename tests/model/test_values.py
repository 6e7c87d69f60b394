"""Values as keys and as JSON; times, whose texts order as the instants do; texts for people."""

import hashlib
import math
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.errors import LoadError
from provgraph.model.values import (
    MAX_NESTING,
    Value,
    canonical_json,
    counted,
    duration_text,
    fingerprint,
    flat_json,
    key_count,
    readable,
    seconds_between,
    shortened,
    storable_text,
    storable_value,
    time_text,
    utc,
    visible,
    with_zone,
)
from provgraph.model.vocabulary import Kind
from tests.model.strategies import scalars, values

#: Keys are in the stores of users: they must be the same in every version of Python.
FINGERPRINTS: list[tuple[tuple[object, ...], str]] = [
    (("entity", "file:/data/é"), "a21ed7483c61a284aa449de95fd04da6"),
    (("r", None, "", (), {}), "e47df56374b233c054c339b96aadde4c"),
    ((1, 1.0, True, -0.0, 1180591620717411303424), "d684ddf9124b9dcd87083afa3e139047"),
    (({"b": (0.1,), "a": [None, {"x": "y"}]}, ("a", ("b",))), "d083ead27c5fd8b36e371886d90c7fdb"),
    ((), "7ebb3c7c2a87b1a2f8a7ed729ecb040d"),
]


@settings(max_examples=200, deadline=None)
@given(values, values)
def test_fingerprints_tell_values_apart(one: Value, other: Value) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (
        canonical_json(one) == canonical_json(other)
    )
    assert len(fingerprint(one)) == 16
    assert fingerprint("a", "b") != fingerprint("ab") != fingerprint(["a", "b"])


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_storable_texts_are_utf8_without_zero(text: str) -> None:
    kept = storable_text(text)
    assert "\0" not in kept
    kept.encode()
    assert storable_text(kept) == kept
    assert kept == text or "\0" in text or any("\ud800" <= c <= "\udfff" for c in text)


def test_storable_values() -> None:
    assert storable_value({"a\0": ["\ud800", 1, None, {"b": "c"}]}) == {
        "a\\u0000": ["\\ud800", 1, None, {"b": "c"}]
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": (1, None), "a": 0.5}, '{"a":0.5,"b":[1,null]}'),
        (
            [True, False, -0.0, 1e300, 1e-7, 2**70],
            "[true,false,-0.0,1e+300,1e-07,1180591620717411303424]",
        ),
        ([math.nan, math.inf, -math.inf], "[NaN,Infinity,-Infinity]"),
        ('é"\\\n\x01\x7f\u2028\U0001f52d', '"é\\"\\\\\\n\\u0001\x7f\u2028\U0001f52d"'),
        ({"1": "number", 1: "text"}, None),
        ({}, "{}"),
        ((), "[]"),
        ("\ud800", '"\ud800"'),
        (Kind.ENTITY, '"entity"'),
    ],
)
def test_the_one_form_of_json(value: object, text: str | None) -> None:
    if text is None:
        with pytest.raises(TypeError):
            canonical_json(value)
    else:
        assert canonical_json(value) == text


@pytest.mark.parametrize(
    ("parts", "key"),
    FINGERPRINTS,
)
def test_fingerprints_are_the_same_for_ever(parts: tuple[object, ...], key: str) -> None:
    assert fingerprint(*parts).hex() == key


parts = st.recursive(
    scalars | st.text() | st.sampled_from(Kind),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(parts, max_size=5).map(tuple))
def test_a_fingerprint_is_the_hash_of_the_parts_as_one_list(parts: tuple[object, ...]) -> None:
    text = canonical_json(list(parts))
    assert fingerprint(*parts) == hashlib.blake2b(text.encode(), digest_size=16).digest()


def test_a_lone_surrogate_has_no_fingerprint() -> None:
    with pytest.raises(UnicodeEncodeError):
        fingerprint("\ud800")


@given(st.lists(values, min_size=1), st.lists(values))
def test_a_key_of_parts_that_were_written_before_is_the_same(
    first: list[Value], behind: list[Value]
) -> None:
    storable = [storable_value(each) for each in (*first, *behind)]
    parts, more = storable[: len(first)], storable[len(first) :]
    assert fingerprint(*parts, *more) == (
        fingerprint(*parts, further=flat_json(tuple(more))) if more else fingerprint(*parts)
    )


def test_keys_of_nested_objects_are_counted() -> None:
    assert key_count({"a": {"b": [{"c": 1}, [{"d": {}}]]}, "e": 2}) == 5
    deep: dict[str, Any] = {}
    for _ in range(MAX_NESTING):
        deep = {"a": [deep]}
    assert key_count(deep) is None


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
        ("2026-11-21T08:29:38.04Z", "2026-11-21T08:29:38.040"),
        ("2026-11-21T08:29:38.045120Z", "2026-11-21T08:29:38.045120"),
        ("2026-11-21T08:29:38.045000", "2026-11-21T08:29:38.045"),
        ("2026-11-21 08:29:38.045", "2026-11-21T08:29:38.045"),
        ("2026-11-21T10:29:38+02:00", "2026-11-21T08:29:38.000"),
        ("2026-11-21T10:29:38+0200", "2026-11-21T08:29:38.000"),
        ("2026-11-21T00:29:38 -0030", "2026-11-21T00:59:38.000"),
        ("2026-11-21 10:29:38.5+02", "2026-11-21T08:29:38.500"),
        ("2026-11-21T10:29:38.5+0200", "2026-11-21T08:29:38.500"),
        ("2026-11-21T06:29-02", "2026-11-21T08:29:00.000"),
        ("2026-01-01T00:00:00+01:00", "2025-12-31T23:00:00.000"),
        ("2026-11-21T08:29:38.1", "2026-11-21T08:29:38.100"),
        ("2026-11-21T08:29:38.0451", "2026-11-21T08:29:38.045100"),
        ("2026-11-21T08:29:38.0450000", "2026-11-21T08:29:38.045"),
        ("2026-11-21T08:29:38.123456z", "2026-11-21T08:29:38.123456"),
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
        "Z2026-11-21T08:29:38",
        "2026-11-21t08:29:38",
        "2026-11-21t08:29:38.045",
        "2026-11-21T08:29:38.+05",
        "2026-11-21T08-09:38",
        "2026-11-21T08:29:38Zx",
        "2026-11-21T08:29:38+2",
        "2026-11-21-05",
    ],
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(LoadError):
        utc(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * 99, f"{'x' * 60!r} is no ISO 8601 time"),
        (
            f"{'2026-11-21T08:29:61':99}",
            f"{'2026-11-21T08:29:61':60}' is no possible time: second must be in 0..60",
        ),
        ("2026-11-21-05", "possible time: a zone of hours follows a time, not a date"),
    ],
)
def test_it_is_said_why_a_text_is_no_time(text: str, reason: str) -> None:
    with pytest.raises(LoadError, match=f"{re.escape(reason)}$"):
        utc(text)


@pytest.mark.usefixtures("clock_of_tokyo")
def test_times_are_in_utc_whatever_the_zone_of_the_clock() -> None:
    for text in ("2026-11-21T10:29:38+02:00", "2026-11-21T08:29", "2026-11-21T08:29:38.5Z"):
        assert utc(text)[:16] == "2026-11-21T08:29"


@settings(max_examples=100, deadline=None)
@given(moments, moments)
def test_seconds_between(one: datetime, other: datetime) -> None:
    times = [utc(written(each, f"{each.microsecond:06}")) for each in (one, other)]
    assert seconds_between(*times) == (other - one).total_seconds()
    assert with_zone(None) is None


DAY = "2026-11-21T00:00:00.000Z"


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("2026-11-21T00:00:00.000Z", "0.0 s"),
        ("2026-11-21T00:00:00.830Z", "0.8 s"),
        ("2026-11-21T00:00:09.940Z", "9.9 s"),
        ("2026-11-21T00:00:09.950Z", "10 s"),
        ("2026-11-21T00:00:59.700Z", "1 min 00 s"),
        ("2026-11-21T00:02:02.500123456Z", "2 min 03 s"),
        ("2026-11-21T00:59:59.900Z", "1 h 00 min"),
        ("2026-11-21T23:59:59.900Z", "1 d 0 h"),
        ("2026-11-24T04:00:00.000Z", "3 d 4 h"),
        ("2027-03-01T00:00:00.000Z", "100 d 0 h"),
        ("2026-11-20T23:59:58.000Z", "-2.0 s"),
        ("2026-11-20T23:57:55.000Z", "-2 min 05 s"),
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
        ("\ufdcf\ufdd0\ufdef\ufdf0", "\ufdcf\\ufdd0\\ufdef\ufdf0"),
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


@pytest.mark.parametrize(
    ("number", "noun", "expected"),
    [
        (0, "file", "0 files"),
        (1, "file", "1 file"),
        (2, "file", "2 files"),
        (1, "activity", "1 activity"),
        (3, "activity", "3 activities"),
        (2, "key", "2 keys"),
        (2, "delay", "2 delays"),
    ],
)
def test_numbers_of_things(number: int, noun: str, expected: str) -> None:
    assert counted(number, noun) == expected
