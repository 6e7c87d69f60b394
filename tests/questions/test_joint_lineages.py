"""The lineage of several records as one."""

from collections.abc import Iterator

import pytest

from provgraph.ingest.loading import load
from provgraph.model.lineage import Direction, Lineage
from provgraph.model.vocabulary import Kind
from provgraph.questions.joint_lineages import Reach, joint_lineage, with_descriptions
from provgraph.questions.tracing import find
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import CORPUS, LOGS


@pytest.fixture(scope="module")
def job() -> Iterator[Store]:
    opened = open_store("sqlite://")
    list(load(opened, [str(CORPUS / "opus" / "provsap_desc2.json")]))
    yield opened
    opened.close()


def _names(found: Lineage) -> list[str]:
    return sorted(node.label for node in found.nodes)


def _of_job(store: Store, **reach: object) -> Lineage:
    return joint_lineage(store, [find(store, "03c433")], Reach(**reach))  # type: ignore[arg-type]


def test_a_run_shows_its_results(job: Store) -> None:
    place = "http://127.0.0.1:8082/store?ID="
    files = [f"{place}9e3a3e", f"{place}bde6e3"]
    found = _of_job(job, depth=1)
    assert {node.location for node in found.of_kind(Kind.ENTITY)} == set(files)
    assert (len(_of_job(job, depth=0).nodes), found.depth) == (2, 1)  # with its agent
    down = _of_job(job, direction=Direction.DOWNSTREAM)
    assert [node.location for node in down.of_kind(Kind.ENTITY)] == files[:1]
    bare = _of_job(job, depth=1, has_agents=False)
    assert bare.of_kind(Kind.AGENT) == ()
    keys = {node.key for node in bare.nodes}
    assert all({edge.source, edge.target} <= keys for edge in bare.edges)


def test_walks_are_joined() -> None:
    store = open_store("sqlite://")
    list(load(store, [str(LOGS)]))
    roots = [find(store, f"run0200{number}.dl3.fits") for number in (1, 2)]
    joined = joint_lineage(store, roots, Reach())
    single = [joint_lineage(store, [each], Reach()) for each in roots]
    assert {node.id for node in joined.nodes} == {n.id for each in single for n in each.nodes}
    assert set(joined.edges) == {edge for each in single for edge in each.edges}
    assert [node.distance for node in joined.nodes] == sorted(n.distance for n in joined.nodes)
    assert joint_lineage(store, roots, Reach(limit=3)).truncated
    store.close()


def test_what_describes_its_records(job: Store) -> None:
    plain = _of_job(job, depth=1)
    tools = with_descriptions(job, plain, of_all=False, has_agents=True)
    assert sorted({*_names(tools)} - {*_names(plain)}) == ["opus-admin"]
    assert len(tools.nodes) - len(plain.nodes) == 2  # the description is called as the job
    everything = with_descriptions(job, plain, of_all=True, has_agents=False)
    kinds = {node.kind for node in everything.nodes} - {node.kind for node in plain.nodes}
    assert kinds == {
        Kind.ACTIVITY_DESCRIPTION,
        Kind.ENTITY_DESCRIPTION,
        Kind.USAGE_DESCRIPTION,
        Kind.GENERATION_DESCRIPTION,
        Kind.PARAMETER_DESCRIPTION,
    }
    assert "opus-admin" not in _names(everything)
