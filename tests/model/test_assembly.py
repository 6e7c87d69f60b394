"""What a walk found becomes one answer, whatever order it was found in."""

from dataclasses import replace

from provgraph.model.assembly import (
    assemble_lineage,
    distances_from,
    distinct_edges,
    ends_of,
    ends_of_depth,
    reached_from,
    ways_of,
    with_more,
)
from provgraph.model.lineage import Direction, Edge, Lineage, Setup
from provgraph.model.vocabulary import Kind, RelationType
from tests.model.lineage_parts import (
    AGENT,
    BY,
    CALIBRATION,
    EDGES,
    FILE,
    MADE,
    RAW,
    RUN,
    USED,
    answer,
    edge,
    node,
)


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


def test_of_setups_those_of_the_runs_shown_are_told() -> None:
    setups = {RUN.key: Setup(config_files=("file:/c",)), b"unreached": Setup()}
    found = [CALIBRATION, AGENT, RAW, RUN, FILE]
    read = assemble_lineage(FILE, Direction.UPSTREAM, None, 9, found, EDGES, setups)
    assert read.setups == {RUN.key: setups[RUN.key]}
    assert answer().setups is None, "nobody read them"


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


def more(lineage: Lineage) -> list[str]:
    return [each.id for each in lineage.nodes if each.more]


def test_a_limit_leaves_more_behind_the_nodes_that_lead_on() -> None:
    assert more(answer(limit=1)) == ["file"]
    assert more(answer(limit=2)) == ["run"]
    assert more(answer(limit=3)) == ["run"]
    assert more(answer(limit=4)) == []
    assert answer(limit=1).root.more


def test_more_is_on_the_way_that_the_walk_went() -> None:
    """Of what was read, other runs may have read too: a walk upstream does not ask for them."""
    edges = [edge(MADE, "file", "run"), edge(USED, "run", "raw"), edge(USED, "later", "file")]
    found = [FILE, RUN, RAW, node("later", Kind.ACTIVITY)]
    cut = assemble_lineage(FILE, Direction.UPSTREAM, None, 2, found, edges)
    assert ([each.id for each in cut.nodes], more(cut)) == (["file", "run"], ["run"])


def test_descriptions_and_agents_are_nothing_more() -> None:
    described = edge(RelationType.IS_DESCRIBED_BY, "run", "description")
    assert more(answer(limit=2, edges=[*EDGES[:1], described, edge(BY, "run", "agent")])) == []


def test_a_store_adds_where_the_depth_ended() -> None:
    near = assemble_lineage(FILE, Direction.BOTH, 1, 9, [FILE, RUN], EDGES[:1])
    assert ends_of_depth(near, Direction.UPSTREAM) == [RUN.key]
    assert ends_of_depth(near, Direction.DOWNSTREAM) == []
    marked = with_more(near, {RUN.key})
    assert (more(marked), marked.root.more) == (["run"], False)
    assert more(with_more(marked, {FILE.key})) == ["file", "run"]
    assert with_more(near, set()) == near


def test_relations_that_differ_in_the_location_are_one() -> None:
    plain = edge(USED, "run", "raw")
    places = [replace(plain, location=place) for place in ("/b", "/a", "file:/c")]
    assert distinct_edges([plain, places[2]]) == [places[2]]
    for some in ([plain, *places], [*reversed(places), plain]):
        assert distinct_edges(some) == [replace(plain, location="/a")]
    other = replace(plain, role="DL0")
    assert distinct_edges([plain, other]) == [plain, other]


def test_ways_and_ends() -> None:
    assert ways_of(Direction.UPSTREAM) == (Direction.UPSTREAM,)
    assert ways_of(Direction.BOTH) == (Direction.UPSTREAM, Direction.DOWNSTREAM)
    one: Edge = EDGES[0]
    assert ends_of(one, Direction.UPSTREAM) == (FILE.key, RUN.key)
    assert ends_of(one, Direction.DOWNSTREAM) == (RUN.key, FILE.key)
    assert distances_from(RAW.key, EDGES, Direction.DOWNSTREAM) == {
        RAW.key: 0,
        RUN.key: 1,
        FILE.key: 2,
    }


def test_a_stated_relation_stands_for_the_inferred_one() -> None:
    """Also where the stated one says more; an inferred one of other records stays."""
    inferred = [replace(EDGES[0], inferred=True), replace(EDGES[1], inferred=True)]
    stated = replace(EDGES[0], role="DL1")
    assert distinct_edges([*inferred, stated, stated]) == [inferred[1], stated]


def test_relations_without_a_role_or_time_come_first() -> None:
    plain = edge(USED, "run", "raw")
    times = [replace(plain, role="A", time=time) for time in (None, "2026-01-01", "2026-01-02")]
    ordered = [plain, *times, replace(plain, role="B")]
    assert list(answer(edges=[EDGES[0], *reversed(ordered)]).edges[:5]) == ordered


def test_the_shortest_way_counts_both_ways_and_to_agents() -> None:
    """The file was made of itself: file ← first ← x ← last ← file."""
    edges = [
        edge(MADE, "file", "first"),
        edge(USED, "first", "x"),
        edge(MADE, "x", "last"),
        edge(USED, "last", "file"),
        edge(BY, "first", "agent"),
        edge(BY, "x", "agent"),
        edge(BY, "unreached", "agent"),
    ]
    found = [FILE, node("x"), node("agent", Kind.AGENT)]
    found += [node(name, Kind.ACTIVITY) for name in ("first", "last")]
    both = assemble_lineage(FILE, Direction.BOTH, None, 9, found, edges)
    assert {each.id: each.distance for each in both.nodes} == {
        "file": 0,
        "first": 1,
        "last": 1,
        "x": 2,
        "agent": 2,
    }


def test_all_that_leads_on_is_reached_once() -> None:
    ahead = {b"a": [b"b", b"c"], b"c": [b"d"], b"d": [b"a"], b"x": [b"y"]}
    assert reached_from([b"a"], ahead) == {b"a", b"b", b"c", b"d"}
    assert reached_from([b"b", b"x"], ahead) == {b"b", b"x", b"y"}
    assert reached_from([], ahead) == set()
