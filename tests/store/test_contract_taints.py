"""What every store must do alike: what marks mean and what they reached, as it is defined."""

from collections import Counter
from random import Random
from unittest.mock import patch

import pytest

from provgraph.errors import LookupFailedError
from provgraph.ingest.forgetting import forget
from provgraph.ingest.invalidation import invalidate, take_back
from provgraph.model.filters import PageRequest
from provgraph.model.lineage import Direction, Node
from provgraph.model.recalls import Recall, ToolVersion, UsesOfPath, recall_node
from provgraph.model.records import Document, Mention, Run
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.recalling import impact_of, tainted
from provgraph.questions.summary import with_taints
from provgraph.questions.tracing import find, lineage
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from tests.oracle.tainting import Marked
from tests.store.test_contract import put, run
from tests.store.test_contract_search import FILES, TOOLS, documents


def day(second: int) -> str:
    return f"2026-01-01T00:00:{second:02}.000"


def mark(store: Store, recall: Recall) -> str:
    return invalidate(store, recall_node(recall), None, "bad").id


def recalls(chance: Random) -> list[Recall]:
    """Some tool versions, and uses of some paths in all kinds of spans."""
    since, until = sorted(chance.sample(range(12), 2))
    places = [f"file:{path}" for path in FILES]
    return [
        ToolVersion(chance.choice(TOOLS).upper(), str(chance.randrange(3))),
        ToolVersion("no such tool", "1"),
        UsesOfPath(chance.choice(places), day(since), day(until)),
        UsesOfPath(chance.choice(places), day(since)),
        UsesOfPath(chance.choice(places), None, day(until)),
        UsesOfPath(chance.choice(places)),
    ]


def test_what_is_tainted_is_as_defined(store: Store) -> None:
    """Marks of all kinds; walks up and walks down find the same."""
    chance = Random(4)
    put(store, *documents(chance))
    meant = recalls(chance)
    for recall in meant:
        expected = Marked(store).runs_of(recall.id)
        runs = store.runs_of(recall)
        assert {node.id for node in store.nodes(runs).values()} == expected, recall
        some = [key for key in Marked(store).nodes if chance.random() < 0.5]
        assert store.runs_of(recall, some) == runs.intersection(some)
    singles = chance.sample([*Marked(store).nodes.values()], 3)
    loads = [mark(store, recall) for recall in meant[:3]]
    loads += [
        invalidate(store, node, None, "bad").id for node in singles if node.kind is not Kind.AGENT
    ]
    check(store)
    for load in loads[::2]:
        forget(store, load)
    check(store)


def check(store: Store) -> None:
    oracle = Marked(store)
    expected = oracle.taints()
    assert {node.id: node.tainted for node in taints_of(store, oracle)} == expected
    with (
        patch("provgraph.store.relational.taints.MOST_PAIRS", 0),
        patch("provgraph.store.neo4j.taints.MOST_PAIRS", 0),
    ):
        assert {node.id: node.tainted for node in taints_of(store, oracle)} == expected
    for node in [*oracle.nodes.values()][::9]:
        whole = lineage(store, node)
        assert {n.id: n.tainted for n in whole.nodes if n.tainted} == {
            n.id: expected[n.id] for n in whole.nodes if n.id in expected
        }
    for since in (None, day(5)):
        found = tainted(store, since)
        assert [each.node.id for each in found.found] == oracle.delivered(since or "")
        assert found.total == len(found.found)
        assert all(each.node.tainted == expected[each.node.id] for each in found.found)


def taints_of(store: Store, oracle: Marked) -> list[Node]:
    return [node for node in with_taints(store, oracle.nodes.values()) if node.tainted]


def test_tainted_products_come_page_by_page(store: Store) -> None:
    files = tuple(f"/out/{number}" for number in range(5))
    put(store, run("a", 0, 1, ("/raw",), files), run("b", 2, 3, ("/out/0",), ("/out/x",)))
    invalidate(store, find(store, "/raw"), None, "bad")
    everything = [each.node.id for each in store.tainted(None, PageRequest()).found]
    assert sorted(everything) == [*(f"file:/out/{n}@a" for n in range(1, 5)), "file:/out/x@b"]
    assert everything[0] == "file:/out/x@b"
    after, pages = None, []
    while True:
        page = store.tainted(None, PageRequest(2, after))
        assert page.total == 5
        pages += [each.node.id for each in page.found]
        if page.after is None:
            break
        after = page.after
    assert pages == everything
    last = store.tainted(None, PageRequest()).found[-1].cursor
    beyond = store.tainted(None, PageRequest(2, last))
    assert (beyond.found, beyond.after, beyond.total) == ((), None, 5)


