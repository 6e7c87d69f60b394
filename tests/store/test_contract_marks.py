"""What every store must do alike: what is invalid, what was made from it, where answers are cut."""

from itertools import product
from typing import Any

import pytest

from provgraph.ingest.deciding.integration import integrate
from provgraph.ingest.forgetting import forget
from provgraph.ingest.invalidation import invalidate
from provgraph.model.assembly import distances_from, ends_of, ways_of
from provgraph.model.filters import Filter, PageRequest, Search, SortOrder
from provgraph.model.lineage import Direction, Lineage
from provgraph.model.records import Document, End, Mention, StatedRelation
from provgraph.model.vocabulary import ORIGIN_RELATIONS, Kind, RelationType
from provgraph.questions.details import details_of
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from tests.store.test_contract import MADE, USED, put, run

DERIVED = RelationType.WAS_DERIVED_FROM


@pytest.fixture
def chain(store: Store) -> Store:
    """raw → a → calibrated → b → image, with a second reader of raw, and another branch."""
    put(
        store,
        run("a", 0, 1, ("/raw",), ("/calibrated=C",)),
        run("b", 2, 3, ("/calibrated=C", "/flat"), ("/image",)),
        run("c", 4, 5, ("/raw", "/image"), ("/table",)),
        run("d", 6, 7, ("/other",), ("/apart",)),
        Document(relations=(derived("P", "C"), derived("Q", "P"), derived("Q", "C"))),
    )
    return store


def derived(effect: str, cause: str) -> StatedRelation:
    ends = [End(Kind.ENTITY, f"product:{name}") for name in (effect, cause)]
    return StatedRelation(DERIVED, ends[0], ends[1])


def mark(store: Store, name: str) -> str:
    """Mark a record as invalid; gives the load that says so."""
    return invalidate(store, find(store, name), "2026-02-01", "bad").id


def tainted(answer: Lineage) -> dict[str, tuple[str, ...]]:
    return {node.id: node.tainted for node in answer.nodes if node.tainted}


@pytest.mark.parametrize("reached", ["/table", "product:Q"])
def test_what_was_made_from_an_invalid_file_is_tainted(chain: Store, reached: str) -> None:
    mark(chain, "product:C")
    up = tainted(lineage(chain, find(chain, reached)))
    assert set(up.values()) == {("product:C",)}
    down = tainted(lineage(chain, find(chain, "/raw"), Direction.DOWNSTREAM))
    assert sorted(down) == ["b", "c", "file:/image@b", "file:/table@c", "product:P", "product:Q"]
    assert set(up) <= set(down)
    assert find(chain, "product:C").invalidation is not None


def test_a_record_is_tainted_though_the_answer_does_not_show_the_invalid_one(chain: Store) -> None:
    load = mark(chain, "/raw")
    mark(chain, "b")
    near = lineage(chain, find(chain, "/table"), depth=1)
    assert tainted(near) == {
        "file:/table@c": ("b", "file:/raw"),
        "c": ("b", "file:/raw"),
    }
    apart = lineage(chain, find(chain, "/apart"), Direction.BOTH)
    assert tainted(apart) == {}
    made = lineage(chain, find(chain, "/image"), relations=[MADE])
    assert tainted(made) == {"file:/image@b": ("b", "file:/raw"), "b": ("file:/raw",)}
    assert details_of(chain, find(chain, "/image")).node.tainted == ("b", "file:/raw")
    forget(chain, load)
    assert details_of(chain, find(chain, "/image")).node.tainted == ("b",)


def test_no_record_taints_itself(store: Store) -> None:
    put(store, Document(relations=(derived("A", "B"), derived("B", "A"))))
    mark(store, "product:A")
    assert tainted(lineage(store, find(store, "product:B"))) == {"product:B": ("product:A",)}
    assert tainted(lineage(store, find(store, "product:B"), Direction.DOWNSTREAM)) == {
        "product:B": ("product:A",)
    }


def invalid(store: Store, **conditions: Any) -> list[str]:
    """The ids of the invalid records that meet some conditions."""
    wanted = Filter(search=Search(invalid=True, **conditions))
    page = store.find(wanted, SortOrder.NAME, PageRequest(counted=True))
    assert (page.total, page.after) == (len(page.found), None)
    return sorted(each.node.id for each in page.found)


