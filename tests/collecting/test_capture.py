"""Real jobs with real ctapipe, each a process of its own, that end in every way a job can end."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from provgraph.ingest.loading import load
from provgraph.model.lineage import Direction, Node
from provgraph.model.vocabulary import Kind
from provgraph.questions.tracing import find, lineage
from provgraph.store.registry import open_store
from tests.conftest import PRODUCTS
from tests.processes import DEADLINE, PROVGRAPH, environment, loads_in
from tests.services.process import free_port

pytest.importorskip("ctapipe", reason="ctapipe is in the test environment (requirements/test.lock)")

_JOB = """
import os, sys, time
import provgraph.capture
provgraph.capture.start(wait=60)
from ctapipe.core import Provenance, provenance as ctapipe_provenance

# ctapipe lists all packages at each start: the hundreds of a test environment take a second.
listed = list(ctapipe_provenance.distributions())[:9]
ctapipe_provenance.distributions = lambda: listed
provenance = Provenance()
provenance.start_activity("first")
provenance.add_output_file("a.txt", add_meta=False)
provenance.finish_activity("first")
provenance.start_activity("second")
provenance.add_input_file("a.txt", add_meta=False)
"""
_ENDS = {
    "return": "provenance.finish_activity()",
    "exception": "raise RuntimeError('the job failed')",
    "exit": "provenance.finish_activity(status='error', exit_code=7); sys.exit(7)",
    "left open": "",
    "cleared": "provenance.finish_activity(); provenance.clear()",
    "fork": """
child = os.fork()
if not child:
    time.sleep(600)
os.kill(child, 15)
assert os.waitpid(child, 0)[1] == 15
provenance.finish_activity()
""",
    "child fails": """
child = os.fork()
if not child:
    raise RuntimeError
os.waitpid(child, 0)
provenance.finish_activity()
""",
    "wait": "print('ready', flush=True); time.sleep(600)",
    "_exit": "os._exit(5)",
}
_TOOL = """
import sys, time
import provgraph.capture
provgraph.capture.start(wait=60)
from ctapipe.core import Tool

class Slow(Tool):
    name = "slow-tool"
    def setup(self): pass
    def start(self):
        print("ready", flush=True)
        time.sleep(600)
    def finish(self): pass

Slow().run([])
"""
#: Writes down how long the process went on after the script's last line.
_TIMED = """
import atexit, pathlib, time
ends = []
atexit.register(lambda: pathlib.Path("seconds").write_text(str(time.monotonic() - ends[0])))
"""
_AT_ITS_END = """
ends.append(time.monotonic())
"""


class Job:
    """A script in a folder of its own, with a store of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "store.db"
        self.store = f"sqlite:///{self.database}"
        self.spool = folder / "spool"

    def start(self, script: str, **variables: str) -> "subprocess.Popen[str]":
        variables = {"PROVGRAPH_SPOOL": str(self.spool), **variables}
        return subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=self.folder,
            env=environment(self.folder, self.store) | variables,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, script: str, **variables: str) -> tuple[int, str]:
        """The exit code and what stood on stderr."""
        process = self.start(script, **variables)
        try:
            _, said = process.communicate(timeout=DEADLINE)
        finally:
            with suppress(ProcessLookupError):  # that is as it should be
                os.killpg(process.pid, signal.SIGKILL)
        return process.returncode, said

    def signalled(self, script: str, number: int) -> int:
        """The exit code of a job that a signal ends in the middle of its work."""
        process = self.start(script)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        process.communicate(timeout=DEADLINE)
        return process.returncode

    def activities(self) -> dict[str, Node]:
        store = open_store(self.store)
        found = lineage(store, find(store, str(self.folder / "a.txt")), Direction.BOTH)
        store.close()
        return {node.name or "": node for node in found.of_kind(Kind.ACTIVITY)}

    def waiting(self) -> list[Path]:
        return sorted(self.spool.glob("*.waiting"))


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


@pytest.mark.parametrize(
    ("end", "code", "status"),
    [
        ("return", 0, "completed"),
        ("exception", 1, "error"),
        ("exit", 7, "error"),
        ("left open", 0, "running"),
        ("cleared", 0, "completed"),
        ("fork", 0, "completed"),
        ("child fails", 0, "completed"),
    ],
)
def test_a_job_that_ends_is_captured_once(job: Job, end: str, code: int, status: str) -> None:
    exit_code, said = job.run(_JOB + _ENDS[end])
    assert (exit_code, "provgraph" in said) == (code, False)
    found = job.activities()
    assert {name: node.status for name, node in found.items()} == {
        "first": "completed",
        "second": status,
    }
    assert (found["second"].end_time is None) == (status == "running")
    assert len(loads_in(job.database)) == 1
    assert job.waiting() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_job_that_a_signal_ends(job: Job, number: signal.Signals) -> None:
    assert job.signalled(_JOB + _ENDS["wait"], number) == -number
    found = job.activities()
    assert {name: node.status for name, node in found.items()} == {
        "first": "completed",
        "second": "interrupted",
    }
    assert found["second"].attributes["exit_code"] == (128 + number,)


def test_a_handler_of_the_job_decides(job: Job) -> None:
    handler = "import signal; signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))\n"
    assert job.signalled(handler.join(_JOB.split("\n", 1)) + _ENDS["wait"], signal.SIGTERM) == 3
    assert set(job.activities()) == {"first", "second"}


