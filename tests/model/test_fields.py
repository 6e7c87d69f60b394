"""The fields of records and relations."""

import json
from dataclasses import replace

from provgraph.model.derived import Invalidation
from provgraph.model.fields import RECORD_FIELDS, record_document, relation_document
from provgraph.model.lineage import Edge, Node
from provgraph.model.records import key_of
from provgraph.model.vocabulary import ANYTHING, Kind, RelationType

NODE = Node(b"r", "r", Kind.ACTIVITY, start_time="2026-01-01T00:00:00Z", attributes={"a": (1, 2)})


def test_every_kind_of_record_has_every_field() -> None:
    for kind in Kind:
        document = record_document(replace(NODE, kind=kind, tainted=("x",)))
        assert list(document) == [field.name for field in RECORD_FIELDS]
        assert json.loads(json.dumps(document)) == document


def test_a_mark_is_an_object() -> None:
    marked = replace(NODE, invalidation=Invalidation("2026-01-01T00:00:00Z", "noise", None))
    assert record_document(marked)["invalidation"] == {
        "time": "2026-01-01T00:00:00Z",
        "reason": "noise",
        "by": None,
    }


def test_a_field_belongs_to_some_kind_of_answers() -> None:
    assert all(field.kinds and field.kinds <= ANYTHING for field in RECORD_FIELDS)
    assert len({field.name for field in RECORD_FIELDS}) == len(RECORD_FIELDS)


def test_a_relation_names_its_ends_by_their_ids() -> None:
    run, file = key_of(Kind.ACTIVITY, "r"), key_of(Kind.ENTITY, "f")
    edge = Edge(RelationType.USED, run, file, "in", None, "/data/f")
    assert relation_document(edge, {run: "r", file: "f"}) == {
        "relation": "used",
        "source": "r",
        "target": "f",
        "role": "in",
        "time": None,
        "location": "/data/f",
        "inferred": False,
    }