def test_invalid_records_are_found(chain: Store) -> None:
    assert invalid(chain) == []
    loads = [mark(chain, name) for name in ("/flat", "product:C", "b")]
    assert invalid(chain) == ["b", "file:/flat", "product:C"]
    assert invalid(chain, text="FLA") == ["file:/flat"]
    assert invalid(chain, external=True) == ["file:/flat"]
    for load in loads:
        forget(chain, load)
    assert invalid(chain) == []
    assert lineage(chain, find(chain, "/image")).root.tainted == ()


def test_a_mark_does_not_change_when_a_file_was_overwritten(store: Store) -> None:
    put(store, run("a", 0, 1, (), ("/x",)), run("b", 2, 3, (), ("/x",)))
    before = find(store, "/x@a")
    mark(store, "/x@a")
    after = find(store, "/x@a")
    assert before.invalidated_at == after.invalidated_at == "2026-01-01T00:00:03.000Z"
    mark(store, "/x")
    assert find(store, "/x").invalidated_at is None


def expected_more(whole: dict[Direction, Lineage], found: Lineage) -> set[str]:
    """From the definition: on its way, the node leads to a node that the answer does not show."""
    shown = {node.key: node.id for node in found.nodes}
    more: set[str] = set()
    for way in ways_of(found.direction):
        distances = distances_from(found.root.key, whole[way].edges, way)
        for edge in whole[way].edges:
            near, far = ends_of(edge, way)
            is_reached = found.depth is None or distances.get(near, 99) <= found.depth
            if near in shown and is_reached and edge.relation in ORIGIN_RELATIONS:
                more |= {shown[near]} if far not in shown else set()
    return more


@pytest.mark.parametrize("name", ["/table", "/raw", "product:C"])
def test_a_node_leads_on_exactly_where_depth_or_limit_cut(chain: Store, name: str) -> None:
    root = find(chain, name)
    whole = {way: lineage(chain, root, way) for way in ways_of(Direction.BOTH)}
    for direction, depth, limit in product(Direction, (None, 0, 1, 3), (1, 2, 3, 5, 100)):
        found = lineage(chain, root, direction, depth, limit=limit)
        marked = {node.id for node in found.nodes if node.more}
        assert marked == expected_more(whole, found), (direction, depth, limit)


def test_a_cut_by_the_depth_is_not_truncated(chain: Store) -> None:
    near = lineage(chain, find(chain, "/image"), depth=2)
    assert not near.truncated
    assert [node.id for node in near.nodes if node.more] == ["product:C"]
    assert not lineage(chain, find(chain, "/image"), depth=4).root.more


def test_agents_and_relations_that_were_not_asked_for_lead_nowhere(chain: Store) -> None:
    image = find(chain, "/image")
    made = lineage(chain, image, relations=[MADE], depth=1)
    assert [node.id for node in made.nodes if node.more] == []
    used = lineage(chain, image, relations=[MADE, USED], depth=1)
    assert [node.id for node in used.nodes if node.more] == ["b"]


def test_a_relation_bears_the_path_by_which_the_run_named_the_file(store: Store) -> None:
    put(
        store,
        run("a", 0, 1, (), ("/scratch/x=X",)),
        run("b", 2, 3, ("/archive/x=X", "/z/x=X"), ("/image",)),
        run("c", 4, 5, (), ()),
        Document(mentions=(Mention("c", USED, "data", None, "product:X", "test"),)),
    )
    found = lineage(store, find(store, "product:X"), Direction.BOTH, 1)
    ids = {node.key: node.id for node in found.nodes}
    places = {(ids[edge.source], ids[edge.target]): edge.location for edge in found.edges}
    assert places == {
        ("product:X", "a"): "/scratch/x",
        ("b", "product:X"): "/archive/x",
        ("c", "product:X"): None,
    }
    assert set(store.edges_of([found.root.key], [USED, MADE])) == set(found.edges)


def test_a_long_path_is_told_in_full(store: Store) -> None:
    path = "/" + "x" * 20_000
    with store.writing() as transaction:
        integrate(transaction, [run("a", 0, 1, (), (path,))])
    (edge,) = lineage(store, find(store, path)).edges
    assert edge.location == path
