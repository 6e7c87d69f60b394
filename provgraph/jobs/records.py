"""Jobs as data: what was asked for, how far it came, what it made."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class Phase(StrEnum):
    """How far a job has come (UWS 1.1, section 2.1.3)."""

    PENDING = "PENDING"
    QUEUED = "QUEUED"
    EXECUTING = "EXECUTING"
    COMPLETED = "COMPLETED"
    ERROR = "ERROR"
    ABORTED = "ABORTED"
    UNKNOWN = "UNKNOWN"
    HELD = "HELD"
    SUSPENDED = "SUSPENDED"
    ARCHIVED = "ARCHIVED"

    @property
    def is_active(self) -> bool:
        """Whether the job is not done, so that a client may wait for its next phase."""
        return self in (Phase.PENDING, Phase.QUEUED, Phase.EXECUTING)


@dataclass(frozen=True, slots=True)
class JobValue:
    """What somebody said of a parameter or input.

    Attributes:
        name: of the parameter or input.
        value: of the parameter; where the input lies, or the name of an uploaded file.
        by_reference: whether it says where something lies.
        is_upload: whether the file came with the request.
    """

    name: str
    value: str
    by_reference: bool = False
    is_upload: bool = False


@dataclass(frozen=True, slots=True)
class JobResult:
    """A file that a job made.

    Attributes:
        name: of the result: that of the output, with a number where a pattern found several.
        role: that it plays.
        file: its path in the work folder.
        content_type: its media type.
        size: in bytes.
        sha256: the checksum of its bytes.
        entity: the id by which the store knows it.
    """

    name: str
    role: str
    file: str
    content_type: str
    size: int
    sha256: str
    entity: str


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job.

    Times are ISO 8601 in UTC with ``Z``, to the millisecond.

    Attributes:
        id: of the job, and of its run in the store.
        name: of the definition.
        owner: who asked for it; None when nobody is known.
        created: when it was asked for.
        destruction: when its files are removed.
        duration: how many seconds it may take.
        phase: how far it has come.
        run_id: what the client calls it.
        quote: when it will be done, as far as anybody can say.
        started: when the script began.
        ended: when it ended.
        message: what went wrong.
        handle: by which the engine knows it; "" when it is about to be handed over, None before.
        settled: whether its end is dealt with: results are known, the run is in the store.
        values: what was said of parameters and inputs.
        options: what was said for the engine, as ``slurm_mem``.
    """

    id: str
    name: str
    owner: str | None
    created: str
    destruction: str
    duration: int
    phase: Phase = Phase.PENDING
    run_id: str | None = None
    quote: str | None = None
    started: str | None = None
    ended: str | None = None
    message: str | None = None
    handle: str | None = None
    settled: bool = False
    values: tuple[JobValue, ...] = ()
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which jobs a list is of.

    Attributes:
        name: of the definition; None for all.
        owner: whose; None for everybody's.
        phases: of these phases; empty for all but archived ones.
        after: created later; ISO 8601 with ``Z``.
        last: so many of the newest, the newest first; None for all, the oldest first.
        before: the id of a job: asked for before that one, and none where there is no such job.
    """

    name: str | None = None
    owner: str | None = None
    phases: tuple[Phase, ...] = ()
    after: str | None = None
    last: int | None = None
    before: str | None = None


def now() -> str:
    """Give the present time as jobs keep it: ``2026-11-29T03:09:15.123Z``."""
    return time_of(datetime.now(UTC))


def time_of(moment: datetime) -> str:
    """Write a time as jobs keep it.

    Args:
        moment: with its zone.

    Returns:
        ISO 8601 in UTC with ``Z``, to the millisecond.
    """
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def read_time(text: str) -> str:
    """Read a time that somebody wrote.

    Args:
        text: ISO 8601, in UTC where it says no zone.

    Returns:
        The time as jobs keep it.

    Raises:
        ValueError: it is no time, or one before the year 1 or after 9999 in UTC.
    """
    moment = datetime.fromisoformat(text.strip())
    try:
        return time_of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except OverflowError as error:
        raise ValueError(f"{text.strip()}: {error}") from None
