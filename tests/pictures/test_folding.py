"""Folding: every record in one box, no arrow invented or lost, as coarse as can be."""

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
from provgraph.pictures.folding import folded
from provgraph.pictures.look import Look
from tests.lineages import (
    HOSTILE,
    TEXTS,
    activity,
    chain,
    edge,
    entity,
    ladder,
    lineage,
    night,
    written,
)

KINDS = (Kind.ACTIVITY, Kind.ENTITY)
RELATIONS = (RelationType.USED, RelationType.WAS_INFORMED_BY)


@st.composite
def alike(draw: st.DrawFn) -> tuple[list[Node], list[Edge]]:
    """Records of few kinds with any relations: many are alike."""
    number = draw(st.integers(1, 12))
    nodes = [
        Node(
            key=bytes([index]),
            id=str(index),
            kind=draw(st.sampled_from(KINDS)),
            name=draw(st.sampled_from(("a", "b"))),
            distance=draw(st.integers(0, 1)),
        )
        for index in range(number)
    ]
    ends = st.integers(0, number - 1).map(lambda index: bytes([index]))
    edges = st.builds(Edge, st.sampled_from(RELATIONS), ends, ends, st.sampled_from((None, "role")))
    return nodes, draw(st.lists(edges, max_size=30))


def by_hand(nodes: list[Node], edges: list[Edge]) -> set[frozenset[bytes]]:
    """The same, slowly: all classes are split again until none is."""
    classes: dict[bytes, Hashable] = {
        node.key: (node is nodes[0], node.kind, node.distance, node.name) for node in nodes
    }
    for _ in nodes:
        classes = {
            key: (
                classes[key],
                frozenset(
                    (each.relation, each.role, "to", classes[each.target])
                    for each in edges
                    if each.source == key
                ),
                frozenset(
                    (each.relation, each.role, "of", classes[each.source])
                    for each in edges
                    if each.target == key
                ),
            )
            for key in classes
        }
        numbers = {each: number for number, each in enumerate(dict.fromkeys(classes.values()))}
        classes = {key: numbers[each] for key, each in classes.items()}
    return {frozenset(key for key in classes if classes[key] == each) for each in classes.values()}


@settings(deadline=None)
@given(alike())
def test_every_record_is_in_one_group_and_the_root_is_alone(
    drawn: tuple[list[Node], list[Edge]],
) -> None:
    nodes, edges = drawn
    groups = folded(nodes, edges, nodes[0].key)
    assert sorted(node.key for group in groups for node in group) == [node.key for node in nodes]
    assert groups[0] == (nodes[0],)


@settings(deadline=None)
@given(alike())
def test_groups_are_those_of_the_slow_way(drawn: tuple[list[Node], list[Edge]]) -> None:
    nodes, edges = drawn
    groups = {frozenset(node.key for node in group) for group in folded(nodes, edges, nodes[0].key)}
    assert groups == by_hand(nodes, edges)


@settings(deadline=None)
@given(alike())
def test_arrows_are_there_if_and_only_if_relations_are(
    drawn: tuple[list[Node], list[Edge]],
) -> None:
    nodes, edges = drawn
    shown = figure(
        Lineage(nodes[0], Direction.BOTH, None, False, tuple(nodes), tuple(edges)), Look(fold=True)
    )
    box = {
        node.key: n for n, group in enumerate(folded(nodes, edges, nodes[0].key)) for node in group
    }
    assert {
        (arrow.source, arrow.target, name) for arrow in shown.arrows for name in arrow.relations
    } == {(box[each.source], box[each.target], each.relation) for each in edges}
    assert [each.count for each in shown.boxes] == [
        list(box.values()).count(n) for n in range(len(shown.boxes))
    ]


@settings(deadline=None)
@given(alike())
def test_what_is_folded_can_be_folded_no_further(drawn: tuple[list[Node], list[Edge]]) -> None:
    nodes, edges = drawn
    groups = folded(nodes, edges, nodes[0].key)
    first = {node.key: group[0] for group in groups for node in group}
    left = list(
        {
            Edge(each.relation, first[each.source].key, first[each.target].key, each.role)
            for each in edges
        }
    )
    assert folded([group[0] for group in groups], left, nodes[0].key) == [
        (group[0],) for group in groups
    ]


