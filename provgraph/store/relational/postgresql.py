"""The store in PostgreSQL: the form of its URL, and the engine on it."""

from sqlalchemy import URL, Engine, create_engine

from provgraph.databases.postgresql import postgresql_address

#: Every question here is a walk along indexes; without statistics, as after a load, the planner
#: would read whole tables at each step of a walk, and compile statements that are over sooner.
POSTGRESQL_OPTIONS = (
    "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off"
)
#: What the URL of a store has to look like.
POSTGRESQL_FORM = (
    "a PostgreSQL store is postgresql://USER:PASSWORD@HOST:5432/DATABASE, with more hosts behind a "
    "comma where there are standbys, and nothing behind that but ?target_session_attrs=…"
)


def postgresql_engine(url: str, password: str | None) -> Engine:
    """An engine on a PostgreSQL database, through psycopg 3; nothing is sent yet.

    Args:
        url: ``postgresql://USER:PASSWORD@HOST:5432/DATABASE``.
        password: instead of the one in the URL.

    Raises:
        SettingsError: the URL makes no sense.
    """
    address = postgresql_address(url, POSTGRESQL_FORM, password=password)
    shown = URL.create(
        "postgresql+psycopg",
        username=address.user,
        host=address.host or None,
        port=address.port,
        database=address.database,
    )
    return create_engine(
        shown, pool_pre_ping=True, connect_args=address.settings(options=POSTGRESQL_OPTIONS)
    )