def test_a_recall_means_runs_that_are_loaded_later(store: Store) -> None:
    put(store, run("a", 0, 1, ("/calibration",), ("/x",)))
    before = digest(store.scan())
    span = UsesOfPath("file:/calibration", day(0), day(5))
    load = mark(store, span)
    assert store.recalls() == [span.id]
    put(store, run("b", 4, 6, ("/calibration",), ("/y",)), run("c", 7, 8, ("/calibration",)))
    assert store.nodes(store.runs_of(span)).keys() == {find(store, name).key for name in "ab"}
    assert lineage(store, find(store, "/y")).root.tainted == (span.id,)
    assert lineage(store, find(store, "c")).root.tainted == ()
    walked = {way: lineage(store, find(store, "/y"), way).recalls for way in Direction}
    assert walked == {**dict.fromkeys(Direction, (span.id,)), Direction.DOWNSTREAM: None}
    assert find(store, span.id).invalidation is not None
    forget(store, load)
    assert (store.recalls(), lineage(store, find(store, "/y")).root.tainted) == ([], ())
    assert lineage(store, find(store, "/y")).recalls == ()
    assert digest(store.scan()) != before


def test_the_time_of_a_use_goes_before_that_of_its_run(store: Store) -> None:
    uses = [
        Mention("a", RelationType.USED, None, "file:/calibration", None, "test", time=day(second))
        for second in (10, 20)
    ]
    put(store, Document(Run("a", {"startTime": (day(0),)}), tuple(uses)))
    for since, until, is_meant in ((0, 5, False), (9, 11, True), (20, 20, True), (21, 30, False)):
        recall = UsesOfPath("file:/calibration", day(since), day(until))
        for among in (None, [find(store, "a").key]):
            assert bool(store.runs_of(recall, among)) is is_meant


def test_a_run_without_a_time_is_meant_when_no_time_is_asked_for(store: Store) -> None:
    put(store, Document(Run("a", {}), (Mention("a", RelationType.USED, None, "file:/x"),)))
    assert store.runs_of(UsesOfPath("file:/x"))
    for recall in (UsesOfPath("file:/x", day(0)), UsesOfPath("file:/x", None, day(0))):
        assert not store.runs_of(recall)
        assert not store.runs_of(recall, [find(store, "a").key])


def test_a_long_path_is_recalled(store: Store) -> None:
    path = "/" + "é" * 3_000
    put(store, run("a", 0, 1, (path,), ("/x",)))
    recall = UsesOfPath(f"file:{path}", day(0))
    mark(store, recall)
    assert store.recalls() == [recall.id]
    assert lineage(store, find(store, "/x")).root.tainted == (recall.id,)
    assert len(take_back(store, recall_node(recall))) == 1


def test_a_mark_is_taken_back_whatever_the_record_is_called_now(store: Store) -> None:
    put(store, run("a", 0, 1, (), ("/x",)))
    put(store, run("b", 5, 6, (), ("/x",)))
    for name in ("/x@a", "a"):
        invalidate(store, find(store, name), None, "bad", "Ada")
        invalidate(store, find(store, name), None, "worse", "Bob")
    put(store, run("c", 2, 3, ("/x=X",)))
    known = find(store, "product:X")
    assert known.invalidation is not None
    assert len(take_back(store, known)) == 2
    assert find(store, "product:X").invalidation is None
    assert find(store, "a").invalidation is not None
    assert len(take_back(store, find(store, "a"))) == 2
    with pytest.raises(LookupFailedError, match="bears no mark"):
        take_back(store, known)
    assert not any(node.invalidation for node in Marked(store).nodes.values())


def test_the_impact_of_a_recall_is_that_of_its_runs(store: Store) -> None:
    """It is as if the recall had been an input of its runs."""
    put(store, *documents(Random(9)))
    recall = UsesOfPath(f"file:{FILES[0]}", day(2), day(8))
    for depth, limit in ((None, 100), (None, 3), (None, 1), (0, 100), (1, 2), (2, 100), (3, 100)):
        check_impact(store, recall, depth, limit)


def check_impact(store: Store, recall: Recall, depth: int | None, limit: int) -> None:
    found = impact_of(store, recall, depth, limit)
    many = Counter(node.kind is Kind.AGENT for node in found.nodes)[False]
    runs = store.nodes(store.runs_of(recall)).values()
    expected = {recall.id: 0}
    for start in runs if depth != 0 else ():
        below = lineage(store, start, Direction.DOWNSTREAM, None if depth is None else depth - 1)
        for node in below.nodes:
            distance = node.distance + 1
            expected[node.id] = min(distance, expected.get(node.id, distance))
    shown = {node.id: node.distance for node in found.nodes}
    assert many <= limit
    assert found.truncated or shown == expected
    assert shown.items() <= expected.items()
    assert not found.truncated or many == limit
    first = [edge for edge in found.edges if edge.target == found.root.key]
    assert {(edge.relation, edge.inferred) for edge in first} <= {(RelationType.USED, True)}
    assert (depth == 0 or limit == 1) == (not first)
