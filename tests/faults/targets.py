"""Stores to strike: a SQLite file, and real servers behind a proxy of ours.

Each can be made empty again.
"""

import os
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from neo4j import GraphDatabase
from psycopg import sql

from tests.conftest import empty_neo4j
from tests.faults.proxy import Proxy
from tests.services import Neo4jServer, PostgresServer, Server, ServiceUnavailable
from tests.services.process import HOST

MEBI = 1 << 20


class Target(ABC):
    """A store that loaders write to while something goes wrong.

    Attributes:
        name: as the tables of results have it.
        url: for those who check it.
        loader_url: for the loaders; a server's leads through the proxy.
        server: None without one.
        proxy: before the server; None without one.
        disk: the small disk that the store is on; None when it is on an ordinary one.
    """

    name: str
    url: str
    loader_url: str
    server: Server | None = None
    proxy: Proxy | None = None
    disk: "SmallDisk | None" = None

    @abstractmethod
    def empty(self) -> None:
        """Make it an empty store, as nobody has used it yet."""

    @abstractmethod
    def is_reached(self) -> bool:
        """Whether a loader has come to the store since it was made empty."""

    def heal(self) -> None:
        """End every fault.

        The disk has space, the server runs, the network passes everything on.
        """
        if self.disk is not None:
            self.disk.free()
        if self.server is not None:
            self.server.start()
        if self.proxy is not None:
            self.proxy.restore()


