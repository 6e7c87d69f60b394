"""Large sources are read by another process; what is loaded is the same."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest

from provgraph.errors import LoadError, ReaderEndedError
from provgraph.ingest.loading import load
from provgraph.ingest.reading import process as reading_process
from provgraph.ingest.reading import reading
from provgraph.ingest.reading.process import BATCH, Answer, ReadingOrder, read_elsewhere
from provgraph.ingest.reading.sources import Source
from provgraph.loaders.protocol import RelativeNames
from provgraph.model.records import Document
from provgraph.store.digest import digest
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.loaders.examples import record


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of several answers."""
    return write_log(tmp_path, 3 * BATCH)


def write_log(folder: Path, runs: int) -> Path:
    path = folder / "large.provlog"
    path.write_text(
        json.dumps([record(f"{number:08d}-aaaa-4aaa-8aaa-aaaaaaaaaaaa") for number in range(runs)])
    )
    return path


def order(path: Path) -> ReadingOrder:
    return ReadingOrder(Source(str(path), path), "ctapipe", "default", 0, path.as_uri())


def readers() -> Iterator[int]:
    """The processes that read for this one."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, status = (process / "cmdline").read_bytes(), (process / "stat").read_text()
        except OSError:
            continue
        if reading_process.__name__.encode() in command and status.rpartition(")")[2].split()[
            1
        ] == str(os.getpid()):
            yield int(process.name)


@pytest.mark.parametrize("smallest", [0, 1 << 40])
def test_the_same_is_loaded(smallest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SMALLEST", smallest)
    names = [
        str(LOGS / name)
        for name in ("edge_nested.provlog", "edge_truncated.provlog", "run02001.provlog")
    ]
    with closing(open_store("sqlite://")) as store:
        statuses = [report.status for report in load(store, names)]
        assert (statuses, len(digest(store.scan()))) == (["loaded", "partial", "loaded"], 64)
        with closing(open_store("sqlite://")) as other:
            monkeypatch.setattr(reading, "SMALLEST", 1 << 40)
            list(load(other, names))
            assert digest(store.scan()) == digest(other.scan())


def test_all_is_read_in_order(log: Path) -> None:
    read = [document for document in read_elsewhere(order(log)) if isinstance(document, Document)]
    runs = [document.run.id for document in read if document.run]
    assert runs == [f"{number:08d}-aaaa-4aaa-8aaa-aaaaaaaaaaaa" for number in range(3 * BATCH)]
    assert not list(readers())


def test_relative_names_resolve_against_the_address_that_was_sent(tmp_path: Path) -> None:
    path = tmp_path / "d.ttl"
    path.write_text("<e1> a <http://www.w3.org/ns/prov#Entity> .")
    sent = ReadingOrder(Source(str(path), path), "prov-o", "default", 0, "file:///elsewhere/d.ttl")
    told, document = read_elsewhere(sent)
    assert told == RelativeNames()
    assert isinstance(document, Document)
    assert document.entities[0].identifier == "prov:file:///elsewhere/e1"


def test_what_is_wrong_with_the_source_is_raised_here(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="No such file"):
        list(read_elsewhere(order(tmp_path / "missing")))


def test_who_has_enough_ends_the_process(log: Path) -> None:
    coming = read_elsewhere(order(log))
    next(coming)
    assert len(list(readers())) == 1
    coming.close()  # type: ignore[attr-defined]
    assert not list(readers())


def test_a_reader_that_is_killed_leaves_nothing_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answers are more than a pipe holds: it can't have ended before it is killed."""
    log = write_log(tmp_path, 20 * BATCH)
    monkeypatch.setattr(reading, "SMALLEST", 0)
    received = reading_process._received

    def killed(stream: IO[bytes], order: ReadingOrder) -> Answer:
        for process in readers():
            os.kill(process, signal.SIGKILL)
        return received(stream, order)

    monkeypatch.setattr(reading_process, "_received", killed)
    with closing(open_store("sqlite://")) as store:
        with pytest.raises(ReaderEndedError, match="load it again"):
            list(load(store, [str(log)]))
        assert not any(store.stats().values())


@pytest.mark.slow
def test_a_script_without_a_guard_may_load(log: Path, tmp_path: Path) -> None:
    """A process made by `multiprocessing` would run the script again."""
    script = tmp_path / "script.py"
    script.write_text(
        "from provgraph.ingest.reading import reading\n"
        "from provgraph.ingest.loading import load\n"
        "from provgraph.store.registry import open_store\n"
        "reading.SMALLEST = 0\n"
        f"print([each.status for each in load(open_store('sqlite://'), [{str(log)!r}])])\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("['loaded']\n", "")
