"""Attributes: joined in any order, the typed value stays (rule 9); and what people see of them."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.model.attributes import (
    LEVEL_KEYS,
    XSD_DOUBLE,
    attributes_of,
    data_level,
    is_hidden,
    is_open,
    is_open_relation,
    is_plain_text,
    join_attributes,
    json_safe,
    kept_json,
    may_equal_typed_value,
    readable_attributes,
    readable_value,
    text_of,
    text_size,
    union,
    value_or_list,
    values_or_lists,
)
from provgraph.model.values import (
    Attributes,
    Value,
    canonical_json,
    storable_text,
)
from tests.model.strategies import numbers, sets, texts, values


def test_hidden_attributes_are_not_shown_and_all_others_are() -> None:
    attributes: Attributes = {
        "prov.inBundle": ("http://b",),
        "prov:label": ("a file",),
        "open.used": ({"role": "lost"},),
        "provenance": (1, 2),
    }
    assert readable_attributes(attributes) == {
        "prov:label": "a file",
        "open.used": {"role": "lost"},
        "provenance": [1, 2],
    }


def test_what_is_shown_is_strict_json() -> None:
    seen = readable_attributes({"x": (math.nan, {"$": "INF", "type": XSD_DOUBLE})})
    assert json.dumps(seen, allow_nan=False) == '{"x": ["nan", "inf"]}'


@pytest.mark.parametrize(
    ("kept", "seen"),
    [
        ({"$": "5"}, "5"),
        ({"$": "1E0", "type": XSD_DOUBLE}, 1.0),
        ({"$": "one", "type": XSD_DOUBLE}, {"$": "one", "type": XSD_DOUBLE}),
        ({"$": "isla", "lang": "es"}, {"$": "isla", "lang": "es"}),
        ({"$": "1", "type": "http://t"}, {"$": "1", "type": "http://t"}),
        (
            {"prov": {"places": {"activity": "http://a"}}, "open": "target", "role": "r"},
            {"activity": "http://a", "open": "target", "role": "r"},
        ),
        ({"prov": "of somebody else"}, {"prov": "of somebody else"}),
        ({"prov": {"places": {}}}, {"prov": {"places": {}}}),
        ({"open": "target", "role": "r"}, {"open": "target", "role": "r"}),
        ([1, None], [1, None]),
        ("x", "x"),
    ],
)
def test_values_as_people_see_them(kept: Value, seen: Value) -> None:
    assert readable_value(kept) == seen


def test_kinds_of_attributes() -> None:
    names = ("prov.id", "prov:id", "open.used", "opened", "prov.open.used")
    assert [is_hidden(name) for name in names] == [True, False, False, False, True]
    assert [is_open(name) for name in names] == [False, False, True, False, False]
    assert is_open_relation({"prov": {}, "open": "source"})
    assert not is_open_relation({"open": "source"})
    assert not is_open_relation("prov")


def test_values_as_one_text() -> None:
    assert [text_of(value) for value in ({"$": "isla", "lang": "es"}, 5, "x")] == ["isla", "5", "x"]


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
    assert join_attributes(left, dict(left)) is left
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


@pytest.mark.parametrize("other", [True, 1.0])
def test_of_several_values_too_true_is_no_number(other: Value) -> None:
    one, two = {"a": ("x", 1)}, {"a": ("x", other)}
    expected = canonical_json({"a": union(["x", 1, other])})
    assert canonical_json(join_attributes(one, two)) == expected
    assert canonical_json(join_attributes(two, one)) == expected


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
        (["False", False], (False,)),
        (["0", 0.5], ("0", 0.5)),
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


@settings(max_examples=100, deadline=None)
@given(values)
def test_answers_are_strict_json(value: Value) -> None:
    json.dumps(json_safe(value), allow_nan=False)


def test_finite_numbers_stay_numbers() -> None:
    assert json_safe([0.5, {"a": -math.inf}]) == [0.5, {"a": "-inf"}]


def test_values_as_answers_show_them() -> None:
    assert value_or_list((5,)) == 5
    assert value_or_list((5, "x")) == [5, "x"]
    assert values_or_lists({"a": (None,), "b": (1, 2)}) == {"a": None, "b": [1, 2]}


@given(st.text() | texts)
def test_a_plain_text_needs_no_care(text: str) -> None:
    if is_plain_text(text):
        assert storable_text(text) == text
        assert not may_equal_typed_value(text)


@pytest.mark.parametrize(
    ("text", "is_plain", "may_equal"),
    [
        ("x.h5", True, False),
        ("", True, False),
        ("x\0", False, False),
        ("é", False, False),
        ("5 x", False, False),
        ("tea", False, False),
        ("-", False, False),
        ("1e3", False, True),
        ("-.5", False, True),
        ("TRUE", False, True),
        ("null", False, True),
        ("[1]", False, True),
        ("{}", False, True),
    ],
)
def test_which_texts_need_a_closer_look(text: str, is_plain: bool, may_equal: bool) -> None:
    assert (is_plain_text(text), may_equal_typed_value(text)) == (is_plain, may_equal)


@given(values.filter(lambda each: not isinstance(each, str)), st.text(max_size=4) | texts)
def test_only_a_text_that_may_equal_a_typed_value_gives_way(value: Value, text: str) -> None:
    if text not in union([value, text]):
        assert may_equal_typed_value(text)


@pytest.mark.parametrize(
    ("header", "roles", "level"),
    [
        (("DL1_IMAGES,DL2",), ["DL3/Event"], "DL2"),
        ((), ["DL1/Event", None, "DL2/Event"], "DL2"),
        (("CTAO_DL3",), ["DL1/Event"], "DL3"),
        (("nothing",), ["DL1/Event"], "DL1"),
        ((), ["DL12", "IDL2"], None),
        ((), [None], None),
    ],
)
def test_the_highest_level_in_the_header_else_among_the_roles(
    header: tuple[str, ...], roles: list[str | None], level: str | None
) -> None:
    for key in LEVEL_KEYS:
        assert data_level({key: header} if header else {}, roles) == level


def test_the_size_of_values_grows_with_all_that_stands_in_them() -> None:
    assert text_size([]) == 0
    assert text_size(["abc"]) == text_size([""]) + 3
    assert text_size([("abc", 1)]) == text_size(["abc", 1]) == text_size([1, "abc"])
    assert text_size(["abc", ("x",)]) == text_size(["abc"]) + text_size(["x"])
    assert text_size(["abc", ("x", "y")]) == text_size(["abc", "x", "y"])
    assert text_size([{"a": {"b": "abc"}}]) == 2 * text_size([None]) + text_size(["abc"])


def test_the_text_of_an_object_is_kept_for_that_object_alone() -> None:
    for number in range(5_000):
        # Objects that are gone leave their places in memory to others.
        said = {"number": (number,)}
        assert kept_json(said) == kept_json(said) == canonical_json(said)
    assert [kept_json({"a": (each,)}) for each in (1, 1.0, True)] == [
        '{"a":[1]}',
        '{"a":[1.0]}',
        '{"a":[true]}',
    ]
    long = {"long": ("x" * 10_000,)}
    assert kept_json(long) == canonical_json(long)
    assert kept_json({}) == "{}"


def test_plain_values_are_attributes_and_none_says_nothing() -> None:
    assert attributes_of({"a": 0, "b": None, "c": [1, 2]}) == {"a": (0,), "c": ([1, 2],)}
