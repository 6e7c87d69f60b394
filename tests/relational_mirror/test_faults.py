"""Whatever happens to a sync, the mirror ends as one clean run would have made it.

docs/how-to/mirror.md has the table.
"""

import random
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from provgraph.commands.main import main
from provgraph.ingest.loading import load
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.verification import verify
from provgraph.store.registry import open_store
from tests.conftest import LOGS, empty_neo4j
from tests.processes import DEADLINE, PROVGRAPH, environment
from tests.relational_mirror.conftest import contents, rows_in
from tests.services import Neo4jServer, PostgresServer, Server

#: How many moments each fault strikes at.
STRIKES = 4
FIRST = ("irf", "train_energy")


@contextmanager
def syncing(home: Path, store: str, mirror: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A sync as a process of its own, gone at the end."""
    process = subprocess.Popen(
        [*PROVGRAPH, "sync", "--to", mirror, "--json", *options],
        env=environment(home, store),
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said = process.communicate(timeout=3 * DEADLINE)
    return process.returncode, said[1]


def strikes_after(process: subprocess.Popen[str], chance: random.Random, longest: float) -> None:
    """Let it run for a random time."""
    try:
        process.wait(chance.uniform(0, longest))
    except subprocess.TimeoutExpired:
        return


def fill(store: str, *names: str) -> None:
    with closing(open_store(store)) as opened:
        list(
            load(
                opened, [str(LOGS / f"{name}.provlog") for name in names] if names else [str(LOGS)]
            )
        )


def assert_is_clean(store: str, mirror: str, server: PostgresServer) -> None:
    """Sync once more.

    Then it equals a copy that was never disturbed, and no work of the struck ones is left over.
    """
    clean = server.create_database(f"clean{random.randrange(10**12)}")
    with closing(open_store(store)) as opened:
        sync(opened, mirror)
        assert sync(opened, mirror).subjects == 0
        sync(opened, clean)
        assert verify(opened, mirror).differences == []
    assert contents(rows_in(mirror)) == contents(rows_in(clean))


@pytest.fixture
def store_file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.mark.postgresql
def test_kill_9_of_the_sync(
    tmp_path: Path, store_file: str, mirror_url: str, postgres_server: PostgresServer
) -> None:
    chance = random.Random(1)
    fill(store_file, *FIRST)
    for strike in range(STRIKES):
        options = ("--full",) if strike % 2 else ()
        with syncing(tmp_path, store_file, mirror_url, *options) as process:
            strikes_after(process, chance, 2.5)
            process.kill()
        if strike == STRIKES // 2:
            fill(store_file)
    assert_is_clean(store_file, mirror_url, postgres_server)


def struck(home: Path, store: str, mirror: str, server: Server, chance: random.Random) -> None:
    """Kill a server while a sync is at work, and start it again: the sync goes on by itself."""
    with syncing(home, store, mirror, *chance.choice(((), ("--full",)))) as process:
        strikes_after(process, chance, 2.5)
        server.kill()
        server.start()
        code, said = ended(process)
    assert (code, "Traceback" in said) == (0, False), said


@pytest.mark.postgresql
def test_kill_9_of_postgresql(tmp_path: Path, store_file: str) -> None:
    chance = random.Random(2)
    with PostgresServer(fsync=True) as server:
        mirror = server.create_database("mirror")
        fill(store_file, *FIRST)
        for _ in range(STRIKES):
            struck(tmp_path, store_file, mirror, server, chance)
        fill(store_file)
        struck(tmp_path, store_file, mirror, server, chance)
        assert_is_clean(store_file, mirror, server)


@pytest.mark.postgresql
def test_kill_9_of_neo4j(
    tmp_path: Path, mirror_url: str, postgres_server: PostgresServer, struck_neo4j: Neo4jServer
) -> None:
    chance = random.Random(3)
    fill(struck_neo4j.url, *FIRST)
    struck(tmp_path, struck_neo4j.url, mirror_url, struck_neo4j, chance)
    assert_is_clean(struck_neo4j.url, mirror_url, postgres_server)


@pytest.mark.postgresql
def test_several_syncs_at_once(
    tmp_path: Path, store_file: str, mirror_url: str, postgres_server: PostgresServer
) -> None:
    fill(store_file)
    with (
        syncing(tmp_path, store_file, mirror_url) as one,
        syncing(tmp_path, store_file, mirror_url) as two,
        syncing(tmp_path, store_file, mirror_url, "--full") as three,
    ):
        assert [ended(each)[0] for each in (one, two, three)] == [0, 0, 0]
    assert_is_clean(store_file, mirror_url, postgres_server)


@pytest.mark.postgresql
@pytest.mark.neo4j
@pytest.mark.parametrize("kind", ["sqlite", "neo4j"])
def test_loads_while_it_syncs(
    kind: str,
    tmp_path: Path,
    mirror_url: str,
    postgres_server: PostgresServer,
    request: pytest.FixtureRequest,
) -> None:
    store = f"sqlite:///{tmp_path / 'store.db'}"
    if kind == "neo4j":
        store = request.getfixturevalue("neo4j_server").url
        empty_neo4j(store)
    fill(store, *FIRST)
    logs = sorted(LOGS.glob("run*.provlog"))[:3]
    loader = subprocess.Popen(
        [*PROVGRAPH, "load", *map(str, logs)],
        env=environment(tmp_path, store),
        stdout=subprocess.DEVNULL,
    )
    try:
        syncs = 0
        while loader.poll() is None or not syncs:
            with closing(open_store(store)) as opened:
                summary = sync(opened, mirror_url, full=syncs % 3 == 2)
                assert sum(summary.rows.values()) > 0
            syncs += 1
    finally:
        loader.kill()
        loader.wait()
    assert loader.returncode == 0
    assert_is_clean(store, mirror_url, postgres_server)


@pytest.mark.postgresql
def test_a_server_that_stays_away_is_exit_3(
    tmp_path: Path, store_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provgraph.store.waiting.PATIENCE_SECONDS", 0.5)
    fill(store_file, "irf")
    nobody = "postgresql://someone:very-secret@127.0.0.1:1/mirror"
    done = CliRunner().invoke(main, ["sync", "--to", nobody, "--store", store_file])
    assert done.exit_code == 3
    assert "can't be reached" in done.stderr
    assert "very-secret" not in done.output + done.stderr
