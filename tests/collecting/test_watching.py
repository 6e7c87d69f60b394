"""`provgraph watch` as its users meet it: files appear, grow, are cut off; the store goes away.

Watchers are killed.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from provgraph.collecting import watching
from provgraph.collecting.drop_folder import DropFolder
from provgraph.collecting.posting import LoadServer
from provgraph.collecting.spool import put_in_spool
from provgraph.collecting.watching import Watcher, WatchOrder, until_signalled
from provgraph.errors import StoreError
from provgraph.ingest.loading import load
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import Report
from provgraph.store.protocol import Store
from provgraph.store.relational.store import open_sqlite
from tests.loaders.examples import LOGS
from tests.processes import DEADLINE, PROVGRAPH, UNPRIVILEGED, environment, loads_in, run, until
from tests.services import PostgresServer
from tests.services.process import free_port
from tests.web.test_loads import loading

WHOLE = sorted(LOGS.glob("apply_*.provlog"))


#: provgraph that waits for a silent PostgreSQL for twice as long as the tests do.
PATIENT = (
    sys.executable,
    "-c",
    "from provgraph.commands.main import main\n"
    "from provgraph.databases import postgresql\n"
    f"postgresql.CONNECT_SECONDS = {2 * DEADLINE:.0f}\n"
    "main()",
)


class Watched:
    """A folder that is watched, and a store."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "drop"
        self.folder.mkdir()
        self.database = home / "x.db"
        self.store = f"sqlite:///{self.database}"

    @contextmanager
    def watch(
        self,
        *options: str,
        store: str | None = None,
        before: tuple[str, ...] = (),
        program: tuple[str, ...] = PROVGRAPH,
    ) -> Iterator["subprocess.Popen[str]"]:
        command = [*before, *program, "watch", str(self.folder), "--interval", "0.1", *options]
        with (self.home / "said").open("a") as said:
            process = subprocess.Popen(
                command,
                env=environment(self.home, store or self.store),
                text=True,
                stdout=subprocess.PIPE,
                stderr=said,
                start_new_session=True,
            )
            try:
                yield process
            finally:
                process.kill()
                process.communicate()

    def once(self, *options: str) -> "subprocess.CompletedProcess[str]":
        return run(
            self.home,
            self.store,
            "watch",
            str(self.folder),
            "--once",
            "--interval",
            "0.05",
            *options,
        )

    def drop(self, name: str, text: str, age: float = 5.0) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (time.time() - age,) * 2)
        return path

    def loaded(self) -> list[str]:
        return [str(Path(source).relative_to(self.folder)) for source in loads_in(self.database)]

    def said(self) -> str:
        return (self.home / "said").read_text()


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def one_log(name: str) -> str:
    """A log of one activity of its own."""
    (record, *_), _ = json.JSONDecoder().raw_decode(WHOLE[0].read_text())
    return json.dumps([record | {"activity_uuid": name}])


def test_what_is_dropped_is_loaded_and_stays(watched: Watched) -> None:
    with watched.watch("--json", "--namespace", "scratch") as process:
        path = watched.drop("node7/a.provlog", one_log("a"))
        watched.drop("product.h5", "\x89HDF")
        assert process.stdout is not None
        report = json.loads(process.stdout.readline())
        assert (report["source"], report["status"], report["activities"]) == (
            str(path),
            "loaded",
            1,
        )
        process.terminate()
        assert process.wait(DEADLINE) == 0
        assert process.stdout.read() == ""
    assert path.exists()
    assert watched.said() == "1 loaded\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_soon(number: signal.Signals, watched: Watched) -> None:
    with watched.watch() as process:
        watched.drop("a.provlog", one_log("a"))
        until(lambda: bool(watched.loaded()))
        process.send_signal(number)
        assert process.wait(DEADLINE) == 0
    assert watched.said().endswith("1 loaded\n")


def test_a_log_that_grows_is_loaded_when_it_is_whole_and_again_when_it_is_longer(
    watched: Watched,
) -> None:
    whole = one_log("a")
    with watched.watch("--patience", "600"):
        path = watched.drop("a.provlog", whole[:-20], age=0)
        watched.drop("b.provlog", one_log("b"))
        until(lambda: watched.loaded() == ["b.provlog"])
        with path.open("a") as log:
            log.write(whole[-20:])
        until(lambda: watched.loaded() == ["a.provlog", "b.provlog"])
        with path.open("a") as log:
            log.write(one_log("c"))
        until(lambda: watched.loaded() == ["a.provlog", "a.provlog", "b.provlog"])
    stats = json.loads(run(watched.home, watched.store, "stats", "--json").stdout)
    assert stats["activities"] == 3


