"""Watching a folder: files that are dropped into it are loaded, items of a spool are delivered."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from provgraph.collecting.delivery import DeliveryFailures, deliver
from provgraph.collecting.drop_folder import Candidate, DropFolder
from provgraph.collecting.posting import LoadServer
from provgraph.errors import (
    LoadError,
    ProvGraphError,
    SettingsError,
    SpoolError,
    StoreError,
    UnknownFormatError,
    UnreachableError,
)
from provgraph.ingest.loading import AT_ONCE, KnownSource, check_namespace, load, look_up
from provgraph.ingest.reading.reading import Reading, format_of
from provgraph.ingest.reading.sources import Source, checksum
from provgraph.ingest.reports import Report
from provgraph.loaders.registry import loader_named
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.records import batches
from provgraph.store.protocol import Store

#: The longest pause between two tries to reach a store that is away, in seconds.
LONGEST_PAUSE = 60.0
#: How long work in progress is waited for when a signal ends the watch; the store rolls back what
#: is cut off.
_GRACE = 1.0


@dataclass(frozen=True, slots=True)
class WatchOrder:
    """What is watched, and how.

    Attributes:
        folder: where.
        interval: seconds between two looks.
        patience: a log that is cut off is loaded as it is when nothing has happened to it for so
            many seconds.
        namespace: in which the files' paths mean files; what was put aside has its own.
        format_name: a loader's name; None to recognise each file by its content.
        destination: deliver only what was put aside for this store; None for everything.
        only_once: look once.
        only_spooled: leave alone what was not put aside.
    """

    folder: Path
    interval: float = 2.0
    patience: float = 300.0
    namespace: str = DEFAULT_NAMESPACE
    format_name: str | None = None
    destination: str | None = None
    only_once: bool = False
    only_spooled: bool = False


class Watcher:
    """Looks at a folder again and again, whatever happens to the store."""

    def __init__(
        self,
        order: WatchOrder,
        connect: Callable[[], Store | LoadServer],
        tell: Callable[[Report], None],
        note: Callable[[str], None],
    ) -> None:
        """Get ready.

        Args:
            order: what to do.
            connect: opens the store, or finds the server; called again when that went away.
            tell: called with the report of each log that is done with.
            note: called with what else the user should know.

        Raises:
            SettingsError: the folder isn't there, or the namespace or the format makes no sense.
        """
        check_namespace(order.namespace)
        if order.format_name is not None:
            loader_named(order.format_name)
        if not order.folder.is_dir():
            raise SettingsError(
                f"{order.folder} is no folder: make it, or give the one that logs are dropped into"
            )
        self.counts: Counter[str] = Counter()
        self._order = order
        self._connect = connect
        self._tell = tell
        self._note = note
        self._folder = DropFolder(
            order.folder, order.interval, order.patience, only_once=order.only_once
        )
        self._store: Store | LoadServer | None = None
        self._is_gone = False

    @property
    def left(self) -> int:
        """How many dropped files wait until they are whole."""
        return self._folder.count_left()

    def look(self, stop: Event) -> None:
        """Deliver and load what is there now.

        Args:
            stop: leaves the rest for another time when set.

        Raises:
            StoreError: the store failed or went away; what was told is in it.
            SpoolError: the folder can't be read, or what was put aside in it can't be taken.
        """
        store = self._store = self._store or self._connect()
        store.make()
        failures = DeliveryFailures()
        with failures.collected():
            for report in deliver(store, self._order.folder, self._order.destination):
                self._done(report)
                if stop.is_set():
                    return
        if not self._order.only_spooled:
            self._load_dropped(store, stop, failures)
        failures.raise_first()

    def watch(self, stop: Event) -> None:
        """Look again and again until told to stop; a store that goes away is waited for.

        Args:
            stop: ends the watch when set.

        Raises:
            StoreError: the store refused before it ever worked.
        """
        pause, has_worked, trouble = self._order.interval, False, ""
        while not stop.is_set():
            try:
                self.look(stop)
            except SpoolError as error:  # the store works, and has what can be taken
                if str(error) != trouble:
                    self._note(str(error))
                has_worked, trouble, pause = True, str(error), self._order.interval
            except ProvGraphError as error:
                self.close()
                if not has_worked and not isinstance(error, UnreachableError):
                    raise
                if not trouble:
                    self._note(f"{error}; trying again until it works")
                trouble, pause = str(error), min(2 * pause, LONGEST_PAUSE)
            else:
                if trouble:
                    self._note("all works again")
                has_worked, trouble, pause = True, "", self._order.interval
            stop.wait(pause)

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _load_dropped(
        self, store: Store | LoadServer, stop: Event, failures: DeliveryFailures
    ) -> None:
        try:
            with self._folder.claimed():
                for some in batches(self._folder.files_at_rest(), AT_ONCE):
                    for each in self._load_together(store, self._to_load(store, some)):
                        if stop.is_set():
                            return
                        with failures.collected():
                            self._load(store, [each])
                self._is_gone = False
        except FileNotFoundError:
            if not self._is_gone:
                self._note(f"{self._order.folder} is gone; waiting until it is there again")
            self._is_gone = True
        except PermissionError as error:
            raise SpoolError(
                f"{self._order.folder} can't be read: {error.strerror}; check its owner and its "
                "rights"
            ) from error

    def _to_load(self, store: Store | LoadServer, candidates: list[Candidate]) -> list[Candidate]:
        """Pick the files that are logs, whole, and not known to be in the store."""
        ours = [each for each in candidates if self._is_ours(each)]
        found = []
        for each, there in zip(ours, self._looked_up(store, ours), strict=True):
            if there.known is not None:
                self.counts["known before"] += 1
                self._folder.mark_done(each)
            elif each.is_old or self._is_whole(there):
                found.append(each)
            else:
                self._folder.mark_unfinished(each)
        return found

    def _looked_up(
        self, store: Store | LoadServer, candidates: list[Candidate]
    ) -> Iterable[KnownSource]:
        """What the store has of files; a server says of what it is sent whether it has that."""
        sources = map(_source, candidates)
        if isinstance(store, LoadServer):
            return (KnownSource(each, checksum(each.path)) for each in sources)
        return look_up(
            sources, store, self._order.format_name, self._order.namespace, patient=False
        )

    def _load_together(
        self, store: Store | LoadServer, candidates: list[Candidate]
    ) -> list[Candidate]:
        """Load files in few transactions.

        Files that are left when the store fails are loaded one by one afterwards.
        """
        try:
            self._load(store, candidates)
        except UnreachableError:
            raise
        except StoreError:
            return self._folder.not_done(candidates)
        return []

    def _load(self, store: Store | LoadServer, candidates: list[Candidate]) -> None:
        sources = [_source(each) for each in candidates]
        namespace, format_name = self._order.namespace, self._order.format_name
        reports: Iterable[Report]
        if isinstance(store, LoadServer):
            reports = (
                report
                for each in sources
                for report in store.load_source(each, namespace, format_name)
            )
        else:
            reports = load(store, sources, format_name=format_name, namespace=namespace)
        for each, report in zip(candidates, reports, strict=True):
            self._folder.mark_done(each)
            if report.status == "unchanged":
                self.counts["known before"] += 1
            else:
                self._done(report)

    def _is_ours(self, candidate: Candidate) -> bool:
        """Whether a loader reads the file, by its first bytes."""
        try:
            format_of(_source(candidate), self._order.format_name)
        except UnknownFormatError:
            self._folder.mark_done(candidate)
            return False
        except LoadError:
            return True  # What can't be read is reported by `load`.
        return True

    def _is_whole(self, found: KnownSource) -> bool:
        """Whether the file reads to its end without a problem.

        A log whose JSON array is still open is being written.
        """
        reading = Reading(found.source, found.checksum, found.begun, self._order.format_name)
        for _ in reading.read(self._order.namespace):
            pass
        return not reading.problems

    def _done(self, report: Report) -> None:
        self.counts[report.status] += 1
        self._tell(report)


@contextmanager
def until_signalled(last_words: Callable[[], None]) -> Iterator[Event]:
    """Set an event on SIGTERM or Ctrl-C while the block runs.

    The process is ended when the block takes no notice of the event.

    A thread waits for them: the main one may be deep in a driver, where no handler runs. Behind the
    block signals have their usual effect again, so that a process may call this more than once.

    Args:
        last_words: called before the process is ended in the middle of its work.
    """
    signals = {signal.SIGTERM, signal.SIGINT}
    stop, ended = Event(), Event()

    def wait() -> None:
        signal.sigwait(signals)
        stop.set()
        if not ended.wait(_GRACE):
            last_words()
            os._exit(0)

    previous = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    waiter = Thread(target=wait, daemon=True)
    waiter.start()
    try:
        yield stop
    finally:
        ended.set()
        # The thread would take the next signal of the process: this one is for it alone.
        if waiter.is_alive() and waiter.ident is not None:
            signal.pthread_kill(waiter.ident, signal.SIGTERM)
        waiter.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)


def _source(candidate: Candidate) -> Source:
    return Source(os.path.abspath(candidate.path), candidate.path)
