"""Every record has the rows of its kind, and each row as many cells as its table has columns."""

import pytest

from provgraph.relational_mirror.mapping.mappers import rows_of
from provgraph.relational_mirror.records import KINDS, Record
from provgraph.relational_mirror.tables import COLUMNS
from provgraph.store.journal import Subject
from tests.relational_mirror.contents import activity, entity

DESCRIPTION: dict[str, dict[str, str]] = {"attributes": {}, "refersTo": {}}
RECORDS = [
    activity(settings=["k"], configFiles=["file:/x"], status="completed"),
    entity(),
    Record(Subject.AGENT, "a", {"name": "n", "attributes": {}, "relations": [], "open": []}),
    *(Record(kind, "d", DESCRIPTION) for kind in KINDS if kind.value.endswith("Description")),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.kind.value)
def test_rows_fit_their_tables(record: Record) -> None:
    rows = rows_of(record, {"k": {"name": "T", "values": {"T.a": 1}}})
    assert rows.plain or rows.links
    for table, some in rows.plain.items():
        assert {len(row) for row in some} == {len(COLUMNS[table])}
    for table, links in rows.links.items():
        assert {len(link.values) for link in links} == {len(COLUMNS[table]) - 1}


@pytest.mark.parametrize("kind", [Subject.SETTINGS, Subject.STATED])
def test_records_that_only_the_second_schema_holds(kind: Subject) -> None:
    rows = rows_of(Record(kind, "x", {}), {})
    assert not rows.plain
    assert not rows.links
