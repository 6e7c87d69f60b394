"""The rows of an activity, its inputs, outputs and status.

The rules are in docs/contract.md, The ctaprov mirror: activities, activityDescriptions, status.
"""

from collections import defaultdict

from provgraph.model.derived import end_of, start_of
from provgraph.model.records import Fact, first_text
from provgraph.model.values import canonical_json
from provgraph.model.vocabulary import RelationType
from provgraph.relational_mirror.mapping.configuration import add_config_files, add_parameters
from provgraph.relational_mirror.mapping.keys import shortened
from provgraph.relational_mirror.mapping.relations import (
    add_links,
    add_relations,
    description_key,
)
from provgraph.relational_mirror.mapping.rows import Link, Reference, Rows, Settings, Values
from provgraph.relational_mirror.records import STATUS, Record, status_value_id, tool_of
from provgraph.store.journal import Subject


def add_activity(record: Record, settings: Settings, rows: Rows) -> None:
    """Add all rows of an activity.

    Args:
        record: the activity.
        settings: those that it has; without any its parameters are left out.
        rows: of the record.
    """
    key = shortened(record.id)
    tool = tool_of(record.content["facts"], record.content["relations"])
    _add_activity_row(record, key, tool, rows)
    if tool is not None and "tool" not in record.content["described"]:
        _add_tool(record, tool, rows)
    _add_inputs_and_outputs(record, key, rows)
    add_relations(record, rows)
    add_parameters(record, key, settings, rows)
    add_config_files(record, key, rows)
    if record.content["status"] is not None:
        _add_status(record, key, rows)


def _add_activity_row(record: Record, key: str, tool: str | None, rows: Rows) -> None:
    facts = record.content["facts"]
    rows.plain["activities"].append(
        (
            key,
            first_text(facts, Fact.NAME),
            start_of(facts) or first_text(facts, "stated startTime"),
            end_of(facts) or first_text(facts, "stated endTime"),
            first_text(facts, "comment"),
            None if tool is None else shortened(tool),
        )
    )


def _add_tool(record: Record, tool: str, rows: Rows) -> None:
    """Describe a tool, of which the store has no description, by its name and version alone."""
    facts = record.content["facts"]
    rows.plain["activityDescriptions"].append(
        (
            shortened(tool),
            first_text(facts, Fact.NAME),
            first_text(facts, Fact.VERSION),
            *[None] * 4,
        )
    )


def _add_inputs_and_outputs(record: Record, key: str, rows: Rows) -> None:
    """One row for what several sources say alike, under whatever names."""
    found: dict[tuple[str, Values], set[str]] = defaultdict(set)
    for each in record.content["mentions"]:
        origin = canonical_json(
            [each.get(name) for name in ("role", "place", "identifier", "source", "time")]
        )
        entity = Reference(Subject.ENTITY, each["entity"])
        if each["type"] == RelationType.USED:
            described = description_key(each, "usageDescription")
            found["used", (each.get("role"), each.get("time"), key, entity, described)].add(origin)
        else:
            described = description_key(each, "generationDescription")
            found["wasGeneratedBy", (each.get("role"), key, entity, described)].add(origin)
    add_links(found, rows)


def _add_status(record: Record, key: str, rows: Rows) -> None:
    """The status is the value of an entity that the activity generated."""
    value = shortened(status_value_id(record.id))
    rows.plain["entities"].append((value, STATUS, None, None, None, None, "value", None))
    rows.plain["valueEntities"].append((value, record.content["status"]))
    rows.links["wasGeneratedBy"].append(Link((STATUS, key, value, None), frozenset({STATUS})))
