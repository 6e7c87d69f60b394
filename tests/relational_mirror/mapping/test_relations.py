"""The rows of relations that sources state."""

import pytest

from provgraph.relational_mirror.mapping.relations import add_relations, description_key
from provgraph.relational_mirror.mapping.rows import Reference, Rows
from provgraph.relational_mirror.records import Record
from provgraph.store.journal import Subject
from tests.relational_mirror.contents import activity, entity, relation

RUN, FILE, OTHER = ["activity", "run"], ["entity", "guid:G"], ["entity", "guid:H"]
G, H = Reference(Subject.ENTITY, "guid:G"), Reference(Subject.ENTITY, "guid:H")


def links(record: Record) -> dict[str, list[tuple[object, ...]]]:
    rows = Rows()
    add_relations(record, rows)
    return {table: [link.values for link in some] for table, some in rows.links.items()}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            activity(relations=[relation("used", RUN, FILE, role="dark", time="t")]),
            {"used": [("dark", "t", "run", G, None)]},
        ),
        (
            entity(relations=[relation("wasGeneratedBy", FILE, RUN)]),
            {"wasGeneratedBy": [(None, "run", G, None)]},
        ),
        (
            activity(relations=[relation("wasAssociatedWith", RUN, ["agent", "CTAO"])]),
            {"wasAssociatedWith": [(None, "run", "CTAO")]},
        ),
        # The effect comes first: generatedEntity, usedEntity.
        (
            entity(relations=[relation("wasDerivedFrom", FILE, OTHER)]),
            {"wasDerivedFrom": [(G, H)]},
        ),
        # The effect comes last: informant, informed.
        (
            activity(relations=[relation("wasInformedBy", RUN, ["activity", "earlier"])]),
            {"wasInformedBy": [("earlier", "run")]},
        ),
        (entity(relations=[relation("alternateOf", FILE, OTHER)]), {}),
    ],
)
def test_each_relation_has_its_table(
    record: Record, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    assert links(record) == expected


def test_an_open_end_is_null() -> None:
    assert links(activity(open=[{"type": "used", "role": "data"}])) == {
        "used": [("data", None, "run", None, None)]
    }
    assert links(entity(open=[{"type": "used", "role": "data"}])) == {
        "used": [("data", None, None, G, None)]
    }


def test_relations_that_differ_only_in_their_names_are_one_row() -> None:
    by_guid = relation("wasDerivedFrom", FILE, OTHER)
    by_path = relation("wasDerivedFrom", FILE, ["entity", "lfn:/h"], means="guid:H")
    rows = Rows()
    add_relations(entity(relations=[by_guid, by_path]), rows)
    (link,) = rows.links["wasDerivedFrom"]
    assert len(link.origins) == 2


def test_a_description_is_referred_to_when_it_is_there() -> None:
    described = {"described": {"usageDescription": "tool_data"}}
    assert description_key(described, "usageDescription") == "tool_data"
    assert description_key({}, "usageDescription") is None
