"""Values of PROV attributes as a store keeps them, and back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provgraph.model.attributes import union
from provgraph.model.values import Value
from provgraph.prov.statements import INTERNATIONALIZED_STRING, QUALIFIED_NAME, XSD, Literal
from provgraph.prov.values import (
    ANY_URI,
    DOUBLE,
    INT,
    INTEGER,
    JSON_TYPE,
    LONG,
    double_text,
    integer_type,
    join_values,
    literal_of,
    native_literal,
    native_value,
    stored_value,
)
from tests.interchange.statements import literals

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(literals(), max_size=4))
def test_values_stay_what_they_are_beside_others(values: list[Literal]) -> None:
    distinct = {literal_of(stored_value(each)) for each in values}
    assert {literal_of(each) for each in union(stored_value(each) for each in values)} == distinct


@given(VALUES)
def test_values_of_our_own_come_back(value: object) -> None:
    assert native_value(native_literal(value)) == value  # type: ignore[arg-type]


def test_the_type_of_a_number_stays() -> None:
    values = [Literal("1", XSD + kind) for kind in ("int", "long", "string", "boolean", "decimal")]
    kept_values = union(stored_value(each) for each in values)
    assert len(kept_values) == 5


@pytest.mark.parametrize(
    ("literal", "stored"),
    [
        (Literal("x"), "x"),
        (Literal("x", XSD + "string"), "x"),
        (Literal("5"), {"$": "5"}),
        (Literal("5", INT), 5),
        (Literal("05", INT), {"$": "05", "type": INT}),
        (Literal("5", LONG), {"$": "5", "type": LONG}),
        (Literal("5000000000", LONG), 5000000000),
        (Literal("true", XSD + "boolean"), True),
        (Literal("0.5", DOUBLE), 0.5),
        (Literal("1.0", DOUBLE), {"$": "1.0", "type": DOUBLE}),
        (Literal("isla", INTERNATIONALIZED_STRING, "es"), {"$": "isla", "lang": "es"}),
        (Literal("http://e/x", QUALIFIED_NAME), {"$": "http://e/x", "type": QUALIFIED_NAME}),
        (Literal("a\0b", ANY_URI), {"$": "a\\u0000b", "type": ANY_URI}),
    ],
)
def test_what_a_store_keeps(literal: Literal, stored: Value) -> None:
    assert stored_value(literal) == stored
    assert type(stored_value(literal)) is type(stored)


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("5", Literal("5")),
        (True, Literal("true", XSD + "boolean")),
        (2**31, Literal("2147483648", LONG)),
        (-math.inf, Literal("-INF", DOUBLE)),
        ([1, None], Literal("[1,null]", JSON_TYPE)),
        (None, Literal("null", JSON_TYPE)),
    ],
)
def test_values_of_our_own_in_documents(value: Value, literal: Literal) -> None:
    assert native_literal(value) == literal
    assert native_value(literal) == value


def test_what_somebody_else_wrote_is_kept_as_it_is() -> None:
    literal = Literal("five", INT)
    assert native_value(literal) == stored_value(literal) == {"$": "five", "type": INT}


def test_datatypes_of_numbers() -> None:
    sizes = [integer_type(value) for value in (-(2**31), 2**31 - 1, 2**31, 2**63 - 1, 2**63)]
    assert sizes == [INT, INT, LONG, LONG, INTEGER]
    assert [double_text(each) for each in (0.1, math.nan, math.inf)] == ["0.1", "NaN", "INF"]


def test_values_of_one_attribute_are_joined() -> None:
    assert join_values(["b", "a", "b"]) == ("a", "b")
    assert join_values(iter(["x"])) == ("x",)
