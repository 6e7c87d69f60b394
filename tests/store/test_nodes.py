"""Records as answers show them, and the pages of an answer."""

import pytest

from provgraph.identity.entities import Standing
from provgraph.model.filters import Filter, PageRequest, Search, SortOrder
from provgraph.model.lineage import Node
from provgraph.model.records import Agent, Description, Run, key_of
from provgraph.model.vocabulary import AgentType, DescriptionType, EntityType, Kind
from provgraph.store import nodes
from provgraph.store.nodes import (
    Known,
    KnownPlaces,
    activity_node,
    agent_node,
    description_node,
    entity_node,
    found_page,
    is_search,
    meeting_all,
)
from provgraph.store.records import EntityRecord, Found, FoundPage


def entity(*places: str, **attributes: tuple[str, ...]) -> EntityRecord:
    standings = tuple(Standing(place, rank, "", None) for rank, place in enumerate(places))
    return EntityRecord(
        "product:P",
        EntityType.DATASET,
        ("product:P", *places),
        standings,
        None,
        None,
        None,
        attributes,
    )


def test_a_run_shows_its_facts_in_fields_of_their_own() -> None:
    node = activity_node(
        Run("r", {"name": ("tool",), "startTime": ("2026-01-01T00:00:00.000",), "site": ("N",)})
    )
    assert (node.name, node.start_time, node.attributes) == (
        "tool",
        "2026-01-01T00:00:00.000Z",
        {"site": ("N",)},
    )


def test_a_fact_on_which_sources_disagree_stays_among_the_attributes() -> None:
    node = activity_node(Run("r", {"name": ("one", "two")}))
    assert (node.name, node.attributes) == ("one", {"name": ("one", "two")})


def test_an_entity_is_called_by_its_file_name_else_by_what_is_said() -> None:
    node = entity_node(entity("file:/data/x.h5", "lfn:/vo/y.h5"))
    assert (node.name, node.location, node.locations) == (
        "x.h5",
        "/data/x.h5",
        ("/data/x.h5", "/vo/y.h5"),
    )
    assert entity_node(entity(name=("a thing",))).name == "a thing"
    assert entity_node(entity(**{"prov:label": ("label",)})).name == "label"
    assert entity_node(entity()).name is None


def test_agents_and_descriptions() -> None:
    assert agent_node(Agent("a", None, AgentType.PERSON, {"prov:label": ("Ada",)})).name == "Ada"
    found = description_node(
        Description("d", DescriptionType.ACTIVITY, {"name": ("merge",), "version": ("2",)})
    )
    assert (found.name, found.version, found.kind) == ("merge", "2", Kind.ACTIVITY_DESCRIPTION)


def found(identifier: str, rank: int = 0, place: str | None = None) -> Found:
    return Found(Node(key_of(Kind.ENTITY, identifier), identifier, Kind.ENTITY), rank, place)


FOUND = (found("c", 1), found("a", 2), found("b", 3, "file:/1/x"), found("b", 1, "file:/2/x"))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (SortOrder.ID, [("a", 2), ("b", 3), ("b", 1), ("c", 1)]),
        (SortOrder.NEWEST, [("b", 3), ("a", 2), ("b", 1), ("c", 1)]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_pages_hold_all_once_and_in_order(
    order: SortOrder, expected: list[tuple[str, int]], size: int
) -> None:
    seen: list[Found] = []
    after = None
    while True:
        page = found_page(FOUND, order, PageRequest(size, after))
        assert 0 < len(page.found) <= size
        seen += page.found
        after = page.after
        if after is None:
            break
    assert [(each.node.id, each.rank) for each in seen] == expected


def test_what_is_written_meanwhile_moves_no_page() -> None:
    first = found_page(FOUND, SortOrder.ID, PageRequest(1))
    later = (found("0"), *FOUND)
    following = found_page(later, SortOrder.ID, PageRequest(1, first.after))
    assert [each.node.id for each in following.found] == ["b"]


@pytest.mark.parametrize("cursor", ["", "[]", "nonsense", '["a"]', '[1, "a", "entity", ""]'])
def test_a_cursor_of_something_else_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        found_page(FOUND, SortOrder.ID, PageRequest(1, cursor))


def test_a_record_has_to_meet_all_conditions_and_comes_in_the_order_of_the_first() -> None:
    assert meeting_all([[b"c", b"a", b"b"], [b"b", b"c"], [b"c", b"b", b"d"]], bytes) == [
        b"c",
        b"b",
    ]
    assert meeting_all([[b"a"], []], bytes) == []
    with pytest.raises(ValueError, match="needs a condition"):
        meeting_all([], bytes)


def test_only_a_search_is_in_the_order_of_time() -> None:
    assert is_search(Filter(search=Search()), SortOrder.TIME)
    assert not is_search(Filter(base_name="x"), SortOrder.NEWEST)
    with pytest.raises(ValueError, match="no such answer can be in the order id"):
        is_search(Filter(search=Search()), SortOrder.ID)


def test_what_a_key_stands_for_is_read_once_and_what_nobody_knows_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[list[bytes]] = []

    def read(keys: list[bytes]) -> dict[bytes, int]:
        asked.append(keys)
        return {key: key[0] for key in keys if key != b"?"}

    known = Known[int]()
    assert known.of([b"a", b"?"], read) == {b"a": 97}
    assert known.of([b"a", b"b", b"?"], read) == {b"a": 97, b"b": 98}
    assert known.of([b"b", b"a"], read) == {b"a": 97, b"b": 98}
    assert asked == [[b"a", b"?"], [b"b", b"?"]]
    monkeypatch.setattr(nodes, "_MOST_KNOWN", 2)
    assert known.of([b"c"], read) == {b"c": 99}
    assert known.of([b"a", b"c"], read) == {b"a": 97, b"c": 99}
    assert asked[2:] == [[b"c"], [b"a"]], "many keys are not kept for ever"
    assert known.of([b"a", b"b", b"a"], read) == {b"a": 97, b"b": 98}, "the answer is whole"
    assert asked[4:] == [[b"b"]]


def test_files_at_places_are_looked_up_once_in_each_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, ...] | None] = []
    stood = [
        entity_node(
            EntityRecord(name, EntityType.DATASET, (name, "file:/a"), (), None, None, None, {})
        )
        for name in ("product:2", "product:1")
    ]

    def find(wanted: Filter, order: SortOrder, page: PageRequest) -> FoundPage:
        asked.append(wanted.identifiers)
        return found_page(map(Found, stood), order, page)

    known = KnownPlaces()
    answer = {"file:/a": (stood[1], stood[0])}
    assert known.of(["file:/a", "file:/b"], b"1", find) == answer
    assert known.of(["file:/b", "file:/a"], b"1", find) == answer
    assert known.of(["file:/b", "file:/c"], b"1", find) == {}
    assert known.of([], b"1", find) == {}
    assert asked == [("file:/a", "file:/b"), ("file:/c",)]
    assert known.of(["file:/a"], None, find) == known.of(["file:/a"], b"2", find) == answer
    assert known.of(["file:/a"], b"1", find) == answer, "an earlier state is not kept"
    assert asked[2:] == [("file:/a",)] * 3
    monkeypatch.setattr(nodes, "_MOST_KNOWN", 0)
    assert known.of(["file:/a"], b"1", find) == answer
    assert asked[5:] == [("file:/a",)], "many places are not kept for ever"