def test_a_log_that_stays_cut_off_is_loaded_as_it_is(watched: Watched) -> None:
    watched.drop("a.provlog", (one_log("a") + one_log("b"))[:-20], age=50)
    left = watched.once("--patience", "100", "--json")
    assert (left.returncode, left.stdout, left.stderr) == (0, "", "1 left until they are whole\n")
    done = watched.once("--patience", "20", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["status"], report["activities"]) == (1, "partial", 1)


def test_a_single_look(watched: Watched) -> None:
    watched.drop("a.provlog", one_log("a"))
    watched.drop("young.provlog", one_log("young"), age=-60)
    done = watched.once()
    assert (done.returncode, done.stderr) == (0, "1 loaded, 1 left until they are whole\n")
    again = watched.once()
    assert (again.returncode, again.stdout, again.stderr) == (
        0,
        "",
        "1 known before, 1 left until they are whole\n",
    )
    assert watched.loaded() == ["a.provlog"]


def test_what_is_dropped_is_sent_to_a_server(watched: Watched, tmp_path: Path) -> None:
    watched.drop("a.provlog", one_log("a"))
    watched.drop("cut.provlog", one_log("cut")[:-20])
    watched.drop("stranger.txt", "x")
    store = open_sqlite(watched.store)
    told: list[Report] = []
    with loading(store, tmp_path) as client:
        token = client.headers["authorization"].removeprefix("Bearer ")
        for expected in ({"loaded": 1}, {"known before": 1}):
            watcher = Watcher(
                WatchOrder(watched.folder, interval=0.05, only_once=True),
                lambda: LoadServer(str(client.base_url), token),
                told.append,
                lambda _: None,
            )
            watcher.look(Event())
            assert (watcher.counts, watcher.left) == (expected, 1)
    assert [(each.source, each.status) for each in told] == [
        (str(watched.folder / "a.provlog"), "loaded")
    ]
    assert [each.agent for each in store.loads()] == ["token night"]
    store.close()


def test_an_item_that_can_not_be_taken_holds_up_nothing_else(watched: Watched) -> None:
    put_in_spool(watched.folder, b"junk", "a", namespace="x", format_name=None, store="sqlite:///x")
    (watched.folder / "refused").write_text("in the way")
    with watched.watch() as process:
        watched.drop("b.provlog", one_log("b"))
        until(lambda: watched.loaded() == ["b.provlog"])
        watched.drop("c.provlog", one_log("c"))
        until(lambda: watched.loaded() == ["b.provlog", "c.provlog"])
        (watched.folder / "refused").unlink()
        until(lambda: "all works again" in watched.said())
        process.terminate()
        assert process.wait(DEADLINE) == 0
    assert watched.said().count("can't be taken from the spool") == 1
    assert watched.said().endswith("2 loaded, 1 refused\n")


def test_a_folder_that_can_not_be_read_for_a_while_is_waited_for(watched: Watched) -> None:
    with watched.watch(before=UNPRIVILEGED) as process:
        watched.drop("a.provlog", one_log("a"))
        until(lambda: watched.loaded() == ["a.provlog"])
        watched.folder.chmod(0o000)
        until(lambda: f"{watched.folder} can't be read: Permission denied" in watched.said())
        watched.folder.chmod(0o755)
        watched.drop("b.provlog", one_log("b"))
        until(lambda: watched.loaded() == ["a.provlog", "b.provlog"])
        process.terminate()
        assert process.wait(DEADLINE) == 0
    assert "Traceback" not in watched.said()


def test_only_spooled_leaves_files_alone(watched: Watched) -> None:
    watched.drop("a.provlog", one_log("a"))
    assert watched.once("--only-spooled").returncode == 0
    assert watched.loaded() == []


def test_what_was_put_aside_in_the_folder_is_delivered(watched: Watched) -> None:
    away = f"postgresql://u@127.0.0.1:{free_port()}/x"
    put = run(watched.home, away, "load", "--spool", str(watched.folder), str(WHOLE[0]))
    assert put.stdout.split() == ["spooled", str(WHOLE[0])]
    watched.drop("a.provlog", one_log("a"))
    done = watched.once()
    assert sorted(line.split()[1] for line in done.stdout.splitlines()) == sorted(
        [str(WHOLE[0]), str(watched.folder / "a.provlog")]
    )
    assert [path.name for path in watched.folder.iterdir()] == ["a.provlog"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("absent",), 2, "absent is no folder: make it"),
        ((".", "--namespace", "a/b"), 2, "can't be a namespace"),
        ((".", "--format", "odd"), 2, "'odd' is no format"),
        ((".", "--timeout", "3"), 2, "--timeout is for --once"),
        ((".", "--once", "--store", "postgresql://u:secret@127.0.0.1:1/x"), 3, "can't be reached"),
        ((".", "--store", "odd://x"), 2, "is no store"),
    ],
)
def test_errors_say_what_to_do(
    arguments: tuple[str, ...], code: int, said: str, watched: Watched
) -> None:
    done = run(watched.home, watched.store, "watch", *arguments)
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (code, True, False)
    assert "secret" not in done.stderr


