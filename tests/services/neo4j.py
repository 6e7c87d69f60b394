"""Neo4j Community from its Maven artifacts: the real server without docker."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from neo4j import GraphDatabase

from .maven import CACHE, jars, program
from .process import HOST, PASSWORD, Server, ServiceUnavailable, free_port

POM = Path(__file__).parent / "neo4j" / "pom.xml"
#: Java translates its program with less care, and clears up in one thread: a server that lives for
#: minutes never gets back the time that more care takes, which is most of its first minute. Nor
#: does it look whether the classes of the artifacts, whose checksums are known, are sound.
_SHORT_LIVED = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:-BytecodeVerificationRemote",
)
#: Tests empty and fill the database all the time, which makes every plan old; to plan anew takes a
#: fifth of the server's work.
_KEEP_PLANS = "dbms.cypher.min_replan_interval=10h"


class Neo4jServer(Server):
    """One Neo4j Community server; ``heap`` and ``pagecache`` as Neo4j writes sizes.

    One that is measured is ``long_lived``: it starts more slowly, and answers faster in the end.
    """

    name = "neo4j"
    user = "neo4j"
    password = PASSWORD

    def __init__(
        self,
        *,
        heap: str = "512m",
        pagecache: str = "256m",
        long_lived: bool = False,
        data_dir: Path | None = None,
        cache: Path = CACHE,
        start_timeout: float = 600.0,
    ) -> None:
        super().__init__(data_dir=data_dir, start_timeout=start_timeout)
        self.heap, self.pagecache, self.cache = heap, pagecache, cache
        self._java_options = () if long_lived else _SHORT_LIVED
        self.bolt_port = free_port()
        self.http_port = free_port()

    @property
    def url(self) -> str:
        """What PROVGRAPH_STORE takes, password included."""
        return f"bolt://{self.user}:{self.password}@{HOST}:{self.bolt_port}/neo4j"

    @property
    def _conf(self) -> Path:
        return self.home / "conf"

    def _prepare(self) -> None:
        self._java, self._lib = program("java"), jars("neo4j", POM, self.cache)
        self._conf.mkdir(exist_ok=True)
        (self._conf / "neo4j.conf").write_text(
            "\n".join(
                (
                    f"server.default_listen_address={HOST}",
                    f"server.default_advertised_address={HOST}",
                    "server.bolt.enabled=true",
                    f"server.bolt.listen_address=:{self.bolt_port}",
                    f"server.bolt.advertised_address=:{self.bolt_port}",
                    "server.http.enabled=true",
                    f"server.http.listen_address=:{self.http_port}",
                    "server.https.enabled=false",
                    f"server.memory.heap.initial_size={self.heap}",
                    f"server.memory.heap.max_size={self.heap}",
                    f"server.memory.pagecache.size={self.pagecache}",
                    "dbms.security.auth_enabled=true",
                    "dbms.usage_report.enabled=false",
                    "db.logs.query.enabled=OFF",
                    *((_KEEP_PLANS,) if self._java_options else ()),
                    "",
                )
            )
        )
        if not (self.home / "data").exists():
            self._set_password()

    def administer(self, *command: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a command of ``neo4j-admin`` in a folder, while the server is stopped."""
        self._prepare()
        return self._admin(*command, folder=folder)

    def _admin(self, *command: str, folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                *(self._java, *_SHORT_LIVED, "-cp", f"{self._lib}/*", "org.neo4j.cli.AdminTool"),
                *command,
            ],
            cwd=folder,
            env={**os.environ, "NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self._conf)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,  # who calls says more than CalledProcessError
            text=True,
        )

    def _set_password(self) -> None:
        done = self._admin("dbms", "set-initial-password", self.password, folder=self.home)
        if done.returncode:
            # or the next start would take the folder for a finished one
            shutil.rmtree(self.home / "data", ignore_errors=True)
            raise ServiceUnavailable(
                f"Neo4j's first password could not be set: {(done.stdout + done.stderr)[-2000:]}",
                where=str(self.home),
                todo="check that `java -version` says 17 or 21",
            )

    def _launch(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [
                    self._java,
                    # The heap is java's own business: neo4j.conf's sizes only inform.
                    *(f"-Xms{self.heap}", f"-Xmx{self.heap}", *self._java_options),
                    # As Neo4j's own launcher has it, for off-heap memory access.
                    "--add-opens=java.base/java.nio=ALL-UNNAMED",
                    "--add-opens=java.base/java.io=ALL-UNNAMED",
                    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                    "-Dio.netty.tryReflectionSetAccessible=true",
                    *("-cp", f"{self._lib}/*", "org.neo4j.server.CommunityEntryPoint"),
                    *(f"--home-dir={self.home}", f"--config-dir={self._conf}"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal is for the test run, which then stops the server.
                start_new_session=True,
            )

    def _ping(self) -> None:
        with GraphDatabase.driver(
            f"bolt://{HOST}:{self.bolt_port}",
            auth=(self.user, self.password),
            connection_timeout=30,
            max_transaction_retry_time=0,
        ) as driver:
            driver.execute_query("RETURN 1")
