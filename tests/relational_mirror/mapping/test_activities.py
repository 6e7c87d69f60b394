"""The rows of activities."""

from provgraph.relational_mirror.mapping.activities import add_activity
from provgraph.relational_mirror.mapping.rows import Reference, Rows
from provgraph.relational_mirror.records import Record
from provgraph.store.journal import Subject
from tests.relational_mirror.contents import activity, mention

FACTS = {
    "name": ("tool",),
    "version": ("1.0",),
    "startTime": ("2026-01-01T00:00:00.000",),
    "endTime": ("2026-01-01T00:01:00.500",),
}


def rows_of(record: Record) -> Rows:
    rows = Rows()
    add_activity(record, {}, rows)
    return rows


def test_an_activity_names_its_tool_by_name_and_version() -> None:
    rows = rows_of(activity(facts=FACTS))
    assert rows.plain["activities"] == [
        (
            "run",
            "tool",
            "2026-01-01T00:00:00.000",
            "2026-01-01T00:01:00.500",
            None,
            "tool_1.0",
        )
    ]
    assert rows.plain["activityDescriptions"] == [("tool_1.0", "tool", "1.0", *[None] * 4)]


def test_a_tool_that_the_store_describes_is_not_described_again() -> None:
    rows = rows_of(activity(facts=FACTS, described={"tool": True}))
    assert rows.plain["activities"][0][-1] == "tool_1.0"
    assert not rows.plain["activityDescriptions"]


def test_what_several_sources_say_alike_is_one_input() -> None:
    by_log = mention("used", "guid:X", source="log")
    by_catalogue = mention("used", "guid:X", source="catalogue")
    output = mention("wasGeneratedBy", "guid:Y")
    rows = rows_of(activity(mentions=[by_log, by_catalogue, output]))
    file = Reference(Subject.ENTITY, "guid:X")
    (link,) = rows.links["used"]
    assert link.values == ("data", None, "run", file, None)
    assert len(link.origins) == 2
    (made,) = rows.links["wasGeneratedBy"]
    assert made.values == ("data", "run", Reference(Subject.ENTITY, "guid:Y"), None)


def test_the_status_is_a_value_that_the_activity_generated() -> None:
    rows = rows_of(activity(status="completed"))
    assert rows.plain["valueEntities"] == [("run_status", "completed")]
    assert rows.plain["entities"][0][:2] == ("run_status", "status")
    assert rows.plain["entities"][0][6] == "value"
    (link,) = rows.links["wasGeneratedBy"]
    assert link.values == ("status", "run", "run_status", None)
