"""The rows of entities and agents.

The rules are in docs/contract.md, The ctaprov mirror: entities.id, entities.name, classType.
"""

from collections.abc import Sequence

from provgraph.model.derived import invalid_since
from provgraph.model.identifiers import location_of
from provgraph.model.records import first_text
from provgraph.model.vocabulary import EntityType, Kind
from provgraph.relational_mirror.mapping.cells import array, attribute_text, timestamp
from provgraph.relational_mirror.mapping.keys import row_id, shortened
from provgraph.relational_mirror.mapping.relations import add_relations
from provgraph.relational_mirror.mapping.rows import Rows, Settings
from provgraph.relational_mirror.records import Content, Record, description_of
from provgraph.store.journal import Subject

#: What the catalogue says of a file, as loaders keep it (docs/how-to/ctadirac.md).
STORAGE_ELEMENTS = "storageElements"
CATALOGUE_TIME = "generatedAtTime"
_LFN = "lfn:"
_AGENT_COLUMNS = ("comment", "email", "affiliation", "phone", "address", "url")


def add_entity(record: Record, _: Settings, rows: Rows) -> None:
    """Add all rows of an entity.

    Args:
        record: the entity.
        rows: of the record.
    """
    content = record.content
    attributes = content["attributes"]
    key = row_id(Subject.ENTITY, record.id, content["identifiers"])
    is_value = record.type == EntityType.VALUE
    described = description_of(content["relations"], Kind.ENTITY_DESCRIPTION)
    made_at = first_text(attributes, CATALOGUE_TIME) or (
        None if is_value else content["generatedAt"]
    )
    rows.plain["entities"].append(
        (
            key,
            _value_name(content) if is_value else _file_name(content),
            None if is_value else _location(content),
            timestamp(made_at),
            _end(content),
            first_text(attributes, "comment"),
            "value" if is_value else "dataset",
            None if described is None else shortened(described),
        )
    )
    if is_value:
        rows.plain["valueEntities"].append((key, attribute_text(attributes, "value")))
    else:
        rows.plain["datasetEntities"].append((key,))
    add_relations(record, rows)


def _end(content: Content) -> str | None:
    """When the file was overwritten or is said to be invalid, whichever comes first.

    The table has one column for both.
    """
    ends = (content["invalidatedAt"], invalid_since(content["attributes"]))
    return min((time for time in ends if time is not None), default=None)


def _value_name(content: Content) -> str | None:
    return attribute_text(content["attributes"], "name")


def _file_name(content: Content) -> str | None:
    """The LFN, else the path, else the name that a source gives the file."""
    paths = [path for path, *_ in content["standings"]]
    names = [*paths, *content["identifiers"]]
    lfn = next((name for name in names if name.startswith(_LFN)), None)
    if lfn is not None or paths:
        return location_of(lfn or paths[0])
    attributes = content["attributes"]
    return attribute_text(attributes, "lfn") or attribute_text(attributes, "name")


def _location(content: Content) -> str | None:
    """The storage elements, else the paths, as an array literal."""
    elements = content["attributes"].get(STORAGE_ELEMENTS)
    if elements is not None:
        lists = [
            list(value)
            for value in elements
            if isinstance(value, Sequence) and not isinstance(value, str)
        ]
        # A text is what a source has there instead of an array.
        return array([str(each) for some in lists for each in some]) if lists else str(elements[0])
    paths = [location_of(path) for path, *_ in content["standings"]]
    return array(paths) if paths else None


def add_agent(record: Record, _: Settings, rows: Rows) -> None:
    """Add all rows of an agent.

    Args:
        record: the agent.
        rows: of the record.
    """
    attributes = record.content["attributes"]
    rows.plain["agents"].append(
        (
            shortened(record.id),
            record.content["name"],
            record.type or attribute_text(attributes, "type"),
            *(attribute_text(attributes, name) for name in _AGENT_COLUMNS),
        )
    )
    add_relations(record, rows)
