"""A forgotten load leaves the store as if it had never been.

Who decides beside another writer loses nothing.
"""

import random
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provgraph.errors import AmbiguousError, LookupFailedError, StoreError
from provgraph.ingest.deciding.assertions import make_assertions
from provgraph.ingest.deciding.integration import current_plan, plan_changes
from provgraph.ingest.forgetting import forget, would_go
from provgraph.ingest.loading import load
from provgraph.loaders.ctapipe import document_of
from provgraph.model.derived import INVALIDATED
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.vocabulary import DescriptionType, Kind, RelationType
from provgraph.store.digest import digest
from provgraph.store.protocol import Store, Transaction
from provgraph.store.records import UNKNOWN_SIZE, Changes, LoadRecord, StoreLimits
from provgraph.store.registry import open_store
from tests.conftest import LOGS, STORES, empty_neo4j
from tests.graphs import assert_external_is_known
from tests.identity.test_against_oracle import HISTORIES, ON_A_SERVER, PHASES, empty_tables
from tests.records import History
from tests.services import Neo4jServer
from tests.strategies import histories, loadings

_COUNTS = {"activities": 0, "entities": 0, "agents": 0, "relations": 0}


def record(name: str, size: int = 1) -> LoadRecord:
    return LoadRecord(
        name,
        name,
        "test",
        "default",
        "",
        "2026-01-01T00:00:00.000",
        "0",
        "loaded",
        _COUNTS,
        size=size,
    )


def write(transaction: Transaction, name: str, documents: Sequence[Document]) -> None:
    planned = plan_changes(transaction, documents)
    planned.changes.loads = [record(name)]
    planned.changes.assertions = make_assertions(name, 0, documents)
    transaction.apply(planned.changes, planned.touched)


def said(store: Store, name: str, *documents: Document) -> None:
    with store.writing() as transaction:
        write(transaction, name, documents)


def documents_in(part: History) -> list[Document]:
    return [document_of(each, namespace) for namespace, each in part]


def digest_of_loads(loads: Sequence[Sequence[Document]]) -> str:
    with closing(open_store("sqlite://")) as store:
        for number, documents in enumerate(loads):
            said(store, f"load {number:02}", *documents)
        return digest(store.scan())


def marks_of(documents: Sequence[Document]) -> st.SearchStrategy[list[Document]]:
    """What somebody may say of files in the documents, by any name that one may bear."""
    mentions = [mention for document in documents for mention in document.mentions]
    places = {mention.place for mention in mentions if mention.place}
    names = {mention.identifier for mention in mentions if mention.identifier} | places
    names |= {f"{mention.place}@{mention.run}" for mention in mentions if mention.place}
    times = st.sampled_from(["2019-01-01T00:00:00.000", "2031-01-01T00:00:00.000"])
    mark = st.builds(
        lambda name, time: Document(entities=(StatedEntity(name, {INVALIDATED: (time,)}),)),
        st.sampled_from(sorted(names) or ["file:/nowhere"]),
        times,
    )
    return st.lists(mark, max_size=3)


def hold_the_law_of_forgetting(store: Store, data: st.DataObject) -> None:
    parts = [documents_in(part) for part in data.draw(loadings(data.draw(histories())))]
    marks = data.draw(marks_of([document for part in parts for document in part]))
    parts = data.draw(st.permutations([*parts, *([mark] for mark in marks)]))
    for number, documents in enumerate(parts):
        said(store, f"load {number:02}", *documents)
    numbers = data.draw(st.permutations(range(len(parts))))
    forgotten = numbers[: data.draw(st.integers(0, len(parts)))]
    for number in forgotten:
        forget(store, f"load {number:02}")
    rest = [documents for number, documents in enumerate(parts) if number not in forgotten]
    assert digest(store.scan()) == digest_of_loads(rest)
    assert store.stats()["loads"] == len(rest)
    assert_external_is_known(store)


