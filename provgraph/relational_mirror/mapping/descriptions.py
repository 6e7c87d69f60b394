"""The rows of descriptions: what many activities, files, inputs and parameters have in common.

The rules are in docs/contract.md, The ctaprov mirror.
"""

import re
from collections.abc import Callable

from provgraph.model.vocabulary import DescriptionType
from provgraph.relational_mirror.mapping.cells import attribute_text
from provgraph.relational_mirror.mapping.keys import shortened
from provgraph.relational_mirror.mapping.rows import Link, Rows, Settings, Value
from provgraph.relational_mirror.records import Content, Record

#: Adds the rows of a record to some rows.
Mapper = Callable[[Record, Settings, Rows], None]
#: What fits into a column of type integer for sure.
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)


def description_mapper(table: str, *columns: str) -> Mapper:
    """Make a function that adds the row of a description.

    Args:
        table: of the row.
        columns: of the table, but the key. A column ``NAME_id`` refers to the description that
            attribute NAME names; any other column holds the attribute of its own name.

    Returns:
        The function, for descriptions whose key is their id.
    """

    def add_description(record: Record, _: Settings, rows: Rows) -> None:
        values = (_cell(record.content, column) for column in columns)
        rows.plain[table].append((shortened(record.id), *values))

    return add_description


def numbered_description_mapper(table: str, *columns: str) -> Mapper:
    """Make a function that adds the row of a description whose key a sequence supplies.

    Args:
        table: of the row.
        columns: of the table, as in `description_mapper`.

    Returns:
        The function.
    """

    def add_description(record: Record, _: Settings, rows: Rows) -> None:
        values = tuple(_cell(record.content, column) for column in columns)
        rows.links[table].append(Link(values, frozenset({record.id})))

    return add_description


def add_entity_description(record: Record, _: Settings, rows: Rows) -> None:
    """Add all rows of the description of an entity.

    Args:
        record: the description, of datasets, of values or of any entity.
        rows: of the record.
    """
    attributes = record.content["attributes"]
    key = shortened(record.id)
    class_type = "entityDescription"
    if record.type == DescriptionType.DATASET:
        class_type = "datasetDescription"
        content_type = attribute_text(attributes, "contentType")
        rows.plain["datasetDescriptions"].append((key, content_type))
    elif record.type == DescriptionType.VALUE:
        class_type = "valueDescription"
        finer = (attribute_text(attributes, name) for name in ("valueType", "unit", "ucd", "utype"))
        rows.plain["valueDescriptions"].append((key, *finer))
    common = ("name", "type", "description", "doculink")
    cells = (attribute_text(attributes, name) for name in common)
    rows.plain["entityDescriptions"].append((key, *cells, class_type))


def _cell(content: Content, column: str) -> Value:
    """The cell of a column: the key of another description, a number or a text."""
    name = column.removesuffix("_id")
    if column != name:
        found = content["refersTo"].get(name)
        return None if found is None else shortened(found)
    text = attribute_text(content["attributes"], name)
    if column == "multiplicity":
        return int(text) if text is not None and _INTEGER.fullmatch(text) else None
    return text
