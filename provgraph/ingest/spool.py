"""A spool: a folder in which logs wait, safely on disk, until a store has them.

Each waiting log is a folder of its own, which appears and vanishes by one rename, so that nobody meets half of it::

    20261121T142501-9f86d081.waiting/   item.json   what is known of the log
                                        run.provlog the log's bytes
    refused/20261121T….refused/         the same, and why.txt
"""

import fcntl
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from provgraph import __version__
from provgraph.errors import LoadError, SpoolError

LABEL = "item.json"
WHY = "why.txt"
REFUSED = "refused"
#: What a killed process left half-written is taken away after this many seconds.
STALE = 86_400.0
_WAITING = ".waiting"
_ITEM = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}\.(waiting|refused)")
_LEFTOVER = re.compile(r"\.\d{8}T\d{6}-[0-9a-f]{8}\.(writing|done)")
_PRIVATE = 0o700
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of a log that waits.

    Attributes:
        source: what reports and the load record call it.
        namespace: in which its paths mean files.
        format: the loader's name; None to recognise it by content.
        store: where it is to go, without password.
        content: the file with its bytes, beside the label.
        time: when it was put aside.
        version: provgraph's.
    """

    source: str
    namespace: str
    format: str | None
    store: str
    content: str
    time: str
    version: str


def make(spool: Path) -> None:
    """Make a spool, for its owner only, unless it is there.

    Raises:
        SpoolError: it can't be made.
    """
    try:
        spool.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        raise SpoolError(
            f"the spool {spool} can't be made: {error.strerror}; choose another folder, such as by PROVGRAPH_SPOOL"
        ) from error


def put_aside(
    spool: Path, content: bytes | Path, source: str, *, namespace: str, format_name: str | None, store: str
) -> Path:
    """Put a log into a spool; when this returns, it survives the death of the process and of the machine.

    Args:
        spool: the folder; made, for its owner only, when it isn't there.
        content: the log's bytes, or a file that holds them now.
        source: what reports and the load record call it.
        namespace: in which its paths mean files.
        format_name: the loader's name; None to recognise it by content.
        store: where it is to go, without password (`provgraph.settings.destination`).

    Returns:
        the item's folder, which is there until the item is delivered or refused.

    Raises:
        SpoolError: the spool can't be written.
    """
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    label = Label(
        source,
        namespace,
        format_name,
        store,
        _content_name(source),
        now.isoformat(timespec="milliseconds"),
        __version__,
    )
    writing = spool / f".{name}.writing"
    make(spool)
    try:
        return _written(writing, label, content, spool / f"{name}{_WAITING}")
    except OSError as error:
        raise SpoolError(
            f"{source} can't be put aside in the spool {spool}: {error.strerror or error}; "
            "make room there, or choose another folder"
        ) from error
    finally:
        # After the rename there is nothing of this name.
        shutil.rmtree(writing, ignore_errors=True)


def waiting(spool: Path) -> list[Path]:
    """The items of a spool, the newest first: who has just put a log aside should not wait for a backlog.

    Raises:
        SpoolError: the spool is there and can't be read.
    """
    try:
        found = [
            Path(entry.path) for entry in os.scandir(spool) if is_item(entry.name) and entry.name.endswith(_WAITING)
        ]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SpoolError(f"the spool {spool} can't be read: {error.strerror}; check the path and its owner") from error
    return sorted(found, reverse=True)


def is_item(name: str) -> bool:
    """Whether a folder of this name is an item of a spool."""
    return bool(_ITEM.fullmatch(name))


@contextmanager
def claimed(item: Path) -> Iterator[bool]:
    """Hold an item, so that no other process delivers it meanwhile.

    Yields:
        False when another process holds it, or has delivered it.

    Raises:
        SpoolError: it can't be opened for writing, which a lock on a network file system needs.
    """
    with _writable(item):
        label = _opened(item / LABEL)
    if label is None:
        yield False
        return
    with label:
        yield _locked(label.fileno()) and _is_still(label.fileno(), item / LABEL)


def label_of(item: Path) -> Label:
    """What is known of a log that waits.

    Raises:
        LoadError: its label is damaged.
    """
    try:
        said = json.loads((item / LABEL).read_text(encoding="utf-8"))
        label = Label(**{field.name: said[field.name] for field in fields(Label)})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LoadError(f"its {LABEL} is damaged ({type(error).__name__}: {error})") from error
    if Path(label.content).name != label.content:
        raise LoadError(f"its {LABEL} names bytes outside of the item: {label.content!r}")
    return label


def remove(item: Path) -> None:
    """Take an item away: its store has it.

    Raises:
        SpoolError: the spool can't be written.
    """
    done = item.with_name(f".{item.stem}.done")
    with _writable(item):
        item.rename(done)
    shutil.rmtree(done, ignore_errors=True)


def refuse(item: Path, why: str) -> None:
    """Move an item to where the refused ones are kept, beside a text that says why.

    Raises:
        SpoolError: the spool can't be written.
    """
    place = item.parent / REFUSED / f"{item.stem}.refused"
    with _writable(item):
        place.parent.mkdir(exist_ok=True)
        (item / WHY).write_text(why, encoding="utf-8", errors="backslashreplace")
        item.rename(place)


def tidy(spool: Path) -> None:
    """Take away what killed processes left half-written or half-removed."""
    with suppress(OSError):
        for entry in list(os.scandir(spool)):
            if _LEFTOVER.fullmatch(entry.name) and time.time() - entry.stat().st_mtime > STALE:
                shutil.rmtree(entry.path, ignore_errors=True)


@contextmanager
def _writable(item: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SpoolError(
            f"{item} can't be taken from the spool: {error.strerror}; check its owner, its rights and the disk"
        ) from error


def _content_name(source: str) -> str:
    name = Path(source).name
    usable = name not in ("", "..", "-", LABEL, WHY) and len(os.fsencode(name)) <= _LONGEST_NAME
    return name if usable else "log"


def _written(writing: Path, label: Label, content: bytes | Path, item: Path) -> Path:
    writing.mkdir()
    with (writing / label.content).open("wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            with content.open("rb") as original:
                shutil.copyfileobj(original, file)
        file.flush()
        os.fsync(file.fileno())
    with (writing / LABEL).open("w", encoding="utf-8") as file:
        json.dump(asdict(label), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(writing)
    writing.rename(item)
    _sync_folder(item.parent)
    return item


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _opened(path: Path) -> BinaryIO | None:
    try:
        return path.open("r+b")
    except FileNotFoundError:
        return None


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(descriptor: int, path: Path) -> bool:
    """Whether the file that was opened is what stands at the path now."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
