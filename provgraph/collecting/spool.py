"""A spool: a folder in which logs wait, safely on disk, until a store has them.

Each waiting log is a folder of its own, which appears and vanishes by one rename, so that nobody
meets half of it::

    20261121T142501-9f86d081.waiting/   item.json   what is known of the log
                                        run.provlog the log's bytes
    refused/20261121T….refused/         why.txt, beside the item as it was

Others may write to a spool: what lies in it is taken for an item only when it is one, and nothing
is written into it.
"""

import errno
import fcntl
import json
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from provgraph import __version__
from provgraph.collecting.label import LABEL, Label, address_put_aside, read_label
from provgraph.errors import LoadError, SpoolError

WHY = "why.txt"
REFUSED = "refused"
#: What a killed process left half-written is taken away after this many seconds.
STALE = 86_400.0
_WAITING = ".waiting"
_ITEM = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}\.(waiting|refused)")
_LEFTOVER = re.compile(r"\.\d{8}T\d{6}-[0-9a-f]{8}\.(writing|done)")
_PRIVATE = 0o700
_LONGEST_NAME = 200
_LONGEST_LABEL = 1 << 16
#: Opens no link, and waits for nobody at a pipe.
_AS_IT_IS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
#: What opening says where there is no file, but nothing, a link, a folder or a socket.
_NO_FILE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.ENXIO)


def make_spool(spool: Path) -> None:
    """Make a spool, for its owner only, unless it is there.

    Args:
        spool: the folder.

    Raises:
        SpoolError: it can't be made.
    """
    try:
        spool.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        raise SpoolError(
            f"the spool {spool} can't be made: {error.strerror}; choose another folder, such as by "
            "PROVGRAPH_SPOOL"
        ) from error


