"""PostgreSQL from the system's own binaries."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from .process import HOST, PASSWORD, Server, ServiceUnavailable, free_port


def find(program: str) -> Path:
    """A program of the newest PostgreSQL: Debian keeps servers outside PATH."""
    versioned = Path("/usr/lib/postgresql").glob(f"*/bin/{program}")
    newest = sorted(versioned, key=lambda p: [int(n) for n in re.findall(r"\d+", str(p))])
    if newest:
        return newest[-1]
    if on_path := shutil.which(program):
        return Path(on_path)
    raise ServiceUnavailable(
        f"no {program}", where="/usr/lib/postgresql/*/bin and PATH", todo=Server.install_hint
    )


class PostgresServer(Server):
    """One PostgreSQL server; ``fsync=True`` for tests and numbers about durability."""

    name = "postgresql"
    user = "provgraph"
    password = PASSWORD
    _stop_signal = signal.SIGINT  # PostgreSQL's "fast" stop: does not wait for open connections

    def __init__(
        self,
        *,
        fsync: bool = False,
        shared_buffers: str = "128MB",
        data_dir: Path | None = None,
        start_timeout: float = 300.0,
    ) -> None:
        super().__init__(data_dir=data_dir, start_timeout=start_timeout)
        self.fsync, self.shared_buffers = fsync, shared_buffers
        self.port = free_port()
        self._data = self.home / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{self.user}:{self.password}@{HOST}:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """Create a database, empty or a copy of another one, and return its URL."""
        query = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(query.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    @property
    def _account(self) -> pwd.struct_passwd | None:
        """Whom to run as: PostgreSQL refuses root. None: as the caller."""
        if os.geteuid() != 0:
            return None
        try:
            return pwd.getpwnam("postgres")
        except KeyError:
            raise ServiceUnavailable(
                "PostgreSQL refuses to run as root, and there is no user postgres",
                where="/etc/passwd",
                todo=self.install_hint,
            ) from None

    def _prepare(self) -> None:
        self._hand_over(self.home)
        if not self._data.exists():
            self._make_data()

    def _make_data(self) -> None:
        secret = self.home / "password"
        secret.write_text(self.password)
        self._hand_over(secret)
        try:
            self._fill(
                *("initdb", "-U", self.user, "--no-sync"),
                *("--auth=scram-sha-256", f"--pwfile={secret}"),
                *("--encoding=UTF8", "--locale=C.UTF-8"),
            )
        finally:
            secret.unlink()

    def _hand_over(self, path: Path) -> None:
        """Give a file to the user as whom the server runs."""
        account = self._account
        if account is not None:
            os.chown(path, account.pw_uid, account.pw_gid)

    def _fill(self, program: str, *options: str) -> None:
        """Let a program of PostgreSQL make the data of the server."""
        with self._run(str(find(program)), "-D", str(self._data), *options) as filling:
            code = filling.wait()
        if code:
            shutil.rmtree(self._data, ignore_errors=True)  # half a cluster would look like one
            raise self._failed(f"{program} failed with {code}")

    def _launch(self) -> subprocess.Popen[bytes]:
        # The postmaster itself rather than pg_ctl: as a child its end is seen at once.
        return self._run(
            *(str(find("postgres")), "-D", str(self._data), "-p", str(self.port)),
            *("-c", f"listen_addresses={HOST}", "-c", "unix_socket_directories="),
            *("-c", f"fsync={'on' if self.fsync else 'off'}"),
            *("-c", f"shared_buffers={self.shared_buffers}", "-c", "timezone=UTC"),
            *("-c", "logging_collector=off"),
        )

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        account = self._account
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                user=account and account.pw_uid,
                group=account and account.pw_gid,
                extra_groups=None if account is None else [],
                cwd=self.home,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal is for the test run, which then stops the server.
                start_new_session=True,
            )

    def _ping(self) -> None:
        with psycopg.connect(self.url(), connect_timeout=30) as connection:
            connection.execute("SELECT 1")


class PostgresStandby(PostgresServer):
    """A hot standby of another server: all of it, read-only, and a little later."""

    name = "postgresql-standby"

    def __init__(self, primary: PostgresServer) -> None:
        super().__init__()
        self._primary = primary

    def _make_data(self) -> None:
        source = f"{self._primary.url()}?application_name=standby"
        self._fill(
            *("pg_basebackup", "-d", source),
            *("-R", "-X", "stream", "-c", "fast", "--no-sync"),
        )
