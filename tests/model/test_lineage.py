"""What a walk found becomes one answer, whatever order it was found in."""

from dataclasses import replace

import pytest

from provgraph.model.lineage import (
    Direction,
    Edge,
    Lineage,
    Node,
    Restriction,
    assemble_lineage,
    restrict_lineage,
)
from provgraph.model.vocabulary import Kind, RelationType

USED, MADE, BY = (
    RelationType.USED,
    RelationType.WAS_GENERATED_BY,
    RelationType.WAS_ASSOCIATED_WITH,
)


def node(name: str, kind: Kind = Kind.ENTITY, level: str | None = None) -> Node:
    return Node(name.encode(), name, kind, data_level=level)


def edge(relation: RelationType, source: str, target: str) -> Edge:
    return Edge(relation, source.encode(), target.encode())


FILE, RUN, RAW, CALIBRATION, AGENT = (
    node("file", level="DL1"),
    node("run", Kind.ACTIVITY),
    node("raw", level="DL0"),
    node("calibration"),
    node("agent", Kind.AGENT),
)
EDGES = [
    edge(MADE, "file", "run"),
    edge(USED, "run", "raw"),
    edge(USED, "run", "calibration"),
    edge(BY, "run", "agent"),
]


def answer(limit: int = 100, edges: list[Edge] = EDGES) -> Lineage:
    found = [CALIBRATION, AGENT, RAW, RUN, FILE]
    return assemble_lineage(FILE, Direction.UPSTREAM, None, limit, found, edges)


def test_nodes_are_sorted_by_distance_then_id_and_edges_are_told_once() -> None:
    found = answer(edges=[*reversed(EDGES), *EDGES])
    assert [(each.id, each.distance) for each in found.nodes] == [
        ("file", 0),
        ("run", 1),
        ("agent", 2),
        ("calibration", 2),
        ("raw", 2),
    ]
    assert [(each.relation, each.target) for each in found.edges] == [
        (USED, b"calibration"),
        (USED, b"raw"),
        (BY, b"agent"),
        (MADE, b"run"),
    ]
    assert (found.root.id, found.truncated) == ("file", False)


def test_a_limit_cuts_the_farthest_and_agents_do_not_count() -> None:
    cut = answer(limit=2)
    assert ([each.id for each in cut.nodes], cut.truncated) == (["file", "run", "agent"], True)
    assert {each.target for each in cut.edges} == {b"run", b"agent"}
    assert not answer(limit=4).truncated


def test_both_ways_take_the_shorter_one() -> None:
    edges = [edge(MADE, "file", "run"), edge(USED, "run", "raw"), edge(USED, "later", "file")]
    found = [FILE, RUN, RAW, node("later", Kind.ACTIVITY)]
    both = assemble_lineage(FILE, Direction.BOTH, None, 9, found, edges)
    assert {each.id: each.distance for each in both.nodes} == {
        "file": 0,
        "run": 1,
        "later": 1,
        "raw": 2,
    }


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Restriction(), ["file", "run", "agent", "calibration", "raw"]),
        (Restriction(kinds=("activity",)), ["file", "run"]),
        (Restriction(kinds=("activity", "agent")), ["file", "run", "agent"]),
        (Restriction(data_levels=("DL0",)), ["file", "raw"]),
        (Restriction(data_levels=("DL9", "DL0")), ["file", "raw"]),
        (Restriction(kinds=("entity",), data_levels=("DL9",)), ["file"]),
        (Restriction(types=("DatasetEntity",)), ["file", "calibration"]),
    ],
)
def test_only_some_records_and_always_the_root(wanted: Restriction, ids: list[str]) -> None:
    nodes = [
        replace(each, type="DatasetEntity") if each.id == "calibration" else each
        for each in answer().nodes
    ]
    whole = replace(answer(), nodes=tuple(nodes))
    some = restrict_lineage(whole, wanted)
    assert [each.id for each in some.nodes] == ids
    inside = {each.key for each in some.nodes}
    assert set(some.edges) == {each for each in whole.edges if {each.source, each.target} <= inside}
    assert (some.whole or some) == whole
    assert (some.restriction or Restriction()) == wanted


def test_nodes_of_one_kind() -> None:
    assert [each.id for each in answer().of_kind(Kind.ENTITY)] == ["file", "calibration", "raw"]


def test_a_node_shows_its_name_and_no_hidden_attributes() -> None:
    plain = replace(RAW, attributes={"prov.id": ("x",), "n": (1,)})
    assert (plain.label, replace(plain, name="raw.fits").label) == ("raw", "raw.fits")
    assert plain.shown_attributes == {"n": 1}
