"""What became of each source."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from provgraph.ingest.deciding.integration import Disagreement
from provgraph.ingest.reading.reading import Reading
from provgraph.ingest.reading.sources import Source
from provgraph.loaders.protocol import Problem
from provgraph.loaders.registry import formats_read
from provgraph.model.values import storable_text
from provgraph.store.records import LoadRecord


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one source.

    The keys of ``load --json`` (CONTRACT section 4), and where sources disagree.
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
        """The same report with what the source names."""
        return replace(
            self,
            activities=counts["activities"],
            entities=counts["entities"],
            agents=counts["agents"],
            relations=counts["relations"],
        )


def report_on_reading(
    reading: Reading, load: str | None = None, disagreements: tuple[Disagreement, ...] = ()
) -> Report:
    """A source that was read; ``load`` is its load's id, when it was written."""
    return Report(
        reading.source.stored_name,
        reading.format_name if reading.is_ours else None,
        reading.status,
        load,
        reading.sha256 or None,
        problems=reading.listed_problems,
        disagreements=disagreements,
    ).with_counts(reading.counts)


def report_on_known(source: Source, load: LoadRecord) -> Report:
    """A source that was loaded before.

    Of one that could be read in part only, its problems once more.
    """
    problems = tuple(Problem(where, what) for where, what in load.problems)
    status = "unchanged" if load.status == "loaded" else load.status
    return Report(
        source.stored_name, load.format, status, load.id, load.sha256, problems=problems
    ).with_counts(load.counts)


def report_on_strangers(folder: str, files: int) -> Report:
    """A folder in which nothing is ours."""
    what = f"none of its {files} files is of a format that provgraph reads: {formats_read()}"
    return Report(
        storable_text(folder), None, "refused", problems=(Problem("the whole folder", what),)
    )
