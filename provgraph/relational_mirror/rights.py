"""Who owns a table or view of the mirror, and what is granted on it: for what takes its place."""

from psycopg import sql

from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.sql_parts import table_name

#: What is granted on a table and its columns; no column where it is granted on the whole.
_RIGHTS = """
SELECT NULL, g.grantee::regrole::text, g.grantee = 0, g.privilege_type, g.is_grantable
FROM pg_class c, aclexplode(c.relacl) g WHERE c.oid = %(table)s::regclass
UNION ALL
SELECT a.attname, g.grantee::regrole::text, g.grantee = 0, g.privilege_type, g.is_grantable
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g
WHERE c.oid = %(table)s::regclass
"""


def rights_of(cursor: Cursor, schema: str, table: str) -> list[sql.Composed]:
    """Note the owner and the grants of a table or view.

    Args:
        cursor: in a transaction of the mirror.
        schema: of the table.
        table: its name.

    Returns:
        Queries that give a new one of the same name the same owner and grants.
    """
    name = table_name(schema, table)
    (owner,) = cursor.execute(
        "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = %s::regclass",
        [name.as_string(cursor)],
    ).fetchone() or ("",)
    queries = [sql.SQL("ALTER TABLE {} OWNER TO {}").format(name, sql.Identifier(owner))]
    found = cursor.execute(_RIGHTS, {"table": name.as_string(cursor)}).fetchall()
    for column, grantee, is_public, privilege, may_grant in found:
        # The text of a regrole is quoted where it has to be.
        whom = sql.SQL("PUBLIC") if is_public else sql.SQL(grantee)
        columns = (
            sql.SQL("({})").format(sql.Identifier(column)) if column is not None else sql.SQL("")
        )
        option = sql.SQL(" WITH GRANT OPTION" if may_grant else "")
        queries.append(
            sql.SQL("GRANT {}{} ON {} TO {}{}").format(
                sql.SQL(privilege), columns, name, whom, option
            )
        )
    return queries
