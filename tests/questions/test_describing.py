"""Which description is that of a run, and which parameters differ from their default."""

from collections.abc import Iterator
from typing import Any

import pytest

from provgraph.ingest.describing import describe
from provgraph.model.descriptions import ToolDescription
from provgraph.model.records import Description, Document, End, Settings, StatedRelation
from provgraph.model.values import Value
from provgraph.model.vocabulary import DescriptionType, Kind, RelationType
from provgraph.questions.describing import described_parameters, descriptions_of
from provgraph.questions.tracing import find
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.questions.runs import put, run


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store("sqlite://")
    yield opened
    opened.close()


def described(store: Store, identifier: str) -> str | None:
    node = find(store, identifier)
    found = descriptions_of(store, [node]).get(node.key)
    return None if found is None else found.id


def test_by_name_and_version_else_by_name(store: Store) -> None:
    put(store, run("merge-1", 1, {}, {}, version="2"), run("merge-2", 1, {}, {}))
    assert described(store, "merge-1") is None
    describe(store, ToolDescription("merge"), None)
    assert (described(store, "merge-1"), described(store, "merge-2")) == ("merge", "merge")
    describe(store, ToolDescription("merge", "2"), None)
    assert (described(store, "merge-1"), described(store, "merge-2")) == ("merge_2", "merge")
    describe(store, ToolDescription("merge", "3"), None)
    assert described(store, "merge-1") == "merge_2"


def test_what_a_source_states_goes_first(store: Store) -> None:
    stated = Document(
        descriptions=(Description("own", DescriptionType.ACTIVITY, {"name": ("x",)}),),
        relations=(
            StatedRelation(
                RelationType.IS_DESCRIBED_BY,
                End(Kind.ACTIVITY, "merge-1"),
                End(Kind.ACTIVITY_DESCRIPTION, "own"),
            ),
        ),
    )
    put(store, run("merge-1", 1, {}, {}, version="2"), stated)
    describe(store, ToolDescription("merge", "2"), None)
    assert described(store, "merge-1") == "own"


@pytest.mark.parametrize(
    ("value", "said", "differs"),
    [
        (5, {"default": 5}, False),
        (5, {"default": "5"}, False),
        (5.0, {"default": 5}, False),
        (True, {"default": 1}, True),
        ("a", {"default": "b"}, True),
        (None, {}, False),
        ("set", {}, True),
        (None, {"default": 1}, True),
        ([["type", "*", 1.0]], {"default": [["type", "*", 1.0]]}, False),
        (1, {"computedDefault": True}, None),
        (0, {"default": False}, True),
    ],
)
def test_whether_it_differs(store: Store, value: Any, said: Any, differs: bool | None) -> None:
    put(store, run("t-1", 1, {}, {}, Settings("T", {"T.x": value})))
    describe(store, ToolDescription("t", parameters={"T.x": said}), None)
    node = find(store, "t-1")
    tools = descriptions_of(store, [node])
    (found,) = described_parameters(store, store.parameters_of([node.key]), tools)[node.key]
    assert found.differs is differs


def test_the_fullest_name_counts_and_what_differs_comes_first(store: Store) -> None:
    values = Settings("T", {"T.A.B.x": 1, "T.B.x": 1, "T.a": 1, "T.z": 1})
    put(store, run("t-1", 1, {}, {}, values))
    parameters: dict[str, dict[str, Value]] = {
        "B.x": {"default": 1, "description": "short"},
        "A.B.x": {"default": 2, "description": "long"},
        "T.z": {"default": 2},
    }
    describe(store, ToolDescription("t", parameters=parameters), None)
    node = find(store, "t-1")
    tools = descriptions_of(store, [node])
    found = described_parameters(store, store.parameters_of([node.key]), tools)[node.key]
    assert [(each.name, each.meaning, each.differs) for each in found] == [
        ("T.A.B.x", "long", True),
        ("T.z", None, True),
        ("T.a", None, None),
        ("T.B.x", "short", False),
    ]
