"""The tables of the embedded store and of its PostgreSQL twin, shaped for lineage.

Records have 16-byte keys (`model.records.key_of`), so identifiers of any length can be indexed.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
    func,
    select,
    text,
)
from sqlalchemy.schema import SchemaItem

metadata = MetaData()
#: How many keys one statement asks for.
CHUNK = 1000


def _key(name: str, *, primary: bool = False, optional: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary(16), primary_key=primary, nullable=optional)


def _packed(name: str) -> Column[Any]:
    """A column of JSON that no query looks into (`provgraph.store.packing`).

    SQLite keeps bytes in a column of texts as they are, so that older files need no new columns.
    """
    kept = LargeBinary().with_variant(Text(), "sqlite")
    return Column(name, kept, nullable=False)


def _asked(table: str) -> tuple[SchemaItem, ...]:
    """The columns by which people may ask for a record (`provgraph.store.nodes.asked_names`).

    Their texts are compared character by character, whatever the language of the database: the
    migration gives them the collation "C" in PostgreSQL.
    """
    names = ("called", "local", "head")
    columns = [Column(each, Text) for each in names]
    indexes = [
        Index(
            f"{table}_{column.name}",
            column,
            sqlite_where=column.is_not(None),
            postgresql_where=column.is_not(None),
        )
        for column in columns
    ]
    return (*columns, *indexes)


def _hashes(terms: str) -> str:
    """SQL of PostgreSQL's for the hashes, as an array of numbers, in a text of marks."""
    number = "CAST(CAST('x' || substr(term, 2) AS bit(64)) AS bigint)"
    return f"ARRAY(SELECT {number} FROM unnest(string_to_array({terms}, ' ')) AS term)"  # noqa: S608 - our own names


def _invalid(table: str) -> tuple[Column[str], Index]:
    """Since when a record is marked as invalid, and an index of those that are."""
    since: Column[str] = Column("invalid_since", Text)
    index = Index(
        f"{table}_invalid",
        since,
        sqlite_where=since.is_not(None),
        postgresql_where=since.is_not(None),
    )
    return since, index


def _is_so(name: str) -> Column[bool]:
    """What is true of few records; see `provgraph.store.terms.Entry`."""
    return Column(name, Boolean, nullable=False, server_default=false())


def _few(name: str, by: str) -> Index:
    """An index of the entries of which something is true, in one order of answers."""
    return Index(
        f"search_{name}_{by}",
        *("kind", by, "key"),
        sqlite_where=text(name),
        postgresql_where=text(name),
    )


#: Runs. `facts` is packed JSON, each fact a list of values; the other columns follow from it.
activity = Table(
    "activity",
    metadata,
    _key("key", primary=True),
    Column("id", Text, nullable=False),
    Column("start_time", Text),
    Column("end_time", Text),
    Column("process", Text),
    _packed("facts"),
    *_asked("activity"),
    *_invalid("activity"),
)

