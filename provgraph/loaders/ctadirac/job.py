"""What DIRAC knows of a job: its number, its input and output data, the catalogue's answers."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from provgraph.errors import LoadError
from provgraph.loaders.ctadirac.job_folder import CATALOGUE, JOB, JOB_ID, OUTPUTS
from provgraph.loaders.protocol import Problem
from provgraph.model.attributes import attributes_of
from provgraph.model.records import StatedEntity
from provgraph.model.values import Values, storable_text, storable_value, utc

#: What the catalogue says of a file, as attributes of the entity. Everything else is kept under the
#: names that the catalogue has for it.
LFN, GENERATED_AT, STORAGE_ELEMENTS = "lfn", "generatedAtTime", "storageElements"


@dataclass(frozen=True)
class Job:
    """What DIRAC knows of a job. An LFN is a logical file name, such as ``/vo.cta.in2p3.fr/x.h5``.

    Attributes:
        id: the job's number; None when nobody says it.
        inputs: LFNs of the job's input data; None when nobody says them.
        outputs: LFNs of the files that the job registered.
        catalogue: LFN → ``{"FileMetadata": {...}, "Replicas": {storage element: ...}}``, as the
            file catalogue answers.
    """

    id: str | None = None
    inputs: Sequence[str] | None = None
    outputs: Sequence[str] = ()
    catalogue: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def guid(self, lfn: str) -> str | None:
        """The catalogue's GUID of a file.

        Args:
            lfn: the file.

        Returns:
            ``guid:…``; None when the catalogue has none.
        """
        found = self._metadata(lfn).get("GUID")
        return f"guid:{found}" if isinstance(found, str) and found else None

    def stated(self, lfn: str) -> StatedEntity | None:
        """What the catalogue states of a file.

        Args:
            lfn: the file.

        Returns:
            The entity; None when the catalogue has no GUID for the file.
        """
        guid = self.guid(lfn)
        if guid is None:
            return None
        metadata = dict(self._metadata(lfn))
        del metadata["GUID"]
        values: dict[str, Any] = {
            LFN: lfn,
            GENERATED_AT: _catalogue_time(metadata.pop("CreationDate", None)),
            **metadata,
        }
        values[STORAGE_ELEMENTS] = list(self.catalogue[lfn].get("Replicas") or ()) or None
        return StatedEntity(guid, attributes_of(values))

    @cached_property
    def input_names(self) -> dict[str, str]:
        """Base name → LFN of the job's input data."""
        known = (
            [lfn for lfn in self.catalogue if lfn not in self.outputs]
            if self.inputs is None
            else self.inputs
        )
        return _by_base_name(known)

    @cached_property
    def output_names(self) -> dict[str, str]:
        """Base name → LFN of the files that the job registered."""
        return _by_base_name(self.outputs)

    @property
    def facts(self) -> dict[str, Values]:
        """The job, as part of the record of each of its runs."""
        number: object = int(self.id) if self.id is not None and self.id.isdecimal() else self.id
        inputs = None if self.inputs is None else list(self.inputs)
        return attributes_of(
            {"jobID": number, "jobInputData": inputs, "jobOutputData": list(self.outputs) or None}
        )

    def _metadata(self, lfn: str) -> Mapping[str, Any]:
        found = self.catalogue.get(lfn, {}).get("FileMetadata")
        return found if isinstance(found, Mapping) else {}


def job_in(files: Mapping[str, bytes]) -> tuple[Job, list[Problem]]:
    """Read what is said of a job.

    Args:
        files: ``JOBID``, ``output_lfns.txt``, ``job.json`` and ``dfc.json`` by name, as far as they
            are there.

    Returns:
        The job, and a problem for each file that can't be read.
    """
    parts: dict[str, Mapping[str, Any]] = {}
    problems: list[Problem] = []
    for name in (JOB, CATALOGUE):
        try:
            parts[name] = _json_object(files.get(name, b"{}"))
        except LoadError as error:
            parts[name] = {}
            problems.append(Problem(name, f"{error}; the runs are loaded without it"))
    job = parts[JOB]
    number = _text(files.get(JOB_ID, b"")).strip() or job.get("JobID")
    listed = [line.strip() for line in _text(files.get(OUTPUTS, b"")).splitlines()]
    outputs = [*filter(None, listed), *_texts(job.get("OutputData"))]
    found = Job(
        id=None if number is None else str(number),
        inputs=_lfns(_texts(job["InputData"])) if "InputData" in job else None,
        outputs=_lfns(outputs),
        catalogue=dict(_answers(parts[CATALOGUE])),
    )
    return found, problems


def _answers(catalogue: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The catalogue's answers by LFN; an answer that is no object says nothing."""
    for name, answer in catalogue.items():
        if isinstance(answer, dict):
            for lfn in _lfns([name]):
                yield lfn, answer


def _by_base_name(lfns: Iterable[str]) -> dict[str, str]:
    """Base name → LFN. A base name that several LFNs have tells nothing and is left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for lfn in lfns:
        found[lfn.rpartition("/")[2]].add(lfn)
    return {name: next(iter(same)) for name, same in found.items() if len(same) == 1}


def _text(content: bytes) -> str:
    return storable_text(content.decode("utf-8", "replace"))


def _json_object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise LoadError(f"can't be read: {error}") from None
    if not isinstance(found, dict):
        raise LoadError(f"holds {type(found).__name__}, not an object")
    return cast("Mapping[str, Any]", storable_value(found))


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _lfns(names: Iterable[str]) -> list[str]:
    """LFNs as the catalogue writes them, each once."""
    return list(
        dict.fromkeys(re.sub(r"^lfn:/*(?=/)", "", name, flags=re.IGNORECASE) for name in names)
    )


def _catalogue_time(value: object) -> object:
    """A time of the catalogue, which is UTC, in canonical form; what is no time as it is."""
    try:
        return utc(value) if isinstance(value, str) else value
    except LoadError:
        return value
