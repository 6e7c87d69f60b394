"""URL → store.

Stores enter by the entry points ``provgraph.stores``, one for each scheme of a URL: those that come
with provgraph by the same door as others. A store is imported when it is opened: its driver loads
slowly, and only an extra brings it.
"""

# A store is imported when it is opened.
# ruff: noqa: PLC0415

from functools import cache
from importlib.metadata import EntryPoints, entry_points
from pathlib import Path

from provgraph.errors import SettingsError, extra_needed
from provgraph.settings import IN_MEMORY
from provgraph.store.protocol import Store

GROUP = "provgraph.stores"


def open_store(url: str, password: str | None = None) -> Store:
    """Open the store at a URL.

    Nothing is made, and nothing sent to a server: the first writer does that. Who asks where nobody
    has written yet gets a `NoStoreError`.

    Args:
        url: see docs/contract.md, Stores.
        password: instead of one in the URL.

    Returns:
        The store; who opens it closes it.

    Raises:
        SettingsError: no store is known by the URL's scheme, or the URL makes no sense.
        StoreError: the driver can't use it.
    """
    scheme, colon, _ = url.partition("://")
    known = _entries()
    if not colon or scheme not in known.names:
        raise SettingsError(
            f"{_shortened(url)!r} is no store: a store's URL begins with {_listed(known.names)}"
        )
    store: Store = known[scheme].load()(url, password)
    return store


def sqlite_file(url: str) -> Path | None:
    """Find the file of a store.

    Args:
        url: of the store.

    Returns:
        The file; None for a store on a server, or in memory.
    """
    scheme, _, rest = url.partition("://")
    return Path(rest.removeprefix("/")) if scheme == "sqlite" and url not in IN_MEMORY else None


@cache
def _entries() -> EntryPoints:
    """The entry points of all stores; looking for them takes as long as making a store."""
    return entry_points(group=GROUP)


def _listed(names: set[str]) -> str:
    return ", ".join(f"{name}://" for name in sorted(names))


def _shortened(url: str) -> str:
    """The URL without what may be a password."""
    return url.rpartition("@")[2][:80]


def sqlite_store(url: str, password: str | None = None) -> Store:
    """Open a SQLite file, or a store in memory.

    Args:
        url: ``sqlite:///PATH``, or ``sqlite://`` for memory.
        password: ignored, for SQLite has none.

    Returns:
        The open store; the first writer makes the file.

    Raises:
        SettingsError: the URL makes no sense.
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
        SettingsError: the URL has another form.
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
        SettingsError: the URL has another form.
        StoreError: the driver can't use it.
    """
    with extra_needed("neo4j", "a store in Neo4j"):
        from provgraph.store.neo4j.store import open_neo4j

    return open_neo4j(url, password)
