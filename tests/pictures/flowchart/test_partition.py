"""Folding: every record in one box, alike with alike, and never more boxes than can be read."""

import random
import time
import xml.etree.ElementTree as ET
from collections.abc import Hashable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.model.derived import Invalidation
from provgraph.model.lineage import Direction, Edge, Lineage, Node
from provgraph.model.vocabulary import Kind, RelationType, Status
from provgraph.pictures.figure import figure
from provgraph.pictures.flowchart.partition import FEW_BOXES, MOST_BOXES, grouped
from provgraph.pictures.flowchart.plain import Flow, plain
from provgraph.pictures.look import Look
from tests.lineages import HOSTILE, TEXTS, activity, chain, edge, ladder, lineage, night, written

KINDS = (Kind.ACTIVITY, Kind.ENTITY)
RELATIONS = (RelationType.USED, RelationType.WAS_INFORMED_BY)


def groups_of(whole: Lineage, folds: bool | None = True) -> list[list[Node]]:
    return grouped(plain(whole, has_agents=False), folds)


@st.composite
def alike(draw: st.DrawFn) -> Lineage:
    """Records of few kinds with any relations: many are alike."""
    number = draw(st.integers(1, 12))
    nodes = [
        Node(
            key=bytes([index]),
            id=str(index),
            kind=draw(st.sampled_from(KINDS)),
            name=draw(st.sampled_from(("a", "b"))),
        )
        for index in range(number)
    ]
    ends = st.integers(0, number - 1).map(lambda index: bytes([index]))
    edges = st.builds(Edge, st.sampled_from(RELATIONS), ends, ends)
    found = draw(st.lists(edges, max_size=30))
    return Lineage(nodes[0], Direction.BOTH, None, False, tuple(nodes), tuple(found))


def by_hand(nodes: list[Node], flows: list[Flow]) -> set[frozenset[bytes]]:
    """The same, slowly: all classes are split again until none is."""
    classes: dict[bytes, Hashable] = {
        node.key: (node is nodes[0], node.kind, node.name) for node in nodes
    }
    for _ in nodes:
        classes = {
            key: (
                classes[key],
                frozenset((to.relation, classes[to.effect]) for to in flows if to.cause == key),
                frozenset((by.relation, classes[by.cause]) for by in flows if by.effect == key),
            )
            for key in classes
        }
        numbers = {each: number for number, each in enumerate(dict.fromkeys(classes.values()))}
        classes = {key: numbers[each] for key, each in classes.items()}
    return {frozenset(key for key in classes if classes[key] == each) for each in classes.values()}


@settings(deadline=None, max_examples=60)
@given(alike())
def test_groups_are_those_of_the_slow_way_and_the_root_is_alone(whole: Lineage) -> None:
    groups = groups_of(whole)
    assert sorted(node.key for group in groups for node in group) == [
        node.key for node in whole.nodes
    ]
    assert groups[0] == [whole.root]
    drawn = plain(whole, has_agents=False)
    keys = {frozenset(node.key for node in group) for group in groups}
    assert keys == by_hand(list(whole.nodes), drawn.flows)


def test_few_boxes_stay_as_they_are_unless_told_otherwise() -> None:
    assert len(groups_of(ladder(1, FEW_BOXES - 1), None)) == FEW_BOXES
    assert len(groups_of(ladder(1, FEW_BOXES), None)) == 2
    assert len(groups_of(ladder(1, 3))) == 2
    assert len(groups_of(ladder(1, FEW_BOXES), folds=False)) == FEW_BOXES + 1


def test_ten_thousand_records_that_have_little_in_common_are_few_boxes_in_time() -> None:
    dice = random.Random(1)
    names = ["merge", "process", "train"]
    nodes = [
        Node(
            number.to_bytes(4, "big"),
            f"{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}-{number}",
            dice.choice(KINDS),
            dice.choice(names),
            data_level=dice.choice((None, "DL0", "DL1", "DL2")),
        )
        for number in range(10_000)
    ]
    edges = [
        Edge(dice.choice(RELATIONS), dice.choice(nodes).key, dice.choice(nodes).key)
        for _ in range(20_000)
    ]
    for whole in (
        Lineage(nodes[0], Direction.BOTH, None, False, tuple(nodes), tuple(edges)),
        chain(10_000),
    ):
        start = time.thread_time()
        boxes = figure(whole, Look()).boxes
        assert time.thread_time() - start < 2
        assert 4 <= len(boxes) <= MOST_BOXES
        assert sum(box.count for box in boxes) == len(whole.nodes)


def test_a_ladder_becomes_its_levels() -> None:
    assert [len(group) for group in groups_of(ladder(levels=40, wide=10))] == [1, *[10] * 40]


def test_a_run_that_left_nothing_behind_is_not_like_the_others() -> None:
    whole = night(12)
    lost = next(node for node in whole.nodes if node.name == "run00007.dl1.h5")
    edges = tuple(each for each in whole.edges if lost.key not in (each.source, each.target))
    nodes = tuple(node for node in whole.nodes if node.key != lost.key)
    boxes = figure(replace(whole, nodes=nodes, edges=edges), Look()).boxes
    assert sorted(each.count for each in boxes if each.title == "ctapipe-process") == [1, 11]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_escaped_in_folded_boxes_too(name: str) -> None:
    run = activity("merge", "merge", "2026-11-21 08:00:00", None)
    runs = [activity(f"r{n}", name, "2026-11-21 08:00:00", None, Status.ERROR) for n in range(3)]
    runs = [replace(each, version=name, id=f"{name}{each.id}") for each in runs]
    answer = lineage(
        [run, *runs], [edge(RelationType.WAS_INFORMED_BY, run, each, name) for each in runs]
    )
    answer = replace(answer, nodes=(run, *runs), root=run)
    assert [box.count for box in figure(answer, Look(fold=True)).boxes] == [1, 3]
    assert "×3" in ET.fromstring(written(answer, "svg", Look(fold=True))).itertext()
    for form in TEXTS:
        shown = written(answer, form, Look(fold=True))
        assert not set(shown) & set("\x00\x1b\x9b\u202e\x7f") or form in ("json", "csv")


def test_what_is_invalid_or_tainted_is_not_like_the_others() -> None:
    whole = night(12)
    files = [node for node in whole.nodes if (node.name or "").endswith("simtel.zst")]
    mark = Invalidation("2026-12-01T00:00:00.000Z")
    changed = {
        files[0].key: replace(files[0], invalidation=mark),
        files[1].key: replace(files[1], tainted=("x",)),
    }
    nodes = tuple(changed.get(node.key, node) for node in whole.nodes)
    groups = groups_of(replace(whole, nodes=nodes))
    assert all([node] in groups for node in changed.values())
    assert max(len(group) for group in groups if group[0].data_level == "DL0") == 10
