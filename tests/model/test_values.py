"""Joining what sources say.

The order never matters, and the typed value stays (docs/contract.md, rule 9).
"""

import hashlib
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.model.values import (
    MAX_NESTING,
    Value,
    canonical_json,
    fingerprint,
    is_plain_text,
    join_attributes,
    json_safe,
    key_count,
    may_equal_typed_value,
    storable_text,
    storable_value,
    union,
    value_or_list,
    values_or_lists,
)
from provgraph.model.vocabulary import Kind

numbers = st.integers(-3, 3) | st.sampled_from(
    [0.5, 1.0, -0.0, 2.0, math.inf, -math.inf, math.nan, 1e300, 2**60]
)
texts = st.sampled_from(
    [
        "",
        "1",
        "1.0",
        "01",
        "1e0",
        "0.5",
        "true",
        "True",
        "false",
        "null",
        "nan",
        "inf",
        "[1]",
        "x",
        "é",
        "2",
    ]
)
scalars = st.none() | st.booleans() | numbers | texts
values: st.SearchStrategy[Value] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
sets = st.lists(values, max_size=4)

#: Keys are in the stores of users: they must be the same in every version of Python.
FINGERPRINTS: list[tuple[tuple[object, ...], str]] = [
    (("entity", "file:/data/é"), "a21ed7483c61a284aa449de95fd04da6"),
    (("r", None, "", (), {}), "e47df56374b233c054c339b96aadde4c"),
    ((1, 1.0, True, -0.0, 1180591620717411303424), "d684ddf9124b9dcd87083afa3e139047"),
    (({"b": (0.1,), "a": [None, {"x": "y"}]}, ("a", ("b",))), "d083ead27c5fd8b36e371886d90c7fdb"),
    ((), "7ebb3c7c2a87b1a2f8a7ed729ecb040d"),
]


def is_in(value: Value, kept: tuple[Value, ...]) -> bool:
    """Whether it is there, of a float perhaps as the integer that it equals."""
    equal = [each for each in kept if type(each) is int and type(value) is float and each == value]
    return bool(equal) or canonical_json(value) in map(canonical_json, kept)


def same(left: tuple[Value, ...], right: tuple[Value, ...]) -> bool:
    """Equal with their types; NaN equals itself."""
    return canonical_json(left) == canonical_json(right)


@settings(max_examples=300, deadline=None)
@given(sets, sets, sets)
def test_union_is_commutative_associative_and_idempotent(
    one: list[Value], two: list[Value], three: list[Value]
) -> None:
    whole = union([*one, *two, *three])
    assert same(union([*three, *one, *two]), whole)
    assert same(union([*union([*one, *two]), *three]), whole)
    assert same(union([*one, *union([*two, *three])]), whole)
    assert same(union(whole), whole)
    assert same(union([*whole, *one]), whole)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from("ab"), sets.filter(bool).map(union)),
    st.dictionaries(st.sampled_from("ab"), sets.filter(bool).map(union)),
)
def test_joining_attributes(
    left: dict[str, tuple[Value, ...]], right: dict[str, tuple[Value, ...]]
) -> None:
    assert canonical_json(join_attributes(left, right)) == canonical_json(
        join_attributes(right, left)
    )
    assert canonical_json(join_attributes(left, left)) == canonical_json(left)
    assert join_attributes({}, right) == right
    assert join_attributes(left, right).keys() == left.keys() | right.keys()


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (0, False), (1, 1.0), (0.0, -0.0), ([1], [True])]
)
def test_what_python_takes_for_equal_is_joined_in_any_order(one: Value, other: Value) -> None:
    left, right = {"a": (one,)}, {"a": (other,)}
    assert canonical_json(join_attributes(left, right)) == canonical_json(
        join_attributes(right, left)
    )


@settings(max_examples=200, deadline=None)
@given(sets, st.booleans() | numbers | st.lists(numbers, max_size=2))
def test_a_typed_value_stays(others: list[Value], value: Value) -> None:
    kept = union([*others, value])
    assert is_in(value, kept)
    assert is_in(value, union([*others, canonical_json(value), value]))
    assert canonical_json(value) not in kept or isinstance(value, str)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["5", 5], (5,)),
        (["5.0", 5], (5,)),
        (["5", 5.0], (5.0,)),
        (["0.5", 0.5], (0.5,)),
        (["true", True], (True,)),
        (["True", True], (True,)),
        (["null", None], (None,)),
        (["inf", math.inf], (math.inf,)),
        (["Infinity", math.inf], (math.inf,)),
        (["[1,2]", [1, 2]], ([1, 2],)),
        (["1", True], ("1", True)),
        (["x", "y"], ("x", "y")),
        (["x", "x"], ("x",)),
        ([2, 10], (10, 2)),
        (["12345678901234567", 12345678901234567], (12345678901234567,)),
    ],
)
def test_equal_as_text_or_number_agrees(said: list[Value], kept: tuple[Value, ...]) -> None:
    assert same(union(said), kept)
    assert same(union(said[::-1]), kept)


def test_texts_of_other_large_numbers_are_kept() -> None:
    assert len(union(["9007199254740993", 9007199254740993 + 2])) == 2


def test_a_text_of_another_large_number_is_kept() -> None:
    assert len(union(["9007199254740993", 9007199254740992])) == 2


def test_equal_numbers_of_two_types_agree() -> None:
    assert len(union([1, 1.0])) == 1


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


@settings(max_examples=100, deadline=None)
@given(values)
def test_answers_are_strict_json(value: Value) -> None:
    json.dumps(json_safe(value), allow_nan=False)


def test_values_as_answers_show_them() -> None:
    assert value_or_list((5,)) == 5
    assert value_or_list((5, "x")) == [5, "x"]
    assert values_or_lists({"a": (None,), "b": (1, 2)}) == {"a": None, "b": [1, 2]}


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


def test_keys_of_nested_objects_are_counted() -> None:
    assert key_count({"a": {"b": [{"c": 1}, [{"d": {}}]]}, "e": 2}) == 5
    deep: dict[str, Any] = {}
    for _ in range(MAX_NESTING):
        deep = {"a": [deep]}
    assert key_count(deep) is None


@given(st.text() | texts)
def test_a_plain_text_needs_no_care(text: str) -> None:
    if is_plain_text(text):
        assert storable_text(text) == text
        assert not may_equal_typed_value(text)


@given(values.filter(lambda each: not isinstance(each, str)), st.text(max_size=4) | texts)
def test_only_a_text_that_may_equal_a_typed_value_gives_way(value: Value, text: str) -> None:
    if text not in union([value, text]):
        assert may_equal_typed_value(text)