class SQLiteTarget(Target):
    """A file, another one each time."""

    name = "SQLite"

    def __init__(self, folder: Path, disk: "SmallDisk | None" = None) -> None:
        """Keep the files in the folder."""
        self.disk = disk
        self._folder = folder / "store"
        self._numbers = count()
        self.empty()

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def empty(self) -> None:
        """Begin a new file."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        self._path = self._folder / f"store{next(self._numbers)}.db"
        self.url = self.loader_url = f"sqlite:///{self._path}"

    def is_reached(self) -> bool:
        """Whether anything was written."""
        return self._path.exists() and self._path.stat().st_size > 0


class PostgreSQLTarget(Target):
    """A database of a server, another one each time."""

    name = "PostgreSQL"
    proxy: Proxy
    #: psycopg sends it as a simple query.
    _commit = b"COMMIT\x00"
    #: Of databases: other targets may be on the same server.
    _numbers = count()

    def __init__(
        self, server: PostgresServer, proxy: Proxy, disk: "SmallDisk | None" = None
    ) -> None:
        """Take a running server and a proxy before it."""
        self.server, self.proxy, self.disk = server, proxy, disk
        proxy.watched = self._commit
        self._postgres = server
        self._database = ""

    def empty(self) -> None:
        """Begin a new database."""
        if self._database:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self._database))
            with psycopg.connect(self._postgres.url(), autocommit=True) as connection:
                connection.execute(drop)
        self._database = f"faults{next(self._numbers)}"
        self.url = self._postgres.create_database(self._database)
        self.loader_url = self.url.replace(f":{self._postgres.port}/", f":{self.proxy.port}/")
        self.proxy.restore()

    def is_reached(self) -> bool:
        """Whether a connection came."""
        return self.proxy.links > 0


class Neo4jTarget(Target):
    """The only database of a server."""

    name = "Neo4j"
    proxy: Proxy
    #: The message of that name in Bolt 5, in a chunk of its own.
    _commit = b"\x00\x02\xb0\x12\x00\x00"

    def __init__(self, server: Neo4jServer, proxy: Proxy, disk: "SmallDisk | None" = None) -> None:
        """Take a running server and a proxy before it."""
        self.server, self.proxy, self.disk = server, proxy, disk
        proxy.watched = self._commit
        self._neo4j = server
        self.url = server.url
        self.loader_url = server.url.replace(f":{server.bolt_port}/", f":{proxy.port}/")

    def empty(self) -> None:
        """Take everything out, constraints and indexes too: the first writers make them again."""
        empty_neo4j(self.url)
        login = (self._neo4j.user, self._neo4j.password)
        with GraphDatabase.driver(f"bolt://{HOST}:{self._neo4j.bolt_port}", auth=login) as driver:
            for kind, all_of_them in (("CONSTRAINT", "CONSTRAINTS"), ("INDEX", "INDEXES")):
                query = f"SHOW {all_of_them} YIELD name, type WHERE type <> 'LOOKUP'"
                for record in driver.execute_query(query).records:
                    driver.execute_query(f"DROP {kind} {record['name']} IF EXISTS")
        self.proxy.restore()

    def is_reached(self) -> bool:
        """Whether a connection came."""
        return self.proxy.links > 0


class SmallDisk:
    """A file system in memory that can be made full: a file takes what is not to be free."""

    def __init__(self, folder: Path, size: int) -> None:
        """Mount it.

        Raises:
            ServiceUnavailable: that is not allowed here.
        """
        self.folder = folder
        self._filler = folder / "filler"
        command = ("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServiceUnavailable(
                f"a small disk can't be mounted: {done.stderr.strip()}",
                where=str(folder),
                todo="run as root, in a container that may mount (docker run --cap-add SYS_ADMIN)",
            )

    def fill(self, left: int) -> None:
        """Leave so many bytes free."""
        self.free()
        status = os.statvfs(self.folder)
        with self._filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(status.f_bavail * status.f_frsize - left, 1))

    def free(self) -> None:
        """Give back what `fill` took."""
        self._filler.unlink(missing_ok=True)

    def used(self) -> int:
        """How many bytes are taken."""
        status = os.statvfs(self.folder)
        return (status.f_blocks - status.f_bfree) * status.f_frsize

    def close(self) -> None:
        """Unmount it."""
        subprocess.run(("umount", "-l", str(self.folder)), check=True)


@contextmanager
def small_disk(size: int) -> Iterator[SmallDisk]:
    """A disk of so many bytes."""
    with TemporaryDirectory(prefix="provgraph-disk-") as folder:
        # PostgreSQL runs under an account of its own, which must get to its data.
        Path(folder).chmod(0o755)
        disk = SmallDisk(Path(folder), size)
        try:
            yield disk
        finally:
            disk.close()


@contextmanager
def sqlite_on_small_disk() -> Iterator[Target]:
    """A SQLite file on a small disk."""
    with small_disk(64 * MEBI) as disk:
        yield SQLiteTarget(disk.folder, disk)


@contextmanager
def postgresql_on_small_disk() -> Iterator[Target]:
    """A PostgreSQL server with all that it keeps on a small disk."""
    with (
        small_disk(512 * MEBI) as disk,
        PostgresServer(data_dir=disk.folder / "server") as server,
        Proxy(server.port) as proxy,
    ):
        yield PostgreSQLTarget(server, proxy, disk)


@contextmanager
def neo4j_on_small_disk() -> Iterator[Target]:
    """A Neo4j server with all that it keeps on a small disk."""
    with (
        small_disk(1024 * MEBI) as disk,
        Neo4jServer(data_dir=disk.folder / "server") as server,
        Proxy(server.bolt_port) as proxy,
    ):
        yield Neo4jTarget(server, proxy, disk)


@contextmanager
def postgresql_target(server: PostgresServer) -> Iterator[Target]:
    """Databases of a running server, behind a proxy."""
    with Proxy(server.port) as proxy:
        yield PostgreSQLTarget(server, proxy)


@contextmanager
def neo4j_target(server: Neo4jServer) -> Iterator[Target]:
    """The database of a running server, behind a proxy."""
    with Proxy(server.bolt_port) as proxy:
        yield Neo4jTarget(server, proxy)


@contextmanager
def sqlite_target() -> Iterator[Target]:
    """A SQLite file."""
    with TemporaryDirectory(prefix="provgraph-faults-") as folder:
        yield SQLiteTarget(Path(folder))


@contextmanager
def opened(name: str, small: bool) -> Iterator[Target]:
    """A store by its name, on a small disk or an ordinary one, with a server of its own."""
    with ExitStack() as stack:
        if small:
            yield stack.enter_context(_ON_SMALL_DISK[name]())
        elif name == "SQLite":
            yield stack.enter_context(sqlite_target())
        elif name == "PostgreSQL":
            yield stack.enter_context(postgresql_target(stack.enter_context(PostgresServer())))
        else:
            yield stack.enter_context(neo4j_target(stack.enter_context(Neo4jServer())))


_ON_SMALL_DISK = {
    "SQLite": sqlite_on_small_disk,
    "PostgreSQL": postgresql_on_small_disk,
    "Neo4j": neo4j_on_small_disk,
}
STORES = tuple(_ON_SMALL_DISK)
