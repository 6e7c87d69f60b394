"""What a store keeps of its loads, as plain values for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provgraph.store.records import LoadRecord


@dataclass(frozen=True, slots=True)
class LoadedSource:
    """One reading of one source, as the store keeps it.

    Attributes:
        id: of the load; ``forget`` takes it.
        source: the file, folder or database that was read.
        format: the loader's name.
        namespace: the file system that the paths in the source are on.
        sha256: the checksum of the source's bytes, in hexadecimal.
        time: when the source was loaded, in UTC.
        version: the version of provgraph that loaded it.
        status: ``loaded``, ``partial``, or ``unfinished`` when the load was interrupted.
        counts: the numbers of activities, entities, agents and relations that the source names.
        problems: (where, what) of each part that could not be read.
        agent: who sent the source to a server, such as ``token night``; None of a load by who has
            the store itself.
    """

    id: str
    source: str
    format: str
    namespace: str
    sha256: str
    time: datetime
    version: str
    status: str
    counts: Mapping[str, int]
    problems: tuple[tuple[str, str], ...]
    agent: str | None = None

    @classmethod
    def of(cls, load: LoadRecord) -> LoadedSource:
        """Make plain values of a load.

        Args:
            load: as a store keeps it.

        Returns:
            The load.
        """
        return cls(
            load.id,
            load.source,
            load.format,
            load.namespace,
            load.sha256,
            datetime.fromisoformat(load.time + "Z"),
            load.version,
            load.status,
            load.counts,
            load.problems,
            load.agent,
        )
