"""Schema ``provenance`` of a mirror: the tables of the IVOA's model, for a TAP service.

Most tables are views of the mirror's. Two are filled by each sync that changed anything: the
members of collections, and the ancestry of entities, which ADQL can't walk. What is neither in the
mirror's tables is taken from its records into ``provgraph.provtap``.
"""

from typing import Final

from psycopg import sql

from provgraph.errors import MirrorError, SettingsError
from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.rights import rights_of
from provgraph.relational_mirror.sql_parts import table_name
from provgraph.relational_mirror.tap_tables import ANCESTRY, TAP_SCHEMA, TAP_TABLES, TapTable

#: The relations between records that the mirror's tables have not, and that lead to the origin.
_FROM_RECORDS: Final = ("hadMember", "specializationOf", "wasInfluencedBy", "wasStartedBy")
_FACTS: Final = "provgraph.provtap"
_MAKE_FACTS: Final = """
CREATE TABLE provgraph.provtap (kind text, id text, name text, value text NOT NULL,
    PRIMARY KEY (kind, id, name))
"""
#: Types of entities that no table tells, and multiplicities that are no numbers.
_FILL_FACTS: Final = """
INSERT INTO provgraph.provtap
SELECT 'entity', row_id, 'type', type FROM provgraph.record
WHERE kind = 'entity' AND row_id IS NOT NULL AND type NOT IN ('DatasetEntity', 'ValueEntity')
UNION ALL
SELECT kind, id, 'multiplicity', content::jsonb #>> '{attributes,multiplicity,0}'
FROM provgraph.record WHERE kind IN ('usageDescription', 'generationDescription')
AND content::jsonb #>> '{attributes,multiplicity,0}' IS NOT NULL
ON CONFLICT DO NOTHING
"""
#: Relations that only records have, as rows of the mirror name their ends.
_MAKE_LINKS: Final = """
CREATE TEMPORARY TABLE provtap_link ON COMMIT DROP AS
SELECT r.kind AS effect_kind, coalesce(r.row_id, r.id) AS effect, l.relation ->> 'type' AS type,
    l.relation -> 'target' ->> 0 AS cause_kind, coalesce(c.row_id, c.id) AS cause
FROM provgraph.record r
CROSS JOIN LATERAL jsonb_array_elements(r.content::jsonb -> 'relations') AS l (relation)
JOIN provgraph.record c
    ON c.id = l.relation ->> 'means' AND c.kind = l.relation -> 'target' ->> 0
WHERE r.kind IN ('entity', 'activity') AND r.content LIKE ANY(%s)
AND l.relation ->> 'type' = ANY(%s) AND c.kind IN ('entity', 'activity')
"""
#: All steps from an effect to a cause: e for an entity, a for an activity, before their ids. The
#: value by which the mirror says how an activity ended was made from nothing. Records get numbers,
#: which are quicker to compare than texts.
_MAKE_STEPS: Final = """
SET LOCAL work_mem = '128MB';
CREATE TEMPORARY TABLE provtap_named ON COMMIT DROP AS
SELECT DISTINCT effect, cause FROM (
    SELECT 'e' || entity_id, 'a' || activity_id FROM {schema}.wasgeneratedby
    WHERE coalesce(role, '') <> 'status' OR entity_id <> activity_id || '_status'
    UNION ALL SELECT 'a' || activity_id, 'e' || entity_id FROM {schema}.used
    UNION ALL SELECT 'e' || generated_entity_id, 'e' || used_entity_id FROM {schema}.wasderivedfrom
    UNION ALL SELECT 'a' || informed_id, 'a' || informant_id FROM {schema}.wasinformedby
    UNION ALL SELECT left(effect_kind, 1) || effect, left(cause_kind, 1) || cause
    FROM provtap_link
) step (effect, cause) WHERE effect IS NOT NULL AND cause IS NOT NULL AND effect <> cause;
CREATE TEMPORARY TABLE provtap_node ON COMMIT DROP AS
SELECT name, name LIKE 'e%' AS is_entity, (row_number() OVER ())::integer AS number
FROM (SELECT effect FROM provtap_named UNION SELECT cause FROM provtap_named) node (name);
CREATE TEMPORARY TABLE provtap_step ON COMMIT DROP AS
SELECT e.number AS effect, c.number AS cause, e.is_entity FROM provtap_named s
JOIN provtap_node e ON e.name = s.effect JOIN provtap_node c ON c.name = s.cause;
CREATE INDEX ON provtap_step (effect);
ANALYZE provtap_node, provtap_step;
CREATE TEMPORARY TABLE provtap_reached (
    entity integer, node integer, depth integer, PRIMARY KEY (entity, node)
) ON COMMIT DROP;
CREATE TEMPORARY TABLE provtap_front ON COMMIT DROP AS
SELECT effect AS entity, cause AS node FROM provtap_step WHERE is_entity;
INSERT INTO provtap_reached SELECT entity, node, 1 FROM provtap_front
"""
#: One step farther from what was reached last.
_GO_ON: Final = """
CREATE TEMPORARY TABLE provtap_next ON COMMIT DROP AS
WITH reached AS (
    INSERT INTO provtap_reached
    SELECT DISTINCT f.entity, s.cause, {depth}
    FROM provtap_front f JOIN provtap_step s ON s.effect = f.node WHERE s.cause <> f.entity
    ON CONFLICT DO NOTHING RETURNING entity, node
) SELECT entity, node FROM reached
"""
_NEXT_IS_FRONT: Final = """
DROP TABLE provtap_front;
ALTER TABLE provtap_next RENAME TO provtap_front;
ANALYZE provtap_front
"""
#: Only rows that differ are touched, so readers of an unchanged table are not disturbed.
_TAKE_OVER: Final = """
CREATE TEMPORARY TABLE provtap_new ON COMMIT DROP AS {new};
DELETE FROM {table} t USING (SELECT * FROM {table} EXCEPT SELECT * FROM provtap_new) o
WHERE (t.{first}, t.{second}) = (o.{first}, o.{second});
INSERT INTO {table} SELECT * FROM provtap_new EXCEPT SELECT * FROM {table};
DROP TABLE provtap_new
"""
_MEMBERS: Final = (
    "SELECT DISTINCT effect AS collection_id, cause AS entity_id FROM provtap_link "
    "WHERE type = 'hadMember'"
)
_ANCESTORS: Final = (
    "SELECT substr(e.name, 2) AS entity_id, substr(n.name, 2) AS ancestor_id, r.depth "
    "FROM provtap_reached r JOIN provtap_node e ON e.number = r.entity "
    "JOIN provtap_node n ON n.number = r.node AND n.is_entity"
)
_MEMBER_TABLE: Final = next(each for each in TAP_TABLES if each.name == "hadmember")
_IS_THERE: Final = "SELECT to_regclass(%s) IS NOT NULL"


