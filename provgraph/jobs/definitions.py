"""The job definitions of a store: descriptions with a script, of which the approved can be run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from provgraph.errors import JobRefusedError, NotFoundError
from provgraph.interchange.store_reader import StoreReader
from provgraph.jobs.definition import JobDefinition, definition_of
from provgraph.model.descriptions import (
    APPROVED_AT,
    APPROVED_BY,
    DESCRIBED_AT,
    REVISION,
    ToolDescription,
)
from provgraph.model.lineage import Node
from provgraph.model.records import first_text, key_of
from provgraph.model.vocabulary import Kind
from provgraph.store.journal import Subject
from provgraph.store.protocol import Store
from provgraph.store.revisions import parts_of
from provgraph.writers.descriptions import description_of


@dataclass(frozen=True, slots=True)
class JobRevision:
    """One revision of the definition of a job.

    Attributes:
        node: the description as the store has it.
    """

    node: Node

    @property
    def name(self) -> str:
        """The name of the job."""
        return str(self.node.name or self.node.id)

    @property
    def number(self) -> int:
        """The number of the revision."""
        return int(first_text(self.node.attributes, REVISION) or 1)

    @property
    def approved_by(self) -> str | None:
        """Who approved it; None when nobody did."""
        return first_text(self.node.attributes, APPROVED_BY)

    @property
    def age(self) -> tuple[str, int]:
        """What tells the newest revision: the last described."""
        return first_text(self.node.attributes, DESCRIBED_AT) or "", self.number

    @property
    def rank(self) -> tuple[str, tuple[str, int]]:
        """What tells the revision that counts: the last approved, else the newest."""
        return first_text(self.node.attributes, APPROVED_AT) or "", self.age


def known_jobs(store: Store) -> dict[str, list[JobRevision]]:
    """Find all job definitions.

    Args:
        store: that holds them.

    Returns:
        Name of a job → its revisions of all versions, the one that counts last; by name.

    Raises:
        StoreError: the store failed.
    """
    with store.viewing() as view:
        pages = list(StoreReader(view).pages(Subject.ACTIVITY_DESCRIPTION))
    keys = [key_of(Kind.ACTIVITY_DESCRIPTION, each) for page in pages for each in page]
    found: dict[str, list[JobRevision]] = {}
    for node in store.nodes(keys).values():
        if first_text(node.attributes, "script"):
            found.setdefault(str(node.name or node.id), []).append(JobRevision(node))
    return {name: sorted(found[name], key=lambda each: each.rank) for name in sorted(found)}


def revision_of(store: Store, name: str, version: str | None = None) -> JobRevision:
    """Find the revision of a job's definition that counts.

    Args:
        store: that holds it.
        name: of the job.
        version: of it; None for any.

    Returns:
        The revision that was approved last; without any the one that was described last.

    Raises:
        NotFoundError: no such job is defined.
        StoreError: the store failed.
    """
    return _revisions(store, name, version)[-1]


def newest_of(store: Store, name: str, version: str | None = None) -> JobRevision:
    """Find the newest revision of a job's definition, approved or not.

    Args:
        store: that holds it.
        name: of the job.
        version: of it; None for any.

    Returns:
        The revision that was described last.

    Raises:
        NotFoundError: no such job is defined.
        StoreError: the store failed.
    """
    return newest(_revisions(store, name, version))


def newest(revisions: Iterable[JobRevision]) -> JobRevision:
    """Find the revision that was described last, approved or not.

    Args:
        revisions: of one job; there is one at least.
    """
    return max(revisions, key=lambda each: each.age)


def _revisions(store: Store, name: str, version: str | None) -> list[JobRevision]:
    known = known_jobs(store)
    wanted = [each for each in known.get(name, ()) if version in (None, each.node.version)]
    if not wanted:
        names = ", ".join(known) or "none yet: provgraph jobs add FILE"
        raise NotFoundError(name, f"no job of this name and version is defined here ({names})")
    return wanted


def described(store: Store, revision: JobRevision) -> ToolDescription:
    """Find what is said of a job.

    Args:
        store: that holds it.
        revision: of its definition.

    Returns:
        The description with its parts.

    Raises:
        StoreError: the store failed.
    """
    node = revision.node
    return description_of(node, parts_of(store, [node])[node.key])


def runnable(store: Store, name: str) -> JobDefinition:
    """Find the definition by which a job of some name is run.

    Args:
        store: that holds it.
        name: of the job.

    Returns:
        The revision that was approved last.

    Raises:
        NotFoundError: no such job is defined.
        JobRefusedError: nobody has approved it, or it makes no sense.
        StoreError: the store failed.
    """
    revision = revision_of(store, name)
    if revision.approved_by is None:
        raise JobRefusedError(
            f"nobody has approved {name} yet: `provgraph jobs approve {name}` does"
        )
    return definition_of(revision.node.id, described(store, revision))


def lines_of(jobs: dict[str, list[JobRevision]]) -> Iterator[str]:
    """Write a list of jobs.

    Args:
        jobs: as `known_jobs` gives them.

    Yields:
        A line for each: name, version, revision, and who approved it.
    """
    for name, revisions in jobs.items():
        last = revisions[-1]
        draft = newest(revisions)
        state = f"approved by {last.approved_by}" if last.approved_by else "draft"
        waiting = f", revision {draft.number} is a draft" if draft is not last else ""
        yield f"{name}  {last.node.version or '-'}  revision {last.number}, {state}{waiting}"
