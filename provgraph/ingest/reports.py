"""Reports: what became of each source, for users and as the record of a load."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from provgraph import __version__
from provgraph.ingest.deciding.integration import Disagreement
from provgraph.ingest.reading.reading import Reading
from provgraph.ingest.reading.sources import Source
from provgraph.loaders.protocol import Problem
from provgraph.loaders.registry import formats_read
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.values import canonical_json, counted, storable_text, utc
from provgraph.store.records import LoadRecord


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one source.

    The keys are those of ``load --json`` (`docs/contract.md`, Commands).

    Attributes:
        source: the name of the file, folder or database, as the store keeps it.
        format: the loader's name; None when no loader reads the source.
        status: ``loaded``, ``unchanged``, ``partial`` or ``refused``; ``spooled`` when the source
            waits in a spool.
        load: the id of the load; None when nothing was written.
        sha256: the checksum of the source's bytes, in hexadecimal; None when it is not known.
        activities: how many activities the source names, and so the next three.
        entities: how many entities.
        agents: how many agents.
        relations: how many relations.
        problems: the parts that could not be read.
        disagreements: where sources say different things of one run (`docs/contract.md`, rule 9).
    """

    source: str
    format: str | None
    status: str
    load: str | None = None
    sha256: str | None = None
    activities: int = 0
    entities: int = 0
    agents: int = 0
    relations: int = 0
    problems: tuple[Problem, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing in it was refused."""
        return self.status in ("loaded", "unchanged")

    def with_counts(self, counts: Mapping[str, int]) -> "Report":
        """Add how much the source names.

        Args:
            counts: the numbers of ``activities``, ``entities``, ``agents`` and ``relations``.

        Returns:
            a report that is the same but for the numbers.
        """
        return replace(
            self,
            activities=counts["activities"],
            entities=counts["entities"],
            agents=counts["agents"],
            relations=counts["relations"],
        )


def report_line(report: Report) -> str:
    """Write a report down as ``load --json`` prints it, and as a server answers.

    Args:
        report: the report.

    Returns:
        A JSON object in one line, without the line's end.
    """
    fields = asdict(report)
    del fields["disagreements"]
    return json.dumps(fields, ensure_ascii=False)


def report_from(fields: Mapping[str, Any]) -> Report:
    """Read a report that `report_line` has written.

    Args:
        fields: the members of the JSON object.

    Returns:
        The report, without disagreements.

    Raises:
        TypeError: it is none.
        KeyError: it is none.
    """
    problems = tuple(Problem(**problem) for problem in fields["problems"])
    return Report(**{**fields, "problems": problems})


def report_on_reading(
    reading: Reading, load: str | None = None, disagreements: tuple[Disagreement, ...] = ()
) -> Report:
    """Report on a source that was read.

    Args:
        reading: of the source, at its end.
        load: the id of its load; None when nothing was written.
        disagreements: of runs that the source names.

    Returns:
        the report, with the status of the reading.
    """
    return Report(
        reading.source.stored_name,
        reading.format_name if reading.is_ours else None,
        reading.status,
        load,
        reading.sha256 or None,
        problems=reading.listed_problems,
        disagreements=disagreements,
    ).with_counts(reading.counts)


def report_on_known(source: Source, load: LoadRecord, sha256: str) -> Report:
    """Report on a source that was loaded before.

    Args:
        source: under its present name.
        load: the earlier load.
        sha256: of the source's bytes.

    Returns:
        the report: ``unchanged`` when the load was whole. A source that could only be read in part
        is ``partial`` again, with its problems.
    """
    problems = tuple(Problem(where, what) for where, what in load.problems)
    status = "unchanged" if load.status == "loaded" else load.status
    return Report(
        source.stored_name, load.format, status, load.id, sha256, problems=problems
    ).with_counts(load.counts)


def report_on_strangers(folder: str, files: int) -> Report:
    """Report on a folder in which no file is of a known format.

    Args:
        folder: its name.
        files: how many files were looked at.

    Returns:
        a report with the status ``refused`` and one problem, which lists the formats.
    """
    what = (
        f"it holds {counted(files, 'file')}, none of a format that provgraph reads: "
        f"{formats_read()}"
    )
    return Report(
        storable_text(folder), None, "refused", problems=(Problem("the whole folder", what),)
    )


# Loads on record.


def new_load_id() -> str:
    """Make an id for a load.

    A load keeps its id when its transaction is tried again. So a commit of which the answer was
    lost is recognised, and does not become a second load.
    """
    return str(uuid4())


def current_time() -> str:
    """Give the present time as a canonical UTC time, with microseconds."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return utc(now.isoformat(timespec="microseconds"))


def is_whole(load: LoadRecord | None, format_name: str | None = None) -> bool:
    """Tell whether a load leaves nothing to do for its source.

    What one version of provgraph could not read, another version may be able to read: a partial
    load counts only for the version that made it.

    Args:
        load: the newest load of the source's bytes; None when there is none.
        format_name: the format that the source is to be read as; None for any.

    Returns:
        True when the source need not be read again.
    """
    if load is None or (format_name is not None and load.format != format_name):
        return False
    return load.status == "loaded" or (load.status == "partial" and load.version == __version__)


def load_record(reading: Reading, load: str, namespace: str) -> LoadRecord:
    """Make the record of a load, as it is now.

    Args:
        reading: of the source.
        load: the load's id.
        namespace: in which the source is read (`docs/contract.md`, rule 7).

    Returns:
        the record.
    """
    return LoadRecord(
        id=load,
        source=reading.source.stored_name,
        format=reading.format_name or "",
        namespace=namespace,
        sha256=reading.content_sha256,
        time=current_time(),
        version=__version__,
        status=reading.status,
        counts=reading.counts,
        problems=tuple((problem.where, problem.what) for problem in reading.listed_problems),
        size=reading.checksum.size if reading.checksum else 0,
        read_to=reading.read_to,
        continues=reading.begun.id if reading.begun and reading.begun.id != load else None,
        agent=None if reading.source.agent is None else storable_text(reading.source.agent),
    )


def load_record_of_command(
    command: str, format_name: str, said: object, agent: str | None = None, **counts: int
) -> LoadRecord:
    """Make the record of a load whose source is what somebody says in a command.

    Args:
        command: what the load is called, such as ``invalidate ID``.
        format_name: what its format is called; there is no loader of this name.
        said: what is said; anything that `canonical_json` takes.
        agent: who has said so to a server; None of who has the store itself.
        counts: how many records of a kind it names, where there are any.

    Returns:
        The record.
    """
    return LoadRecord(
        id=new_load_id(),
        source=command,
        format=format_name,
        namespace=DEFAULT_NAMESPACE,
        sha256=hashlib.sha256(canonical_json(said).encode()).hexdigest(),
        time=current_time(),
        version=__version__,
        status="loaded",
        counts={"activities": 0, "entities": 0, "agents": 0, "relations": 0, **counts},
        agent=agent,
    )
