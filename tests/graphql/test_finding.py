"""Lists come page by page, as Relay has them."""

from typing import Any

import pytest

from provgraph.model.filters import Filter, ParameterValue, Search, SortOrder
from provgraph.model.vocabulary import Kind
from provgraph.store.protocol import Store
from tests.graphql.conftest import Ask

PAGE = """query ($after: String, $first: Int!) {
    search(text: "run02001", first: $first, after: $after) { totalCount nodes { id }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def test_page_after_page(ask: Ask, store: Store) -> None:
    due = store.find(Filter(search=Search("run02001")), SortOrder.TIME)
    found: list[str] = []
    after = None
    while True:
        page = ask(PAGE, after=after, first=4)["data"]["search"]
        found += [each["id"] for each in page["nodes"]]
        info, cursors = page["pageInfo"], [each["cursor"] for each in page["edges"]]
        assert page["totalCount"] == len(due.found)
        assert [each["node"] for each in page["edges"]] == page["nodes"]
        assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1])
        assert info["hasPreviousPage"] == (after is not None)
        after = info["endCursor"]
        if not info["hasNextPage"]:
            break
    assert found == [each.node.id for each in due.found]
    assert len(found) > 4


@pytest.mark.parametrize(
    ("asked", "wanted", "kind"),
    [
        ("entities", Search(), Kind.ENTITY),
        ("activities", Search(), Kind.ACTIVITY),
        (
            'entities(filter: {text: "run02001", dataLevel: ["DL2", "DL3"], under: "/data/ctao"})',
            Search("run02001", data_levels=("DL2", "DL3"), under="/data/ctao"),
            Kind.ENTITY,
        ),
        (
            'entities(filter: {tool: "ctapipe-process", type: "DatasetEntity"})',
            Search(tools=("ctapipe-process",), types=("DatasetEntity",)),
            Kind.ENTITY,
        ),
        ("entities(filter: {external: true})", Search(external=True), Kind.ENTITY),
        ("entities(filter: {overwritten: true})", Search(overwritten=True), Kind.ENTITY),
        (
            'entities(filter: {at: "2026-11-21T08:30:58Z", under: "/data/ctao/dl3"})',
            Search(at="2026-11-21T08:30:58.000", under="/data/ctao/dl3"),
            Kind.ENTITY,
        ),
        (
            'activities(filter: {name: "ctapipe-process", status: "error", version: "0.28.0"})',
            Search(tools=("ctapipe-process",), statuses=("error",), versions=("0.28.0",)),
            Kind.ACTIVITY,
        ),
        (
            'activities(filter: {since: "2026-11-21T08:30:00Z", until: "2026-11-21T09:00:00Z"})',
            Search(since="2026-11-21T08:30:00.000", until="2026-11-21T09:00:00.000"),
            Kind.ACTIVITY,
        ),
        (
            'activities(filter: {parameter: {name: "compression_level", value: "5"}})',
            Search(parameters=(ParameterValue("DataWriter.compression_level", "5"),)),
            Kind.ACTIVITY,
        ),
        ('activities(filter: {host: "wn042"})', Search(hosts=("wn042",)), Kind.ACTIVITY),
    ],
)
def test_filters(ask: Ask, store: Store, asked: str, wanted: Search, kind: Kind) -> None:
    due = store.find(Filter(search=wanted, kinds=(kind,)), SortOrder.TIME)
    [found] = ask(f"{{ {asked} {{ totalCount nodes {{ id }} }} }}")["data"].values()
    assert found["totalCount"] == len(due.found) > 0
    assert [each["id"] for each in found["nodes"]] == [each.node.id for each in due.found[:20]]


def test_loads_and_agents_are_listed(ask: Ask) -> None:
    found = ask("{ loads { totalCount nodes { id } } agents { totalCount nodes { id } } }")["data"]
    assert found == {name: {"totalCount": 0, "nodes": []} for name in ("loads", "agents")}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("entities(first: -1)", "first: -1 is not from 0 to 1,000"),
        ("loads(first: 1001)", "first: 1001 is not from 0 to 1,000"),
        ('activities(after: "x")', "no cursor of a search"),
        ('loads(after: "x")', "no cursor of a load"),
        ('entities(filter: {until: "soon"})', "write a time as"),
    ],
)
def test_what_makes_no_sense_is_refused(ask: Ask, asked: str, message: str) -> None:
    answer: dict[str, Any] = ask(f"{{ {asked} {{ totalCount }} }}")
    [error] = answer["errors"]
    assert message in error["message"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