def put_in_spool(
    spool: Path,
    content: bytes | Path,
    source: str,
    *,
    namespace: str,
    format_name: str | None,
    store: str,
) -> Path:
    """Put a log into a spool.

    When this returns, it survives the death of the process and of the machine.

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
        address_put_aside(content, source),
    )
    writing = spool / f".{name}.writing"
    make_spool(spool)
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


def waiting_items(spool: Path) -> list[Path]:
    """List the items that wait in a spool.

    Args:
        spool: the folder; it need not be there.

    Returns:
        the folders of the items, the newest first: who has just put a log aside should not wait
        for a backlog.

    Raises:
        SpoolError: the spool is there and can't be read.
    """
    try:
        found = [
            Path(entry.path)
            for entry in os.scandir(spool)
            if is_item(entry.name) and entry.name.endswith(_WAITING)
        ]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SpoolError(
            f"the spool {spool} can't be read: {error.strerror}; check the path and its owner"
        ) from error
    return sorted(found, reverse=True)


def put_aside_at(item: Path) -> datetime:
    """Find out since when a log waits.

    Args:
        item: its folder, among `waiting_items`.

    Returns:
        The time, in UTC.
    """
    return datetime.strptime(item.name.partition("-")[0], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def is_item(name: str) -> bool:
    """Tell whether a folder of this name is an item of a spool.

    Args:
        name: of the folder, without its path.
    """
    return bool(_ITEM.fullmatch(name))


@contextmanager
def claim_item(item: Path) -> Iterator[bool]:
    """Hold an item, so that no other process delivers it meanwhile.

    Args:
        item: its folder.

    Yields:
        True when the item is held. False when another process holds it or has delivered it. True
        too for what is no item and can't be held: it is only to be refused.

    Raises:
        SpoolError: it can't be opened for writing, which a lock on a network file system needs.
    """
    with _writable(item):
        label = _lockable(item / LABEL)
    if label is None:
        yield os.path.lexists(item)
        return
    try:
        yield _locked(label) and _is_still(label, item / LABEL)
    finally:
        os.close(label)


def label_of(item: Path) -> Label:
    """Read what is known of a log that waits.

    Args:
        item: the folder of the log.

    Raises:
        LoadError: its label is damaged, or it is no folder of one owner with a label and a log in
            it.
    """
    try:
        label = read_label(json.loads(_label_text(item)))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise LoadError(f"its {LABEL} is damaged ({type(error).__name__}: {error})") from error
    if Path(label.content).name != label.content:
        raise LoadError(f"its {LABEL} names bytes outside of the item: {label.content!r}")
    try:
        _check_is_a_file_of(item, label.content, (item / label.content).lstat())
    except (OSError, ValueError) as error:
        raise LoadError(f"its {label.content!r} can't be read: {error}") from error
    return label


def remove_item(item: Path) -> None:
    """Take an item away, because its store has it.

    Args:
        item: its folder.

    Raises:
        SpoolError: the spool can't be written.
    """
    done = item.with_name(f".{item.stem}.done")
    with _writable(item):
        item.rename(done)
    shutil.rmtree(done, ignore_errors=True)


def refuse_item(item: Path, why: str) -> None:
    """Move an item to where the refused ones are kept, beside a text that says why.

    Args:
        item: its folder.
        why: the text, several lines or one.

    Raises:
        SpoolError: the spool can't be written.
    """
    with _writable(item), ExitStack() as stack:
        (item.parent / REFUSED).mkdir(exist_ok=True)
        refused = _opened_folder(item.parent / REFUSED, stack)
        # A folder of its own: in the item, and wherever its name can be guessed, others may have
        # laid out links.
        name = f"{item.stem.partition('-')[0]}-{secrets.token_hex(4)}.refused"
        os.mkdir(name, mode=0o755, dir_fd=refused)
        place = _opened_folder(name, stack, refused)
        try:
            _write_new(place, WHY, why)
            os.rename(item, item.name, dst_dir_fd=place)
        except OSError:
            with suppress(OSError):
                os.unlink(WHY, dir_fd=place)
            os.rmdir(name, dir_fd=refused)
            raise


def remove_leftovers(spool: Path) -> None:
    """Take away what killed processes left half-written or half-removed.

    Args:
        spool: the folder; trouble with it is left to `waiting_items`.
    """
    with suppress(OSError):
        for entry in list(os.scandir(spool)):
            age = time.time() - entry.stat(follow_symlinks=False).st_mtime
            if _LEFTOVER.fullmatch(entry.name) and age > STALE:
                shutil.rmtree(entry.path, ignore_errors=True)


@contextmanager
def _writable(item: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SpoolError(
            f"{item} can't be taken from the spool: {error.strerror}; check its owner, its rights "
            "and the disk"
        ) from error


def _content_name(source: str) -> str:
    name = Path(source).name
    usable = name not in ("", "..", "-", LABEL, WHY) and len(os.fsencode(name)) <= _LONGEST_NAME
    return name if usable else "log"


def _written(writing: Path, label: Label, content: bytes | Path, item: Path) -> Path:
    writing.mkdir()
    with (writing / label.content).open("xb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            with content.open("rb") as original:
                shutil.copyfileobj(original, file)
        file.flush()
        os.fsync(file.fileno())
    with (writing / LABEL).open("x", encoding="utf-8") as file:
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


def _lockable(path: Path) -> int | None:
    """Open a file for a lock; None where no file is that can bear one."""
    try:
        descriptor = os.open(path, os.O_RDWR | _AS_IT_IS)
    except OSError as error:
        if error.errno in _NO_FILE:
            return None
        raise
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(descriptor: int, path: Path) -> bool:
    """Whether the file that was opened is the one that stands at the path now."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _label_text(item: Path) -> bytes:
    with ExitStack() as stack:
        folder = _opened_folder(item, stack)
        descriptor = os.open(LABEL, os.O_RDONLY | _AS_IT_IS, dir_fd=folder)
        stack.callback(os.close, descriptor)
        found = os.fstat(descriptor)
        _check_is_a_file_of(item, LABEL, found)
        if found.st_size > _LONGEST_LABEL:
            raise LoadError(f"its {LABEL} is damaged: of more than {_LONGEST_LABEL} bytes")
        return os.read(descriptor, _LONGEST_LABEL)


def _check_is_a_file_of(item: Path, name: str, found: os.stat_result) -> None:
    """Refuse links, hard ones too: by them an item could show files of who delivers it."""
    if not stat.S_ISREG(found.st_mode):
        raise LoadError(f"its {name!r} is no regular file")
    if found.st_uid != item.lstat().st_uid:
        raise LoadError(f"its {name!r} does not belong to the owner of the item")


def _opened_folder(path: Path | str, stack: ExitStack, within: int | None = None) -> int:
    """Open a real folder, not a link to one, for as long as the stack is open."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | _AS_IT_IS, dir_fd=within)
    stack.callback(os.close, descriptor)
    return descriptor


def _write_new(folder: int, name: str, text: str) -> None:
    descriptor = os.open(
        name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_IT_IS, 0o644, dir_fd=folder
    )
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
