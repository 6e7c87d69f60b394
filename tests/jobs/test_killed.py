"""A server that is killed in the middle of a job, by the signal that nobody can catch.

`tests/jobs/engines/test_slurm.py` does the same to one whose jobs run on a cluster.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from provgraph.jobs.records import Phase
from provgraph.questions.tracing import find
from tests.jobs.conftest import ME, Clerk, is_executing

SERVER = """
import sys, time
from pathlib import Path
from provgraph.jobs.desk import JobDesk, JobRequest
from provgraph.server_settings import JobSettings
from provgraph.store.registry import open_store
store = open_store(sys.argv[1])
desk = JobDesk(JobSettings(Path(sys.argv[2]), engine=sys.argv[3], user=sys.argv[4]), store)
desk.start()
print(desk.make(JobRequest("job", "alice", {"PHASE": "RUN"}, {})).id, flush=True)
time.sleep(1000)
"""


def outlive(make_clerk: Callable[..., Clerk], folder: Path, engine: str) -> None:
    """Kill a server in the middle of a job, and look at the job with the next one."""
    clerk = make_clerk(start=False, engine_name=engine)
    clerk.define(
        "until test -e go; do sleep 0.02; done; echo x > o.txt",
        generated=[{"role": "o", "default": "o.txt"}],
    )
    command = [sys.executable, "-c", SERVER, f"sqlite:///{folder / 'store.db'}"]
    with subprocess.Popen(
        [*command, str(folder / "jobs"), engine, ME], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        job = clerk.desk.jobs.find(server.stdout.readline().strip())
        assert job is not None
        clerk.wait(job, is_executing)
        os.kill(server.pid, signal.SIGKILL)
    (clerk.desk.folder(job).work / "go").touch()
    clerk.desk.start()
    done = clerk.wait(job)
    assert (done.phase, done.message) == (Phase.COMPLETED, None)
    assert find(clerk.store, job.id).status == "completed"
    assert [each.source for each in clerk.store.loads()].count(f"job job/{job.id}") == 1
    assert [each.name for each in clerk.desk.jobs.results(job.id)] == ["o"]


def test_a_job_outlives_its_server(make_clerk: Callable[..., Clerk], tmp_path: Path) -> None:
    outlive(make_clerk, tmp_path, "local")
