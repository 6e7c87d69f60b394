"""A whole store is checked, whatever store it is."""

from collections.abc import Iterable

from provgraph.ingest.loading import load
from provgraph.model.derived import INVALIDATED
from provgraph.model.records import Document, End, StatedEntity, StatedRelation
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.protocol import Store
from provgraph.validation.findings import Gravity
from provgraph.validation.sources import CheckedSources, check_store
from tests.conftest import LOGS
from tests.store.test_contract import put, run

NOW = "2026-06-01T00:00:00.000"


def entity(name: str) -> End:
    return End(Kind.ENTITY, f"product:{name}")


def stated(relation: RelationType, source: End, target: End, time: str | None = None) -> Document:
    return Document(relations=(StatedRelation(relation, source, target, time=time),))


def told(checked: CheckedSources) -> list[tuple[str, int | None, str]]:
    assert checked.verdict is not None
    return [
        (each.gravity.value, each.constraint.number, each.message)
        for each in checked.verdict.findings
    ]


def check_of(store: Store, documents: Iterable[Document]) -> list[tuple[str, int | None, str]]:
    put(store, *documents)
    return told(check_store(store, now=NOW))


def test_a_sound_history(store: Store) -> None:
    found = check_of(
        store, [run("a", 0, 1, ("/raw",), ("/x=C",)), run("b", 2, None, ("/x=C",), ("/image",))]
    )
    assert found == []


def test_times_and_cycles_and_producers(store: Store) -> None:
    found = check_of(
        store,
        [
            run("a", 10, 5, (), ("/x=X",)),
            run("b", 20, 30, ("/y=Y",), ("/z=Z",)),
            run("c", 40, 50, (), ("/y=Y",)),
            stated(RelationType.WAS_DERIVED_FROM, entity("F"), entity("G")),
            stated(RelationType.WAS_DERIVED_FROM, entity("G"), entity("F")),
            stated(RelationType.WAS_GENERATED_BY, entity("Z"), End(Kind.ACTIVITY, "c")),
            stated(RelationType.WAS_ATTRIBUTED_TO, entity("Z"), End(Kind.AGENT, "someone")),
        ],
    )
    assert found == [
        ("error", 30, "run tool a (a) ended 5.0 s before it started"),
        (
            "error",
            39,
            "file z (product:Z) has two producers: run tool b (b) and run tool c (c); "
            "tool b ended 10 s before tool c started",
        ),
        ("error", 42, "file product:F was made from itself: product:F → product:G → product:F"),
    ]


def test_a_file_read_before_it_was_made_and_after_it_was_gone(store: Store) -> None:
    found = check_of(
        store,
        [
            run("a", 10, 20, ("/x=X",), ("/w=W",)),
            stated(
                RelationType.WAS_GENERATED_BY,
                entity("X"),
                End(Kind.ACTIVITY, "m"),
                "2026-01-01T00:01:00.000",
            ),
            Document(
                entities=(StatedEntity("product:W", {INVALIDATED: ("2026-01-01T00:00:30.000",)}),)
            ),
            run("b", 40, 50, ("/w=W",), ()),
        ],
    )
    assert [each[:2] for each in found] == [("error", 37), ("error", 38)]
    assert found[0][2].startswith(
        "run tool a (a) ended 40 s before run m wrote file x (product:X), though tool a read"
    )
    assert found[1][2].startswith(
        "file w (product:W) became invalid 10 s before run tool b (b) started"
    )


def test_one_name_for_a_run_and_a_file(store: Store) -> None:
    uri = "http://example.org/x"
    derived = stated(RelationType.WAS_DERIVED_FROM, End(Kind.ENTITY, f"prov:{uri}"), entity("F"))
    found = check_of(store, [run(uri, 1, 2), derived])
    assert found == [("error", 55, f"tool {uri} ({uri}) is both a run and a file")]


def test_the_real_chain_is_free_of_contradictions(store: Store) -> None:
    list(load(store, [str(LOGS)]))
    checked = check_store(store, now="2027-01-01T00:00:00.000")
    assert checked.verdict is not None
    assert checked.verdict.statements > 500
    assert told(checked) == []
    assert checked.verdict.count(Gravity.WARNING) == 0


def test_an_empty_store(store: Store) -> None:
    assert check_of(store, []) == []
