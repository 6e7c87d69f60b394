"""From a record to its rows in the published tables, by the kind of the record.

The rules are the table of columns in docs/contract.md, The ctaprov mirror.
"""

from collections.abc import Mapping

from provgraph.relational_mirror.mapping.activities import add_activity
from provgraph.relational_mirror.mapping.descriptions import (
    Mapper,
    add_entity_description,
    description_mapper,
    numbered_description_mapper,
)
from provgraph.relational_mirror.mapping.entities import add_agent, add_entity
from provgraph.relational_mirror.mapping.rows import Rows, Settings
from provgraph.relational_mirror.records import Record
from provgraph.store.journal import Subject

#: Raised when rows of the same records become others: mirrors are made anew then.
VERSION = 1
_ROLE_COLUMNS = (
    "role",
    "description",
    "type",
    "multiplicity",
    "activityDescription_id",
    "entityDescription_id",
)
_MAPPERS: Mapping[Subject, Mapper] = {
    Subject.ACTIVITY: add_activity,
    Subject.ENTITY: add_entity,
    Subject.AGENT: add_agent,
    Subject.ACTIVITY_DESCRIPTION: description_mapper(
        "activityDescriptions", "name", "version", "description", "type", "subtype", "doculink"
    ),
    Subject.ENTITY_DESCRIPTION: add_entity_description,
    Subject.USAGE_DESCRIPTION: description_mapper("usageDescriptions", *_ROLE_COLUMNS),
    Subject.GENERATION_DESCRIPTION: description_mapper("generationDescriptions", *_ROLE_COLUMNS),
    Subject.PARAMETER_DESCRIPTION: numbered_description_mapper(
        "parameterDescriptions",
        "name",
        "valueType",
        "description",
        "unit",
        "ucd",
        "utype",
        "min",
        "max",
        "default",
        "options",
        "activityDescription_id",
    ),
    Subject.CONFIG_FILE_DESCRIPTION: numbered_description_mapper(
        "configFileDescriptions", "name", "contentType", "description", "activityDescription_id"
    ),
}


def rows_of(record: Record, settings: Settings) -> Rows:
    """Make the rows of a record.

    Args:
        record: of any kind.
        settings: those that an activity has; without any its parameters are left out.

    Returns:
        The rows, by table. Settings and what is stated of entities have none of their own.
    """
    rows = Rows()
    if record.kind in _MAPPERS:
        _MAPPERS[record.kind](record, settings, rows)
    return rows
