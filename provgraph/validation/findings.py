"""What a check finds: the constraint that is broken, how gravely, and by which records."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from provgraph.model.values import visible, with_zone


class Gravity(StrEnum):
    """How much a finding matters, gravest first."""

    ERROR = "error"
    WARNING = "warning"


class Constraint(Enum):
    """What a finding may break: the number in PROV-CONSTRAINTS, if it has one, and the name."""

    REQUIRED = (None, "required-argument")  # PROV-DM, section 5
    KEY_OBJECT = (22, "key-object")
    KEY_PROPERTIES = (23, "key-properties")
    UNIQUE_GENERATION = (24, "unique-generation")
    UNIQUE_INVALIDATION = (25, "unique-invalidation")
    UNIQUE_START = (26, "unique-wasStartedBy")
    UNIQUE_END = (27, "unique-wasEndedBy")
    UNIQUE_START_TIME = (28, "unique-startTime")
    UNIQUE_END_TIME = (29, "unique-endTime")
    UNIQUE_MENTION = (None, "unique-mention")  # PROV-LINKS, section 3
    START_END = (30, "start-precedes-end")
    USAGE_WITHIN_ACTIVITY = (33, "usage-within-activity")
    GENERATION_WITHIN_ACTIVITY = (34, "generation-within-activity")
    INFORMED = (35, "wasInformedBy-ordering")
    GENERATION_INVALIDATION = (36, "generation-precedes-invalidation")
    GENERATION_USAGE = (37, "generation-precedes-usage")
    USAGE_INVALIDATION = (38, "usage-precedes-invalidation")
    GENERATION_GENERATION = (39, "generation-generation-ordering")
    INVALIDATION_INVALIDATION = (40, "invalidation-invalidation-ordering")
    DERIVATION_USAGE = (41, "derivation-usage-generation-ordering")
    DERIVATION = (42, "derivation-generation-generation-ordering")
    STARTED_BY = (43, "wasStartedBy-ordering")
    ENDED_BY = (44, "wasEndedBy-ordering")
    SPECIALIZATION_GENERATION = (45, "specialization-generation-ordering")
    SPECIALIZATION_INVALIDATION = (46, "specialization-invalidation-ordering")
    ASSOCIATION = (47, "wasAssociatedWith-ordering")
    ATTRIBUTION = (48, "wasAttributedTo-ordering")
    DELEGATION = (49, "actedOnBehalfOf-ordering")
    UNSPECIFIED_DERIVATION = (51, "impossible-unspecified-derivation-generation-use")
    SPECIALIZATION_REFLEXIVE = (52, "impossible-specialization-reflexive")
    PROPERTY_OVERLAP = (53, "impossible-property-overlap")
    OBJECT_PROPERTY_OVERLAP = (54, "impossible-object-property-overlap")
    ENTITY_ACTIVITY = (55, "entity-activity-disjoint")
    EMPTY_COLLECTION = (56, "membership-empty-collection")
    LINEAGE_CYCLE = (None, "lineage-cycle")
    FUTURE = (None, "time-in-the-future")
    NO_TIME = (None, "unreadable-time")

    @property
    def number(self) -> int | None:
        """The constraint's number in PROV-CONSTRAINTS.

        None where another standard, or provgraph, says so.
        """
        number: int | None = self.value[0]
        return number

    @property
    def label(self) -> str:
        """The constraint's name."""
        return str(self.value[1])


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction, or something suspicious.

    Attributes:
        gravity: an error can't have happened as it is told; a warning is valid PROV.
        constraint: what it breaks.
        records: the ids of the records involved, those the message names first.
        message: what is wrong, for people.
        time: when, canonical UTC; None where no time is told.
        seconds: by how much times contradict each other; None where they don't.
        bundle: the URI of the bundle that says so; None for a document itself, and for a store.
    """

    gravity: Gravity
    constraint: Constraint
    records: tuple[str, ...]
    message: str
    time: str | None = None
    seconds: float | None = None
    bundle: str | None = None


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings.

    Args:
        findings: in any order.

    Returns:
        The findings by gravity, then time (those without a time last), then ids.
    """
    return sorted(findings, key=_order)


def _order(finding: Finding) -> tuple[Any, ...]:
    gravity = list(Gravity).index(finding.gravity)
    rule = list(Constraint).index(finding.constraint)
    bundle = finding.bundle or ""
    return (
        gravity,
        finding.time is None,
        finding.time or "",
        finding.records,
        rule,
        bundle,
        finding.message,
    )


def as_document(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain data.

    Args:
        finding: the finding.

    Returns:
        The object that ``validate --json`` prints.
    """
    return {
        "gravity": finding.gravity.value,
        "constraint": finding.constraint.number,
        "name": finding.constraint.label,
        "message": finding.message,
        "records": list(finding.records),
        "time": with_zone(finding.time),
        "seconds": finding.seconds,
        "bundle": finding.bundle,
    }


def as_text(finding: Finding) -> str:
    """Return a finding as one line for a terminal.

    Args:
        finding: the finding.

    Returns:
        The line, without a newline.
    """
    rule = finding.constraint
    name = rule.label if rule.number is None else f"{rule.number} {rule.label}"
    where = f", in bundle {finding.bundle}" if finding.bundle else ""
    return f"{finding.gravity:7}  {finding.message}{visible(where)}  [{name}]"
