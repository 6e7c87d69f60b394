"""Capture: the provenance of a running ctapipe process is delivered when the process ends.

Two lines in a script::

    import provgraph.capture
    provgraph.capture.start()

At the end of the process, however it comes (return, exception, SIGTERM, SIGINT, SIGHUP), what
ctapipe's ``Provenance`` holds goes into the store, or into the spool when the store is away.
Nothing here ever fails the job or changes its exit code: trouble is one warning in the log. Needs
ctapipe, which the job has; without it, a warning.
"""

import atexit
import importlib
import json
import logging
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from provgraph.collecting.courier import deliver_in_own_process
from provgraph.collecting.spool import put_in_spool
from provgraph.errors import SpoolError
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.settings import default_spool, destination, store_url

#: How long the end of a job waits for its provenance to be delivered, in seconds.
WAIT_SECONDS = 5.0
#: Signals that end a process which does nothing about them.
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

_log = logging.getLogger(__name__)
_Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProcessEnd:
    """How the activities that were going on came to their end, in ctapipe's words.

    The fields are None where nobody knows.
    """

    status: str | None = None
    exit_code: int | None = None


class Capture:
    """Delivers what ctapipe's ``Provenance`` holds, once, in the process that made it."""

    def __init__(self, store: str, spool: Path, namespace: str, wait: float) -> None:
        """Get hold of ctapipe's ``Provenance``.

        Args:
            store: the store's URL.
            spool: where the provenance waits while the store is away.
            namespace: in which the job's paths mean files.
            wait: how many seconds the delivery may take; after that the provenance waits in the
                spool.

        Raises:
            ImportError: ctapipe can't be imported.
        """
        self._module = importlib.import_module("ctapipe.core.provenance")
        self._store = store
        self._spool = spool
        self._namespace = namespace
        self._wait = wait
        self._process = os.getpid()
        self._is_delivered = False
        self._cleared: list[_Record] = []
        self._provenance = self._module.Provenance()
        self._open_before = {record["activity_uuid"] for record in self._open()}
        self._clear = self._provenance.clear
        self._provenance.clear = self._keep_and_clear

    @property
    def is_of_this_process(self) -> bool:
        """False in a forked child: its parent delivers what was noted before the fork."""
        return os.getpid() == self._process

    def release(self) -> None:
        """Leave ctapipe's ``Provenance`` as it was."""
        self._provenance.clear = self._clear

    def deliver(self, end: ProcessEnd, *, all_open: bool) -> None:
        """Put aside and deliver, unless that was done before or this is a forked child.

        Never raises an exception.

        Args:
            end: how the activities that are still open came to their end.
            all_open: whether those that were open when the capture began have come to their end
                too.
        """
        if self._is_delivered or not self.is_of_this_process:
            return
        self._is_delivered = True
        try:
            if records := self._records(end, all_open=all_open):
                self._deliver(records)
        except Exception as error:  # the job goes before its provenance
            _warn("is lost", error)

    def _deliver(self, records: list[_Record]) -> None:
        content = json.dumps(records, default=self._jsonable).encode()
        with _signals_held():
            item = self._put_aside(content)
        spool = item.parent
        if self._wait > 0:
            # Ctrl-C ends the wait; the provenance is safe by now.
            with suppress(KeyboardInterrupt):
                deliver_in_own_process(spool, self._store, self._wait, subprocess.DEVNULL)
        if item.exists():
            _warn(
                "is not in the store yet",
                f"it waits in {spool}; `provgraph watch --once {spool}` delivers it",
            )
        elif spool != self._spool:
            with suppress(OSError):
                spool.rmdir()

    def _put_aside(self, content: bytes) -> Path:
        """Put the provenance into the spool.

        Where the spool can't be written, as on a node without a home folder, a new temporary one is
        made.
        """
        source = f"capture:{platform.node()}:{os.getpid()}:{Path(sys.argv[0]).name or 'python'}"
        put = partial(
            put_in_spool,
            content=content,
            source=source,
            namespace=self._namespace,
            format_name="ctapipe",
            store=destination(self._store),
        )
        try:
            return put(self._spool)
        except SpoolError:
            spool = Path(tempfile.mkdtemp(prefix="provgraph-spool-"))
            try:
                return put(spool)
            except SpoolError:
                spool.rmdir()
                raise

    def _records(self, end: ProcessEnd, *, all_open: bool) -> list[_Record]:
        ended = (
            each
            for each in self._open()
            if all_open or each["activity_uuid"] not in self._open_before
        )
        return [
            *self._cleared,
            *self._provenance.provenance,
            *(_ended(record, end) for record in ended),
        ]

    def _open(self) -> list[_Record]:
        return [activity.provenance for activity in self._provenance._activities]

    def _keep_and_clear(self) -> None:
        """Keep what ``Provenance().clear()`` takes away.

        A process that runs two tools calls it between the two: the first one's records must stay.
        """
        self._cleared += [*self._provenance.provenance, *self._open()]
        self._clear()

    def _jsonable(self, value: object) -> Any:
        """Convert a value that JSON has no form for, as ctapipe does.

        Where ctapipe itself fails, the value's ``repr`` is taken.
        """
        try:
            return self._module.json_config_handler(value)
        except TypeError:
            return repr(value)


