"""What somebody says of a file or run that is bad: since when, why, and who says so.

To be marked and to be overwritten are two facts. The mark is stated; that a file lost its last
place is computed (docs/contract.md, rule 4). Neither replaces the other.
"""

import re
from dataclasses import dataclass

from provgraph.model.values import Attributes, Value, with_zone

#: The attributes of a record that bear the mark: since when (canonical UTC), why, and who says so.
INVALIDATED = "invalidated"
INVALIDATION_REASON = "invalidationReason"
INVALIDATED_BY = "invalidatedBy"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(?:\d{3}){1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Invalidation:
    """The mark of an invalid record.

    Attributes:
        time: since when the record is invalid; ISO 8601 with ``Z``.
        reason: why. Several reasons are separated by ``; ``.
        by: who says so. Several people are separated by ``; ``.
    """

    time: str
    reason: str | None = None
    by: str | None = None


def invalidation_of(attributes: Attributes) -> Invalidation | None:
    """Find the mark of an invalid record.

    Args:
        attributes: of an entity; the facts of a run.

    Returns:
        The mark, since the earliest time that anybody says, with all reasons and people; None of a
        record that nobody marked.
    """
    since = invalid_since(attributes)
    if since is None:
        return None
    return Invalidation(
        f"{with_zone(since)}",
        _joined(attributes, INVALIDATION_REASON),
        _joined(attributes, INVALIDATED_BY),
    )


def invalid_since(attributes: Attributes) -> str | None:
    """Find since when a record is marked as invalid.

    Args:
        attributes: of an entity; the facts of a run.

    Returns:
        The earliest time that anybody says, in the canonical form; None of a record that nobody
        marked. Whatever else an attribute of that name holds is no mark.
    """
    times = (str(time) for time in attributes.get(INVALIDATED, ()) if _is_time(time))
    return min(times, default=None)


def _is_time(value: Value) -> bool:
    """Whether the value is a time in the canonical form."""
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _joined(attributes: Attributes, name: str) -> str | None:
    return "; ".join(map(str, attributes.get(name, ()))) or None