def has_provtap(cursor: Cursor) -> bool:
    """Tell whether a mirror has the tables.

    Args:
        cursor: in a transaction of the mirror.
    """
    return cursor.execute(_IS_THERE, [_FACTS]).fetchone() == (True,)


def make_provtap(cursor: Cursor, target: str) -> None:
    """Make the tables; a schema of another program is left alone.

    Args:
        cursor: in the transaction that syncs.
        target: the schema of the mirror's own tables.

    Raises:
        SettingsError: the mirror itself is in the schema.
        MirrorError: another program's tables are.
    """
    if target == TAP_SCHEMA:
        raise SettingsError(
            f"the mirror's own tables are in schema {TAP_SCHEMA!r}, where the IVOA's would be: "
            "sync to another --schema"
        )
    query = "SELECT FROM pg_class WHERE relnamespace = to_regnamespace(%s)"
    if cursor.execute(query, [TAP_SCHEMA]).fetchone() is not None:
        raise MirrorError(
            f"schema {TAP_SCHEMA} of the mirror's database holds what provgraph did not write; "
            "move it elsewhere"
        )
    cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(TAP_SCHEMA)))
    cursor.execute(_MAKE_FACTS)
    for table in (*TAP_TABLES, ANCESTRY):
        if table.source is None:
            _make_table(cursor, table)
    make_views(cursor, target)