@pytest.mark.parametrize("url", ["postgresql://u@127.0.0.1:{}/x", "bolt://u@127.0.0.1:{}/x"])
def test_a_store_that_never_answers_is_given_up(url: str, watched: Watched) -> None:
    watched.drop("a.provlog", one_log("a"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        away = url.format(listener.getsockname()[1])
        done = run(watched.home, away, "watch", str(watched.folder), "--once", "--timeout", "3")
    assert (done.returncode, "not done within 3 s" in done.stderr) == (3, True)


def test_a_signal_ends_it_while_it_hangs_in_a_store(watched: Watched) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        away = f"postgresql://u@127.0.0.1:{listener.getsockname()[1]}/x"
        with watched.watch(store=away, program=PATIENT) as process:
            connection, _ = listener.accept()
            process.terminate()
            assert process.wait(DEADLINE) == 0
        connection.close()
    assert watched.said() == "nothing to load\n"


def test_a_file_that_the_store_fails_on_keeps_no_other_back(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "poison", "z"):
        watched.drop(f"{name}.provlog", one_log(name))

    def failing(store: Store, sources: list[Source], **options: Any) -> Iterator[Report]:
        for source in sources:
            if "poison" in source.name:
                raise StoreError("the store chokes on it")
            yield from load(store, [source], **options)

    monkeypatch.setattr(watching, "load", failing)
    told: list[str] = []
    order = WatchOrder(watched.folder, interval=0.05, only_once=True)
    watcher = Watcher(
        order,
        lambda: open_sqlite("sqlite://"),
        lambda report: told.append(report.source),
        told.append,
    )
    with pytest.raises(StoreError, match="chokes"):
        watcher.look(Event())
    watcher.close()
    assert told == [str(watched.folder / "a.provlog"), str(watched.folder / "z.provlog")]
    assert watcher.left == 1


@pytest.mark.postgresql
def test_a_store_that_goes_away_is_waited_for(watched: Watched) -> None:
    server = PostgresServer()
    with server:
        server.start()
        url = server.create_database("watched")
        with watched.watch("--json", store=url) as process:
            assert process.stdout is not None
            watched.drop("a.provlog", one_log("a"))
            assert json.loads(process.stdout.readline())["status"] == "loaded"
            server.kill()
            watched.drop("b.provlog", one_log("b"))
            until(lambda: "trying again until it works" in watched.said())
            server.start()
            assert json.loads(process.stdout.readline())["source"].endswith("b.provlog")
            until(lambda: "all works again" in watched.said())
            process.terminate()
            assert process.wait(DEADLINE) == 0
    assert watched.said().count("trying again") == 1
    assert watched.said().endswith("2 loaded\n")


# --- exactly once
# ------------------------------------------------------------------------------------------


def test_watchers_of_one_folder_take_turns(watched: Watched) -> None:
    watched.drop("a.provlog", one_log("a"))
    with DropFolder(watched.folder, 1, 1, only_once=True).claimed():
        assert watched.once("--timeout", "2").returncode == 3
    assert watched.loaded() == []
    assert watched.once().returncode == 0
    assert watched.loaded() == ["a.provlog"]


def test_two_watchers_and_kills_load_each_file_once(watched: Watched) -> None:
    names = sorted(f"{number}.provlog" for number in range(80))
    for name in names:
        watched.drop(name, one_log(name))
    for _ in range(5):
        before = len(watched.loaded())
        with watched.watch(), watched.watch():
            until(lambda: len(watched.loaded()) > before or before == len(names))  # noqa: B023 - called at once
    with watched.watch(), watched.watch():
        until(lambda: len(watched.loaded()) >= len(names))
    assert watched.loaded() == names
    assert watched.once().stderr == "80 known before\n"


def test_signals_have_their_usual_effect_behind_the_block() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    threads = threading.active_count()
    with until_signalled(lambda: None):
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
    assert threading.active_count() == threads
