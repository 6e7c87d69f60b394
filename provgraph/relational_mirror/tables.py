"""The tables of the ctaprov mirror, and those of schema ``provgraph``.

The published tables are those that CTADIRAC's prototype of 2020-04 made, with the prototype's names
in mixed case (docs/contract.md, The ctaprov mirror). They stand in the schema that the user names;
queries and migrations say which one.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP

#: Where what the published tables can't hold is kept.
OWN_SCHEMA = "provgraph"

published = MetaData(
    naming_convention={"pk": "%(table_name)s_pkey", "fk": "%(table_name)s_%(column_0_name)s_fkey"},
)


def _table(name: str, *columns: Column[str] | Column[int]) -> Table:
    """A table with an index for each reference: deletions and merges follow them."""
    indexes = [
        Index(f"{name}_{column.name}_idx", column)
        for column in columns
        if _is_plain_reference(column)
    ]
    return Table(name, published, *columns, *indexes)


def _is_plain_reference(column: Column[str] | Column[int]) -> bool:
    return bool(column.foreign_keys) and not column.primary_key


def _id(references: str | None = None) -> Column[str]:
    foreign = [ForeignKey(references)] if references else []
    return Column("id", String, *foreign, primary_key=True)


def _generated(name: str = "id") -> Column[int]:
    """A key that a sequence of the table's own supplies."""
    return Column(name, Integer, primary_key=True)


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, String) for name in names]


def _reference(name: str, references: str) -> Column[str]:
    return Column(name, String, ForeignKey(references))


def _numbered(name: str, references: str) -> Column[int]:
    return Column(name, Integer, ForeignKey(references))


_table(
    "activityDescriptions",
    _id(),
    *_texts("name", "version", "description", "type", "subtype", "doculink"),
)
_table(
    "activities",
    _id(),
    *_texts("name", "startTime", "endTime", "comment"),
    _reference("activityDescription_id", "activityDescriptions.id"),
)
_table(
    "agents",
    _id(),
    *_texts("name", "type", "comment", "email", "affiliation", "phone", "address", "url"),
)
_table(
    "configFileDescriptions",
    _generated(),
    *_texts("name", "contentType", "description"),
    _reference("activityDescription_id", "activityDescriptions.id"),
)
_table(
    "configFiles",
    _id(),
    *_texts("name", "location", "comment"),
    _numbered("configFileDescription_id", "configFileDescriptions.id"),
)
_table("entityDescriptions", _id(), *_texts("name", "type", "description", "doculink", "classType"))
_table("datasetDescriptions", _id("entityDescriptions.id"), *_texts("contentType"))
_table(
    "valueDescriptions", _id("entityDescriptions.id"), *_texts("valueType", "unit", "ucd", "utype")
)
Table(
    "entities",
    published,
    _id(),
    *_texts("name", "location"),
    Column("generatedAtTime", TIMESTAMP),
    *_texts("invalidatedAtTime", "comment", "classType"),
    _reference("entityDescription_id", "entityDescriptions.id"),
    Index("entities_entityDescription_id_idx", "entityDescription_id"),
)
_table("datasetEntities", _id("entities.id"))
_table("valueEntities", _id("entities.id"), *_texts("value"))
for _name in ("generationDescriptions", "usageDescriptions"):
    _table(
        _name,
        _id(),
        *_texts("role", "description", "type"),
        Column("multiplicity", Integer),
        _reference("activityDescription_id", "activityDescriptions.id"),
        _reference("entityDescription_id", "entityDescriptions.id"),
    )
_table(
    "parameterDescriptions",
    _generated(),
    *_texts(
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
    ),
    _reference("activityDescription_id", "activityDescriptions.id"),
)
_table(
    "parameters",
    _id(),
    *_texts("name", "value"),
    _numbered("parameterDescription_id", "parameterDescriptions.id"),
)
_table(
    "used",
    _generated(),
    *_texts("role", "time"),
    _reference("activity_id", "activities.id"),
    _reference("entity_id", "entities.id"),
    _reference("usageDescription_id", "usageDescriptions.id"),
)
_table(
    "wasGeneratedBy",
    _generated(),
    *_texts("role"),
    _reference("activity_id", "activities.id"),
    _reference("entity_id", "entities.id"),
    _reference("generationDescription_id", "generationDescriptions.id"),
)
_table(
    "wasAssociatedWith",
    _generated(),
    *_texts("role"),
    _reference("activity_id", "activities.id"),
    _reference("agent_id", "agents.id"),
)
_table(
    "wasAttributedTo",
    _generated(),
    *_texts("role"),
    _reference("entity_id", "entities.id"),
    _reference("agent_id", "agents.id"),
)
_table(
    "wasConfiguredBy",
    _generated(),
    *_texts("artefactType"),
    _reference("activity_id", "activities.id"),
    _reference("configFile_id", "configFiles.id"),
    _reference("parameter_id", "parameters.id"),
)
_table(
    "wasDerivedFrom",
    _generated("wasDerivedFrom_Id"),
    _reference("generatedEntity", "entities.id"),
    _reference("usedEntity", "entities.id"),
)
_table(
    "wasInformedBy",
    _generated("wasInformedBy_Id"),
    _reference("informant", "activities.id"),
    _reference("informed", "activities.id"),
)

#: The tables whose rows are relations, with keys that sequences supply.
LINKS = (
    "used",
    "wasGeneratedBy",
    "wasAssociatedWith",
    "wasAttributedTo",
    "wasConfiguredBy",
    "wasDerivedFrom",
    "wasInformedBy",
)
#: All tables, each behind those that it refers to.
TABLES = tuple(table.name for table in published.sorted_tables)
#: Table → the names of its columns, its key first.
COLUMNS = {
    table.name: tuple(column.name for column in table.columns) for table in published.sorted_tables
}
#: The sequences, in the order in which psql lists them, and the columns that own them.
SEQUENCES = {
    f"{table}_{column}_seq": (table, column)
    for table, column in (
        ("configFileDescriptions", "id"),
        ("entities", "id"),
        ("parameterDescriptions", "id"),
        ("used", "id"),
        ("wasAssociatedWith", "id"),
        ("wasAttributedTo", "id"),
        ("wasConfiguredBy", "id"),
        ("wasDerivedFrom", "wasDerivedFrom_Id"),
        ("wasGeneratedBy", "id"),
        ("wasInformedBy", "wasInformedBy_Id"),
    )
}
#: The tables whose keys are numbers.
NUMBERED = tuple(table for table, _ in SEQUENCES.values() if table != "entities")

own = MetaData(schema=OWN_SCHEMA)

#: What the mirror holds, in one row: of which schema and of which store it is, and the last turn of
#: the store that is in it.
mirror = Table(
    "mirror",
    own,
    Column(
        "one",
        SmallInteger,
        CheckConstraint("one = 1", name="mirror_one_row"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("target", Text, nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("mark", LargeBinary),
    Column("mapping", Integer, nullable=False),
    Column("rows", Text, nullable=False),
    Column("synced_at", DateTime(timezone=True), nullable=False),
    Column("store", Text),
    Column("store_at", Text),
)

#: Every record of the store as a whole, with what the published tables can't hold; see
#: docs/how-to/mirror.md.
record = Table(
    "record",
    own,
    Column("key", LargeBinary, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("type", Text),
    Column("row_id", Text),
    Column("content", Text, nullable=False),
    Column("row_ids", Text, nullable=False),
)
RECORD = record.name
RECORD_COLUMNS = tuple(column.name for column in record.columns)
