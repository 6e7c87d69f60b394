"""The stores that come with provgraph, as the entry points ``provgraph.stores`` name them.

A store is imported when it is opened: its driver loads slowly, and only an extra brings it.
"""

# Late imports: for this they are here.
# ruff: noqa: PLC0415

from provgraph.errors import extra_needed
from provgraph.store.protocol import Store


def sqlite_store(url: str, password: str | None = None) -> Store:
    """Open a SQLite file, or a store in memory.

    Args:
        url: ``sqlite:///PATH``, or ``sqlite://`` for memory.
        password: ignored, for SQLite has none.

    Returns:
        The open store.

    Raises:
        StoreError: the file can't be used.
    """
    from provgraph.store.relational.store import open_sqlite

    return open_sqlite(url, password)


def postgresql_store(url: str, password: str | None = None) -> Store:
    """Open a store on a PostgreSQL server.

    Args:
        url: ``postgresql://USER:PASSWORD@HOST:5432/DATABASE``.
        password: instead of the one in the URL.

    Returns:
        The open store.

    Raises:
        MissingExtraError: the extra ``postgresql`` is not installed.
        UnreachableError: the server does not answer.
        StoreError: the server refuses.
    """
    with extra_needed("postgresql", "a store in PostgreSQL"):
        import psycopg  # noqa: F401 - SQLAlchemy imports it only when it connects

    from provgraph.store.relational.store import open_postgresql

    return open_postgresql(url, password)


def neo4j_store(url: str, password: str | None = None) -> Store:
    """Open a store in a Neo4j database.

    Args:
        url: ``neo4j://USER:PASSWORD@HOST:7687/DATABASE``, or by another scheme of Neo4j's.
        password: instead of the one in the URL.

    Returns:
        The open store.

    Raises:
        MissingExtraError: the extra ``neo4j`` is not installed.
        UnreachableError: the server does not answer.
        StoreError: the server refuses, or holds something else.
    """
    with extra_needed("neo4j", "a store in Neo4j"):
        from provgraph.store.neo4j.store import open_neo4j

    return open_neo4j(url, password)
