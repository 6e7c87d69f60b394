"""An embedded store, and a desk of jobs on it."""

import os
import pwd
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfile
from time import monotonic
from typing import Any

import pytest

from provgraph.ingest.describing import approve, describe
from provgraph.jobs.desk import JobDesk, JobRequest
from provgraph.jobs.engines.protocol import Engine
from provgraph.jobs.records import JobRecord, Phase
from provgraph.model.descriptions import ToolDescription
from provgraph.server_settings import JobSettings
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store

#: Tests may run as root, whom the desk asks to say so.
ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty store: to copy it takes a small part of what its tables take."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    opened = open_store(f"sqlite:///{path}")
    opened.make()
    opened.close()
    return path


@pytest.fixture
def store(empty_store: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    copyfile(empty_store, tmp_path / "store.db")
    opened = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.close()


class Clerk:
    """Somebody who asks for jobs, and waits for them."""

    def __init__(self, desk: JobDesk, store: Store) -> None:
        self.desk, self.store = desk, store

    def define(self, script: str, name: str = "job", **said: Any) -> None:
        """Define a job, and approve it."""
        facts = {"script": script, **said.pop("said", {})}
        describe(self.store, ToolDescription(name, said=facts, **said), "Ann")
        approve(self.store, name, said.get("version"), "Eve")

    def ask(
        self,
        name: str = "job",
        uploads: dict[str, tuple[str, Path]] | None = None,
        owner: str | None = "alice",
        **said: str,
    ) -> JobRecord:
        """Ask for a job; it is queued unless PHASE says something else."""
        request = JobRequest(name, owner, {"PHASE": "RUN", **said}, uploads or {})
        return self.desk.make(request)

    def wait(self, job: JobRecord, until: Callable[[JobRecord], bool] | None = None) -> JobRecord:
        """Wait until a job is done, or has come somewhere else."""
        return wait_for(self.desk, job, until or (lambda each: each.settled))

    def run(self, script: str, **said: Any) -> JobRecord:
        """Define a job without parameters, and have it run to its end."""
        self.define(script, **said)
        return self.wait(self.ask())

    def text(self, job: JobRecord, name: str) -> str:
        """The text of a file of a job."""
        return (self.desk.folder(job).path / name).read_text()


def wait_for(desk: JobDesk, job: JobRecord, until: Callable[[JobRecord], bool]) -> JobRecord:
    """Look at a job until something is true of it."""
    deadline = monotonic() + 60
    while monotonic() < deadline:
        found = desk.jobs.find(job.id)
        assert found is not None
        if until(found):
            return found
        desk._runner._is_over.wait(0.01)
    raise AssertionError(f"it is still so: {found}")


def is_executing(job: JobRecord) -> bool:
    """Whether the script runs."""
    return job.phase is Phase.EXECUTING


@pytest.fixture
def make_clerk(store: Store, tmp_path: Path) -> Iterator[Callable[..., Clerk]]:
    """Makes desks with settings of their own; all are closed at the end."""
    desks: list[JobDesk] = []

    def make(
        engine: Engine | None = None,
        start: bool = True,
        engine_name: str = "local",
        **settings: Any,
    ) -> Clerk:
        said = {"folder": tmp_path / "jobs", "user": ME, "engine": engine_name, **settings}
        chosen = JobSettings(**said)
        desks.append(JobDesk(chosen, store, engine))
        if start:
            desks[-1].start()
        return Clerk(desks[-1], store)

    yield make
    for control in (tmp_path / "jobs").glob("*/control"):
        (control / "abort").touch()  # a script outlives its server, and so a test that fails
    for desk in desks:
        if desk._runner._thread.is_alive():
            desk.close()


@pytest.fixture
def clerk(make_clerk: Callable[..., Clerk]) -> Clerk:
    """A desk with the usual settings, which runs what is queued."""
    return make_clerk()
