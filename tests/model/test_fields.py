"""The fields of records and relations."""

import json
from dataclasses import replace

from provgraph.model.comparison import (
    Change,
    InputDifference,
    LineageDiff,
    RunDifference,
    ValueDifference,
)
from provgraph.model.derived import Invalidation
from provgraph.model.fields import (
    RECORD_FIELDS,
    SUMMARY_FIELDS,
    difference_document,
    record_document,
    relation_document,
    summary_document,
)
from provgraph.model.lineage import Edge, Node
from provgraph.model.records import key_of
from provgraph.model.summary import EndReason, LineageEnd, LineageSummary, SuspectedInput
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


def test_a_summary_has_every_field() -> None:
    summary = LineageSummary(
        complete=False,
        ends=(LineageEnd("product:1", EndReason.RAW),),
        failed=("r1",),
        invalid=("r2",),
        versions={"merge": ("1", "2")},
        rewritten=("file:/x",),
        suspected=(SuspectedInput("r1", "/y", "file:/y"),),
    )
    document = summary_document(summary)
    assert list(document) == list(SUMMARY_FIELDS)
    assert json.loads(json.dumps(document)) == {
        "complete": False,
        "ends": [{"id": "product:1", "why": "raw"}],
        "failed": ["r1"],
        "invalid": ["r2"],
        "versions": {"merge": ["1", "2"]},
        "rewritten": ["file:/x"],
        "suspected": [{"run": "r1", "path": "/y", "id": "file:/y"}],
    }


def test_a_difference_of_histories_is_plain_data() -> None:
    changed = RunDifference(
        tool="merge",
        change=Change.CHANGED,
        a="r1",
        b="r2",
        version=("1", None),
        parameters=(ValueDifference("n", 1, 2),),
        packages=(ValueDifference("numpy", "1", "2"),),
        inputs=(InputDifference("DL1", "file:/x", None),),
    )
    new = RunDifference("process", Change.ONLY_B, None, "r3")
    document = difference_document(LineageDiff("a", "b", (changed, new), 4, truncated=True))
    assert json.loads(json.dumps(document)) == {
        "a": "a",
        "b": "b",
        "identical": False,
        "alike": 4,
        "truncated": True,
        "runs": [
            {
                "tool": "merge",
                "change": "changed",
                "a": "r1",
                "b": "r2",
                "version": ["1", None],
                "parameters": [{"name": "n", "a": 1, "b": 2}],
                "packages": [{"name": "numpy", "a": "1", "b": "2"}],
                "inputs": [{"role": "DL1", "a": "file:/x", "b": None}],
            },
            {
                "tool": "process",
                "change": "only-b",
                "a": None,
                "b": "r3",
                "version": None,
                "parameters": [],
                "packages": [],
                "inputs": [],
            },
        ],
    }
