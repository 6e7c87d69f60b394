"""What is found goes along indexes, and a walk is one statement; the contract suite says more."""

import re

import pytest
from sqlalchemy import Engine

from provgraph.ingest.deciding.integration import integrate
from provgraph.model.filters import Filter, Version
from provgraph.model.lineage import Direction
from provgraph.model.records import Agent, Document, End, Fact, Mention, Run, StatedRelation, key_of
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.deadlines import DEADLINE, Deadline
from provgraph.store.relational import tables
from provgraph.store.relational.store import RelationalStore

MADE = RelationType.WAS_GENERATED_BY
CONDITIONS = (
    Filter(identifiers=("product:P", "r")),
    Filter(version=Version("file:/x.h5", "r")),
    Filter(base_name="x.h5"),
)
WHOLE_TABLES = tuple(f"SCAN {table}" for table in tables.metadata.tables)


@pytest.fixture
def filled(store: RelationalStore) -> RelationalStore:
    document = Document(
        run=Run("r", {}),
        mentions=(Mention("r", MADE, None, "file:/x.h5", "product:P", "log"),),
        agents=(Agent("r"),),
    )
    with store.writing() as transaction:
        integrate(transaction, [document])
    return store


@pytest.mark.parametrize("wanted", CONDITIONS)
def test_one_statement_finds_records_and_reads_no_table_as_a_whole(
    filled: RelationalStore, queries: list[str], engine: Engine, wanted: Filter
) -> None:
    queries.clear()
    assert filled.find(wanted).found
    (query,) = (each for each in queries if each.startswith(("SELECT", "WITH")))
    parameters = dict.fromkeys(re.findall(r":(\w+)", query), b"x")
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", parameters).all()
    steps = [row[3] for row in plan]
    assert not [step for step in steps if step.startswith(WHOLE_TABLES)], steps


def test_records_of_several_kinds_may_bear_one_id(filled: RelationalStore) -> None:
    both = filled.find(Filter(identifiers=("r",))).found
    assert {each.node.kind for each in both} == {Kind.ACTIVITY, Kind.AGENT}
    one = filled.find(Filter(identifiers=("r",), kinds=(Kind.AGENT,))).found
    assert [each.node.kind for each in one] == [Kind.AGENT]


def test_a_record_that_has_changed_is_read_anew(filled: RelationalStore) -> None:
    asked = Filter(identifiers=("r",), kinds=(Kind.ACTIVITY,))
    assert filled.find(asked).found[0].node.host is None
    with filled.writing() as transaction:
        integrate(transaction, [Document(run=Run("r", {Fact.HOST: ("worker7",)}))])
    assert filled.find(asked).found[0].node.host == "worker7"


def test_a_record_with_very_long_attributes(filled: RelationalStore) -> None:
    said = {"comment": ("x" * 10_000,)}
    with filled.writing() as transaction:
        integrate(transaction, [Document(run=Run("long", said))])
    for _ in range(2):
        (found,) = filled.find(Filter(identifiers=("long",))).found
        assert found.node.attributes["comment"] == said["comment"]


def test_more_names_than_one_statement_takes(filled: RelationalStore) -> None:
    many = tuple(f"product:{n}" for n in range(3_000))
    found = filled.find(Filter(identifiers=(*many, "product:P"))).found
    assert [each.node.id for each in found] == ["product:P"]


def put_chain(store: RelationalStore, length: int) -> None:
    derived = (
        StatedRelation(
            RelationType.WAS_DERIVED_FROM,
            End(Kind.ENTITY, f"product:{n + 1}"),
            End(Kind.ENTITY, f"product:{n}"),
        )
        for n in range(length)
    )
    with store.writing() as transaction:
        integrate(transaction, [Document(relations=tuple(derived))])


@pytest.mark.parametrize("depth", [None, 7])
@pytest.mark.parametrize("direction", Direction)
def test_a_walk_is_one_statement(
    store: RelationalStore, queries: list[str], direction: Direction, depth: int | None
) -> None:
    put_chain(store, 20)
    key = key_of(Kind.ENTITY, "product:10")
    root = store.nodes([key])[key]
    queries.clear()
    found = store.walk(root, direction, [RelationType.WAS_DERIVED_FROM], depth, 1_000)
    assert len(queries) == 1
    both = 2 if direction is Direction.BOTH else 1
    assert len(found.nodes) == 1 + both * (7 if depth else 10)


class Counting(Deadline):
    """Counts how often somebody looks at the time."""

    looks = 0

    def check(self) -> None:
        self.looks += 1


def test_a_walk_looks_at_the_time_while_it_reads(store: RelationalStore) -> None:
    put_chain(store, 250)
    key = key_of(Kind.ENTITY, "product:250")
    root = store.nodes([key])[key]
    looks = []
    for depth in (1, None):
        deadline = Counting(600)
        token = DEADLINE.set(deadline)
        store.walk(root, Direction.UPSTREAM, [RelationType.WAS_DERIVED_FROM], depth, 1_000)
        DEADLINE.reset(token)
        looks.append(deadline.looks)
    assert looks[1] - looks[0] == 5  # 500 rows are more


def test_a_walk_along_nothing_is_its_root(store: RelationalStore) -> None:
    put_chain(store, 2)
    key = key_of(Kind.ENTITY, "product:1")
    found = store.walk(store.nodes([key])[key], Direction.BOTH, [], None, 10)
    assert [node.id for node in found.nodes] == ["product:1"]
