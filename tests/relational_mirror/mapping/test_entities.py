"""The rows of entities and agents."""

from provgraph.model.vocabulary import EntityType
from provgraph.relational_mirror.mapping.entities import (
    CATALOGUE_TIME,
    STORAGE_ELEMENTS,
    add_agent,
    add_entity,
)
from provgraph.relational_mirror.mapping.rows import Rows
from provgraph.relational_mirror.records import Record
from provgraph.store.journal import Subject
from tests.relational_mirror.contents import entity

STANDINGS = [["file:/x", 0, None, None], ["lfn:/cta/x", 1, None, None]]


def entity_row(record: Record) -> tuple[object, ...]:
    rows = Rows()
    add_entity(record, {}, rows)
    (row,) = rows.plain["entities"]
    return row


def test_a_file_is_named_by_its_lfn_and_located_by_its_paths() -> None:
    row = entity_row(
        entity(identifiers=["lfn:/cta/x"], standings=STANDINGS, generatedAt="2026-01-01T00:00:00Z")
    )
    assert row[:4] == ("G", "/cta/x", "{/x,/cta/x}", "2026-01-01 00:00:00")
    assert row[6] == "dataset"


def test_storage_elements_and_times_of_the_catalogue_win() -> None:
    attributes = {
        STORAGE_ELEMENTS: (["SE-1", "SE-2"],),
        CATALOGUE_TIME: ("2025-05-05T05:05:05.050",),
        "name": ("given",),
    }
    row = entity_row(entity(attributes=attributes, generatedAt="2026-01-01T00:00:00Z"))
    assert row[:4] == ("G", "given", "{SE-1,SE-2}", "2025-05-05 05:05:05.05")
    assert entity_row(entity(attributes={STORAGE_ELEMENTS: ("a text",)}))[2] == "a text"


def test_a_value_has_no_location() -> None:
    rows = Rows()
    attributes = {"value": (3,), "name": ("answer",)}
    add_entity(entity("v", EntityType.VALUE, attributes=attributes), {}, rows)
    assert rows.plain["entities"] == [("v", "answer", None, None, None, None, "value", None)]
    assert rows.plain["valueEntities"] == [("v", "3")]
    assert not rows.plain["datasetEntities"]


def test_the_columns_of_an_agent_are_its_attributes() -> None:
    content = {
        "name": "CTA Observatory",
        "attributes": {"email": ("x@example.org",)},
        "relations": [],
        "open": [],
    }
    rows = Rows()
    add_agent(Record(Subject.AGENT, "CTAO", content, "Organization"), {}, rows)
    assert rows.plain["agents"] == [
        ("CTAO", "CTA Observatory", "Organization", None, "x@example.org", *[None] * 4)
    ]
