"""The published tables in the schema that the user named, and provgraph's own."""

from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    target = context.config.attributes["target"]
    _published(target)
    quoted = op.get_bind().dialect.identifier_preparer.quote(target)
    op.execute(f"CREATE SEQUENCE {quoted}.entities_id_seq AS integer OWNED BY {quoted}.entities.id")
    op.execute(
        f"ALTER TABLE {quoted}.entities "
        f"ALTER COLUMN id SET DEFAULT nextval('{quoted}.entities_id_seq')"
    )
    _own()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String) for name in names]


def _make(target: str, name: str, *columns: sa.Column[Any], **references: str) -> None:
    """A table with its key first.

    ``references`` are its columns that refer to tables, each with an index.
    """
    key = columns[0].name
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint(key, name=f"{name}_pkey")]
    constraints += [
        sa.ForeignKeyConstraint([column], [f"{target}.{table}.id"], name=f"{name}_{column}_fkey")
        for column, table in references.items()
    ]
    op.create_table(name, *columns, *constraints, schema=target)
    for column in references:
        if column != key:
            op.create_index(f"{name}_{column}_idx", name, [column], schema=target)


def _published(target: str) -> None:
    _make(
        target,
        "activityDescriptions",
        *_text("id", "name", "version", "description", "type", "subtype", "doculink"),
    )
    _make(
        target,
        "agents",
        *_text("id", "name", "type", "comment", "email", "affiliation", "phone", "address", "url"),
    )
    _make(
        target,
        "entityDescriptions",
        *_text("id", "name", "type", "description", "doculink", "classType"),
    )
    _make(
        target,
        "activities",
        *_text("id", "name", "startTime", "endTime", "comment", "activityDescription_id"),
        activityDescription_id="activityDescriptions",
    )
    _make(
        target,
        "configFileDescriptions",
        sa.Column("id", sa.Integer, autoincrement=True),
        *_text("name", "contentType", "description", "activityDescription_id"),
        activityDescription_id="activityDescriptions",
    )
    _make(target, "datasetDescriptions", *_text("id", "contentType"), id="entityDescriptions")
    _make(
        target,
        "entities",
        *_text("id", "name", "location"),
        sa.Column("generatedAtTime", TIMESTAMP),
        *_text("invalidatedAtTime", "comment", "classType", "entityDescription_id"),
        entityDescription_id="entityDescriptions",
    )
    _make(
        target,
        "generationDescriptions",
        *_text("id", "role", "description", "type"),
        sa.Column("multiplicity", sa.Integer),
        *_text("activityDescription_id", "entityDescription_id"),
        activityDescription_id="activityDescriptions",
        entityDescription_id="entityDescriptions",
    )
    _make(
        target,
        "parameterDescriptions",
        sa.Column("id", sa.Integer, autoincrement=True),
        *_text(
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
        activityDescription_id="activityDescriptions",
    )
    _make(
        target,
        "usageDescriptions",
        *_text("id", "role", "description", "type"),
        sa.Column("multiplicity", sa.Integer),
        *_text("activityDescription_id", "entityDescription_id"),
        activityDescription_id="activityDescriptions",
        entityDescription_id="entityDescriptions",
    )
    _make(
        target,
        "valueDescriptions",
        *_text("id", "valueType", "unit", "ucd", "utype"),
        id="entityDescriptions",
    )
    _make(
        target,
        "configFiles",
        *_text("id", "name", "location", "comment"),
        sa.Column("configFileDescription_id", sa.Integer),
        configFileDescription_id="configFileDescriptions",
    )
    _make(target, "datasetEntities", *_text("id"), id="entities")
    _make(
        target,
        "parameters",
        *_text("id", "name", "value"),
        sa.Column("parameterDescription_id", sa.Integer),
        parameterDescription_id="parameterDescriptions",
    )
    _make(
        target,
        "used",
        sa.Column("id", sa.Integer, autoincrement=True),
        *_text("role", "time", "activity_id", "entity_id", "usageDescription_id"),
        activity_id="activities",
        entity_id="entities",
        usageDescription_id="usageDescriptions",
    )
    _make(target, "valueEntities", *_text("id", "value"), id="entities")
    _make(
        target,
        "wasAssociatedWith",
        sa.Column("id", sa.Integer, autoincrement=True),
        *_text("role", "activity_id", "agent_id"),
        activity_id="activities",
        agent_id="agents",
    )
    _make(
        target,
        "wasAttributedTo",
        sa.Column("id", sa.Integer, autoincrement=True),
        *_text("role", "entity_id", "agent_id"),
        entity_id="entities",
        agent_id="agents",
    )
    _make(
        target,
        "wasDerivedFrom",
        sa.Column("wasDerivedFrom_Id", sa.Integer, autoincrement=True),
        *_text("generatedEntity", "usedEntity"),
        generatedEntity="entities",
        usedEntity="entities",
    )
    _make(
        target,
        "wasGeneratedBy",
        sa.Column("id", sa.Integer, autoincrement=True),
        *_text("role", "activity_id", "entity_id", "generationDescription_id"),
        activity_id="activities",
        entity_id="entities",
        generationDescription_id="generationDescriptions",
    )
    _make(
        target,
        "wasInformedBy",
        sa.Column("wasInformedBy_Id", sa.Integer, autoincrement=True),
        *_text("informant", "informed"),
        informant="activities",
        informed="activities",
    )
    _make(
        target,
        "wasConfiguredBy",
        sa.Column("id", sa.Integer, autoincrement=True),
        *_text("artefactType", "activity_id", "configFile_id", "parameter_id"),
        activity_id="activities",
        configFile_id="configFiles",
        parameter_id="parameters",
    )


def _own() -> None:
    op.create_table(
        "mirror",
        sa.Column(
            "one",
            sa.SmallInteger,
            sa.CheckConstraint("one = 1", name="mirror_one_row"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("turn", sa.BigInteger, nullable=False),
        sa.Column("mark", sa.LargeBinary),
        sa.Column("mapping", sa.Integer, nullable=False),
        sa.Column("rows", sa.Text, nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=False),
        schema="provgraph",
    )
    op.create_table(
        "record",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("type", sa.Text),
        sa.Column("row_id", sa.Text),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("row_ids", sa.Text, nullable=False),
        schema="provgraph",
    )
