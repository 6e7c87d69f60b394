"""What people see of a record's attributes."""

import json
import math

import pytest

from provgraph.model.attributes import (
    XSD_DOUBLE,
    is_hidden,
    is_open,
    is_open_relation,
    readable_attributes,
    readable_value,
    text_of,
)
from provgraph.model.values import Attributes, Value


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
