"""What a lineage opens with: how far it reaches, and what speaks against trusting it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class EndReason(StrEnum):
    """Why a lineage does not lead on from a record (docs/contract.md, Commands)."""

    #: Raw data (DL0, R0); or a run that made nothing but raw data, and whose inputs nobody noted.
    RAW = "raw"
    #: No known run made the file.
    EXTERNAL = "external"
    #: Depth or limit cut the answer here.
    CUT = "cut"
    #: No input of the run is known; or the file was made, and nobody says by which run.
    UNRECORDED = "unrecorded"
    #: The record is hidden from who asks.
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class LineageEnd:
    """A record where a way to the origin ends.

    Attributes:
        id: of the record.
        why: why the way ends there.
    """

    id: str
    why: EndReason


@dataclass(frozen=True, slots=True)
class SuspectedInput:
    """A file that a run names in its configuration, but that nobody noted as its input.

    Attributes:
        run: the run's id.
        path: the path as people write it.
        id: the id of the file that stood there for the run.
    """

    run: str
    path: str
    id: str


@dataclass(frozen=True, slots=True)
class LineageSummary:
    """What a lineage opens with.

    Attributes:
        complete: whether every way to the origin ends in raw data or configuration, and nothing was
            cut. Of a lineage to the effects: whether nothing was cut.
        ends: where the ways to the origin end, nearest first.
        failed: the ids of the runs that did not end well.
        invalid: the ids of the invalid records in the answer, and of those that its root was made
            from.
        versions: tool → the versions of which it ran, sorted.
        rewritten: the ids of the files that the run that read them overwrote, or that were read
            after they had been overwritten.
        suspected: files that runs seem to have read.
        configuration: the ids of those ends that are configuration.
    """

    complete: bool
    ends: tuple[LineageEnd, ...] = ()
    failed: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rewritten: tuple[str, ...] = ()
    suspected: tuple[SuspectedInput, ...] = ()
    configuration: frozenset[str] = field(default=frozenset(), repr=False)
