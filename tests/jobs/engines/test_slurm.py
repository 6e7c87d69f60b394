"""Jobs on a real Slurm of one node: as on this machine, but for host and times."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provgraph.jobs.records import JobRecord, Phase
from provgraph.model.lineage import Direction
from provgraph.questions.tracing import find, lineage
from tests.conftest import missing
from tests.jobs.conftest import Clerk, is_executing
from tests.jobs.test_killed import outlive
from tests.services import ServiceUnavailable
from tests.services.slurm import SlurmServer

#: One Slurm for all.
pytestmark = pytest.mark.xdist_group("slurm")


@pytest.fixture(scope="module")
def slurm() -> Iterator[SlurmServer]:
    """A Slurm of one node."""
    try:
        server = SlurmServer()
    except ServiceUnavailable as error:
        missing(error)
    with server:
        yield server


def described(clerk: Clerk, job: JobRecord) -> set[str]:
    """The provenance of a job as text, without ids, host and times."""
    found = lineage(clerk.store, find(clerk.store, job.id), Direction.BOTH, 1)
    apart = {str(clerk.desk.folder(job).path): "FOLDER", job.id: "JOB"}
    facts = {f"{each.kind} {each.id} {each.status} {each.attributes}" for each in found.nodes}
    facts |= {f"{each.relation} {each.role}" for each in found.edges}
    for text, name in apart.items():
        facts = {each.replace(text, name) for each in facts}
    return facts


def test_jobs_on_a_cluster(
    slurm: SlurmServer, make_clerk: Callable[..., Clerk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One test, since each start of a job takes Slurm a second and more."""
    for name in ("PATH", "SLURM_CONF"):
        monkeypatch.setenv(name, slurm.environment[name])
    monkeypatch.setenv("PROVGRAPH_STORE_PASSWORD", "secret")
    clerk = make_clerk(engine_name="slurm", slots=4)
    script = 'echo "$text" > o.txt; env | grep -c secret; test -e go || exit 3'
    made: dict[str, Any] = {
        "parameters": {"text": {}},
        "generated": [{"role": "o", "default": "o.txt"}],
    }
    clerk.define(script, **made)
    clerk.define("sleep 1000", "slow")
    slow = clerk.ask("slow", slurm_mem="10M")
    clerk.wait(slow, is_executing)
    both: dict[str, Any] = {"slurm_cpus-per-task": "2"}  # there is no room for these
    waiting = clerk.wait(clerk.ask("slow", **both), lambda job: bool(job.handle))
    clerk.desk.abort(waiting.id)
    assert clerk.wait(waiting).started is None
    clerk.desk.close()  # the server ends; the next one finds the job by its name or number
    after = make_clerk(engine_name="slurm", slots=4, start=False)
    after.desk.jobs.change(slow.id, handle="")
    after.desk.start()
    again = after.wait(slow, lambda job: bool(job.handle))
    assert again.phase is Phase.EXECUTING
    after.desk.abort(slow.id)
    job, refused = after.ask(text="a 'b' $c"), after.ask(text="x", slurm_partition="none")
    assert after.wait(slow).phase is Phase.ABORTED
    assert "invalid partition specified" in str(after.wait(refused).message)
    done = after.wait(job)
    assert (done.phase, done.message) == (Phase.ERROR, "the script ended with 3")
    assert after.text(done, "control/stdout") == "0\n"
    assert after.text(done, "work/o.txt") == "a 'b' $c\n"
    on_cluster = described(after, done)
    after.desk.close()
    here = make_clerk()
    local = here.wait(here.ask(text="a 'b' $c"))
    assert on_cluster == described(here, local)
    assert os.uname().nodename == find(here.store, done.id).host


def test_a_job_on_a_cluster_outlives_its_server(
    slurm: SlurmServer,
    make_clerk: Callable[..., Clerk],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PATH", "SLURM_CONF"):
        monkeypatch.setenv(name, slurm.environment[name])
    outlive(make_clerk, tmp_path, "slurm")