def test_a_chain_does_not_fold_and_long_ones_take_no_time() -> None:
    long = chain(10_000)
    start = time.thread_time()
    assert len(folded(long.nodes, long.edges, long.root.key)) == 10_000
    assert time.thread_time() - start < 2


@pytest.mark.slow
def test_two_long_chains_that_end_differently() -> None:
    nodes = [
        Node(n.to_bytes(4, "big"), str(n), Kind.ENTITY, distance=(n + 1) // 2)
        for n in range(20_001)
    ]
    edges = [
        edge(RelationType.WAS_DERIVED_FROM, nodes[max(0, n - 2)], nodes[n])
        for n in range(1, 20_001)
    ]
    start = time.thread_time()
    assert len(folded(nodes, edges, nodes[0].key)) == 10_001
    nodes.append(Node(b"x", "x", Kind.AGENT))
    edges.append(Edge(RelationType.WAS_ATTRIBUTED_TO, nodes[20_000].key, b"x"))
    assert len(folded(nodes, edges, nodes[0].key)) == 20_002
    assert time.thread_time() - start < 4


def test_a_ladder_becomes_its_levels() -> None:
    rungs = ladder(levels=40, wide=10)
    assert [len(group) for group in folded(rungs.nodes, rungs.edges, rungs.root.key)] == [
        1,
        *[10] * 40,
    ]


def test_a_run_that_left_nothing_behind_is_not_like_the_others() -> None:
    whole = night(12)
    lost = next(node for node in whole.nodes if node.name == "run00007.dl1.h5")
    edges = tuple(each for each in whole.edges if lost.key not in (each.source, each.target))
    nodes = tuple(node for node in whole.nodes if node.key != lost.key)
    shown = figure(Lineage(whole.root, whole.direction, None, False, nodes, edges), Look(fold=True))
    assert sorted(
        each.count for each in shown.boxes if each.name.startswith("ctapipe-process")
    ) == [1, 11]


def test_files_without_a_level_are_alike_if_their_names_are_but_for_numbers() -> None:
    run = activity("r", "merge", "2026-11-21 08:00:00", None)
    names = (
        "a_1.pkl",
        "a_22.pkl",
        "b.yaml",
        "5a620a10-d7a4-41b7-9814-f9e5bac5287f_x",
        "2f40ac73-6c59-489f-b40f-081b9bcac17d_x",
    )
    files = [replace(entity(f"/data/{name}"), distance=1) for name in names]
    groups = folded([run, *files], [edge(RelationType.USED, run, file) for file in files], run.key)
    assert [len(group) for group in groups] == [1, 2, 1, 2]
    levelled = [replace(file, data_level="DL1") for file in files]
    assert (
        len(
            folded(
                [run, *levelled], [edge(RelationType.USED, run, file) for file in levelled], run.key
            )
        )
        == 2
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_escaped_in_folded_boxes_too(name: str) -> None:
    run = activity("merge", "merge", "2026-11-21 08:00:00", None)
    runs = [activity(f"r{n}", name, "2026-11-21 08:00:00", None, Status.ERROR) for n in range(3)]
    runs = [replace(each, version=name, id=f"{name}{each.id}", distance=1) for each in runs]
    answer = lineage(
        [run, *runs], [edge(RelationType.WAS_INFORMED_BY, run, each, name) for each in runs]
    )
    answer = replace(answer, nodes=(run, *runs), root=run)
    assert len(figure(answer, Look(fold=True)).boxes) == 2
    drawing = ET.fromstring(written(answer, "svg", Look(fold=True)))
    assert any(text.endswith(" × 3") for text in drawing.itertext())
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
    nodes = [changed.get(node.key, node) for node in whole.nodes]
    groups = folded(nodes, whole.edges, whole.root.key)
    assert all((node,) in groups for node in changed.values())
    assert max(len(group) for group in groups if group[0].name == files[2].name) == 10
