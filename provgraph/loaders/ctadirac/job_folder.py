"""The folder that a CTADIRAC job leaves behind, as one stream of bytes.

The stream holds the job's files one behind another. So a job is one source with one checksum, and
goes through spools and readers as any file does.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from pathlib import Path

from provgraph.errors import LoadError
from provgraph.loaders.protocol import HEAD

#: What a packed job begins with; no file of a job does.
MAGIC = b"provgraph job folder 1\n"
PROVENANCE = "provDict.txt"
JOB_ID = "JOBID"
OUTPUTS = "output_lfns.txt"
JOB = "job.json"
CATALOGUE = "dfc.json"
_ABOUT_THE_JOB = (JOB_ID, OUTPUTS, JOB, CATALOGUE)
_LOG_SUFFIXES = (".log", ".provlog", ".log.gz", ".provlog.gz")
_LOG_NAME = re.compile(r"[\w.+-]{1,150}\.(?:log|provlog)(?:\.gz)?")
_MARK_OF_A_RECORD = b"activity_uuid"
_GZIP_MAGIC = b"\x1f\x8b"
#: No file of a job is larger, in bytes; a longer log has to be loaded by itself.
LARGEST_FILE = 64 << 20


@dataclass(frozen=True, slots=True)
class JobFiles:
    """The files of a job: the name of each and its bytes.

    Attributes:
        provenance: ``provDict.txt`` and logs of ctapipe.
        about: ``JOBID``, ``output_lfns.txt``, ``job.json`` and ``dfc.json``, as far as they are
            there.
    """

    provenance: Mapping[str, bytes]
    about: Mapping[str, bytes]


def is_job_folder(folder: Path) -> bool:
    """Whether a job left a folder behind.

    Args:
        folder: the folder; its own folders are not looked at.

    Returns:
        True when ``provDict.txt`` lies in it, or a ctapipe log beside files about the job.
    """
    try:
        if (folder / PROVENANCE).is_file():
            return True
        return any((folder / name).is_file() for name in _ABOUT_THE_JOB) and bool(_logs(folder))
    except OSError:
        return False


def files_of(folder: Path) -> list[Path]:
    """List the files of a job.

    Args:
        folder: the job's folder.

    Returns:
        The job's files in a fixed order. Other files in the folder are passed over.
    """
    names = [name for name in (PROVENANCE, *_ABOUT_THE_JOB) if (folder / name).is_file()]
    return sorted((*(folder / name for name in names), *_logs(folder)))


def packed(folder: Path) -> Iterator[bytes]:
    """Pack the files of a job into one stream, the same for the same files.

    Args:
        folder: the job's folder.

    Yields:
        Pieces of the stream: `MAGIC`, and of each file a line with its name and size, and its
        bytes.

    Raises:
        OSError: a file can't be read.
    """
    yield MAGIC
    for path in files_of(folder):
        content = path.read_bytes()
        yield f"{json.dumps(path.name)} {len(content)}\n".encode()
        yield content


def unpacked(stream: BufferedReader) -> JobFiles:
    """Take the files out of a packed job.

    Args:
        stream: what `packed` has made.

    Returns:
        The files, decompressed.

    Raises:
        LoadError: the stream is no packed job or is cut off, or a file is too large.
    """
    if stream.read(len(MAGIC)) != MAGIC:
        raise LoadError("is no packed job folder")
    provenance: dict[str, bytes] = {}
    about: dict[str, bytes] = {}
    while label := stream.readline(HEAD):
        name, size = _name_and_size(label)
        content = stream.read(size)
        if len(content) < size:
            raise LoadError(f"is cut off within {name}")
        (about if name in _ABOUT_THE_JOB else provenance)[name] = _decompressed(name, content)
    return JobFiles(provenance, about)


def jobs_among(names: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Find the folders of jobs among the members of an archive, and lay each out again.

    Args:
        names: the name of each member → a copy of it; the files of jobs are moved.
        folder: where the new folders are made. Of a member's name only the base name becomes a part
            of a path, where it is one of a job's file.

    Returns:
        The folder within the archive (``""``, ``48153007``) → the job's folder.
    """
    groups: dict[str, dict[str, Path]] = {}
    for name, path in names.items():
        root, _, base = name.rpartition("/")
        if base in (PROVENANCE, *_ABOUT_THE_JOB) or _LOG_NAME.fullmatch(base):
            groups.setdefault(root, {})[base] = path
    found = {}
    for number, (root, files) in enumerate(groups.items()):
        if files.keys().isdisjoint((PROVENANCE, *_ABOUT_THE_JOB)):
            continue
        job = folder / f"job{number}"
        job.mkdir()
        for base, path in files.items():
            path.rename(job / base)
        if is_job_folder(job):
            found[root] = job
        else:
            for base, path in files.items():
                (job / base).rename(path)
    return found


def _name_and_size(label: bytes) -> tuple[str, int]:
    """The name of a file and its size, from the line before it."""
    text, _, size = label.decode("utf-8", "replace").rpartition(" ")
    try:
        length = int(size)
        name = str(json.loads(text))
    except ValueError:
        raise LoadError("is no packed job folder") from None
    if length > LARGEST_FILE:
        raise LoadError(_too_large(name))
    return name, length


def _decompressed(name: str, content: bytes) -> bytes:
    if not content.startswith(_GZIP_MAGIC):
        return content
    try:
        found = gzip.GzipFile(fileobj=BytesIO(content)).read(LARGEST_FILE + 1)
    except (OSError, EOFError) as error:
        raise LoadError(f"{name} can't be unpacked: {error}") from None
    if len(found) > LARGEST_FILE:
        raise LoadError(_too_large(name))
    return found


def _too_large(name: str) -> str:
    return (
        f"{name} is larger than {LARGEST_FILE >> 20} MiB, which no job's file is; "
        "load that log by itself"
    )


def _logs(folder: Path) -> list[Path]:
    """The ctapipe logs that lie in the folder itself."""
    return sorted(
        path for path in folder.iterdir() if path.name.endswith(_LOG_SUFFIXES) and _is_log(path)
    )


def _is_log(path: Path) -> bool:
    """Whether an activity of ctapipe stands in the beginning of a file."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            if head.startswith(_GZIP_MAGIC):
                head = gzip.GzipFile(fileobj=BytesIO(head)).read1(HEAD)
    except (OSError, EOFError):
        return False
    return _MARK_OF_A_RECORD in head