def decide_beside_each_other(store: Store, data: st.DataObject) -> None:
    """All parts are decided on while the store is empty or half full.

    Who comes later decides again if need be.
    """
    history = data.draw(histories())
    parts = [documents_in(part) for part in data.draw(loadings(history))]
    for some in (parts[::2], parts[1::2]):
        with store.viewing() as view:
            turn, plans = view.turn, [plan_changes(view, documents) for documents in some]
        for documents, early in zip(some, plans, strict=True):
            with store.writing() as transaction:
                planned = current_plan(transaction, early, turn, documents)
                transaction.apply(planned.changes, planned.touched)
    assert digest(store.scan()) == digest_of_loads([documents_in(history)])
    assert_external_is_known(store)


LAWS = (hold_the_law_of_forgetting, decide_beside_each_other)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("kind", [store for store in STORES if store != "sqlite"])
def test_the_laws_of_forgetting_and_of_deciding_beside_others(
    kind: str, law: Callable[[Store, st.DataObject], None], request: pytest.FixtureRequest
) -> None:
    url, empty = "sqlite://", None
    if kind == "postgresql":
        url = request.getfixturevalue("postgres_server").create_database(
            f"forget_{LAWS.index(law)}"
        )
        empty = empty_tables
    elif kind == "neo4j":
        server: Neo4jServer = request.getfixturevalue("neo4j_server")
        url, empty = server.url, partial(_empty_graph, server.url)

    @settings(
        max_examples=HISTORIES if kind == "memory" else ON_A_SERVER,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=PHASES,
    )
    @given(st.data())
    def hold(data: st.DataObject) -> None:
        with closing(open_store(url)) as store:
            if empty is not None:
                empty(store)
            law(store, data)

    hold()


def _empty_graph(url: str, _store: Store) -> None:
    empty_neo4j(url)


def test_what_no_run_says_is_forgotten_too(store: Store) -> None:
    """Agents, relations, entities and settings, of which another load says a part."""
    observatory, product = End(Kind.AGENT, "CTAO"), End(Kind.ENTITY, "prov:urn:x")
    mine = Document(
        run=Run("a", {"name": ("tool",), "startTime": ("2026-01-01T00:00:00.000",)}),
        agents=(Agent("CTAO", "Observatory"), Agent("me", "Me")),
        descriptions=(
            Description("tool", DescriptionType.ACTIVITY, {"version": ("1",)}),
            Description("file", DescriptionType.VALUE),
        ),
        entities=(StatedEntity("prov:urn:x", {"size": (1,)}), StatedEntity("prov:urn:y")),
        relations=(
            StatedRelation(RelationType.WAS_ATTRIBUTED_TO, product, observatory, "owner"),
            StatedRelation(
                RelationType.IS_DESCRIBED_BY, product, End(Kind.ENTITY_DESCRIPTION, "data")
            ),
            StatedRelation(
                RelationType.WAS_INFORMED_BY, End(Kind.ACTIVITY, "a"), End(Kind.ACTIVITY, "b")
            ),
        ),
        settings=(Settings("one", {"x": 1}), Settings("both", {"y": 2})),
        config_files=("file:/a.yaml", "file:/both.yaml"),
    )
    other = Document(
        run=Run("c", {"name": ("tool",), "startTime": ("2026-01-01T00:00:01.000",)}),
        agents=(Agent("CTAO"),),
        descriptions=(
            Description("tool", DescriptionType.ACTIVITY, {"name": ("Tool",)}),
            Description("file", DescriptionType.DATASET),
        ),
        entities=(StatedEntity("prov:urn:x", {"colour": ("red",)}),),
        relations=(StatedRelation(RelationType.WAS_ATTRIBUTED_TO, product, observatory, "owner"),),
        settings=(Settings("both", {"y": 2}),),
        config_files=("file:/both.yaml",),
    )
    said(store, "mine", mine)
    said(store, "other", other)
    both = digest(store.scan())
    forget(store, "mine")
    assert digest(store.scan()) == digest_of_loads([[other]])
    assert store.stats()["settings"] == 1
    said(store, "mine", mine)
    assert digest(store.scan()) == both
    forget(store, "other")
    assert digest(store.scan()) == digest_of_loads([[mine]])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_wrong_log_is_taken_back(seed: int, store: Store) -> None:
    """Real logs: of all, a few are forgotten, and loaded again."""
    chance = random.Random(seed)
    logs = sorted(LOGS.glob("*.provlog"))
    chance.shuffle(logs)
    reports = {report.source: report.load for report in load(store, map(str, logs)) if report.load}
    everything = digest(store.scan())
    wrong = chance.sample(sorted(reports), 5)
    for source in wrong:
        assert forget(store, reports[source] or "").source == source
    with closing(open_store("sqlite://")) as never_saw:
        list(load(never_saw, [str(path) for path in logs if str(path) not in wrong]))
        assert digest(store.scan()) == digest(never_saw.scan())
    again = list(load(store, map(str, logs)))
    assert {report.source for report in again if report.status == "loaded"} <= set(wrong)
    assert digest(store.scan()) == everything