@pytest.mark.parametrize("end", ["_exit", "kill"])
def test_what_gives_no_notice_leaves_nothing(job: Job, end: str) -> None:
    """docs/how-to/collecting.md says so."""
    if end == "kill":
        assert job.signalled(_JOB + _ENDS["wait"], signal.SIGKILL) == -signal.SIGKILL
    else:
        assert job.run(_JOB + _ENDS["_exit"])[0] == 5
    assert (loads_in(job.database), job.waiting()) == ([], [])


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    "url", ["postgresql://u:secret@127.0.0.1:{}/x", "bolt://u:secret@127.0.0.1:{}/x"]
)
@pytest.mark.parametrize("is_there", [False, True], ids=["nobody listens", "never answers"])
def test_without_a_store_it_waits_in_the_spool(
    job: Job, url: str, is_there: bool, silent_port: int
) -> None:
    url = url.format(silent_port if is_there else free_port())
    script = _TIMED + _JOB.replace("wait=60", "wait=3") + _ENDS["return"] + _AT_ITS_END
    code, said = job.run(script, PROVGRAPH_STORE=url)
    assert float((job.folder / "seconds").read_text()) < 30
    (line,) = said.splitlines()
    assert code == 0
    assert f"it waits in {job.spool}" in line
    (item,) = job.waiting()
    written = "".join(path.read_text() for path in item.iterdir())
    assert "secret" not in said + written
    _deliver(job, item)


def _deliver(job: Job, item: Path) -> None:
    """The spool is delivered to the store that it was meant for, which is now this one."""
    label = json.loads((item / "item.json").read_text())
    (item / "item.json").write_text(json.dumps({**label, "store": job.store}))
    variables = environment(job.folder, job.store, PROVGRAPH_SPOOL=str(job.spool))
    subprocess.run(
        [*PROVGRAPH, "watch", "--once"],
        env=variables,
        check=True,
        capture_output=True,
        timeout=DEADLINE,
    )
    assert set(job.activities()) == {"first", "second"}
    assert job.waiting() == []


def test_a_spool_that_can_not_be_written_is_replaced(job: Job) -> None:
    assert job.run(
        _JOB + _ENDS["return"], PROVGRAPH_SPOOL="/proc/none", TMPDIR=str(job.folder)
    ) == (0, "")
    assert set(job.activities()) == {"first", "second"}
    assert list(job.folder.glob("provgraph-spool-*")) == []


@pytest.mark.parametrize("end", ["return", "exit"])
def test_no_room_anywhere_costs_a_warning(job: Job, end: str) -> None:
    """A limit on the size of files is a full disk for this process alone."""
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
    code, said = job.run(_JOB + full + _ENDS[end])
    assert code == (7 if end == "exit" else 0)
    (line,) = said.splitlines()
    assert "the provenance of this run is lost" in line
    assert "File too large" in line
    assert list(job.folder.glob("spool/*")) + list(job.folder.glob("provgraph-spool-*")) == []


def test_without_ctapipe_it_is_a_warning(job: Job) -> None:
    script = (
        "import sys; sys.modules['ctapipe'] = None; import provgraph.capture; "
        "provgraph.capture.start(); sys.exit(4)"
    )
    code, said = job.run(script)
    assert code == 4
    (line,) = said.splitlines()
    assert "is not captured" in line


def test_a_block_delivers_at_its_end(job: Job) -> None:
    script = """
import provgraph.capture
from ctapipe.core import Provenance
provenance = Provenance()
provenance.start_activity("outer")
try:
    with provgraph.capture.capturing(wait=60):
        provenance.start_activity("inner")
        provenance.add_output_file("a.txt", add_meta=False)
        raise KeyboardInterrupt
except KeyboardInterrupt:
    pass
assert provenance.active_activity_names == ["outer", "inner"]
assert provenance.clear.__self__ is provenance
"""
    assert job.run(script) == (0, "")
    assert {name: node.status for name, node in job.activities().items()} == {
        "inner": "interrupted"
    }


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)]
)
def test_a_tool_that_a_signal_ends(job: Job, number: int, code: int) -> None:
    assert job.signalled(_TOOL, number) == code
    store = open_store(job.store)
    logs = [str(path) for path in job.folder.glob("*.provenance.log")]
    assert len(logs) == (number == signal.SIGINT)  # killed by SIGTERM, ctapipe writes none
    assert [report.disagreements for report in load(store, logs)] == [()] * len(logs)
    assert store.stats()["activities"] == 1
    (load_record, *_) = store.loads()
    assert load_record.source.startswith("capture:")
    store.close()


def test_a_real_tool_says_the_same_by_its_log_and_by_capture(job: Job) -> None:
    log = job.folder / "merge.provlog"
    arguments = [
        str(PRODUCTS / "gamma_train.dl2.h5"),
        "-o",
        "merged.dl2.h5",
        "--provenance-log",
        str(log),
    ]
    script = f"""
import provgraph.capture
provgraph.capture.start(wait=60)
from ctapipe.tools.merge import MergeTool
MergeTool().run({arguments!r})
"""
    assert job.run(script)[0] == 0
    store = open_store(job.store)
    (captured,) = store.loads()
    (report,) = load(store, [str(log)])
    assert captured.source.startswith("capture:")
    assert (report.status, report.activities, report.disagreements) == ("loaded", 1, ())
    assert store.stats()["activities"] == 1
    store.close()
