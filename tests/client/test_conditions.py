"""Which filter of a server a search becomes, and which searches it refuses."""

import pytest

from provgraph.client.conditions import FILTERS, chosen_kind, filter_of
from provgraph.errors import SettingsError
from provgraph.graphql.schema import schema


@pytest.mark.parametrize("kind", ["entity", "activity"])
def test_the_server_takes_each_condition_of_a_filter(kind: str) -> None:
    query = f'{{ __type(name: "{kind.capitalize()}Filter") {{ inputFields {{ name }} }} }}'
    answer = schema.execute_sync(query)
    assert answer.data is not None
    known = {field["name"] for field in answer.data["__type"]["inputFields"]}
    assert set(FILTERS[kind].values()) == known


@pytest.mark.parametrize(
    ("kinds", "conditions", "kind"),
    [
        ([], ["text"], None),
        ([], ["text", "under"], "entity"),
        ([], ["text", "host"], "activity"),
        (["entity"], ["text"], "entity"),
        (["agent"], [], "agent"),
    ],
)
def test_conditions_tell_the_kind(
    kinds: list[str], conditions: list[str], kind: str | None
) -> None:
    assert chosen_kind(kinds, conditions) == kind


@pytest.mark.parametrize(
    ("kinds", "conditions"),
    [
        (["telescope"], []),
        (["entity", "activity"], ["text"]),
        ([], ["invalid"]),
        ([], ["under", "host"]),
        (["agent"], ["text"]),
    ],
)
def test_what_one_filter_can_not_say_is_refused(kinds: list[str], conditions: list[str]) -> None:
    with pytest.raises(SettingsError):
        chosen_kind(kinds, conditions)


def test_values_are_written_as_graphql_takes_them() -> None:
    assert filter_of("entity", {"data_level": "DL3", "tool": ["merge"]}) == {
        "dataLevel": ["DL3"],
        "tool": "merge",
    }
    assert filter_of("activity", {"parameter": {"cut": 0.5}, "tool": "merge"}) == {
        "parameter": {"name": "cut", "value": "0.5"},
        "name": "merge",
    }
    with pytest.raises(SettingsError, match="one value of tool at a time"):
        filter_of("entity", {"tool": ["merge", "process"]})
