"""Attributes of statements as a store keeps them."""

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.reading.attributes import (
    AttributeReader,
    canonical_time,
    first_mark,
    take_role,
    value_hashes,
    written_zone,
)
from provgraph.prov import names
from provgraph.prov.statements import PROV, XSD, Literal, ProvStatement, ProvType

_EX = "http://example.org/"


def test_values_of_one_attribute_are_joined_and_marks_stand_apart() -> None:
    pairs = [
        (_EX + "tag", Literal("b")),
        (_EX + "tag", Literal("a")),
        (_EX + "tag", Literal("1", XSD + "int")),
        (names.own_attribute_uri("provgraph.source"), Literal("ctapipe")),
    ]
    attributes, marks = AttributeReader().read(pairs)
    assert {name: set(values) for name, values in attributes.items()} == {
        _EX + "tag": {"a", "b", 1}
    }
    assert marks == {"source": ("ctapipe",)}
    assert (first_mark(marks, "source"), first_mark(marks, "place")) == ("ctapipe", None)


def test_times_of_an_activity_are_facts_in_utc() -> None:
    statement = ProvStatement(
        ProvType.ACTIVITY,
        _EX + "a",
        ("2026-11-21T09:00:00+01:00", "2026-11-21T24:00:00Z"),
        ((names.own_attribute_uri("provgraph.endTime"), Literal("2026-11-21T10:00:00.000")),),
    )
    attributes, marks = AttributeReader().read_element(statement)
    assert attributes == {
        "startTime": ("2026-11-21T08:00:00.000",),
        names.START: ("2026-11-21T09:00:00+01:00",),
        "endTime": ("2026-11-21T10:00:00.000", canonical_time("2026-11-22T00:00:00Z")),
    }
    assert marks == {}


def test_no_time_is_refused() -> None:
    with pytest.raises(LoadError):
        canonical_time("yesterday")


def test_a_zone_is_kept_where_it_is_not_utc() -> None:
    assert written_zone("zone", "2026-11-21T09:00:00") == {"zone": ("2026-11-21T09:00:00",)}
    assert written_zone("zone", "2026-11-21T09:00:00Z") == {}


@pytest.mark.parametrize(
    ("roles", "role", "left"),
    [
        (("in",), "in", ()),
        (({"$": "1"},), "1", ()),
        (({"$": "in", "lang": "en"},), "in", ({"$": "in", "lang": "en"},)),
        (("b", "a"), "a", ("b", "a")),
        ((), None, ()),
    ],
)
def test_a_role_leaves_the_attributes_when_it_says_no_more(
    roles: tuple[str, ...], role: str | None, left: tuple[str, ...]
) -> None:
    attributes: dict[str, tuple[str, ...]] = {"prov:role": roles} if roles else {}
    assert take_role(attributes) == role  # type: ignore[arg-type] # a dictionary of texts
    assert attributes.get("prov:role", ()) == left


def test_the_same_value_in_another_bundle_has_the_same_hash() -> None:
    inside = ProvStatement(ProvType.ENTITY, _EX + "e", (), (), _EX + "b")
    outside = ProvStatement(ProvType.ENTITY, _EX + "e", (), ())
    other = ProvStatement(ProvType.ENTITY, _EX + "f", (), ())
    said = {PROV + "label": ("x",)}
    assert set(value_hashes(inside, said)) == set(value_hashes(outside, said))
    assert set(value_hashes(inside, said)).isdisjoint(value_hashes(other, said))
