"""Records come back the same from their properties, and look well in Neo4j Browser."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provgraph.identity.entities import Standing
from provgraph.model.attributes import union
from provgraph.model.records import Agent, Description, End, Run, StatedEntity, key_of
from provgraph.model.values import Values
from provgraph.model.vocabulary import NODE_LABEL, AgentType, DescriptionType, EntityType, Kind
from provgraph.store.neo4j import records
from provgraph.store.records import EntityRecord
from tests.store.neo4j.properties import T1, T2, as_read, same, times, values

run_facts = st.fixed_dictionaries(
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


@given(st.text(min_size=1) | st.just("x" * 2000), run_facts)
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
    assert (shown["name"], shown["status"]) == ("r", "unknown")
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


def test_an_entity_comes_back_the_same() -> None:
    standings = (
        Standing("file:/new/x.h5", 3, T2, None),
        Standing("file:/old/x.fits", 1, T1, T2),
    )
    record = EntityRecord(
        id="product:1",
        type=EntityType.DATASET,
        identifiers=("product:1", "guid:1", *(each.place for each in standings)),
        standings=standings,
        generated_at=T1,
        invalidated_at=T2,
        data_level="DL1",
        attributes={"id": ("other",), "a": (1, 2)},
        external=False,
    )
    properties = records.entity_properties(record, [])
    assert (properties["name"], properties["location"]) == ("x.h5", "/new/x.h5")
    assert properties["otherNames"] == ["x.fits"]
    assert properties["aliases"] == ["guid:1", "file:/old/x.fits"]
    assert records.entity_of(as_read(properties), ["Entity", "DatasetEntity"]) == record
    assert "searchExternal" not in properties


def test_a_former_name_is_an_alias_though_the_newest_place_is_no_other_one() -> None:
    names = ("product:1", "file:/x")
    record = EntityRecord(
        id="product:1",
        type=EntityType.DATASET,
        identifiers=names,
        standings=(Standing("file:/x", 0, T1, None),),
        generated_at=None,
        invalidated_at=None,
        data_level=None,
        attributes={},
        former=("file:/x", "file:/x@a"),
    )
    assert "aliases" not in records.entity_properties(replace(record, former=()), [])
    stated = [StatedEntity(name) for name in record.former]
    properties = records.entity_properties(record, stated)
    assert properties["aliases"] == ["file:/x", "file:/x@a"]
    assert records.entity_of(as_read(properties), ["Entity", "DatasetEntity"]) == record


@pytest.mark.parametrize("kind", DescriptionType)
@pytest.mark.parametrize("attributes", [{}, {"name": ("n",)}, {"name": ("n", 1), "id": ("x",)}])
def test_descriptions_come_back_the_same(
    kind: DescriptionType, attributes: dict[str, Values]
) -> None:
    description = Description("d", kind, attributes)
    labels = {NODE_LABEL[kind.kind], kind.value}
    properties = as_read(records.description_properties(description))
    assert properties["name"] == ("n" if attributes else "d")
    assert records.description_of(properties, labels) == description


@pytest.mark.parametrize("kind", [Kind.ACTIVITY, Kind.AGENT, Kind.ACTIVITY_DESCRIPTION])
def test_an_end_that_nobody_describes_is_called_by_its_id(kind: Kind) -> None:
    properties = records.end_properties(End(kind, "x"))
    assert (properties["id"], properties["name"]) == ("x", "x")
    assert properties["key"] == key_of(kind, "x").hex()
    assert "name" in properties["derived"]
