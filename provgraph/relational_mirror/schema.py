"""Recognises a mirror's database, and makes or migrates the tables in it.

A database that holds anything else is refused and stays untouched (docs/contract.md, The ctaprov
mirror).
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.schema import CreateSchema

from provgraph.errors import MirrorError, SettingsError
from provgraph.relational_mirror.tables import OWN_SCHEMA, SEQUENCES, TABLES, mirror

MIGRATIONS = Path(__file__).parent / "migrations"
#: The newest revision in `MIGRATIONS`; a test holds it true.
NEWEST = "0002"

#: Relations of a schema that belong to no extension.
_RELATIONS = text("""
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p')
AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
""")
_ALEMBIC = "alembic_version"


def prepare(connection: Connection, target: str) -> bool:
    """Make the tables where there are none, and migrate those that are ours.

    Args:
        connection: in the transaction that syncs.
        target: the schema for the published tables; made when it is not there.

    Returns:
        whether they were made now.

    Raises:
        SettingsError: the schema is provgraph's own or PostgreSQL's.
        MirrorError: there is something else in the database, or the mirror of a newer provgraph.
    """
    if (
        target == OWN_SCHEMA
        or target.startswith("pg_")
        or target == "information_schema"
        or not target.strip()
    ):
        raise SettingsError(
            f"the mirror's tables can't be in schema {target!r}; give another --schema"
        )
    is_there = recognised(connection, target)
    if not is_there:
        known_schemas = set(inspect(connection).get_schema_names())
        for schema in sorted({target, OWN_SCHEMA} - known_schemas):
            connection.execute(CreateSchema(schema))
    if not is_there or _revision(connection) != NEWEST:
        _upgrade(connection, target)
    return not is_there


def no_mirror(target: str) -> MirrorError:
    """Say that there is no mirror yet.

    Args:
        target: the schema where it would be.
    """
    return MirrorError(f"there is no mirror in schema {target}; `provgraph sync` makes it")


def recognised(connection: Connection, target: str) -> bool:
    """Whether a database holds a mirror of provgraph's.

    Args:
        connection: to the database.
        target: the schema of the published tables.

    Returns:
        False where there is nothing in the schema, nor in schema ``provgraph``. Relations that
        belong to extensions don't count.

    Raises:
        MirrorError: there is something else, or a part of a mirror only.
    """
    own, found = _relations(connection, OWN_SCHEMA), _relations(connection, target)
    if not own and not found:
        return False
    if not own:
        raise MirrorError(_refusal(target, found))
    if _ALEMBIC not in own:
        raise MirrorError(
            f"schema {OWN_SCHEMA} of the database is another program's; "
            "give the mirror a database of its own"
        )
    known = connection.execute(select(mirror.c.target)).scalar()
    if known is not None and known != target:
        raise MirrorError(
            f"the database holds a mirror in schema {known!r} already: give --schema {known}, or a "
            "database of its own to the other"
        )
    ours = {*TABLES, *SEQUENCES}
    if others := found - ours:
        raise MirrorError(
            f"schema {target} holds {_some(others)} beside the mirror's tables; move that elsewhere"
        )
    if missing := ours - found:
        raise MirrorError(
            f"schema {target} of the mirror lacks {_some(missing)}: drop schema {OWN_SCHEMA} and "
            f"what is left in {target}, then sync again"
        )
    return True


def _refusal(target: str, found: set[str]) -> str:
    if {"activities", "wasGeneratedBy"} <= found:
        what = "ctaprov tables that provgraph did not write"
        return (
            f"schema {target} holds {what}; give the mirror a database of its own, "
            "`provgraph load` reads this one"
        )
    what = f"schema {target} holds {_some(found)}, which is none of ours"
    return f"{what}; give the mirror a database or --schema of its own"


def _some(names: set[str]) -> str:
    listed = ", ".join(sorted(names)[:5])
    return listed + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _relations(connection: Connection, schema: str) -> set[str]:
    return set(connection.execute(_RELATIONS, {"schema": schema}).scalars())


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(
        connection, opts={"version_table_schema": OWN_SCHEMA}
    ).get_current_revision()


def _upgrade(connection: Connection, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes |= {"connection": connection, "target": target}
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise MirrorError(
            f"the mirror is of a newer provgraph: {error}; install that version"
        ) from None
