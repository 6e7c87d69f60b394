"""Finds what a job has made: files by their names or patterns, with size and checksum."""

import glob
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from provgraph.jobs.definition import JobOutput
from provgraph.jobs.folder import JobFolder
from provgraph.jobs.records import JobRecord, JobResult
from provgraph.loaders.headers import identifiers_in
from provgraph.model.identifiers import place_of, version_of

_MOST: Final = 10_000


def output_names(job: JobRecord, outputs: Mapping[str, JobOutput]) -> dict[str, str]:
    """Tell how the outputs of a job are called.

    Args:
        job: with what its owner said.
        outputs: that its definition has.

    Returns:
        Name of an output → name or pattern of its files.
    """
    said = {each.name: each.value for each in job.values}
    return {name: said.get(name) or each.default for name, each in outputs.items()}


def results_of(
    job: JobRecord, folder: JobFolder, outputs: Mapping[str, JobOutput]
) -> list[JobResult]:
    """Find what a job has made.

    Args:
        job: whose script has ended.
        folder: of the job.
        outputs: that its definition has.

    Returns:
        A result for each file. What leads out of the work folder is none.
    """
    found: list[JobResult] = []
    for name, pattern in output_names(job, outputs).items():
        paths = list(files_in(folder.work, pattern))[:_MOST]
        for number, path in enumerate(paths, 1):
            own = name if len(paths) == 1 else f"{name}-{number}"
            found.append(_result(job, folder, outputs[name], own, path))
    return found


def files_in(work: Path, pattern: str) -> Iterator[Path]:
    """Find the files of a name or pattern in a work folder.

    Args:
        work: the folder.
        pattern: a name of a file, or one with ``*`` and ``?``.

    Yields:
        The files, by name. A link that leads out of the folder is passed over: a script could make
        the server read for it what it can't read itself.
    """
    real = work.resolve()
    for name in sorted(glob.glob(pattern, root_dir=work, recursive=True)):
        path = work / name
        if path.is_file() and path.resolve().is_relative_to(real):
            yield path


def _result(
    job: JobRecord, folder: JobFolder, output: JobOutput, name: str, path: Path
) -> JobResult:
    size, sha256 = size_and_sum(path)
    place = place_of(str(path))
    entity = next(iter(identifiers_in(path)), version_of(place, job.id))
    file = str(path.relative_to(folder.work))
    return JobResult(name, output.role, file, output.content_type, size, sha256, entity)


def size_and_sum(path: Path) -> tuple[int, str]:
    """Measure a file.

    Args:
        path: of the file.

    Returns:
        How many bytes it has, and their SHA-256 in hexadecimal.
    """
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), sha256
