"""Reads what a CTADIRAC job leaves behind.

The provenance of its runs, and what DIRAC knows of the job and its files.

Paths on the worker node become logical file names (LFNs) of the file catalogue, with the
catalogue's GUID.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import BufferedReader, BytesIO
from typing import Any, cast

from provgraph.errors import LoadError
from provgraph.loaders.ctadirac.job_folder import (
    CATALOGUE,
    JOB,
    JOB_ID,
    MAGIC,
    OUTPUTS,
    PROVENANCE,
    unpacked,
)
from provgraph.loaders.ctapipe import activity_records, document_of
from provgraph.loaders.protocol import BLANK, Problem
from provgraph.model.identifiers import DEFAULT_NAMESPACE, place_of
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Fact,
    Mention,
    Run,
    StatedEntity,
    StatedRelation,
    end_of,
    first_text,
    start_of,
)
from provgraph.model.times import utc
from provgraph.model.values import Values, storable_text, storable_value
from provgraph.model.vocabulary import AgentType, DescriptionType, Kind, RelationType

OBSERVATORY = Agent("CTAO", "CTA Observatory", AgentType.ORGANIZATION)
#: What the catalogue says of a file, as attributes of the entity; the rest is kept under the
#: catalogue's own names.
LFN, GENERATED_AT, STORAGE_ELEMENTS = "lfn", "generatedAtTime", "storageElements"
#: A file system that is the same everywhere; all other paths of a worker node are its own.
_SHARED = "/cvmfs/"
_UUID = re.compile(rb"""activity_uuid['"]\s*:\s*u?['"]([^'"]+)['"]""")


@dataclass(frozen=True)
class Job:
    """What DIRAC knows of a job.

    Attributes:
        id: its number; None when nobody says it.
        inputs: LFNs of the job's input data; None when nobody says them.
        outputs: LFNs of what it registered.
        catalogue: LFN → ``{"FileMetadata": {...}, "Replicas": {storage element: ...}}``, as the
            file catalogue answers.
    """

    id: str | None = None
    inputs: Sequence[str] | None = None
    outputs: Sequence[str] = ()
    catalogue: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def guid(self, lfn: str) -> str | None:
        """The file's GUID as an identifier."""
        found = self._metadata(lfn).get("GUID")
        return f"guid:{found}" if isinstance(found, str) and found else None

    def stated(self, lfn: str) -> StatedEntity | None:
        """What the catalogue says of the file; None when it has no GUID for it."""
        guid = self.guid(lfn)
        if guid is None:
            return None
        metadata = dict(self._metadata(lfn))
        del metadata["GUID"]
        said: dict[str, Any] = {
            LFN: lfn,
            GENERATED_AT: _time(metadata.pop("CreationDate", None)),
            **metadata,
        }
        said[STORAGE_ELEMENTS] = list(self.catalogue[lfn].get("Replicas") or ()) or None
        return StatedEntity(guid, _attributes(said))

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
        """Base name → LFN of what the job registered."""
        return _by_base_name(self.outputs)

    @property
    def facts(self) -> dict[str, Values]:
        """The job as part of the record of each of its runs."""
        number: object = int(self.id) if self.id is not None and self.id.isdecimal() else self.id
        inputs = None if self.inputs is None else list(self.inputs)
        return _attributes(
            {"jobID": number, "jobInputData": inputs, "jobOutputData": list(self.outputs) or None}
        )

    def _metadata(self, lfn: str) -> Mapping[str, Any]:
        found = self.catalogue.get(lfn, {}).get("FileMetadata")
        return found if isinstance(found, Mapping) else {}


class CtadiracLoader:
    """What CTADIRAC jobs leave behind."""

    name = "ctadirac"
    reads = f"folders of CTADIRAC jobs ({PROVENANCE} or a ctapipe log beside {JOB_ID}, {OUTPUTS}, {JOB}, {CATALOGUE})"

    def recognises(self, head: bytes) -> bool:
        """Whether it is a packed job folder."""
        return head.startswith(MAGIC)

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem]:
        """One document a run, and one for what the catalogue says besides."""
        files = unpacked(stream)
        about: list[Job | Problem] = list(_about(files.about))
        yield from (each for each in about if isinstance(each, Problem))
        (job,) = (each for each in about if isinstance(each, Job))
        records: list[Mapping[str, Any]] = []
        for found in _records(files.provenance):
            if isinstance(found, Problem):
                yield found
            else:
                records.append(found)
        yield from documents_of(job, records, namespace)


def documents_of(
    job: Job, records: Iterable[Mapping[str, Any]], namespace: str = DEFAULT_NAMESPACE
) -> Iterator[Document | Problem]:
    """What is said of the runs of a job.

    Args:
        job: what DIRAC knows of it.
        records: its runs, as ctapipe writes them.
        namespace: of the file systems that are no worker node's own.
    """
    runs: list[Document] = []
    for number, record in enumerate(records, 1):
        try:
            runs.append(document_of(record, _scratch(job, record)))
        except LoadError as error:
            yield Problem(f"activity {number}", f"this activity is not loaded: {error}")
    names = _Names(job, runs, namespace)
    for document in runs:
        yield _of_run(job, document, names)
    named = {mention.identifier for document in runs for mention in names.mentions(document)}
    others = (job.stated(lfn) for lfn in job.catalogue)
    if rest := tuple(each for each in others if each is not None and each.identifier not in named):
        yield Document(entities=rest)


def _scratch(job: Job, record: Mapping[str, Any]) -> str:
    """The namespace of the worker node's own disk while the job had it."""
    return "ctadirac-" + re.sub(r"[/@\s]", "_", str(job.id or record.get("activity_uuid")))


def _of_run(job: Job, document: Document, names: "_Names") -> Document:
    if document.run is None:
        return document
    run = Run(document.run.id, {**document.run.facts, **job.facts})
    mentions = names.mentions(document)
    places = dict(
        zip(
            (each.place for each in document.mentions),
            map(names.place_of, document.mentions),
            strict=True,
        )
    )
    guids = dict.fromkeys(
        each.identifier for each in mentions if each.source == names.source and each.identifier
    )
    of_catalogue = map(job.stated, filter(None, map(names.lfn, document.mentions)))
    entities = {each.identifier: each for each in of_catalogue if each is not None}
    observatory, activity = End(Kind.AGENT, OBSERVATORY.id), End(Kind.ACTIVITY, run.id)
    descriptions = tuple(_described(run))
    return replace(
        document,
        run=run,
        mentions=tuple({each.key: each for each in mentions}.values()),
        entities=(*document.entities, *entities.values()),
        agents=(OBSERVATORY,),
        descriptions=descriptions,
        relations=(
            StatedRelation(RelationType.WAS_ASSOCIATED_WITH, activity, observatory),
            *(
                StatedRelation(RelationType.WAS_ATTRIBUTED_TO, End(Kind.ENTITY, guid), observatory)
                for guid in guids
            ),
            *(
                StatedRelation(RelationType.IS_DESCRIBED_BY, activity, each.as_end)
                for each in descriptions
            ),
        ),
        config_files=tuple(
            dict.fromkeys(places.get(place) or place for place in document.config_files)
        ),
    )


def _described(run: Run) -> Iterator[Description]:
    """What all runs of this version of this tool have in common, by the id that the prototype gives
    it.
    """
    name, version = first_text(run.facts, Fact.NAME), first_text(run.facts, Fact.VERSION)
    if name is not None and version is not None:
        yield Description(
            f"{name}_{version}", DescriptionType.ACTIVITY, {"name": (name,), "version": (version,)}
        )


class _Names:
    """Which LFN a run means by a path on the worker node.

    A path is an LFN's when the base name is that of one of the job's input data, or of one that it
    registered: then of what the last run that wrote it has left, since only that is in the
    catalogue.
    """

    source = "ctadirac"

    def __init__(self, job: Job, runs: Iterable[Document], namespace: str) -> None:
        self._job = job
        self._namespace = namespace
        self._last_writer: dict[str, tuple[str, str]] = {}
        self._times: dict[str, tuple[str, str]] = {}
        for document in runs:
            if document.run is not None:
                self._note(document.run, document.mentions)

    def _note(self, run: Run, mentions: Iterable[Mention]) -> None:
        written = end_of(run.facts) or start_of(run.facts) or "", run.id
        self._times[run.id] = max(written, self._times.get(run.id, written))
        for mention in mentions:
            if mention.is_output and mention.base_name is not None:
                self._last_writer[mention.base_name] = max(
                    written, self._last_writer.get(mention.base_name, written)
                )

    def mentions(self, document: Document) -> list[Mention]:
        """The files of a run.

        What the catalogue calls them, and what their own headers call them.
        """
        return [named for mention in document.mentions for named in self._named(mention)]

    def place_of(self, mention: Mention) -> str | None:
        """The file's LFN, its place in a shared file system, or its place on the worker node."""
        if lfn := self.lfn(mention):
            return place_of(f"lfn:{lfn}")
        path = (
            ""
            if mention.place is None
            else "/" + mention.place.removeprefix("file://").partition("/")[2]
        )
        return place_of(path, self._namespace) if path.startswith(_SHARED) else mention.place

    def _named(self, mention: Mention) -> Iterator[Mention]:
        """In the catalogue's words, with what is said of this reading or writing.

        In the header's words beside them.
        """
        lfn, place = self.lfn(mention), self.place_of(mention)
        if lfn is None:
            yield replace(mention, place=place)
            return
        guid = self._job.guid(lfn)
        if mention.identifier is not None:
            yield replace(mention, place=place)
        yield replace(mention, place=place, identifier=guid, source=self.source)

    def lfn(self, mention: Mention) -> str | None:
        """What the catalogue calls the file; None when it is not there."""
        name = mention.base_name or ""
        registered = self._job.output_names.get(name)
        writer = self._last_writer.get(name)
        if mention.is_output:
            return registered if writer is not None and writer[1] == mention.run else None
        if name in self._job.input_names:
            return self._job.input_names[name]
        return registered if writer is None or writer < self._times[mention.run] else None


