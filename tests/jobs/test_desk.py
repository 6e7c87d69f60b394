"""What may be asked for, and within which limits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from provgraph.errors import JobRefusedError, NotFoundError, SettingsError
from provgraph.ingest.describing import describe
from provgraph.jobs.desk import JobDesk
from provgraph.jobs.records import Phase
from provgraph.model.descriptions import ToolDescription
from provgraph.server_settings import JobSettings, job_settings
from provgraph.store.protocol import Store
from tests.jobs.conftest import Clerk

DEFINED: dict[str, Any] = {
    "parameters": {"n": {"valueType": "int", "default": 1, "max": 9}},
    "used": [{"role": "text", "multiplicity": "0..1"}],
    "generated": [{"role": "out", "default": "o.txt"}],
}


@pytest.fixture
def resting(make_clerk: Callable[..., Clerk]) -> Clerk:
    """A desk that runs nothing."""
    made = make_clerk(start=False, most_duration=100, duration=50, keep=10, waiting=2)
    made.define("true", **DEFINED)
    return made


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"m": "1"}, "job has no 'm' of this kind; it has: n, text, out"),
        ({"n": "10"}, "at most 9"),
        ({"n": "9" * 400}, "at most 9"),
        ({"out": "../x"}, "out='../x' is no name of a file in the work folder"),
        ({"text": "a\0b"}, "without NUL"),
        ({"text": "x" * 70_000}, "at most 64 KiB"),
        ({"executionDuration": "long"}, "is no number of seconds"),
        ({"executionDuration": "9" * 5_000}, "is no number of seconds"),
        ({"destruction": "soon"}, "is no time of ISO 8601"),
        ({"destruction": "0001-01-01T00:00:00+05:00"}, "is no time of ISO 8601"),
        ({"slurm_mem": "1G --wrap=x"}, "can't be passed on to the cluster"),
        ({"slurm_uid": "0"}, "can't be passed on to the cluster"),
    ],
)
def test_what_is_refused(said: dict[str, Any], told: str, resting: Clerk) -> None:
    with pytest.raises(JobRefusedError, match=told):
        resting.ask(**said)
    assert not resting.desk.jobs.handed_over()


def test_uploads_have_names_of_inputs_and_files(resting: Clerk, tmp_path: Path) -> None:
    with pytest.raises(JobRefusedError, match="no 'n' of this kind"):
        resting.ask(uploads={"n": ("x", tmp_path)})
    with pytest.raises(JobRefusedError, match="no name of a file"):
        resting.ask(uploads={"text": ("../../x", tmp_path)})


def test_a_job_that_nobody_defined_or_approved(resting: Clerk) -> None:
    with pytest.raises(NotFoundError):
        resting.ask("other")
    describe(resting.store, ToolDescription("draft", said={"script": "true"}), "Ann")
    with pytest.raises(JobRefusedError, match="nobody has approved draft yet"):
        resting.ask("draft")


def test_times_are_within_the_limits(resting: Clerk) -> None:
    asked = resting.ask(executionDuration="0", destruction="2999-01-01T00:00:00")
    assert asked.duration == 100
    latest = datetime.now(UTC) + timedelta(days=10)
    assert abs(datetime.fromisoformat(asked.destruction) - latest) < timedelta(minutes=1)
    asked = resting.ask(PHASE="", destruction="2020-01-01T02:00:00+02:00")
    assert (asked.duration, asked.destruction) == (50, "2020-01-01T00:00:00.000Z")


def test_one_owner_waits_for_so_many_jobs(resting: Clerk) -> None:
    for _ in range(2):
        resting.ask()
    with pytest.raises(JobRefusedError, match="2 jobs of yours are not done"):
        resting.ask()
    resting.ask(owner="bob")


def test_a_job_changes_only_while_it_is_pending(resting: Clerk) -> None:
    asked = resting.ask(PHASE="", n="2")
    resting.desk.change(asked, n="3", text="y")
    found = resting.desk.jobs.find(asked.id)
    assert found is not None
    assert {each.name: each.value for each in found.values} == {"n": "3", "text": "y"}
    with pytest.raises(JobRefusedError, match="at most 9"):
        resting.desk.change(asked, n="12")
    resting.desk.run(asked.id)
    for said in ({"n": "4"}, {"executionduration": "7"}):
        with pytest.raises(JobRefusedError, match="only as long as the job is PENDING"):
            resting.desk.change(asked, **said)
    with pytest.raises(JobRefusedError, match="only a job that is PENDING can be run"):
        resting.desk.run(asked.id)
    resting.desk.abort(asked.id)
    found = resting.desk.jobs.find(asked.id)
    assert found is not None
    assert found.phase is Phase.ABORTED


def test_a_parameter_may_be_called_job_or_self(resting: Clerk) -> None:
    names = ("job", "self")
    resting.define("true", "named", parameters={name: {"default": "x"} for name in names})
    asked = resting.ask("named", PHASE="")
    resting.desk.change(asked, **dict.fromkeys(names, "y"))
    found = resting.desk.jobs.find(asked.id)
    assert found is not None
    assert {each.name: each.value for each in found.values} == dict.fromkeys(names, "y")


def test_root_runs_nothing_by_mistake(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provgraph.jobs.desk.os.geteuid", lambda: 0)
    with pytest.raises(SettingsError, match="scripts would run as root"):
        JobDesk(JobSettings(tmp_path), store)
    with pytest.raises(SettingsError, match="no such user"):
        JobDesk(JobSettings(tmp_path, user="nobody-of-this-name"), store)
    monkeypatch.setattr("provgraph.jobs.desk.os.geteuid", lambda: 12345)
    with pytest.raises(SettingsError, match="only root can run scripts as root"):
        JobDesk(JobSettings(tmp_path, user="root"), store)


def test_settings() -> None:
    assert job_settings({}) is None
    found = job_settings(
        {
            "PROVGRAPH_JOBS": "/srv/jobs",
            "PROVGRAPH_JOBS_SLOTS": "7",
            "PROVGRAPH_JOBS_DATA": "/a:/b",
            "PROVGRAPH_JOBS_HOSTS": "x.org,localhost",
        }
    )
    assert found is not None
    assert (found.folder, found.slots, found.data) == (
        Path("/srv/jobs"),
        7,
        (Path("/a"), Path("/b")),
    )
    assert found.hosts == {"x.org", "localhost"}
    with pytest.raises(SettingsError, match="PROVGRAPH_JOBS_ENGINE=pbs: take local or slurm"):
        job_settings({"PROVGRAPH_JOBS": "/x", "PROVGRAPH_JOBS_ENGINE": "pbs"})
