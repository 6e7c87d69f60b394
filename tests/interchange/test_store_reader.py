"""Whole records, read page by page from each store."""

from contextlib import closing

import pytest

from provgraph.interchange.store_reader import StoreReader
from provgraph.model.vocabulary import Kind
from provgraph.store.journal import Subject
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.interchange.corpus import put

_EX = "http://example.org/"
#: Two runs in a row, an agent, a plan: what a reader should find of each.
DOCUMENT = b"""{
 "prefix": {"ex": "http://example.org/"},
 "entity": {"ex:raw": {}, "ex:image": {"ex:size": 7}},
 "activity": {"ex:take": {}, "ex:clean": {}},
 "agent": {"ex:ada": {"ex:desk": "B2"}},
 "wasGeneratedBy": {"_:g1": {"prov:entity": "ex:raw", "prov:activity": "ex:take"},
                    "_:g2": {"prov:entity": "ex:image", "prov:activity": "ex:clean"}},
 "used": {"_:u1": {"prov:activity": "ex:clean", "prov:entity": "ex:raw"}},
 "wasInformedBy": {"_:i1": {"prov:informed": "ex:clean", "prov:informant": "ex:take"}},
 "wasAttributedTo": {"_:a1": {"prov:entity": "ex:image", "prov:agent": "ex:ada"}},
 "actedOnBehalfOf": {"_:d1": {"prov:delegate": "ex:ada", "prov:responsible": "ex:cto"}}
}"""


@pytest.fixture
def filled(store: Store) -> Store:
    assert put(store, DOCUMENT) == []
    return store


def test_a_run_comes_with_all_that_begins_at_it(filled: Store) -> None:
    with filled.viewing() as view:
        take, clean = sorted(
            StoreReader(view).runs([_EX + "take", _EX + "clean", _EX + "nobody"]),
            key=lambda each: -len(each.run.id),
        )[::-1]
    assert [take.run.id, clean.run.id] == [_EX + "take", _EX + "clean"]
    assert {each.entity for each in clean.mentions} == {f"prov:{_EX}raw", f"prov:{_EX}image"}
    assert [each.entity for each in take.mentions] == [f"prov:{_EX}raw"]
    assert [each.target for each in clean.relations] == [_EX + "take"]
    assert take.relations == []


def test_an_entity_comes_with_what_is_asked_for(filled: Store) -> None:
    raw, image = f"prov:{_EX}raw", f"prov:{_EX}image"
    with filled.viewing() as view:
        reader = StoreReader(view)
        (plain,) = reader.entities([image])
        (stated,) = reader.entities([image], stated_names=lambda entity: (entity.id,))
        skipped = reader.entities([raw, image], is_read=lambda each: each == raw)
    assert plain.entity is not None
    assert (plain.entity.id, plain.stated) == (image, [])
    assert [each.target for each in plain.relations] == [_EX + "ada"]
    assert [each.attributes[_EX + "size"] for each in stated.stated] == [(7,)]
    assert {each.id: each.entity is not None for each in skipped} == {raw: True, image: False}
    assert {each.id: len(each.relations) for each in skipped} == {raw: 0, image: 1}


def test_an_agent_comes_with_its_relations(filled: Store) -> None:
    with filled.viewing() as view:
        (ada,) = StoreReader(view).agents([_EX + "ada", _EX + "nobody"])
    assert ada.agent.attributes == {_EX + "desk": ("B2",)}
    assert [each.target for each in ada.relations] == [_EX + "cto"]


def test_relations_are_those_that_begin_there(filled: Store) -> None:
    """A store finds them at either end."""
    with filled.viewing() as view:
        reader = StoreReader(view)
        assert reader.relations_from(Kind.ACTIVITY, [_EX + "take"]) == {}
        assert list(reader.relations_from(Kind.ACTIVITY, [_EX + "clean"])) == [_EX + "clean"]


def test_mentions_are_found_by_the_file(filled: Store) -> None:
    with filled.viewing() as view:
        reader = StoreReader(view)
        known = reader.known_entities([f"prov:{_EX}raw"]).values()
        found = sorted(stored.mention.run for stored in reader.mentions_of_entities(known))
    assert found == [_EX + "clean", _EX + "take"]


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_pages_hold_each_id_once(size: int) -> None:
    with closing(open_store("sqlite://")) as store:
        put(store, DOCUMENT)
        with store.viewing() as view:
            reader = StoreReader(view, size)
            pages = list(reader.pages(Subject.ACTIVITY))
            chosen = list(reader.pages_of({"b", "c", "a"}))
    assert sorted(each for page in pages for each in page) == [_EX + "clean", _EX + "take"]
    assert max(map(len, pages)) <= size
    assert [each for page in chosen for each in page] == ["a", "b", "c"]
    assert max(map(len, chosen)) <= size


def test_settings_and_descriptions_are_read_by_key() -> None:
    content = b"""{"prefix": {"pgs": "urn:provgraph:settings:", "pg": "urn:provgraph:attribute:",
      "pgd": "urn:provgraph:description:", "pga": "urn:provgraph:activity:"},
     "entity": {
      "pgs:x": {"pg:provgraph.name": "level", "pg:provgraph.values":
        {"$": "{\\"a\\":1}", "type": "urn:provgraph:type:json"}},
      "pgd:activityDescription/tool_1": {"pg:version": "1"}}}"""
    with closing(open_store("sqlite://")) as store:
        put(store, content)
        with store.viewing() as view:
            reader = StoreReader(view)
            ids = list(reader.pages(Subject.ACTIVITY_DESCRIPTION))
            (described,) = reader.descriptions(Kind.ACTIVITY_DESCRIPTION, ids[0]).values()
    assert ids == [["tool_1"]]
    assert described.attributes == {"version": ("1",)}
