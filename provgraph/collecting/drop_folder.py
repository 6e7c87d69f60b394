"""A drop folder: which of its files have come to rest since they were last taken.

The folder is looked at again and again: network file systems tell nobody what other machines write.
Nothing here knows a store.
"""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from provgraph.collecting.spool import is_item
from provgraph.ingest.reading.folders import found_in, is_there

#: Files that are being written bear such names; hidden ones are passed over too.
UNFINISHED_SUFFIXES = (".tmp", ".part")

_Look = tuple[int, int, int]


class FileState(Enum):
    """What became of a file that was seen."""

    NEW = "new"
    UNFINISHED = "unfinished"
    DONE = "done"


@dataclass(slots=True)
class SeenFile:
    """A file as it was seen last.

    Its size and times, since when they have been the same, and in how many looks.
    """

    look: _Look
    since: float
    looks: int = 0
    state: FileState = FileState.NEW


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that has come to rest.

    Attributes:
        path: the file.
        is_old: nothing has happened to it for so long that nothing more will.
    """

    path: Path
    is_old: bool


class DropFolder:
    """A folder, with what was seen in it.

    A look at a folder without news costs one `stat` a file.
    """

    def __init__(self, folder: Path, interval: float, patience: float, *, only_once: bool) -> None:
        """Nothing is looked at yet.

        Args:
            folder: watched with all folders in it.
            interval: seconds between two looks.
            patience: after so many seconds an unfinished file counts as all there will be.
            only_once: there is one look; a file that changed within the interval is left.
        """
        self._folder = folder
        self._interval = interval
        self._patience = patience
        self._only_once = only_once
        self._seen: dict[Path, SeenFile] = {}

    def files_at_rest(self) -> list[Candidate]:
        """Look at the folder: the files that are to be taken now, in a fixed order."""
        before, self._seen = self._seen, {}
        candidates = []
        for path, look in sorted(_files(self._folder)):
            seen = before.get(path)
            if seen is None or seen.look != look:
                seen = SeenFile(look, time.monotonic())
            seen.looks += 1
            self._seen[path] = seen
            quiet = max(time.monotonic() - seen.since, time.time() - look[1] / 1e9)
            is_old = quiet >= self._patience
            if self._has_come_to_rest(seen, quiet) and (seen.state is FileState.NEW or is_old):
                candidates.append(Candidate(path, is_old))
        return candidates

    def mark_done(self, candidate: Candidate) -> None:
        """Don't offer the file again unless it changes.

        Args:
            candidate: a file of the last look.
        """
        self._seen[candidate.path].state = FileState.DONE

    def mark_unfinished(self, candidate: Candidate) -> None:
        """Don't offer the file again unless it changes, or nothing happens to it for long.

        Args:
            candidate: a file of the last look.
        """
        self._seen[candidate.path].state = FileState.UNFINISHED

    def not_done(self, candidates: list[Candidate]) -> list[Candidate]:
        """Find the files that are not marked as done.

        Args:
            candidates: files of the last look.

        Returns:
            those that are left, in their order.
        """
        return [each for each in candidates if self._seen[each.path].state is not FileState.DONE]

    def count_left(self) -> int:
        """Count the files that were seen and are still to be taken."""
        return sum(seen.state is not FileState.DONE for seen in self._seen.values())

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Wait until no other watcher is at this folder, and keep others waiting.

        Raises:
            OSError: the folder is gone.
        """
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _lock(descriptor)
            yield
        finally:
            os.close(descriptor)

    def _has_come_to_rest(self, seen: SeenFile, quiet: float) -> bool:
        if seen.state is FileState.DONE:
            return False
        return quiet >= self._interval if self._only_once else seen.looks > 1


def _lock(descriptor: int) -> None:
    """Lock a folder.

    On a file system without locks two watchers may both load a file. The second load then changes
    nothing.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:
        return


def _files(folder: Path) -> Iterator[tuple[Path, _Look]]:
    """Find the files that may be logs.

    Left out are hidden files, files whose name says that they are unfinished, and items of a spool.
    """
    for path in found_in(folder, lambda name: name.startswith(".") or is_item(name)):
        is_finished = not path.name.startswith(".") and not path.name.endswith(UNFINISHED_SUFFIXES)
        if is_finished and (look := _look(path)):
            yield path, look


def _look(path: Path) -> _Look | None:
    """Note the size and times of a file, or of a folder that stands for its files.

    None when there is neither.
    """
    try:
        found = path.stat()
    except OSError as error:
        # Of what its folder hides nothing is seen to change.
        return (0, 0, 0) if is_there(error) else None
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        return None
    # The time of the last change of rights too: who makes a file readable wants it read.
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns
