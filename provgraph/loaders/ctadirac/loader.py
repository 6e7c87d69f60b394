"""Reads what a CTADIRAC job leaves behind.

That is the provenance of the job's runs, and what DIRAC knows of the job and its files. Paths on
the worker node become logical file names (LFNs) of the file catalogue, with the catalogue's GUID.
docs/how-to/ctadirac.md describes the files.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from io import BufferedReader
from typing import Any

from provgraph.errors import LoadError
from provgraph.loaders.ctadirac.file_names import SOURCE, FileNames
from provgraph.loaders.ctadirac.job import Job, job_in
from provgraph.loaders.ctadirac.job_folder import (
    CATALOGUE,
    JOB,
    JOB_ID,
    MAGIC,
    OUTPUTS,
    PROVENANCE,
    unpacked,
)
from provgraph.loaders.ctadirac.run_records import run_records
from provgraph.loaders.ctapipe import document_of
from provgraph.loaders.protocol import Problem
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Fact,
    Mention,
    Run,
    StatedRelation,
    first_text,
)
from provgraph.model.vocabulary import AgentType, DescriptionType, Kind, RelationType

OBSERVATORY = Agent("CTAO", "CTA Observatory", AgentType.ORGANIZATION)


class CtadiracLoader:
    """The loader of what CTADIRAC jobs leave behind."""

    name = "ctadirac"
    reads = (
        f"folders of CTADIRAC jobs ({PROVENANCE} or a ctapipe log beside {JOB_ID}, {OUTPUTS}, "
        f"{JOB}, {CATALOGUE})"
    )

    def recognises(self, head: bytes) -> bool:
        """Whether a source is a packed job folder.

        Args:
            head: the source's first bytes.
        """
        return head.startswith(MAGIC)

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem]:
        """Read a packed job folder.

        Args:
            stream: what `job_folder.packed` has made.
            namespace: of the file systems that are no worker node's own.
            start: always 0; a job is read as a whole.

        Yields:
            One document a run, one for what the catalogue says besides, and problems.
        """
        files = unpacked(stream)
        job, problems = job_in(files.about)
        yield from problems
        records: list[Mapping[str, Any]] = []
        for found in run_records(files.provenance):
            if isinstance(found, Problem):
                yield found
            else:
                records.append(found)
        yield from documents_of(job, records, namespace)


def documents_of(
    job: Job, records: Iterable[Mapping[str, Any]], namespace: str = DEFAULT_NAMESPACE
) -> Iterator[Document | Problem]:
    """Turn the records of a job's runs into documents.

    Args:
        job: what DIRAC knows of the job.
        records: the job's runs, as ctapipe writes them.
        namespace: of the file systems that are no worker node's own.

    Yields:
        One document a run; one for the files of the catalogue that no run names; a problem for each
        record that can't be read.
    """
    runs: list[Document] = []
    for number, record in enumerate(records, 1):
        try:
            runs.append(document_of(record, _scratch_namespace(job, record)))
        except LoadError as error:
            yield Problem(f"activity {number}", f"this activity is not loaded: {error}")
    names = FileNames(job, runs, namespace)
    for document in runs:
        yield _with_job(job, document, names)
    named = {mention.identifier for document in runs for mention in names.mentions(document)}
    stated = (job.stated(lfn) for lfn in job.catalogue)
    others = tuple(each for each in stated if each is not None and each.identifier not in named)
    if others:
        yield Document(entities=others)


def _scratch_namespace(job: Job, record: Mapping[str, Any]) -> str:
    """The namespace of the worker node's own disk while the job had it."""
    return "ctadirac-" + re.sub(r"[/@\s]", "_", str(job.id or record.get("activity_uuid")))


def _with_job(job: Job, document: Document, names: FileNames) -> Document:
    """A run with what DIRAC knows of its job and of its files."""
    if document.run is None:
        return document
    run = Run(document.run.id, {**document.run.facts, **job.facts})
    mentions = names.mentions(document)
    stated = map(job.stated, filter(None, map(names.lfn, document.mentions)))
    entities = {each.identifier: each for each in stated if each is not None}
    descriptions = tuple(_descriptions(run))
    return replace(
        document,
        run=run,
        mentions=tuple({each.key: each for each in mentions}.values()),
        entities=(*document.entities, *entities.values()),
        agents=(OBSERVATORY,),
        descriptions=descriptions,
        relations=tuple(_relations(run, mentions, descriptions)),
        config_files=_config_files(document, names),
    )


def _relations(
    run: Run, mentions: Iterable[Mention], descriptions: Iterable[Description]
) -> Iterator[StatedRelation]:
    """The run and its files of the catalogue are the observatory's; descriptions are the run's."""
    observatory, activity = End(Kind.AGENT, OBSERVATORY.id), End(Kind.ACTIVITY, run.id)
    yield StatedRelation(RelationType.WAS_ASSOCIATED_WITH, activity, observatory)
    guids = (each.identifier for each in mentions if each.source == SOURCE and each.identifier)
    for guid in dict.fromkeys(guids):
        entity = End(Kind.ENTITY, guid)
        yield StatedRelation(RelationType.WAS_ATTRIBUTED_TO, entity, observatory)
    for each in descriptions:
        yield StatedRelation(RelationType.IS_DESCRIBED_BY, activity, each.as_end)


def _config_files(document: Document, names: FileNames) -> tuple[str, ...]:
    """The configuration files of a run, by their places as its mentions have them now."""
    places = {mention.place: names.place_of(mention) for mention in document.mentions}
    return tuple(dict.fromkeys(places.get(place) or place for place in document.config_files))


def _descriptions(run: Run) -> Iterator[Description]:
    """What all runs of one version of a tool have in common; its id is the prototype's."""
    name, version = first_text(run.facts, Fact.NAME), first_text(run.facts, Fact.VERSION)
    if name is not None and version is not None:
        values = {"name": (name,), "version": (version,)}
        yield Description(f"{name}_{version}", DescriptionType.ACTIVITY, values)
