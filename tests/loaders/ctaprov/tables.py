"""Tables of ctaprov databases as they are looked up, without a server."""

from provgraph.loaders.ctaprov.descriptions import DescribedRows
from provgraph.loaders.ctaprov.layout import TableLayout

DATABASE = "postgresql://h/db"


def layout(ids: str = "character varying") -> TableLayout:
    """The tables that matter here; ``ids`` is the type of ``entities.id``."""
    text = "character varying"
    names = {
        "activities": ("id", "name", "startTime", "endTime", "comment", "activityDescription_id"),
        "activityDescriptions": ("id", "name", "version"),
        "agents": ("id", "name", "type"),
        "entities": ("id", "name", "classType", "location"),
        "datasetEntities": ("id", "ctadirac_guid"),
        "valueEntities": ("id", "value"),
        "used": ("id", "role", "time", "activity_id", "entity_id", "usageDescription_id"),
        "wasGeneratedBy": ("id", "role", "activity_id", "entity_id"),
        "parameters": ("id", "name", "value", "parameterDescription_id"),
        "parameterDescriptions": ("id", "name", "activityDescription_id"),
        "configFiles": ("id", "name", "location"),
        "wasConfiguredBy": ("id", "artefactType", "activity_id", "parameter_id", "configFile_id"),
        "wasDerivedFrom": ("id", "generatedEntity_id", "usedEntity_id"),
        "wasAssociatedWith": ("id", "role", "activity_id", "agent_id"),
    }
    columns = {table: dict.fromkeys(each, text) for table, each in names.items()}
    columns["entities"]["id"] = ids
    return TableLayout("public", columns)


def descriptions(tables: TableLayout, *rows: dict[str, object]) -> DescribedRows:
    """The rows of ``activityDescriptions``, and no others."""
    answers = iter([iter(rows)])
    found = DescribedRows(tables, lambda _: next(answers, iter([])))
    assert len(list(found.documents())) == len(rows)
    return found
