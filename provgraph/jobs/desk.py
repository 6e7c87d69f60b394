"""Where jobs are asked for: made, queued, aborted, changed and destroyed, within their limits."""

import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from provgraph.errors import JobRefusedError, SettingsError
from provgraph.jobs.database import JobDatabase
from provgraph.jobs.definition import CONTROLS, JobDefinition, check_file_name, seconds_in
from provgraph.jobs.definitions import runnable
from provgraph.jobs.engines.local import LocalEngine
from provgraph.jobs.engines.protocol import Engine
from provgraph.jobs.engines.slurm import SlurmEngine
from provgraph.jobs.folder import JobFolder, JobUser
from provgraph.jobs.records import JobRecord, JobValue, Phase, now, read_time, time_of
from provgraph.jobs.running import JobRunner
from provgraph.model.hiding import HidingRules
from provgraph.model.values import storable_text
from provgraph.server_settings import JobSettings
from provgraph.store.protocol import Store

#: What a client says for the engine begins so (OPUS); a value has no more than this in it.
_OPTION: Final = re.compile(r"slurm_(mem|nodes|ntasks-per-node|partition|account|cpus-per-task)")
_OPTION_VALUE: Final = re.compile(r"[A-Za-z0-9_.,:@+][A-Za-z0-9_.,:@+-]{0,63}")
#: How many bytes a value may have.
LONGEST_VALUE: Final = 64 << 10
_LONGEST_NAME: Final = 255
_MOST_VALUES: Final = 1_000
_TOO_LATE: Final = "this can be changed only as long as the job is PENDING"
_ENGINES: Final[Mapping[str, Callable[[], Engine]]] = {"local": LocalEngine, "slurm": SlurmEngine}


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What a client asks for.

    Attributes:
        name: of the definition.
        owner: who asks; None when nobody is known.
        said: name → value, of parameters and of what UWS knows, such as ``runId``.
        uploads: name of an input → name and place of a file that came with the request.
    """

    name: str
    owner: str | None
    said: Mapping[str, str]
    uploads: Mapping[str, tuple[str, Path]]


class JobDesk:
    """All jobs of a server."""

    def __init__(
        self,
        settings: JobSettings,
        store: Store,
        engine: Engine | None = None,
        rules: HidingRules | None = None,
    ) -> None:
        """Open the folder of the jobs, which is made when it isn't there.

        Args:
            settings: how jobs are run.
            store: that holds the definitions, and takes the provenance.
            engine: that runs them; None for the one that the settings name.
            rules: what is hidden from whom, inputs from runners among them.

        Raises:
            SettingsError: the user makes no sense, or the folder can't be used.
        """
        _check_user(settings)
        try:
            settings.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"PROVGRAPH_JOBS={settings.folder}: {error.strerror}") from None
        self.settings, self._store = settings, store
        self.jobs = JobDatabase(settings.folder / "jobs.db")
        engine = engine or _ENGINES[settings.engine]()
        self._runner = JobRunner(settings, self.jobs, store, engine, rules)

    def start(self) -> None:
        """Begin to run what is queued."""
        self._runner.start()

    def close(self) -> None:
        """End; scripts that run go on."""
        self._runner.close()
        self.jobs.close()

    def make(self, request: JobRequest) -> JobRecord:
        """Make a job; with ``PHASE=RUN`` it is queued at once.

        Args:
            request: what a client asks for.

        Returns:
            The job.

        Raises:
            NotFoundError: no job of the name is defined.
            JobRefusedError: it can't be run as asked.
            StoreError: the store failed.
        """
        definition = runnable(self._store, request.name)
        if self.jobs.unfinished(request.owner) >= self.settings.waiting:
            raise JobRefusedError(
                f"{self.settings.waiting:,} jobs of yours are not done: wait, or abort some"
            )
        said = {name.lower(): value for name, value in request.said.items()}
        created = datetime.now(UTC)
        job = JobRecord(
            id=str(uuid4()),
            name=definition.name,
            owner=request.owner,
            created=time_of(created),
            destruction=self.destruction(said.get("destruction") or None, created),
            duration=self.duration(said.get("executionduration") or definition.duration),
            run_id=_short(said.get("runid")),
            quote=_quote(definition, created),
            values=values_of(definition, request.said, request.uploads),
            options=_options(request.said),
        )
        self._add(job, definition, request.uploads)
        if said.get("phase", "").upper() == "RUN":
            self.run(job.id)
        return job

    def _add(
        self, job: JobRecord, definition: JobDefinition, uploads: Mapping[str, tuple[str, Path]]
    ) -> None:
        folder = self.folder(job)
        folder.make(definition)
        for name, (file_name, path) in uploads.items():
            target = folder.inputs / name
            target.mkdir(mode=0o700)
            shutil.move(path, target / file_name)
        self.jobs.add(job)

    def run(self, identifier: str) -> None:
        """Queue a job.

        Args:
            identifier: of the job.

        Raises:
            JobRefusedError: it is not PENDING.
        """
        if not self.jobs.change(identifier, (Phase.PENDING,), phase=Phase.QUEUED):
            raise JobRefusedError("only a job that is PENDING can be run")
        self._runner.wake()

    def abort(self, identifier: str) -> None:
        """Abort a job. One that has ended stays as it is.

        Args:
            identifier: of the job.
        """
        active = [phase for phase in Phase if phase.is_active]
        self.jobs.change(identifier, active, phase=Phase.ABORTED, ended=now())
        self._runner.wake()

    def destroy(self, identifier: str) -> None:
        """Abort a job, and remove its files.

        Args:
            identifier: of the job.
        """
        self.abort(identifier)
        self.jobs.change(identifier, destruction=now())
        self._runner.wake()

    def change(self, job: JobRecord, /, **said: str) -> None:
        """Change when a job is to be destroyed, how long it may take, or what its parameters are.

        Args:
            job: the job.
            said: ``destruction`` or ``executionduration``; else names of parameters.

        Raises:
            JobRefusedError: the value makes no sense, or the job is no longer PENDING.
        """
        if "destruction" in said:
            moment = self.destruction(said["destruction"], datetime.now(UTC))
            self.jobs.change(job.id, destruction=moment)
            return
        if "executionduration" in said:
            changed: dict[str, object] = {"duration": self.duration(said["executionduration"])}
        else:
            changed = {"values": self._with_values(job, said)}
        if not self.jobs.change(job.id, (Phase.PENDING,), **changed):
            raise JobRefusedError(_TOO_LATE)

    def _with_values(self, job: JobRecord, said: Mapping[str, str]) -> tuple[JobValue, ...]:
        try:
            definition = self.folder(job).definition()
        except FileNotFoundError:  # the job is archived
            raise JobRefusedError(_TOO_LATE) from None
        new = values_of(definition, said, {})
        names = {each.name for each in new}
        return (*(each for each in job.values if each.name not in names), *new)

    def folder(self, job: JobRecord) -> JobFolder:
        """Find the folder of a job.

        Args:
            job: the job.
        """
        return JobFolder(self.settings.folder, job.id)

    def duration(self, said: str | int | None) -> int:
        """Tell how long a job may take.

        Args:
            said: in seconds; 0 for as long as possible, None when nobody says.

        Returns:
            What was said, within the limit.

        Raises:
            JobRefusedError: it is no number of seconds.
        """
        if said is None:
            return min(self.settings.duration, self.settings.most_duration)
        seconds = seconds_in(str(said).strip(), "executionDuration")
        return min(seconds or self.settings.most_duration, self.settings.most_duration)

    def destruction(self, said: str | None, created: datetime) -> str:
        """Tell when the files of a job are removed.

        Args:
            said: ISO 8601, in UTC where it says no zone; None when nobody says.
            created: the present.

        Returns:
            What was said, within the limit; with ``Z``.

        Raises:
            JobRefusedError: it is no time.
        """
        latest = time_of(created + timedelta(days=self.settings.keep))
        if said is None:
            return latest
        try:
            return min(latest, read_time(said))
        except ValueError:
            raise JobRefusedError(f"destruction={said[:40]} is no time of ISO 8601") from None


def values_of(
    definition: JobDefinition, said: Mapping[str, str], uploads: Mapping[str, tuple[str, Path]]
) -> tuple[JobValue, ...]:
    """Check what a client says of parameters, inputs and outputs.

    Args:
        definition: of the job.
        said: name → value.
        uploads: name of an input → the file that came with the request.

    Returns:
        What is kept; nothing of what UWS and the engine know by other names.

    Raises:
        JobRefusedError: a name is not known, or a value makes no sense.
    """
    names = set(definition.names)
    unknown = [name for name in (*said, *uploads) if name not in names and not is_control(name)]
    if unknown or not set(uploads) <= set(definition.inputs):
        wrong = (unknown or [name for name in uploads if name not in definition.inputs])[0]
        listed = ", ".join(definition.names) or "none"
        raise JobRefusedError(
            f"{definition.name} has no {wrong[:80]!r} of this kind; it has: {listed}"
        )
    for name, (file_name, _) in uploads.items():
        check_file_name(name, file_name)
    found = [_value(definition, name, text) for name, text in said.items() if name in names]
    return (*found, *(JobValue(name, file, True, True) for name, (file, _) in uploads.items()))


def _value(definition: JobDefinition, name: str, text: str) -> JobValue:
    if len(text.encode(errors="replace")) > LONGEST_VALUE or storable_text(text) != text:
        most = f"{LONGEST_VALUE >> 10} KiB"
        raise JobRefusedError(f"{name} has to be a text in UTF-8 of at most {most}, without NUL")
    if name in definition.outputs:
        check_file_name(name, text)
    elif name in definition.parameters:
        definition.parameters[name].read(text)
    return JobValue(name, text, name in definition.inputs)


def is_control(name: str) -> bool:
    """Tell whether a name means something to UWS or to the engine, and so is no parameter.

    Args:
        name: that a client says.
    """
    lower = name.lower()
    return lower in CONTROLS or lower.startswith("slurm_")


def _options(said: Mapping[str, str]) -> dict[str, str]:
    """What is said for a cluster, which reaches its commands as an argument each."""
    found = {name: text for name, text in said.items() if name.startswith("slurm_") and text}
    for name, text in found.items():
        if not _OPTION.fullmatch(name) or not _OPTION_VALUE.fullmatch(text):
            raise JobRefusedError(f"{name[:40]}={text[:40]!r} can't be passed on to the cluster")
    return found


def _short(text: str | None) -> str | None:
    return storable_text(text)[:_LONGEST_NAME] if text else None


def _quote(definition: JobDefinition, created: datetime) -> str | None:
    """When a job is done that takes as long as its definition says."""
    if definition.quote is None:
        return None
    return time_of(created + timedelta(seconds=min(definition.quote, 10**8)))


def _check_user(settings: JobSettings) -> None:
    """Refuse to run scripts as root unless somebody says so.

    Raises:
        SettingsError: nobody does, or there is no such user, or who serves can't become it.
    """
    if settings.user is None:
        if os.geteuid() == 0:
            raise SettingsError(
                "scripts would run as root: set PROVGRAPH_JOBS_USER to a user of the system, or "
                "serve as another user"
            )
        return
    try:
        user = JobUser.named(settings.user)
    except KeyError:
        raise SettingsError(f"PROVGRAPH_JOBS_USER={settings.user}: no such user") from None
    if os.geteuid() not in (0, user.uid):
        raise SettingsError(f"only root can run scripts as {settings.user} (PROVGRAPH_JOBS_USER)")