def _make_table(cursor: Cursor, table: TapTable) -> None:
    columns = sql.SQL(", ").join(
        sql.SQL("{} {} NOT NULL").format(sql.Identifier(each.name), sql.SQL(each.type))
        for each in table.columns
    )
    first, second = (sql.Identifier(each.name) for each in table.columns[:2])
    name = table_name(TAP_SCHEMA, table.name)
    cursor.execute(
        sql.SQL("CREATE TABLE {} ({}, PRIMARY KEY ({}, {}))").format(name, columns, first, second)
    )
    cursor.execute(sql.SQL("CREATE INDEX ON {} ({})").format(name, second))


def make_views(cursor: Cursor, target: str) -> None:
    """Make the views of the mirror's tables.

    Args:
        cursor: in the transaction that syncs.
        target: the schema of the mirror's own tables.
    """
    for table in TAP_TABLES:
        if table.source is not None:
            columns = sql.SQL(", ").join(
                sql.SQL("{} AS {}").format(sql.SQL(each.source), sql.Identifier(each.name))
                for each in table.columns
            )
            cursor.execute(
                sql.SQL("CREATE VIEW {} AS SELECT {} FROM {}").format(
                    table_name(TAP_SCHEMA, table.name),
                    columns,
                    sql.SQL(table.source).format(mirror=sql.Identifier(target)),
                )
            )


def drop_views(cursor: Cursor) -> list[sql.Composed]:
    """Take the views away, so that the tables that they show can be replaced.

    Args:
        cursor: in the transaction that syncs.

    Returns:
        Queries that give views of the same names their owner and grants again.
    """
    names = [each.name for each in TAP_TABLES if each.source is not None]
    rights = [query for name in names for query in rights_of(cursor, TAP_SCHEMA, name)]
    views = sql.SQL(", ").join(table_name(TAP_SCHEMA, name) for name in names)
    cursor.execute(sql.SQL("DROP VIEW {}").format(views))
    return rights


def fill_provtap(cursor: Cursor) -> None:
    """Bring up to date what is no view.

    Args:
        cursor: in the transaction that syncs, behind all that it writes.
    """
    cursor.execute("DELETE FROM provgraph.provtap")
    cursor.execute(_FILL_FACTS)
    patterns = [f'%"{each}"%' for each in _FROM_RECORDS]
    cursor.execute(_MAKE_LINKS, [patterns, list(_FROM_RECORDS)])
    schema = sql.Identifier(TAP_SCHEMA)
    cursor.execute(sql.SQL(_MAKE_STEPS).format(schema=schema))
    depth = 1
    while _went_on(cursor, depth := depth + 1):
        pass
    for table, new in ((_MEMBER_TABLE, _MEMBERS), (ANCESTRY, _ANCESTORS)):
        first, second = (sql.Identifier(each.name) for each in table.columns[:2])
        query = sql.SQL(_TAKE_OVER).format(
            table=table_name(TAP_SCHEMA, table.name),
            new=sql.SQL(new),
            first=first,
            second=second,
        )
        cursor.execute(query)
    cursor.execute(
        sql.SQL("ANALYZE {}, {}").format(
            table_name(TAP_SCHEMA, "hadmember"), table_name(TAP_SCHEMA, ANCESTRY.name)
        )
    )


def _went_on(cursor: Cursor, depth: int) -> bool:
    """Go one step farther; tell whether anything new was reached."""
    cursor.execute(sql.SQL(_GO_ON).format(depth=sql.Literal(depth)))
    is_new = cursor.rowcount > 0
    cursor.execute(_NEXT_IS_FRONT)
    return is_new
