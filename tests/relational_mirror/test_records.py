"""Records as the mirror keeps them."""

import pytest

from provgraph.model.vocabulary import Kind
from provgraph.relational_mirror.records import (
    Record,
    content_of,
    description_of,
    key_of,
    status_value_id,
    tool_of,
)
from provgraph.store.journal import Subject
from tests.relational_mirror.contents import relation


def test_equal_contents_have_equal_texts() -> None:
    one = Record(Subject.AGENT, "a", {"name": "n", "attributes": {"x": (1,)}})
    other = Record(Subject.AGENT, "a", {"attributes": {"x": (1,)}, "name": "n"})
    assert one.text == other.text
    assert content_of(one.text) == {"name": "n", "attributes": {"x": [1]}}


def test_a_key_stands_for_one_subject() -> None:
    keys = {key_of("agent", "a"), key_of("agent", "b"), key_of("entity", "a")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {16}
    assert Record(Subject.AGENT, "a", {}).key == key_of("agent", "a")


def test_a_content_that_is_damaged_is_an_error() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        content_of("{")


def test_a_tool_is_what_sources_state_else_name_and_version() -> None:
    facts = {"name": ("tool",), "version": ("1.0",)}
    run = ["activity", "run"]
    stated = [
        relation("isDescribedBy", run, ["activityDescription", each])
        for each in ("second", "first")
    ]
    assert tool_of(facts, []) == "tool_1.0"
    assert tool_of(facts, stated) == "first"
    assert tool_of({"name": ("tool",)}, []) is None


def test_descriptions_of_another_kind_do_not_count() -> None:
    file = ["entity", "guid:G"]
    stated = [relation("isDescribedBy", file, ["entityDescription", "events"])]
    assert description_of(stated, Kind.ENTITY_DESCRIPTION) == "events"
    assert description_of(stated, Kind.ACTIVITY_DESCRIPTION) is None


def test_the_status_is_named_after_its_activity() -> None:
    assert status_value_id("run") == "run_status"