class _UntilProcessEnds:
    """Delivers at the end of the process, and notes what brought the end about.

    Signal handlers that the job has set are left alone: they end the job by exit or by an
    exception, and both are noticed here. So is Ctrl-C, of which Python makes a KeyboardInterrupt.
    """

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self._end = ProcessEnd()
        self._show_exception = sys.excepthook
        sys.excepthook = self._on_exception
        atexit.register(self._on_exit)
        self._forking = threading.local()
        if threading.current_thread() is threading.main_thread():
            self._handled = [
                number for number in ENDING_SIGNALS if signal.getsignal(number) is signal.SIG_DFL
            ]
            for number in self._handled:
                signal.signal(number, self._on_signal)
            os.register_at_fork(
                before=self._before_fork,
                after_in_parent=self._after_fork,
                after_in_child=self._after_fork_in_child,
            )

    def _before_fork(self) -> None:
        """Hold signals back: Python loses one that comes before a child is set up."""
        self._forking.mask = signal.pthread_sigmask(signal.SIG_BLOCK, self._handled)

    def _after_fork(self) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._forking.mask)

    def _after_fork_in_child(self) -> None:
        """Let signals end a child as they would without this module."""
        for number in self._handled:
            if signal.getsignal(number) == self._on_signal:
                signal.signal(number, signal.SIG_DFL)
        self._after_fork()

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        self._end = _end_by(error)
        self._show_exception(kind, error, traceback)

    def _on_exit(self) -> None:
        self.capture.deliver(self._end, all_open=True)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Deliver, then end the process by the same signal."""
        signal.signal(number, signal.SIG_DFL)
        self.capture.deliver(ProcessEnd("interrupted", 128 + number), all_open=True)
        os.kill(os.getpid(), number)


_running: _UntilProcessEnds | None = None


def start(
    *,
    store: str | None = None,
    spool: str | Path | None = None,
    namespace: str = DEFAULT_NAMESPACE,
    wait: float = WAIT_SECONDS,
) -> None:
    """Deliver the provenance of this process at its end.

    Call it once, anywhere before the work begins.

    Args:
        store: the store's URL; else ``PROVGRAPH_STORE``, else the SQLite file in the user-data
            folder.
        spool: the folder where the provenance waits while the store is away; else
            ``PROVGRAPH_SPOOL``, else one in the user-data folder.
        namespace: in which the job's paths mean files; a worker's private scratch is another.
        wait: how many seconds the job's end may take longer; 0 puts the provenance into the spool
            and leaves it there.
    """
    global _running  # noqa: PLW0603 - one process, one end
    if _running is not None and _running.capture.is_of_this_process:
        return
    if capture := _begun(store, spool, namespace, wait):
        _running = _UntilProcessEnds(capture)


@contextmanager
def capturing(
    *,
    store: str | None = None,
    spool: str | Path | None = None,
    namespace: str = DEFAULT_NAMESPACE,
    wait: float = WAIT_SECONDS,
) -> Iterator[None]:
    """Deliver the provenance of a block of code at the block's end.

    For notebooks and services, whose process goes on after the block:

        with provgraph.capture.capturing():
            tool.run()

    What ctapipe has noted by the end of the block is delivered. When the block raises an exception,
    the activities that it began and left open are delivered too, as ``error`` or ``interrupted``.
    The exception goes on to the caller. Trouble with the delivery itself raises no exception: it is
    logged as a warning.

    Args:
        store: the store's URL; else ``PROVGRAPH_STORE``, else the SQLite file in the user-data
            folder.
        spool: the folder where the provenance waits while the store is away; else
            ``PROVGRAPH_SPOOL``, else one in the user-data folder.
        namespace: in which the job's paths mean files; a worker's private scratch is another.
        wait: how many seconds the block's end may take longer; 0 puts the provenance into the
            spool and leaves it there.

    Yields:
        nothing; the block runs once.
    """
    capture = _begun(store, spool, namespace, wait)
    end = ProcessEnd()
    try:
        yield
    except BaseException as error:
        end = _end_by(error)
        raise
    finally:
        if capture is not None:
            capture.deliver(end, all_open=False)
            capture.release()


def _begun(
    store: str | None, spool: str | Path | None, namespace: str, wait: float
) -> Capture | None:
    try:
        return Capture(store_url(store), Path(spool) if spool else default_spool(), namespace, wait)
    except Exception as error:  # the job goes before its provenance
        _warn("is not captured", error)
        return None


def _warn(what: str, why: object) -> None:
    _log.warning("provgraph: the provenance of this run %s: %s", what, " ".join(str(why).split()))


def _end_by(error: BaseException) -> ProcessEnd:
    """Tell how an exception ends the open activities, in the words of ctapipe's ``Tool``."""
    if isinstance(error, KeyboardInterrupt):
        return ProcessEnd("interrupted", 130)
    if isinstance(error, SystemExit):
        return (
            ProcessEnd("error", error.code if isinstance(error.code, int) else 1)
            if error.code
            else ProcessEnd()
        )
    return ProcessEnd("error", 1)


def _ended(record: _Record, end: ProcessEnd) -> _Record:
    """Copy the record of an activity that nobody finished, and give the copy its end."""
    if end.status is None:
        return record
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return {**record, "status": end.status, "exit_code": end.exit_code, "stop": {"time_utc": now}}


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold signals back while the block runs; they take effect after it."""
    came: list[int] = []
    held: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number in ENDING_SIGNALS:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                held[number] = signal.signal(number, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        for held_number, handler in held.items():
            signal.signal(held_number, handler)
        for came_number in came:
            os.kill(os.getpid(), came_number)
