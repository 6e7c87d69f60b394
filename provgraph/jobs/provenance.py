"""The provenance of a job: one run in the store, with what its script has left behind.

docs/contract.md, Jobs, says what is said of a run. A job is one load, so that it lands once,
however often it is tried.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from provgraph.errors import LoadError
from provgraph.ingest.loading import load
from provgraph.ingest.reading.folders import found_in
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import load_record_of_command
from provgraph.ingest.writing import write_said
from provgraph.jobs.definition import JobDefinition
from provgraph.jobs.folder import JobFolder
from provgraph.jobs.inputs import StagedInput
from provgraph.jobs.records import JobRecord, JobResult, Phase
from provgraph.loaders.protocol import HEAD
from provgraph.loaders.registry import loader_for
from provgraph.model.attributes import attributes_of
from provgraph.model.filters import Filter, SortOrder
from provgraph.model.identifiers import DEFAULT_NAMESPACE, is_strong, place_of
from provgraph.model.lineage import Node
from provgraph.model.records import (
    Agent,
    Document,
    End,
    Fact,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.values import Value, storable_text, storable_value, utc
from provgraph.model.vocabulary import AgentType, Kind, RelationType, Status
from provgraph.prov.names import record_uri
from provgraph.store.protocol import Store

#: What such a load's format is called; there is no loader of this name.
FORMAT: Final = "job"
#: What a script may leave behind of what it did, as PROV-JSON, and what it calls its job there.
INTERNAL: Final = "internal_provenance.json"
CURRENT: Final = "current_job"
_STATUS: Final = {
    Phase.COMPLETED: Status.COMPLETED,
    Phase.ERROR: Status.ERROR,
    Phase.ABORTED: Status.INTERRUPTED,
}


@dataclass(frozen=True, slots=True)
class EndedJob:
    """All that is known of a job at its end.

    Attributes:
        job: with its phase and times.
        definition: by which it was run.
        inputs: that it had.
        results: that it made.
        host: where it ran; None when it never did.
        code: the exit code; None when there is none.
    """

    job: JobRecord
    definition: JobDefinition
    inputs: Sequence[StagedInput] = ()
    results: Sequence[JobResult] = ()
    host: str | None = None
    code: int | None = None


def land(store: Store, ended: EndedJob, folder: JobFolder) -> list[JobResult]:
    """Bring the provenance of a job into the store, unless it is there.

    Args:
        store: where to.
        ended: the job.
        folder: of the job.

    Returns:
        The results, with the ids by which the store knows them.

    Raises:
        StoreError: the store failed, or is away.
    """
    store.make()
    makers = _load_left_behind(store, ended, folder)
    results = [
        replace(each, entity=makers[each.name].id) if each.name in makers else each
        for each in ended.results
    ]
    document = _document(replace(ended, results=results), folder, set(makers))
    record = load_record_of_command(
        f"job {ended.job.name}/{ended.job.id}",
        FORMAT,
        {"job": ended.job.id},
        activities=1,
        entities=len(ended.inputs) + len(results),
        agents=len(document.agents),
        relations=len(document.mentions) + len(document.relations),
    )
    with store.writing() as transaction:
        if not transaction.loads_of([record.sha256], DEFAULT_NAMESPACE):
            write_said(transaction, record, document)
    return results


def _document(ended: EndedJob, folder: JobFolder, made_by_tools: set[str]) -> Document:
    """What is said of the job's run."""
    job, definition = ended.job, ended.definition
    used = [_used(job, each) for each in ended.inputs]
    own = [each for each in ended.results if each.name not in made_by_tools]
    stated = [_stated_input(folder, each) for each in ended.inputs]
    people = dict(_people(job, definition))
    return Document(
        run=Run(job.id, attributes_of(_facts(ended))),
        mentions=(*used, *(_generated(job, folder, each) for each in own)),
        entities=(*filter(None, stated), *map(_stated_result, own)),
        agents=tuple(people.values()),
        relations=tuple(_relations(job, definition, people)),
        settings=(Settings(job.name, _values(job, definition)),) if definition.parameters else (),
    )


def _facts(ended: EndedJob) -> dict[str, Value]:
    job = ended.job
    return {
        Fact.NAME: job.name,
        Fact.VERSION: ended.definition.version,
        Fact.STATUS: _STATUS.get(job.phase, Status.UNKNOWN).value,
        Fact.START: job.started and utc(job.started),
        Fact.END: job.ended and utc(job.ended),
        Fact.HOST: ended.host,
        "runId": job.run_id and storable_text(job.run_id),
        "exitCode": ended.code,
        "errorMessage": job.message and storable_text(job.message),
    }


def _values(job: JobRecord, definition: JobDefinition) -> dict[str, Value]:
    """The parameters with their types: those that somebody chose, and the defaults."""
    said = {each.name: each.value for each in job.values}
    found: dict[str, Value] = {}
    for name, parameter in definition.parameters.items():
        value = parameter.read(said[name]) if name in said else parameter.default
        found[name] = storable_value(value)
    return found