def _by_base_name(lfns: Iterable[str]) -> dict[str, str]:
    """Base name → LFN; a base name that several have tells nothing."""
    found: dict[str, set[str]] = defaultdict(set)
    for lfn in lfns:
        found[lfn.rpartition("/")[2]].add(lfn)
    return {name: next(iter(same)) for name, same in found.items() if len(same) == 1}


# The files of a job.


def _records(files: Mapping[str, bytes]) -> Iterator[Mapping[str, Any] | Problem]:
    for name, content in files.items():
        if not content.strip(BLANK):
            yield Problem(name, "is blank: the job noted no run in it")
            continue
        problems = _lines_left_out(name, content) if name == PROVENANCE else ()
        text = _last_record_line(content) if name == PROVENANCE else content
        for found in activity_records(BufferedReader(BytesIO(text))):
            if isinstance(found, Problem):
                yield Problem(f"{name}: {found.where}", found.what)
            else:
                yield found.record
        yield from problems


def _last_record_line(content: bytes) -> bytes:
    """What counts of a provDict.txt.

    Its last line, as the prototype has it, unless one value fills several lines.
    """
    lines = [line for line in content.splitlines() if line.strip()]
    return (
        lines[-1]
        if lines and _UUID.search(lines[-1]) and lines[-1].strip()[:1] in b"[{("
        else content
    )


def _lines_left_out(name: str, content: bytes) -> Iterator[Problem]:
    """The lines before the last that name runs which it does not."""
    last = _last_record_line(content)
    kept = set(_UUID.findall(last))
    if last is content:
        return
    for number, line in enumerate(content.splitlines(), 1):
        if missing := set(_UUID.findall(line)) - kept:
            yield Problem(
                f"{name}: line {number}",
                f"{len(missing)} activities that the last line does not have are not loaded: of several lines the last "
                "counts; load the others as files of their own",
            )


def _about(files: Mapping[str, bytes]) -> Iterator[Job | Problem]:
    """The job, and what can't be read of what is said of it."""
    parts: dict[str, Mapping[str, Any]] = {}
    for name in (JOB, CATALOGUE):
        try:
            parts[name] = _object(files.get(name, b"{}"))
        except LoadError as error:
            parts[name] = {}
            yield Problem(name, f"{error}; the runs are loaded without it")
    job = parts[JOB]
    number = _text(files.get(JOB_ID, b"")).strip() or job.get("JobID")
    listed = [line.strip() for line in _text(files.get(OUTPUTS, b"")).splitlines()]
    outputs = [*filter(None, listed), *_texts(job.get("OutputData"))]
    yield Job(
        id=None if number is None else str(number),
        inputs=_lfns(_texts(job["InputData"])) if "InputData" in job else None,
        outputs=_lfns(outputs),
        catalogue={
            lfn: said
            for name, said in parts[CATALOGUE].items()
            if isinstance(said, dict)
            for lfn in _lfns([name])
        },
    )


def _text(content: bytes) -> str:
    return storable_text(content.decode("utf-8", "replace"))


def _object(content: bytes) -> Mapping[str, Any]:
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


def _time(value: object) -> object:
    """The catalogue's time, which is UTC, in canonical form; as it is where it is none."""
    try:
        return utc(value) if isinstance(value, str) else value
    except LoadError:
        return value


def _attributes(said: Mapping[str, Any]) -> dict[str, Values]:
    """Each value as a set of one; what is null says nothing."""
    return {str(key): (value,) for key, value in said.items() if value is not None}
