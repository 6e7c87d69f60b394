"""What Neo4j can't hold natively comes back the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from neo4j.time import DateTime

from provgraph.model.records import Agent, End, Mention, Run, StatedEntity, StatedRelation
from provgraph.model.times import utc
from provgraph.model.values import Values, canonical_json, union
from provgraph.model.vocabulary import AgentType, EntityType, Kind, RelationType
from provgraph.store.neo4j import records, relations
from provgraph.store.neo4j.values import (
    HASHED,
    MARKS,
    Properties,
    canonical_time,
    attributes_of,
    attribute_properties,
    full_text,
    indexed,
    native_time,
    text_property,
)
from provgraph.store.records import EntityRecord, StoredMention

CORE = MARKS | {"id", "name"}

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)
names = st.text() | st.sampled_from(
    ["id", "attribute:id", "jsonAttributes", "name", "a.b", "`x`", "$x"]
)
attributes = st.dictionaries(names, st.lists(values, min_size=1, max_size=3).map(union), max_size=5)
times = st.datetimes().map(lambda time: utc(time.isoformat())) | st.sampled_from(
    [
        "2026-11-21T08:29:38.045123456",
        "2026-11-21T08:00:00.000",
        "0001-01-01T00:00:00.000",
        "9999-12-31T23:59:59.999",
    ]
)


def same(left: object, right: object) -> bool:
    """Equal in type too: True is not 1, and 1 is not 1.0."""
    return canonical_json(left) == canonical_json(right)


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


facts = st.fixed_dictionaries(
    {},
    optional={
        "name": st.lists(st.text(min_size=1) | st.integers(), min_size=1, max_size=2).map(union),
        "version": st.just(("0.28.0",)) | st.just((0.28,)) | st.just(("1", "2")),
        "status": st.just(("completed",))
        | st.just(("ctapipe-merge",))
        | st.just(("completed", "error")),
        "startTime": st.lists(times, min_size=1, max_size=2).map(union),
        "endTime": st.lists(times, min_size=1, max_size=2).map(union),
        "host": st.just(("wn1",)) | st.just((None,)),
        "id": st.just(("x",)),
        "other": st.lists(values, min_size=1, max_size=2).map(union),
    },
)


@given(st.text(min_size=1) | st.just("x" * 2000), facts)
def test_runs_come_back_the_same(identifier: str, said: dict[str, Values]) -> None:
    run = Run(identifier, said)
    back = records.run_of(as_read(records.run_properties(run)))
    assert back.id == identifier
    assert same({name: back.facts[name] for name in said}, said)
    assert len(back.facts) == len(said)


def test_a_run_shows_the_gravest_status_the_earliest_start_and_the_latest_end() -> None:
    said = {
        "status": ("completed", "error"),
        "startTime": (T1, T2),
        "endTime": (T1, T2),
        "name": ("a", "b"),
    }
    shown = records.run_properties(Run("r", said))
    assert (shown["name"], shown["status"], shown["startTime"], shown["endTime"]) == (
        "a",
        "error",
        T1 + "Z",
        T2 + "Z",
    )
    assert shown["attribute:status"] == ["completed", "error"]


def test_what_no_source_says_is_derived() -> None:
    shown = records.run_properties(Run("r", {}))
    assert (shown["name"], shown["status"]) == ("r", "running")
    assert shown["derived"] == ["name", "status"]


def test_what_is_stated_of_several_identifiers_stays_apart() -> None:
    stated = [
        StatedEntity("guid:1", {"a": (1,)}),
        StatedEntity("product:1", {"a": (2,)}, EntityType.PLAN),
    ]
    record = EntityRecord(
        "product:1", EntityType.PLAN, ("product:1", "guid:1"), (), None, None, None, {"a": (1, 2)}
    )
    found = records.entity_properties(record, stated)
    assert records.stated_of(found, ["Entity", "Plan"]) == {
        each.identifier: each for each in stated
    }
    assert records.entity_of(as_read(found), ["Entity", "Plan"]) == record


def test_what_is_stated_of_one_identifier_is_not_written_twice() -> None:
    stated = StatedEntity("product:1", {"CTA PRODUCT ID": ("1",)})
    record = EntityRecord(
        "product:1", EntityType.DATASET, ("product:1",), (), None, None, "DL1", stated.attributes
    )
    found = records.entity_properties(record, [stated])
    assert "statedApart" not in found
    assert records.stated_of(found, ["DatasetEntity", "Entity"]) == {"product:1": stated}


def test_agents_come_back_the_same() -> None:
    for agent in (
        Agent("x"),
        Agent("x", "CTAO", AgentType.ORGANIZATION, {"name": ("a", "b"), "mail": ("m",)}),
    ):
        labels = ["Agent", agent.type.value] if agent.type else ["Agent"]
        assert records.agent_of(records.agent_properties(agent), labels) == agent


def test_mentions_and_relations_come_back_the_same() -> None:
    place = "file:/" + "x" * 5000
    mention = Mention(
        "r", RelationType.USED, "data", place, "product:1", "ctapipe default", T1, {"key": (1,)}
    )
    stored = StoredMention(mention, b"\1" * 16, "product:1", "named")
    assert (
        relations.mention_of(
            "r", "product:1", "USED", as_read(relations.mention_properties(stored))
        )
        == stored
    )
    relation = StatedRelation(
        RelationType.WAS_DERIVED_FROM,
        End(Kind.ENTITY, "prov:a"),
        End(Kind.ENTITY, "prov:b"),
        None,
        T2,
        {"role": (1,)},
    )
    found = as_read(relations.relation_properties(relation))
    assert (
        relations.relation_of("WAS_DERIVED_FROM", found, ["Entity"], ["Collection", "Entity"])
        == relation
    )


T1, T2 = "2026-11-21T08:00:00.000", "2026-11-21T09:00:00.123456789"


def as_read(written: Properties) -> Properties:
    """The properties as the server gives them back.

    Null is no property, and times are read as text.
    """
    found = {name: value for name, value in written.items() if value is not None}
    return {
        name: as_cypher_says(value) if isinstance(value, DateTime) else value
        for name, value in found.items()
    }


def as_cypher_says(time: DateTime) -> str:
    """The text that ``toString`` makes of a time.

    No zeros at the end, and no seconds when there are none.
    """
    text = time.iso_format().removesuffix("+00:00").rstrip("0").removesuffix(".")
    text = text.ljust(len("2026-11-21T08:29:38"), "0")
    return (text[:-3] if "." not in text and text.endswith(":00") else text) + "Z"
