"""What is decided anew: the mentions that share a name with a new one, and no others."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from provgraph.identity.entities import Standing
from provgraph.identity.rules import Rule
from provgraph.ingest.deciding.integration import integrate, plan_changes
from provgraph.ingest.deciding.neighbourhood import touched_mentions
from provgraph.ingest.loading import load
from provgraph.model.records import Document, End, Mention, Run, StatedEntity, StatedRelation
from provgraph.model.vocabulary import EntityType, Kind, RelationType
from provgraph.questions.tracing import find
from provgraph.store.digest import digest
from provgraph.store.journal import ReadRecorder, mark
from provgraph.store.protocol import Store
from provgraph.store.records import StoredMention
from provgraph.store.registry import open_store
from tests.loaders.examples import record
from tests.store.test_contract import run

PRODUCT = "0a1b2c3d-0000-4000-8000-000000000000"


@pytest.fixture
def memory() -> Iterator[Store]:
    with closing(open_store("sqlite://")) as store:
        yield store


def file_in(url: str, role: str, product: str | None = None) -> dict[str, object]:
    meta = {"CTA PRODUCT ID": product, "CTA ACTIVITY ID": "somebody"} if product else None
    return {"url": url, "role": role, "reference_meta": meta}


def load_each(store: Store, folder: Path, records: Sequence[dict[str, object]]) -> None:
    """Load each record by a load of its own."""
    for number, each in enumerate(records):
        path = folder / f"{number}.provlog"
        path.write_text(json.dumps([each]))
        (report,) = load(store, [str(path)])
        assert report.status == "loaded", report.problems
        path.unlink()


@pytest.mark.parametrize("last", [0, 1])
def test_a_product_keeps_what_is_stated_of_a_path_where_it_alone_was_named(
    memory: Store, last: int
) -> None:
    """A new read at another path of the product looks at no earlier read (rule 8)."""
    documents = [
        run("a", 0, 1, ("/x=P",)),
        run("b", 2, 3, ("/y=P",)),
        Document(entities=(StatedEntity("file:/x", {"note": ("good",)}),)),
    ]
    readers = [run("c", 4, 5, ("/x",)), run("d", 6, 7, ("/y",))]
    for each in (*documents, readers[1 - last], readers[last]):
        with memory.writing() as transaction:
            integrate(transaction, [each])
    assert find(memory, "product:P").attributes["note"] == ("good",)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_external_file_keeps_the_highest_data_level_of_all_its_readers(
    tmp_path: Path, memory: Store, order: Sequence[int]
) -> None:
    """A new read by path alone looks at no earlier read: the level is kept with the file."""
    readers = [
        record(f"R{level}", input=[file_in("/data/events.h5", f"DL{level}/Event")])
        for level in (0, 2, 1)
    ]
    load_each(memory, tmp_path, [readers[number] for number in order])
    assert find(memory, "/data/events.h5").data_level == "DL2"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_files_that_turn_out_to_be_one_have_the_highest_data_level_of_all(
    tmp_path: Path, memory: Store, order: Sequence[int]
) -> None:
    """Two readers know one product at two places; a third knows the product only."""
    readers = [
        record("A", input=[file_in("/data/a.h5", "DL2/Event", PRODUCT)]),
        record("B", input=[file_in("/copy/a.h5", "DL0/Event", PRODUCT)]),
        record("C", input=[file_in("/copy/a.h5", "DL1/Event")]),
    ]
    load_each(memory, tmp_path, [readers[number] for number in order])
    merged = find(memory, f"product:{PRODUCT}")
    assert merged.data_level == "DL2"
    with closing(open_store("sqlite://")) as ordered:
        load_each(ordered, tmp_path, readers)
        assert digest(memory.scan()) == digest(ordered.scan())


def test_only_what_is_new_or_moved_is_touched() -> None:
    old = Mention("R", RelationType.USED, "input", "/data/a", None, "log")
    new = Mention("R", RelationType.USED, "input", "/data/b", None, "log")
    known = {old.key: StoredMention(old, entity="file:/data/a", rule=Rule.EXTERNAL)}
    said = {old.key: old, new.key: new}
    assert [each.now.mention for each in touched_mentions(known, said, moved=False)] == [new]
    moved = list(touched_mentions(known, said, moved=True))
    assert [each.now.mention for each in moved] == [old, new]
    assert [(each.before, each.moved) for each in moved] == [(known[old.key], True), (None, True)]
    assert not any(each.can_change_others for each in moved)


def test_a_read_that_had_a_twin_can_still_change_what_others_mean() -> None:
    read = Mention("R", RelationType.USED, "input", "/data/a", None, "log")
    known = {read.key: StoredMention(read, b"twin", "file:/data/a", Rule.STOOD)}
    (alone,) = touched_mentions(known, {read.key: read}, moved=False)
    assert (alone.now.twin, alone.can_change_others) == (None, True)


def test_what_is_stated_again_leads_to_no_mention(memory: Store) -> None:
    """Of a PROV document each relation names entities that its other statements have stated."""
    entity = StatedEntity("prov:x", {"size": (1,)})
    read = Mention("R", RelationType.USED, identifier="prov:x", source="prov")
    relation = StatedRelation(
        RelationType.WAS_ATTRIBUTED_TO, End(Kind.ENTITY, "prov:x"), End(Kind.AGENT, "A")
    )
    with memory.writing() as transaction:
        integrate(transaction, [Document(Run("R", {}), (read,), (entity,))])
        recorder = ReadRecorder(transaction)
        changes = plan_changes(recorder, [Document(entities=(entity,), relations=(relation,))])
    assert mark("name", "prov:x") not in recorder.marks
    assert (changes.changes.mentions, changes.changes.entities) == ([], [])


@pytest.mark.usefixtures("clock_of_tokyo")
@pytest.mark.parametrize(
    ("made", "rank"),
    [
        ("1960-01-01T00:00:00.000", 0),
        ("1970-01-01T00:00:07.900", 7),
        ("2100-01-01T00:00:00.000", 2**31 - 1),
        (None, 0),
    ],
)
def test_a_stated_place_is_ranked_by_when_the_entity_was_made(
    memory: Store, made: str | None, rank: int
) -> None:
    """In UTC; a column of the stores holds the rank, whatever year a document names."""
    maker = Run("R", {"endTime": (made,)} if made else {})
    mention = Mention("R", RelationType.WAS_GENERATED_BY, None, "file:/c", "prov:x", "prov")
    said = StatedEntity("prov:x", {"prov:location": ("/a", "/b", "/c")})
    with memory.writing() as transaction:
        integrate(transaction, [Document(maker, (mention,), (said,))])
    with memory.viewing() as view:
        entity = view.entities(["prov:x"])["prov:x"]
    stated = [Standing(f"file:/{name}", rank, made or "", None) for name in "ab"]
    assert entity.standings == (*stated, Standing("file:/c", 1, made or "", None))
    assert entity.identifiers == ("prov:x", "file:/c", "file:/a", "file:/b")
    assert entity.generated_at == made


@pytest.mark.parametrize("relation", [RelationType.WAS_GENERATED_BY, RelationType.USED])
def test_a_third_source_names_the_file_of_the_other_two_also_for_its_readers(
    memory: Store, relation: RelationType
) -> None:
    """What two sources say is decided already; the third shares no place with either."""

    def said(source: str, place: str, identifier: str | None = None) -> Document:
        mention = Mention("W", relation, None, place, identifier, source)
        return Document(run("W", 0, 1).run, (mention,))

    read = Mention("R", RelationType.USED, None, "lfn:/cta/x")
    for each in (
        said("log", "file:/tmp/x"),
        said("catalogue", "lfn:/cta/x"),
        Document(run("R", 2, 3).run, (read,)),
        said("archive", "root://h/x", "guid:G"),
    ):
        with memory.writing() as transaction:
            integrate(transaction, [each])
    assert set(find(memory, "guid:G").locations) == {"/tmp/x", "/cta/x", "root://h/x"}
    with memory.viewing() as view:
        found = sorted((each.mention.run, each.entity) for each in view.mentions_of("WR"))
    assert found == [("R", "guid:G"), *[("W", "guid:G")] * 3]


def test_what_is_stated_of_a_value_stays_when_another_run_reads_it(memory: Store) -> None:
    stated = StatedEntity("value:5", {"value": (5,)}, EntityType.VALUE)
    reads = [Mention(run, RelationType.USED, identifier="value:5") for run in "AB"]
    for document in (
        Document(Run("A", {}), (reads[0],), (stated,)),
        Document(Run("B", {}), (reads[1],)),
    ):
        with memory.writing() as transaction:
            integrate(transaction, [document])
    found = find(memory, "value:5")
    assert (found.attributes, found.type) == ({"value": (5,)}, EntityType.VALUE)


def test_a_file_of_which_a_type_is_stated_stays_where_it_was_read(memory: Store) -> None:
    stated = StatedEntity("file:/x", type=EntityType.COLLECTION)
    for each in (run("R", 0, 1, ("/x",)), Document(entities=(stated,))):
        with memory.writing() as transaction:
            integrate(transaction, [each])
    found = find(memory, "file:/x")
    assert (found.type, found.locations) == (EntityType.COLLECTION, ("/x",))
    with memory.viewing() as view:
        assert [each.entity for each in view.mentions_of("R")] == ["file:/x"]


def test_what_was_stated_of_a_version_is_of_the_product_that_it_turns_out_to_be(
    memory: Store,
) -> None:
    stated = Document(entities=(StatedEntity("file:/x@A", {"note": ("good",)}),))
    for each in (stated, run("A", 0, 1, (), ("/x=P",))):
        with memory.writing() as transaction:
            integrate(transaction, [each])
    with memory.viewing() as view:
        found = view.entities(["file:/x@A", "product:P"])
    assert {name: each.attributes for name, each in found.items()} == {
        "product:P": {"note": ("good",)}
    }


def test_what_is_stated_of_several_paths_stays_when_a_run_turns_out_to_have_written_there(
    memory: Store,
) -> None:
    names = ("file:/x", "file:/y")
    stated = Document(entities=tuple(StatedEntity(name, {"note": ("good",)}) for name in names))
    for each in (run("reader", 2, 3, ("/x", "/y")), stated, run("maker", 0, 1, (), ("/x", "/y"))):
        with memory.writing() as transaction:
            integrate(transaction, [each])
    with memory.viewing() as view:
        kept = view.entities(names)
    assert {name: each.attributes for name, each in kept.items()} == {
        name: {"note": ("good",)} for name in names
    }


def test_the_time_that_a_source_states_of_a_making_is_told(memory: Store) -> None:
    """The run itself ended later."""
    said = run("A", 0, 1, (), ("/x=P",))
    (made,) = said.mentions
    stated = replace(made, time="2026-01-01T00:00:00.500")
    with memory.writing() as transaction:
        integrate(transaction, [replace(said, mentions=(stated,))])
    assert find(memory, "product:P").generated_at == "2026-01-01T00:00:00.500Z"


def test_what_is_stated_of_each_identifier_of_an_entity_is_told(memory: Store) -> None:
    """Two sources name what one run wrote in one role."""
    names = ("guid:G", "product:P")
    wrote = [
        Mention("A", RelationType.WAS_GENERATED_BY, None, place, name, source)
        for place, name, source in zip(
            ("lfn:/x", "file:/x"), names, ("catalogue", "log"), strict=True
        )
    ]
    stated = [StatedEntity(name, {name[0]: (True,)}) for name in names]
    with memory.writing() as transaction:
        documents = [Document(run("A", 0, 1).run, (each,)) for each in wrote]
        integrate(transaction, [*documents, Document(entities=tuple(stated))])
    file = find(memory, "guid:G")
    assert file == find(memory, "product:P")
    assert file.attributes == {"g": (True,), "p": (True,)}
