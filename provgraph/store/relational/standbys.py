"""A PostgreSQL primary and its hot standbys, by a URL with several hosts.

Writers use the primary. Readers ask a standby where there is one, and see what this process itself
has written: a standby that has not replayed so much yet is passed over for another host, the
primary at last.

Source: PostgreSQL manual, 34.1.1.3 (several hosts), 34.1.2 (``target_session_attrs``), 9.27.4
(``pg_last_wal_replay_lsn``).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol
from urllib.parse import parse_qsl

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from typing_extensions import override

from provgraph.databases.postgresql import PostgresqlAddress, postgresql_address
from provgraph.errors import SettingsError
from provgraph.store.relational.connection import SqlDatabase
from provgraph.store.relational.postgresql import POSTGRESQL_FORM, POSTGRESQL_OPTIONS

#: The option of a URL that says which hosts readers ask, and what it may be (libpq's words).
OPTION = "target_session_attrs"
CHOICES = ("prefer-standby", "standby", "any", "primary", "read-write", "read-only")
_PRIMARY = "read-write"
#: Seconds after which a reader's connection is made anew, so that a standby is asked again after
#: the primary had to help out.
_RECYCLE_SECONDS = 60
_IS_FRESH = (
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() >= %s::pg_lsn ELSE true END"
)


class DriverConnection(Protocol):
    """What is used of a connection of psycopg."""

    def execute(self, query: str, parameters: Any = None) -> Any:
        """Send a query."""

    def rollback(self) -> None:
        """End the transaction."""

    def close(self) -> None:
        """Let go of the server."""


class PrimaryAndStandbys(SqlDatabase):
    """Several servers with one content, the one a little later than the other."""

    def __init__(self, address: PostgresqlAddress, hosts: str, ports: str, wanted: str) -> None:
        """Get ready; nothing is sent yet.

        Args:
            address: of any of the hosts.
            hosts: all of them, with commas between.
            ports: theirs, in the same order.
            wanted: which hosts readers ask, one of `CHOICES`.
        """
        shown = URL.create(
            "postgresql+psycopg", username=address.user, host=hosts, database=address.database
        )
        self._settings = address.settings(host=hosts, port=ports, options=POSTGRESQL_OPTIONS)
        self._wanted = wanted
        #: Up to where this process has written; None before it has.
        self._written: str | None = None
        self._writer = self._engine(shown, lambda: self._connected(_PRIMARY))
        self._reader = self._engine(shown, self._fresh, pool_recycle=_RECYCLE_SECONDS)
        self.address = self._writer.url.set(drivername="postgresql").render_as_string()
        event.listen(self._writer, "checkin", self._note_writing)
        event.listen(self._reader, "checkout", self._check)

    @staticmethod
    def _engine(shown: URL, connect: Callable[[], Any], **options: Any) -> Engine:
        return create_engine(shown, creator=connect, pool_pre_ping=True, **options)

    @override
    def reading(self) -> AbstractContextManager[Engine]:
        return nullcontext(self._reader)

    @override
    def writer(self) -> Engine:
        return self._writer

    @override
    def close(self) -> None:
        for engine in (self._writer, self._reader):
            engine.dispose()

    def _connected(self, wanted: str) -> DriverConnection:
        import psycopg  # noqa: PLC0415 - only this store needs the driver

        connection: DriverConnection = psycopg.connect(
            **self._settings, target_session_attrs=wanted
        )
        return connection

    def _fresh(self) -> DriverConnection:
        """A connection for a reader, to a host that has all that this process wrote."""
        connection = self._connected(self._wanted)
        if self._is_fresh(connection):
            return connection
        connection.close()
        return self._connected(_PRIMARY)

    def _is_fresh(self, connection: DriverConnection) -> bool:
        if self._written is None:
            return True
        (found,) = connection.execute(_IS_FRESH, (self._written,)).fetchone()
        connection.rollback()
        return bool(found)

    def _check(self, connection: DriverConnection, record: Any, _proxy: object) -> None:
        """Look whether a connection that was kept leads to a host that has what was written."""
        if self._written is None or record.info.get("fresh") == self._written:
            return
        if not self._is_fresh(connection):
            raise DisconnectionError  # the pool makes another one
        record.info["fresh"] = self._written

    def _note_writing(self, connection: DriverConnection | None, _record: object) -> None:
        """Note up to where the primary has written when a writer is done."""
        if connection is not None:
            (self._written,) = connection.execute("SELECT pg_current_wal_lsn()::text").fetchone()
            connection.rollback()


def primary_and_standbys(url: str, password: str | None) -> PrimaryAndStandbys:
    """The servers in a URL ``postgresql://USER@HOST:5432,HOST:5432/DATABASE``.

    Args:
        url: with several hosts, or with the option ``target_session_attrs``.
        password: instead of the one in the URL.

    Raises:
        SettingsError: the URL makes no sense.
    """
    login, at, place = url.partition("://")[2].rpartition("@")
    hosts, _, rest = place.partition("/")
    database, _, query = rest.partition("?")
    addresses = [
        postgresql_address(
            f"postgresql://{login}{at}{host}/{database}", POSTGRESQL_FORM, password=password
        )
        for host in hosts.split(",")
    ]
    if any(not each.host for each in addresses):
        raise SettingsError(POSTGRESQL_FORM)
    return PrimaryAndStandbys(
        addresses[0],
        ",".join(each.host for each in addresses),
        ",".join(str(each.port or 5432) for each in addresses),
        _wanted(query),
    )


def _wanted(query: str) -> str:
    """Which hosts readers ask."""
    try:
        options = dict(parse_qsl(query, strict_parsing=bool(query)))
    except ValueError:
        raise SettingsError(POSTGRESQL_FORM) from None
    wanted = options.pop(OPTION, CHOICES[0])
    if options or wanted not in CHOICES:
        raise SettingsError(POSTGRESQL_FORM)
    return wanted
