"""Logs that wait in a spool are delivered to a store, each of them once."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from provgraph.collecting import delivery
from provgraph.collecting.delivery import deliver
from provgraph.collecting.spool import claim_item, remove_item, waiting_items
from provgraph.commands.main import main
from provgraph.errors import (
    ProvGraphError,
    ReaderEndedError,
    SettingsError,
    SpoolError,
    StoreError,
    UnreachableError,
)
from provgraph.ingest.loading import load
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import Report
from provgraph.settings import destination
from provgraph.store.protocol import Store
from tests.collecting.items import WHOLE, aside
from tests.loaders.examples import LOGS
from tests.processes import DEADLINE, PROVGRAPH, environment, loads_in, run, until
from tests.services.process import free_port

DAMAGED = LOGS / "edge_truncated.provlog"
AWAY = "postgresql://u:secret@127.0.0.1:{}/x"


def test_what_is_delivered_keeps_its_name_and_namespace(tmp_path: Path, store: Store) -> None:
    aside(tmp_path, WHOLE[0], "/scratch/run.provlog")
    (report,) = deliver(store, tmp_path)
    (kept,) = store.loads()
    assert (kept.source, kept.namespace, kept.id) == (
        "/scratch/run.provlog",
        "scratch",
        report.load,
    )
    assert list(tmp_path.iterdir()) == []
    assert list(deliver(store, tmp_path)) == []


def test_what_is_meant_for_another_store_stays(tmp_path: Path, store: Store) -> None:
    aside(tmp_path, WHOLE[0], store="sqlite:////other.db")
    assert list(deliver(store, tmp_path, "sqlite:////this.db")) == []
    assert len(waiting_items(tmp_path)) == 1


@pytest.mark.parametrize(
    ("content", "status"), [(b"junk", "refused"), (DAMAGED.read_bytes(), "partial")]
)
def test_what_can_not_be_read_is_kept_with_the_reason(
    content: bytes, status: str, tmp_path: Path, store: Store
) -> None:
    aside(tmp_path, content)
    aside(tmp_path, WHOLE[0], "good")
    assert {report.source: report.status for report in deliver(store, tmp_path)} == {
        "good": "loaded",
        "run.provlog": status,
    }
    (kept,) = (tmp_path / "refused").iterdir()
    (item,) = kept.glob("*.waiting")
    assert (item / "run.provlog").read_bytes() == content
    assert (kept / "why.txt").read_text().startswith(f"run.provlog: {status}; ")
    assert waiting_items(tmp_path) == []
    item.rename(tmp_path / item.name)  # try again
    assert [report.status for report in deliver(store, tmp_path)] == [status]


def test_who_was_killed_between_store_and_spool_delivers_again_without_a_trace(
    tmp_path: Path, store: Store
) -> None:
    item = aside(tmp_path / "spool", WHOLE[0])
    shutil.copytree(item, tmp_path / "before")
    assert [report.status for report in deliver(store, tmp_path / "spool")] == ["loaded"]
    shutil.move(tmp_path / "before", item)
    assert [report.status for report in deliver(store, tmp_path / "spool")] == ["unchanged"]
    assert len(list(store.loads())) == 1


def test_an_item_that_another_delivers_is_left_to_it(tmp_path: Path, store: Store) -> None:
    item = aside(tmp_path, WHOLE[0])
    with claim_item(item) as is_ours:
        assert is_ours
        assert list(deliver(store, tmp_path)) == []
    assert len(list(deliver(store, tmp_path))) == 1


class _Failing:
    """Loads that fail, some or all of them."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, error: ProvGraphError, *sources: str
    ) -> None:
        self.tried = 0

        def failing(store: Store, names: list[Source], **options: Any) -> Iterator[Report]:
            self.tried += 1
            if not sources or names[0].name in sources:
                raise error
            return load(store, names, **options)

        monkeypatch.setattr(delivery, "load", failing)


def test_one_log_that_the_store_fails_on_keeps_no_other_back(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "poison", "b"):
        aside(tmp_path, WHOLE[0], name)
    _Failing(monkeypatch, StoreError("no"), "poison")
    reports = deliver(store, tmp_path)
    assert {next(reports).source, next(reports).source} == {"a", "b"}
    with pytest.raises(StoreError, match="no"):
        next(reports)
    assert len(waiting_items(tmp_path)) == 1


