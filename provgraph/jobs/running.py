"""Runs what is queued: starts jobs, looks after them, and deals with their ends.

Of several processes with one folder of jobs one is the runner; when it ends, however it ends,
another takes over. What it does with a job can be done again without harm.
"""

import fcntl
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from threading import Event, Lock, Thread
from typing import Any, Final

from provgraph.errors import JobRefusedError, ProvGraphError
from provgraph.jobs.database import JobDatabase
from provgraph.jobs.definition import JobDefinition
from provgraph.jobs.engines.protocol import Engine, WorkState
from provgraph.jobs.folder import JobFolder, JobUser, remove_old_uploads
from provgraph.jobs.inputs import InputDesk, StagedInput
from provgraph.jobs.outputs import output_names, results_of
from provgraph.jobs.provenance import EndedJob, land
from provgraph.jobs.records import JobRecord, Phase, now
from provgraph.model.descriptions import text_of
from provgraph.model.hiding import HidingRules
from provgraph.server_settings import JobSettings
from provgraph.store.protocol import Store

_log = logging.getLogger(__name__)
#: How often to look whether there is something to do, and whether this process may do it; seconds.
_IDLE: Final = 1.0
#: How many jobs are started or settled at once.
_HANDS: Final = 4
_HANDED: Final = (Phase.QUEUED, Phase.EXECUTING)


