"""What every store must do alike: find the ways between records, as the definition says."""

from collections.abc import Mapping
from itertools import pairwise, product
from random import Random

import pytest

from provgraph.errors import NotFoundError
from provgraph.model.lineage import Direction, Node
from provgraph.model.records import Agent, Document, End, Run, StatedRelation, key_of
from provgraph.model.vocabulary import ORIGIN_RELATIONS, Kind, RelationType
from provgraph.questions.tracing import find, lineage
from provgraph.questions.ways import common_ancestors, path
from provgraph.store.protocol import Store
from tests.store.test_contract import put, run

FILES = tuple(f"/f{number}" for number in range(9))


@pytest.fixture
def web(store: Store) -> Store:
    """Runs that read some of the files before and write one or two, so that ways meet again."""
    chance = Random(3)
    documents = []
    for number in range(2, len(FILES)):
        reads = tuple(chance.sample(FILES[:number], min(number, 2)))
        documents.append(run(f"r{number}", number, number, reads, (FILES[number],)))
    put(store, *documents)
    return store


class Web:
    """The whole graph of a small store, and ways in it by definition."""

    def __init__(self, store: Store) -> None:
        self.nodes = [node for node in store.called((), [""], 1_000) if node.kind is not Kind.AGENT]
        edges = store.edges_of([node.key for node in self.nodes], ORIGIN_RELATIONS)
        self.causes = {
            node.key: {edge.target for edge in edges if edge.source == node.key}
            for node in self.nodes
        }

    def ways(self, effect: bytes, cause: bytes) -> list[tuple[bytes, ...]]:
        """All ways from an effect to a cause; the graph has no circles."""
        if effect == cause:
            return [(effect,)]
        return [(effect, *way) for near in self.causes[effect] for way in self.ways(near, cause)]

    def distances(self, effect: bytes) -> Mapping[bytes, int]:
        """How far all that led to a record is from it."""
        ways = {node.key: self.ways(effect, node.key) for node in self.nodes}
        return {key: min(map(len, found)) - 1 for key, found in ways.items() if found}


def test_ways_are_the_shortest_and_all_are_found(web: Store) -> None:
    known = Web(web)
    several = 0
    for source, target in product(known.nodes, repeat=2):
        down = known.ways(target.key, source.key)
        every = known.ways(source.key, target.key) or [way[::-1] for way in down]
        if not every:
            with pytest.raises(NotFoundError, match="neither of the two led to the other"):
                path(web, source, target)
            continue
        shortest = [way for way in every if len(way) == min(map(len, every))]
        one, whole = path(web, source, target), path(web, source, target, every=True)
        assert tuple(node.key for node in one.nodes) in shortest
        assert len(one.edges) == len(one.nodes) - 1
        assert {node.key for node in whole.nodes} == {key for way in shortest for key in way}
        steps = {step for way in shortest for step in pairwise(way)}
        is_up = whole.direction is Direction.UPSTREAM
        assert steps == {
            (edge.source, edge.target) if is_up else (edge.target, edge.source)
            for edge in whole.edges
        }
        assert (one.root.key, one.nodes[-1].key) == (source.key, target.key)
        several += len(shortest) > 1
    assert several > 5


def test_common_ancestors_are_those_of_the_definition(web: Store) -> None:
    known = Web(web)
    chance = Random(5)
    for size in (2, 2, 2, 3, 3):
        records = chance.sample(known.nodes, size)
        reached = [known.distances(node.key) for node in records]
        common = set(reached[0]).intersection(*reached[1:])
        found = common_ancestors(web, records, 1_000)
        assert found.total == len(found.found) == len(common)
        for each in found.found:
            assert each.distances == tuple(distances[each.node.key] for distances in reached)
            made = (key for key in common if key != each.node.key)
            from_it = [key for key in made if each.node.key in known.distances(key)]
            assert each.is_nearest is not bool(from_it)
        order = [(not each.is_nearest, sum(each.distances), each.node.id) for each in found.found]
        assert order == sorted(order)
        few = common_ancestors(web, records, 2)
        assert (few.total, len(few.found)) == (found.total, min(2, found.total))


def test_a_way_ends_at_an_agent_and_leads_through_none(store: Store) -> None:
    who, runs = Agent("observatory"), [run(name, 1, 2, (), (f"/{name}",)) for name in "ab"]
    answering = tuple(
        StatedRelation(
            RelationType.WAS_ASSOCIATED_WITH, End(Kind.ACTIVITY, name), End(Kind.AGENT, who.id)
        )
        for name in "ab"
    )
    put(store, *runs, Document(Run("a", {}), agents=(who,), relations=answering))
    a, b, agent = find(store, "/a"), find(store, "/b"), find(store, who.id)
    assert [node.id for node in path(store, a, agent).nodes] == [a.id, "a", who.id]
    assert [node.id for node in path(store, agent, b).nodes] == [who.id, "b", b.id]
    with pytest.raises(NotFoundError):
        path(store, a, b)
    assert common_ancestors(store, [a, b], 10).total == 0


def test_links_and_edges_among_some_records(web: Store) -> None:
    file, reader = find(web, FILES[0]), Web(web)
    effects = {key for key, causes in reader.causes.items() if file.key in causes}
    assert len(effects) > 1
    down = web.links([file.key], Direction.DOWNSTREAM, ORIGIN_RELATIONS)
    assert sorted(down) == sorted((file.key, key) for key in effects)
    assert web.links([file.key], Direction.UPSTREAM, ORIGIN_RELATIONS) == []
    assert web.links([key_of(Kind.ENTITY, "x")], Direction.UPSTREAM, ORIGIN_RELATIONS) == []
    one: Node = next(node for node in reader.nodes if node.key in effects)
    among = web.edges_among([file.key, one.key], ORIGIN_RELATIONS)
    assert [(edge.source, edge.target) for edge in among] == [(one.key, file.key)]
    whole = lineage(web, find(web, FILES[-1]))
    keys = [node.key for node in whole.nodes]
    assert set(web.edges_among(keys, ORIGIN_RELATIONS)) == set(whole.edges)
    assert web.edges_among([file.key], ORIGIN_RELATIONS) == web.edges_among(keys, ()) == []


def test_many_records_are_asked_for_as_few_are(web: Store) -> None:
    known = Web(web)
    keys = [node.key for node in known.nodes]
    many = keys + [key_of(Kind.ACTIVITY, f"nobody {number}") for number in range(1_300)]
    up = web.links(many, Direction.UPSTREAM, ORIGIN_RELATIONS)
    assert up
    assert sorted(up) == sorted(web.links(keys, Direction.UPSTREAM, ORIGIN_RELATIONS))
    assert web.edges_of(many, ORIGIN_RELATIONS) == web.edges_of(keys, ORIGIN_RELATIONS)
    assert web.edges_among(many, ORIGIN_RELATIONS) == web.edges_among(keys, ORIGIN_RELATIONS)
    assert web.edges_among(many, ()) == []
    assert web.loads_from(list(map(str, range(1_300))), "default") == []