@pytest.mark.parametrize("error", [SpoolError("no"), ReaderEndedError("no")])
def test_items_that_can_not_be_taken_keep_no_other_back(
    error: ProvGraphError, tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("good", *"abcde"):
        aside(tmp_path, WHOLE[0], name)
    _Failing(monkeypatch, error, *"abcde")
    reports = deliver(store, tmp_path)
    assert next(reports).source == "good"
    with pytest.raises(type(error)):
        next(reports)
    assert len(waiting_items(tmp_path)) == 5


@pytest.mark.parametrize(
    ("error", "tried"), [(UnreachableError("gone"), 1), (StoreError("disk full"), 3)]
)
def test_a_store_that_fails_is_not_asked_for_each_item(
    error: StoreError, tried: int, tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        aside(tmp_path, WHOLE[0])
    failing = _Failing(monkeypatch, error)
    with pytest.raises(type(error)):
        list(deliver(store, tmp_path))
    assert failing.tried == tried
    assert len(waiting_items(tmp_path)) == 6


# --- load --spool
def test_load_by_spool_reports_as_load_does(tmp_path: Path) -> None:
    database = tmp_path / "x.db"
    store = f"sqlite:///{database}"
    done = run(
        tmp_path, store, "load", "--spool", "sp", str(WHOLE[0]), "absent", str(DAMAGED), "--json"
    )
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [report["status"] for report in reports] == ["loaded", "refused", "partial"]
    assert (done.returncode, loads_in(database)) == (1, sorted([str(WHOLE[0]), str(DAMAGED)]))
    again = run(tmp_path, store, "load", "--spool", "sp", str(WHOLE[0]))
    assert (again.returncode, again.stdout.split()[0]) == (0, "unchanged")
    assert again.stderr.startswith("1 source (1 unchanged): ")
    assert waiting_items(tmp_path / "sp") == []


def test_load_by_spool_takes_what_load_takes(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    (folder / "sub").mkdir(parents=True)
    shutil.copy(WHOLE[0], folder / "sub")
    (folder / "other.h5").write_bytes(b"\x89HDF" + bytes(99))
    store = f"sqlite:///{tmp_path / 'x.db'}"
    done = run(tmp_path, store, "load", "--spool", "sp", "logs", "-", input=WHOLE[1].read_text())
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["loaded", f"{folder}/sub/{WHOLE[0].name}"],
        ["loaded", "-"],
    ]
    (folder / "sub" / WHOLE[0].name).unlink()
    none = run(tmp_path, store, "load", "--spool", "sp", "logs")
    assert (none.returncode, "it holds 1 file, none of a format" in none.stderr) == (1, True)


def test_load_by_spool_is_content_when_the_store_is_away(tmp_path: Path) -> None:
    away = AWAY.format(free_port())
    done = run(tmp_path, away, "load", "--spool", "sp", str(WHOLE[0]), "--json")
    assert (done.returncode, json.loads(done.stdout)["status"]) == (0, "spooled")
    assert "can't be reached" in done.stderr
    assert "1 log waits in sp; the next" in done.stderr
    assert "secret" not in done.stdout + done.stderr
    two = [str(WHOLE[0]), str(WHOLE[2]), "absent.provlog"]
    more = run(tmp_path, away, "load", "--spool", "sp", *two)
    assert "3 logs wait in sp, 1 of them from before; the next" in more.stderr
    for item in waiting_items(tmp_path / "sp")[:2]:
        remove_item(item)
    later = run(tmp_path, f"sqlite:///{tmp_path / 'x.db'}", "load", "--spool", "sp", str(WHOLE[1]))
    assert later.stdout.startswith(f"loaded     {WHOLE[1]}")
    assert f"delivered from the spool: loaded {WHOLE[0]}" in later.stderr
    assert loads_in(tmp_path / "x.db") == sorted(map(str, WHOLE[:2]))


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_that_are_no_text_are_reported_as_they_are_stored(
    encoding: str, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"fo\xfflder")
    folder.mkdir()
    log = shutil.copy(WHOLE[0], tmp_path / os.fsdecode(b"sur\xffr\xc3\xa9.provlog"))
    command = [
        *PROVGRAPH,
        "load",
        "--spool",
        os.fsdecode(b"sp\xff"),
        "--json",
        log,
        str(folder),
        str(folder / "absent"),
    ]
    variables = environment(
        tmp_path, f"sqlite:///{tmp_path}/x.db", PYTHONIOENCODING=f"{encoding}:strict"
    )
    done = subprocess.run(
        command, cwd=tmp_path, env=variables, capture_output=True, encoding=encoding, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(report["source"], report["status"]) for report in reports] == [
        (f"{tmp_path}/sur\\udcffré.provlog", "loaded"),
        (f"{tmp_path}/fo\\udcfflder", "refused"),
        (f"{tmp_path}/fo\\udcfflder/absent", "refused"),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("",), "a source without name"),
        (("x", "--namespace", "a/b"), "can't be a namespace"),
        (("x", "--namespace", os.fsdecode(b"\xff")), "can't be a namespace: give a word in UTF-8"),
        (("x", "--format", "odd"), "'odd' is no format"),
        (("x", "--jobs", "2"), "--jobs is not for --spool"),
        (("x", "--store", "sqlite://"), "a store in memory"),
    ],
)
def test_wrong_usage_puts_nothing_aside(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    done = run(tmp_path, "sqlite:///x.db", "load", "--spool", "sp", *arguments)
    assert (done.returncode, said in done.stderr) == (2, True)
    assert not (tmp_path / "sp").exists()


def test_load_delivers_what_waits_for_its_store(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'x.db'}"
    spool = tmp_path / "default"
    aside(spool, WHOLE[1], "earlier", destination(store))
    aside(spool, WHOLE[2], "elsewhere", "postgresql://other/x")
    command = [*PROVGRAPH, "load", str(WHOLE[0])]
    variables = environment(tmp_path, store, PROVGRAPH_SPOOL=str(spool))
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 1
    delivered, totals = done.stderr.splitlines()
    assert delivered == "provgraph: delivered from the spool: loaded earlier"
    assert totals.startswith("1 source (1 loaded): ")
    assert loads_in(tmp_path / "x.db") == sorted([str(WHOLE[0]), "earlier"])
    assert len(waiting_items(spool)) == 1


@pytest.mark.parametrize(
    ("error", "code", "has_loaded"),
    [
        (SpoolError("bad item"), 0, True),
        (StoreError("bad item"), 0, True),
        (UnreachableError("bad item"), 3, False),
    ],
)
def test_trouble_with_what_waits_is_none_of_a_load(
    error: ProvGraphError,
    code: int,
    has_loaded: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aside(tmp_path / "default", WHOLE[1], "earlier", destination(f"sqlite:///{tmp_path}/x.db"))
    _Failing(monkeypatch, error)
    monkeypatch.setenv("PROVGRAPH_SPOOL", str(tmp_path / "default"))
    done = CliRunner().invoke(
        main, ["--store", f"sqlite:///{tmp_path}/x.db", "load", str(WHOLE[0])]
    )
    assert (done.exit_code, "bad item" in done.stderr) == (code, True)
    assert loads_in(tmp_path / "x.db") == ([str(WHOLE[0])] if has_loaded else [])


# --- exactly once
def test_two_deliverers_and_kills_load_each_log_once(tmp_path: Path) -> None:
    """Two deliverers at once, killed again and again, in the end deliver each log exactly once."""
    spool, database = tmp_path / "spool", tmp_path / "x.db"
    store = f"sqlite:///{database}"
    names = [f"log {number}" for number in range(60)]
    (record, *_), _ = json.JSONDecoder().raw_decode(WHOLE[0].read_text())
    for name in names:
        aside(spool, json.dumps([record | {"activity_uuid": name}]).encode(), name)

    def pair() -> list["subprocess.Popen[bytes]"]:
        command = [*PROVGRAPH, "watch", "--once", "--only-spooled", str(spool)]
        variables = environment(tmp_path, store)
        return [
            subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL) for _ in range(2)
        ]

    for _ in range(5):
        before = len(loads_in(database))
        processes = pair()
        until(lambda: len(loads_in(database)) > before)  # noqa: B023 - called at once
        for process in processes:
            process.kill()
            process.wait()
    assert [process.wait(DEADLINE) for process in pair()] == [0, 0]
    assert loads_in(database) == sorted(names)
    assert waiting_items(spool) == []


def test_an_empty_name_is_refused_before_anything_is_put_aside(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        list(
            delivery.spool_sources(
                tmp_path, [str(WHOLE[0]), ""], format_name=None, namespace="x", store="sqlite:///x"
            )
        )
    assert waiting_items(tmp_path) == []