def test_a_load_is_named_by_the_beginning_of_its_id(store: Store) -> None:
    for name in ("abcdef1", "abcdef2", "e"):
        said(store, name, Document(run=Run(name, {})))
    with pytest.raises(LookupFailedError, match="no load has the id 'xxxxxx'; `provgraph loads"):
        forget(store, "xxxxxx")
    for short in ("", "a", "abcde"):
        with pytest.raises(LookupFailedError, match="is too short to name a load: give 6"):
            forget(store, short)
    with pytest.raises(AmbiguousError):
        forget(store, "abcdef")
    assert forget(store, "abcdef2").id == "abcdef2"
    assert forget(store, "abcdef").id == "abcdef1"
    assert forget(store, "e").id == "e"


def test_what_would_go_is_what_goes(store: Store) -> None:
    names = ("train_energy", "run02001", "apply_run02001", "irf")
    reports = list(load(store, [str(LOGS / f"{name}.provlog") for name in names]))
    for report in reports:
        before, content = store.stats(), digest(store.scan())
        found = would_go(store, str(report.load))
        assert digest(store.scan()) == content
        assert (found.load.id, found.is_all) == (report.load, True)
        forget(store, str(report.load))
        after = store.stats()
        for kind in ("activities", "entities", "agents", "descriptions"):
            assert getattr(found, kind) == before[kind] - after[kind], (report.source, kind)
        assert found.relations > 0


def test_of_a_large_load_the_first_part_is_looked_at(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    [report] = load(store, [str(LOGS / "run02001.provlog")])
    monkeypatch.setattr("provgraph.ingest.forgetting.BATCH", 1)
    monkeypatch.setattr(type(store), "limits", StoreLimits(documents=1))
    content = digest(store.scan())
    assert not would_go(store, str(report.load)).is_all
    assert digest(store.scan()) == content


def test_loads_without_statements_can_not_be_told_apart(store: Store) -> None:
    """As provgraph 0.1 has left them: to forget another one could take too much."""
    said(store, "new", Document(run=Run("a", {})))
    with store.writing() as transaction:
        transaction.apply(Changes(loads=[record("old", UNKNOWN_SIZE)]), ())
    with pytest.raises(StoreError, match="new store"):
        forget(store, "new")


def test_of_a_log_that_grew_the_beginning_can_be_forgotten(tmp_path: Path, store: Store) -> None:
    """The rest is then no whole load of it any more, so loading it again brings all back."""
    first, second = (
        (LOGS / "edge_nested.provlog").read_text(),
        (LOGS / "edge_overwrite.provlog").read_text(),
    )
    path = tmp_path / "growing.provlog"
    path.write_text(first)
    [begun] = load(store, [str(path)])
    path.write_text(first + "\n" + second)
    [grown] = load(store, [str(path)])
    everything = digest(store.scan())
    forget(store, begun.load or "")
    assert [(each.id, each.status) for each in store.loads()] == [(grown.load, "remainder")]
    [again] = load(store, [str(path)])
    assert (again.status, digest(store.scan())) == ("loaded", everything)