#: Files and other entities, all of it decided from mentions. `former` as in `EntityRecord.former`,
#: null when there is none.
entity = Table(
    "entity",
    metadata,
    _key("key", primary=True),
    Column("id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("identifiers", Text, nullable=False),
    Column("standings", Text, nullable=False),
    Column("generated_at", Text),
    Column("invalidated_at", Text),
    Column("data_level", Text),
    _packed("attributes"),
    *_asked("entity"),
    *_invalid("entity"),
    Column("former", Text),
    _is_so("external"),
)

#: What is stated of strong identifiers.
stated_entity = Table(
    "stated_entity",
    metadata,
    _key("key", primary=True),
    Column("identifier", Text, nullable=False),
    Column("type", Text, nullable=False),
    _packed("attributes"),
)

agent = Table(
    "agent",
    metadata,
    _key("key", primary=True),
    Column("id", Text, nullable=False),
    Column("name", Text),
    Column("type", Text),
    _packed("attributes"),
    *_asked("agent"),
)

#: What every run of a kind of job has in common.
description = Table(
    "description",
    metadata,
    _key("key", primary=True),
    Column("id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("attributes", Text, nullable=False),
)

#: What entities, activities and agents are searched by (`provgraph.store.terms`). The index of the
#: terms is of another kind in each database; the migration makes it.
search = Table(
    "search",
    metadata,
    Column(
        "number",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    _key("key"),
    Column("kind", Text, nullable=False),
    Column("time", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("terms", Text, nullable=False),
    _is_so("external"),
    _is_so("early"),
    Index("search_time", "kind", "time", "key"),
    Index("search_name", "kind", "name", "key"),
    _few("external", "time"),
    _few("external", "name"),
    _few("early", "time"),
)

#: Places and identifiers, each once.
name = Table(
    "name",
    metadata,
    _key("key", primary=True),
    Column("text", Text, nullable=False),
    _key("base_key", optional=True),
    Index("name_base", "base_key"),
)

#: Which entities bear a name; `rank` tells the newest at a place.
naming = Table(
    "naming",
    metadata,
    _key("name", primary=True),
    _key("entity", primary=True),
    Column("rank", Integer, nullable=False),
    Index("naming_entity", "entity"),
    sqlite_with_rowid=False,
)

#: All relations, from effect (source) to cause (target). Inputs and outputs of runs are mentions:
#: they also keep what the source called the file. `structural` as in `Mention.is_structural`;
#: `stated` keeps the stated ends of the other relations.
relation = Table(
    "relation",
    metadata,
    _key("key", primary=True),
    Column("type", Text, nullable=False),
    _key("source", optional=False),
    _key("target", optional=False),
    Column("role", Text),
    Column("time", Text),
    Column("attributes", Text),
    _key("place", optional=True),
    _key("identifier", optional=True),
    _key("twin", optional=True),
    Column("structural", Boolean),
    Column("said_by", Text),
    Column("rule", Text),
    Column("stated", Text),
)
Index("relation_source", relation.c.source, relation.c.type, relation.c.target)
Index("relation_target", relation.c.target, relation.c.type, relation.c.source)
Index("relation_place", relation.c.place, relation.c.structural)
Index(
    "relation_identifier",
    relation.c.identifier,
    sqlite_where=relation.c.identifier.is_not(None),
    postgresql_where=relation.c.identifier.is_not(None),
)
Index(
    "relation_twin",
    relation.c.twin,
    sqlite_where=relation.c.twin.is_not(None),
    postgresql_where=relation.c.twin.is_not(None),
)

#: Parameters and package versions, shared by runs. `number` is what the index of their terms
#: calls them.
settings = Table(
    "settings",
    metadata,
    _key("key", primary=True),
    Column("name", Text, nullable=False),
    _packed("parameters"),
    Column("number", BigInteger),
    Index("settings_number", "number", unique=True),
)

#: What writes the index of the terms of settings (`provgraph.store.terms`): one entry for all terms
#: of a set, and so for all runs that share it. The index, ``settings_terms``, is of another kind in
#: each database; the migration makes it. SQLite's keeps no texts, so it is told what it loses.
#: Given are pairs of the number and the terms, in PostgreSQL as two arrays.
#:
#: Source: SQLite, FTS5 Extension, 4.4.2, Contentless Tables; 6.4, The 'delete' Command.
ADD_TERMS = {
    "sqlite": "INSERT INTO settings_terms(rowid, terms) VALUES (?, ?)",
    "postgresql": f"INSERT INTO settings_terms SELECT number, {_hashes('terms')} "  # noqa: S608 - our own names
    "FROM unnest(%b::bigint[], %b::text[]) AS added(number, terms)",
}
REMOVE_TERMS = {
    "sqlite": "INSERT INTO settings_terms(settings_terms, rowid, terms) VALUES ('delete', ?, ?)",
    "postgresql": "DELETE FROM settings_terms "
    "USING unnest(%b::bigint[], %b::text[]) AS gone(number, terms) "
    "WHERE settings_terms.number = gone.number",
}
CLEAR_TERMS = {
    "sqlite": "INSERT INTO settings_terms(settings_terms) VALUES ('delete-all')",
    "postgresql": "DELETE FROM settings_terms",
}
#: The numbers of the settings that have one of some terms.
HAVING_TERM = {
    "sqlite": "SELECT rowid AS number FROM settings_terms WHERE settings_terms MATCH {terms}",
    "postgresql": f"SELECT number FROM settings_terms WHERE terms && {_hashes('{terms}')}",  # noqa: S608
}

#: The settings of runs. `part` is the key of settings, or of a group of settings that many runs
#: have together (`provgraph.store.relational.configuration`).
settings_of = Table(
    "settings_of",
    metadata,
    _key("activity", primary=True),
    _key("part", primary=True),
    Index("settings_of_part", "part", "activity"),
    sqlite_with_rowid=False,
)

#: The keys of the settings that a group has.
settings_group = Table(
    "settings_group",
    metadata,
    _key("key", primary=True),
    _key("settings", primary=True),
    Index("settings_group_settings", "settings", "key"),
    sqlite_with_rowid=False,
)
#: The keys of a run's settings, in `settings_parts`.
SETTINGS_KEY = func.coalesce(settings_group.c.settings, settings_of.c.part)

config_file_of = Table(
    "config_file_of",
    metadata,
    _key("activity", primary=True),
    _key("place", primary=True),
    sqlite_with_rowid=False,
)

load = Table(
    "load",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("namespace", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("time", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("counts", Text, nullable=False),
    Column("problems", Text, nullable=False),
    Column("size", BigInteger, nullable=False, server_default="-1"),
    Column("read_to", BigInteger),
    Column("continues", Text),
    Column("agent", Text),
    Index("load_sha256", "sha256"),
    Index("load_source", "source"),
    Index("load_time", "time"),
)

#: What each load says, by subject, so that it can be forgotten.
#: The table keeps the name that it was first given.
assertion = Table(
    "statement",
    metadata,
    _key("load", primary=True),
    _key("subject", primary=True),
    Column("part", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Index("statement_subject", "subject"),
)

#: The last transactions and the marks of what they touched, eight bytes each; NULL when there were
#: too many.
turn = Table(
    "turn",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("touched", LargeBinary),
)

#: The id of the store itself, in one row; a copy of the file has it, too.
store = Table("store", metadata, Column("id", Text, primary_key=True))

#: What each transaction may have changed (`provgraph.store.journal`), for mirrors.
journal = Table(
    "journal",
    metadata,
    Column("turn", BigInteger, primary_key=True, autoincrement=False),
    Column("mark", LargeBinary(16), nullable=False),
    Column("content", LargeBinary, nullable=False),
)


#: Each run's links to settings, with the members of groups.
SETTINGS_PARTS = settings_of.outerjoin(settings_group, settings_group.c.key == settings_of.c.part)
#: Runs with the keys of their settings.
SETTINGS_LINKS = select(activity.c.id, SETTINGS_KEY.label("what")).select_from(
    SETTINGS_PARTS.join(activity, activity.c.key == settings_of.c.activity)
)
#: Runs with the places of their configuration files.
CONFIG_FILE_LINKS = (
    select(activity.c.id, name.c.text.label("what"))
    .select_from(config_file_of)
    .join(activity, activity.c.key == config_file_of.c.activity)
    .join(name, name.c.key == config_file_of.c.place)
)


def plainly(dialect: str) -> str:
    """Make a text of SQL be compared character by character, whatever the database's language.

    Args:
        dialect: of the database.

    Returns:
        What stands behind the text: nothing in SQLite, which compares so.
    """
    return ' COLLATE "C"' if dialect == "postgresql" else ""