class JobRunner:
    """Looks after all jobs of a folder, in a thread of its own."""

    def __init__(
        self,
        settings: JobSettings,
        jobs: JobDatabase,
        store: Store,
        engine: Engine,
        rules: HidingRules | None = None,
    ) -> None:
        """Take what it needs; it begins with `start`.

        Args:
            settings: how jobs are run.
            jobs: the jobs.
            store: where their provenance goes.
            engine: that runs them.
            rules: what is hidden from whom, inputs from runners among them.
        """
        self._settings, self._jobs, self._store, self._engine = settings, jobs, store, engine
        self._inputs = InputDesk(settings, jobs, store, rules)
        self._user = JobUser.named(settings.user) if settings.user else None
        self._wake, self._is_over = Event(), Event()
        self._in_hand: set[str] = set()
        self._lock = Lock()
        self._thread = Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look now: there is something to do."""
        self._wake.set()

    def close(self) -> None:
        """End. Scripts that run go on, and are found again."""
        self._is_over.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        """Become the runner as soon as nobody else is, and look again and again."""
        with (self._settings.folder / "runner.lock").open("w") as lock:
            while not self._is_over.is_set():
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    self._is_over.wait(_IDLE)
            self._tidy()
            with ThreadPoolExecutor(_HANDS, "jobs") as hands:
                while not self._is_over.is_set():
                    self._wake.clear()
                    busy = self._look_with_care(hands)
                    self._wake.wait(self._engine.interval if busy else _IDLE)

    def _tidy(self) -> None:
        """Remove what killed servers have left; jobs are run even where that fails."""
        try:
            remove_old_uploads(self._settings.folder)
        except OSError as error:
            _log.warning("what a killed server has left can't be removed: %s", error)

    def _look_with_care(self, hands: ThreadPoolExecutor) -> bool:
        """Do once what is to be done; a failure is told, and the next round comes all the same."""
        try:
            return self._look(hands)
        except Exception:
            _log.exception("looking after jobs")
            return False

    def _look(self, hands: ThreadPoolExecutor) -> bool:
        """Do once what is to be done; whether it is worth looking again soon."""
        handed = self._jobs.handed_over()
        for job in handed:
            if job.id not in self._in_hand and self._is_news(job):
                self._take(hands, job, self._follow)
        handed_ids = {job.id for job in handed}
        for job in self._jobs.unsettled():
            if job.id not in handed_ids:
                self._take(hands, job, self._settle)
        free = self._settings.slots - len(handed)
        for job in self._jobs.next_queued(free, self._settings.by_owner):
            # Claimed here, not by the hand that starts it: the next round counts it.
            if self._jobs.change(job.id, (Phase.QUEUED,), handle=""):
                self._take(hands, replace(job, handle=""), self._start)
        for job in self._jobs.due(now()):
            self._take(hands, job, self._archive)
        return bool(self._in_hand or handed)

    def _take(
        self, hands: ThreadPoolExecutor, job: JobRecord, work: Callable[[JobRecord], None]
    ) -> None:
        """Do something with a job, unless something is being done with it."""
        with self._lock:
            if job.id in self._in_hand:
                return
            self._in_hand.add(job.id)
        hands.submit(self._with_care, job, work)

    def _with_care(self, job: JobRecord, work: Callable[[JobRecord], None]) -> None:
        """Do something with a job that is as it is now; a failure is told, and tried again."""
        try:
            if self._jobs.find(job.id) == job:
                work(job)
        except ProvGraphError as error:
            _log.warning("job %s: %s; it is tried again", job.id, error)
            self._is_over.wait(_IDLE)
        except Exception:
            _log.exception("job %s", job.id)
            self._is_over.wait(_IDLE)
        finally:
            with self._lock:
                self._in_hand.discard(job.id)
            self._wake.set()

    def _start(self, job: JobRecord) -> None:
        """Hand a job over to the engine."""
        folder = self._folder(job)
        try:
            definition = folder.definition()
            staged = self._inputs.stage(job, folder, definition)
            _keep(folder, staged)
            folder.give_order(self._order(job, definition, staged), definition.script, self._user)
            handle = self._engine.submit(folder, job.options)
        except (JobRefusedError, OSError) as error:
            changed = {"phase": Phase.ERROR, "message": str(error), "ended": now(), "handle": None}
            self._jobs.change(job.id, _HANDED, **changed)
            return
        self._jobs.change(job.id, handle=handle)

    def _order(
        self, job: JobRecord, definition: JobDefinition, staged: list[StagedInput]
    ) -> dict[str, Any]:
        said = {each.name: each.value for each in job.values}
        values = {
            name: said.get(name, text_of(each.default))
            for name, each in definition.parameters.items()
        }
        files = {each.name: each.file for each in staged}
        absent = dict.fromkeys(definition.inputs, "")
        names = output_names(job, definition.outputs)
        return {
            "variables": {**values, **absent, **files, **names},
            "seconds": job.duration,
            "output": self._settings.output,
        }

    def _is_news(self, job: JobRecord) -> bool:
        """Whether there is something to do for a job that the engine has."""
        if not job.handle or job.phase is Phase.ABORTED:
            return True
        state = self._engine.state(self._folder(job), job.handle)
        return state in (WorkState.ENDED, WorkState.LOST) or (
            state is WorkState.RUNNING and job.phase is Phase.QUEUED
        )

    def _follow(self, job: JobRecord) -> None:
        """Note what became of a job that the engine has."""
        folder = self._folder(job)
        if not job.handle:
            self._jobs.change(job.id, handle=self._engine.reattach(folder))
            return
        state = self._engine.state(folder, job.handle)
        if state in (WorkState.ENDED, WorkState.LOST):
            self._settle(job)
        elif job.phase is Phase.ABORTED:
            self._engine.cancel(folder, job.handle)
            self._is_over.wait(self._engine.interval)
        elif state is WorkState.RUNNING and (started := folder.started()):
            self._jobs.change(
                job.id, (Phase.QUEUED,), phase=Phase.EXECUTING, started=started["time"]
            )

    def _settle(self, job: JobRecord) -> None:
        """Deal with the end of a job: its results, and its run in the store."""
        folder = self._folder(job)
        if job.handle and folder.ended() is None:
            self._engine.cancel(folder, job.handle)
        folder.seal(self._user)
        ended = _ended(job, folder)
        phases = (*_HANDED, job.phase)
        try:
            results = land(self._store, ended, folder)
            is_settled = True
        except ProvGraphError as error:
            _log.warning("job %s: its provenance waits for the store: %s", job.id, error)
            results, is_settled = list(ended.results), False
        self._jobs.set_results(job.id, results)
        last = ended.job
        self._jobs.change(
            job.id,
            phases,
            phase=last.phase,
            started=last.started,
            ended=last.ended,
            message=last.message,
            settled=is_settled,
        )
        if not is_settled:
            self._is_over.wait(_IDLE)

    def _archive(self, job: JobRecord) -> None:
        """Remove the files of a job; what is known of it stays."""
        if job.phase.is_active and job.phase is not Phase.PENDING:
            self._jobs.change(job.id, phase=Phase.ABORTED, message="its time to be destroyed came")
            return
        if job.phase is Phase.PENDING or job.settled:
            self._folder(job).remove()
            self._jobs.change(job.id, phase=Phase.ARCHIVED, settled=True)

    def _folder(self, job: JobRecord) -> JobFolder:
        return JobFolder(self._settings.folder, job.id)


def _ended(job: JobRecord, folder: JobFolder) -> EndedJob:
    """What is known of a job at its end."""
    definition = folder.definition()
    started, ended = folder.started(), folder.ended()
    phase, message = _outcome(job, ended) if ended else _unsaid_outcome(job)
    if ended:
        began, end = ended["began"], ended["time"]
    else:
        began, end = started["time"] if started else job.started, job.ended or now()
    last = replace(job, phase=phase, started=began, ended=end, message=message)
    return EndedJob(
        last,
        definition,
        _kept(folder),
        results_of(last, folder, definition.outputs),
        started["host"] if started else None,
        ended["code"] if ended else None,
    )


def _unsaid_outcome(job: JobRecord) -> tuple[Phase, str | None]:
    """The phase of a job of which no wrapper has said how it ended, and what went wrong."""
    if job.phase in (Phase.ABORTED, Phase.ERROR):
        return job.phase, job.message
    return Phase.ERROR, "it ended without a word, as when its machine stops"


def _outcome(job: JobRecord, ended: dict[str, Any]) -> tuple[Phase, str | None]:
    """The phase of a job whose script has ended, and what went wrong."""
    why, code = ended["why"], ended["code"]
    if why == "time":
        return Phase.ABORTED, f"it took longer than the {job.duration} s that it may take"
    if why == "aborted" or (job.phase is Phase.ABORTED and code != 0):
        return Phase.ABORTED, job.message
    if why == "output":
        return Phase.ERROR, "it wrote more than a job may write"
    if why is not None:
        return Phase.ERROR, str(why)
    if code < 0:
        return Phase.ERROR, f"the script was ended by signal {-code}"
    return (Phase.COMPLETED, None) if code == 0 else (Phase.ERROR, f"the script ended with {code}")


def _keep(folder: JobFolder, staged: list[StagedInput]) -> None:
    """Write down which inputs are there, for a server that comes later."""
    text = json.dumps([asdict(each) for each in staged])
    (folder.inputs / "staged.json").write_text(text, encoding="utf-8")


def _kept(folder: JobFolder) -> list[StagedInput]:
    with suppress(FileNotFoundError):
        text = (folder.inputs / "staged.json").read_text(encoding="utf-8")
        return [StagedInput(**each) for each in json.loads(text)]
    return []
