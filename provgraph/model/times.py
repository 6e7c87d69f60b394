"""Times in UTC with their fraction of a second (docs/contract.md, Vocabulary).

Inside provgraph a time is a text in one canonical form: ``2026-11-21T08:29:38.045``, in UTC.
Answers show it with a ``Z`` at its end.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from provgraph.errors import LoadError

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?"
    r"\s*(Z|z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def utc(text: str) -> str:
    """Write a time in the canonical form.

    Args:
        text: a date, or a date and time, as ISO 8601 has it, with or without a zone. A time without
            a zone is read as UTC. A leap second is read as the next second.

    Returns:
        The time in UTC, such as ``2026-11-21T08:29:38.045``. The fraction has 3, 6 or 9 digits, as
        few as hold it; further digits are cut. So equal times are equal texts, and the order of
        the texts is the order of the times.

    Raises:
        LoadError: the text is no ISO 8601 date and time.
    """
    if (usual := _usual(text)) is not None:
        return usual
    parts = _ISO.fullmatch(text.strip())
    if parts is None:
        raise LoadError(f"{text[:60]!r} is no ISO 8601 time")
    year, month, day, hour, minute, second, fraction, zone = parts.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), tzinfo=_zone(zone)
        )
        moment = (moment + timedelta(seconds=_seconds(second))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise LoadError(f"{text[:60]!r} is no possible time: {error}") from None
    return moment.strftime("%Y-%m-%dT%H:%M:%S.").rjust(20, "0") + _fraction(fraction)


def _usual(text: str) -> str | None:
    """The canonical time of a text in one of the usual forms; None for any other text.

    The usual forms are ``2026-11-21T08:29:38`` and ``2026-11-21T08:29:38.045``, with or without
    ``Z``. They need no regular expression, which saves most of the time.
    """
    size = len(text)
    whole = text if size in (19, 23) else text[:-1] if size in (20, 24) and text[-1] == "Z" else ""
    if whole[10:11] != "T" or whole[4:5] != "-" or whole[19:20] not in (".", ""):
        return None
    try:
        datetime.fromisoformat(whole)
    except ValueError:
        return None
    return whole if len(whole) == 23 else whole + ".000"


def with_zone(time: str | None) -> str | None:
    """Write a canonical time as answers show it.

    Args:
        time: a canonical time, or None.

    Returns:
        The time with a ``Z`` at its end, which says that the time is in UTC; None for None.
    """
    return None if time is None else time + "Z"


def seconds_between(start: str, end: str) -> float:
    """Measure the time between two canonical times.

    Args:
        start: the earlier time.
        end: the later time.

    Returns:
        Seconds, exact to a microsecond; negative when ``end`` is before ``start``.
    """
    return (datetime.fromisoformat(end[:26]) - datetime.fromisoformat(start[:26])).total_seconds()


def _seconds(second: str | None) -> int:
    """The seconds of a minute; 60 is a leap second, which `datetime` does not know."""
    value = int(second or 0)
    if value > 60:
        raise ValueError("second must be in 0..60")
    return value


def _zone(zone: str | None) -> timezone:
    """The time zone that a text such as ``+02:00`` or ``Z`` means; UTC for None."""
    if zone is None or zone in "Zz":
        return UTC
    sign = -1 if zone[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])))


def _fraction(digits: str | None) -> str:
    """The digits of a fraction of a second, as 3, 6 or 9 digits."""
    shortest = (digits or "")[:9].rstrip("0")
    size = 3 if len(shortest) <= 3 else 6 if len(shortest) <= 6 else 9
    return shortest.ljust(size, "0")
