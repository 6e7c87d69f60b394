"""What Neo4j can't hold natively comes back the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provgraph.model.attributes import union
from provgraph.model.values import Values
from provgraph.store.neo4j.values import (
    HASHED,
    MARKS,
    attribute_properties,
    attributes_of,
    canonical_time,
    full_text,
    indexed,
    native_time,
    text_property,
)
from tests.store.neo4j.properties import as_cypher_says, same, times, values

CORE = MARKS | {"id", "name"}
names = st.text() | st.sampled_from(
    ["id", "attribute:id", "jsonAttributes", "name", "a.b", "`x`", "$x"]
)
attributes = st.dictionaries(names, st.lists(values, min_size=1, max_size=3).map(union), max_size=5)


@given(attributes)
def test_attributes_come_back_the_same(said: dict[str, Values]) -> None:
    back = attributes_of(attribute_properties(said, CORE), CORE)
    assert same({name: back[name] for name in said}, said)
    assert len(back) == len(said)


@given(attributes)
def test_attributes_are_what_neo4j_holds(said: dict[str, Values]) -> None:
    for name, value in attribute_properties(said, CORE).items():
        assert name
        assert name not in CORE - MARKS
        assert "\0" not in name
        items = value if isinstance(value, list) else [value]
        assert len({type(item) for item in items}) <= 1
        assert all(
            isinstance(item, str | bool | float) or -(1 << 63) <= item < 1 << 63 for item in items
        )


def test_plain_values_are_native_under_their_own_names() -> None:
    said: dict[str, Values] = {
        "a": (1,),
        "b": ("x",),
        "c": (True,),
        "d": (1.5,),
        "e": (["x", "y"],),
    }
    assert attribute_properties(said, CORE) == {
        "a": 1,
        "b": "x",
        "c": True,
        "d": 1.5,
        "e": ["x", "y"],
    }


def test_what_is_not_native_is_marked() -> None:
    said: dict[str, Values] = {
        "object": ({"a": 1},),
        "mixed": ([1, "x"],),
        "null": (None,),
        "huge": (1 << 70,),
    }
    found = attribute_properties(said, CORE)
    assert found["object"] == '{"a":1}'
    assert found["jsonAttributes"] == ["object", "mixed", "null", "huge"]


def test_several_values_are_a_list_that_is_marked() -> None:
    found = attribute_properties({"host": ("a", "b"), "odd": (1, "x")}, CORE)
    assert found["host"] == ["a", "b"]
    assert found["severalValues"] == ["host", "odd"]
    assert found["jsonAttributes"] == ["odd"]


def test_infinity_and_nan() -> None:
    back = attributes_of(
        attribute_properties({"a": (math.inf,), "b": ({"x": math.nan},)}, CORE), CORE
    )
    assert back["a"] == (math.inf,)
    assert math.isnan(back["b"][0]["x"])  # type: ignore[call-overload,index,arg-type]


@pytest.mark.parametrize(
    ("text", "is_hashed"),
    [
        ("x", False),
        ("x" * 1000, False),
        ("x" * 1001, True),
        ("ü" * 501, True),
        (HASHED + "0" * 64, True),
    ],
)
def test_long_texts_are_indexed_by_their_hash(text: str, is_hashed: bool) -> None:
    assert indexed(text).startswith(HASHED) is is_hashed
    assert len(indexed(text).encode()) <= 1000
    assert full_text(text_property("id", text), "id") == text


@given(times)
def test_times_come_back_the_same(time: str) -> None:
    native = native_time(time)
    assert native is not None
    assert canonical_time(as_cypher_says(native)) == time