def _used(job: JobRecord, each: StagedInput) -> Mention:
    """What was read. A version of a path is found by its path: nobody writes there any more."""
    return Mention(
        job.id,
        RelationType.USED,
        role=each.role,
        place=place_of(each.origin),
        identifier=each.entity if each.entity and is_strong(each.entity) else None,
        source=f"{FORMAT} {DEFAULT_NAMESPACE}",
        attributes=attributes_of({"size": each.size, "sha256": each.sha256}),
    )


def _stated_input(folder: JobFolder, each: StagedInput) -> StatedEntity | None:
    """What is said of a file that came with the request: nobody else says anything of it."""
    if not Path(each.origin).is_relative_to(folder.inputs):
        return None
    said = {"size": each.size, "sha256": each.sha256}
    return StatedEntity(place_of(each.origin), attributes_of(said))


def _generated(job: JobRecord, folder: JobFolder, each: JobResult) -> Mention:
    return Mention(
        job.id,
        RelationType.WAS_GENERATED_BY,
        role=each.role,
        place=place_of(str(folder.work / each.file)),
        identifier=each.entity if is_strong(each.entity) else None,
        source=f"{FORMAT} {DEFAULT_NAMESPACE}",
    )


def _stated_result(each: JobResult) -> StatedEntity:
    facts = {"size": each.size, "sha256": each.sha256, "contentType": each.content_type}
    return StatedEntity(each.entity, attributes_of(facts))


def _people(job: JobRecord, definition: JobDefinition) -> Iterator[tuple[str, Agent]]:
    """Role → who asked for the job, and who answers for its definition."""
    if job.owner is not None:
        yield "owner", Agent(job.owner, job.owner, AgentType.PERSON)
    name, email = definition.contact_name, definition.contact_email
    if name or email:
        known = attributes_of({"email": email})
        yield "contact", Agent(str(name or email), name or email, AgentType.PERSON, known)


def _relations(
    job: JobRecord, definition: JobDefinition, people: dict[str, Agent]
) -> Iterator[StatedRelation]:
    run = End(Kind.ACTIVITY, job.id)
    for role, agent in people.items():
        end = End(Kind.AGENT, agent.id)
        yield StatedRelation(RelationType.WAS_ASSOCIATED_WITH, run, end, role=role)
    described = End(Kind.ACTIVITY_DESCRIPTION, definition.id)
    yield StatedRelation(RelationType.IS_DESCRIBED_BY, run, described)


# What a job leaves behind: logs of tools, products with headers, and PROV-JSON.


def _load_left_behind(store: Store, ended: EndedJob, folder: JobFolder) -> dict[str, Node]:
    """Load it, and find out which of the results its tools say to have made."""
    reports = list(load(store, list(_sources(ended, folder))))
    if not any(each.activities for each in reports):
        return {}
    made: dict[str, Node] = {}
    for each in ended.results:
        wanted = Filter(identifiers=(place_of(str(folder.work / each.file)),), kinds=(Kind.ENTITY,))
        nodes = [found.node for found in store.find(wanted, SortOrder.NEWEST).found]
        if nodes and _has_other_maker(store, nodes[0], ended.job):
            made[each.name] = nodes[0]
    return made


def _has_other_maker(store: Store, node: Node, job: JobRecord) -> bool:
    """Whether another run than the job itself made a file."""
    own = End(Kind.ACTIVITY, job.id).key
    edges = store.edges_of([node.key], (RelationType.WAS_GENERATED_BY,))
    return any(edge.source == node.key and edge.target != own for edge in edges)


def _sources(ended: EndedJob, folder: JobFolder) -> Iterator[Source]:
    """The files in the work folder that a loader reads; the inputs are none of the script's."""
    given = {folder.work / each.file for each in ended.inputs}
    for path in sorted(found_in(folder.work)):
        if path.is_symlink() or not path.is_file() or path in given:
            continue
        if path == folder.work / INTERNAL:
            if (own := _as_of_job(path, ended.job, folder)) is not None:
                yield own
        elif _is_ours(path):
            yield Source(str(path), path, agent=ended.job.owner)


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(HEAD)
    try:
        loader_for(head)
    except LoadError:
        return False
    return True


def _as_of_job(path: Path, job: JobRecord, folder: JobFolder) -> Source | None:
    """PROV-JSON that speaks of ``current_job``, as a document that speaks of this job."""
    try:
        said = json.loads(path.read_bytes())
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    uri = record_uri(job.id, Kind.ACTIVITY)
    namespace, colon, local = uri.rpartition(":")
    said["prefix"] = {**said.get("prefix", {}), "thisJob": namespace + colon}
    own = folder.control / INTERNAL
    own.write_text(json.dumps(_renamed(said, f"thisJob:{local}")), encoding="utf-8")
    return Source(str(path), own, address=path.as_uri(), agent=job.owner)


def _renamed(said: Any, name: str) -> Any:
    """A document in which the job has another name, wherever it stands."""
    if isinstance(said, dict):
        return {
            name if key == CURRENT else key: _renamed(value, name) for key, value in said.items()
        }
    if isinstance(said, list):
        return [_renamed(each, name) for each in said]
    return name if said == CURRENT else said
