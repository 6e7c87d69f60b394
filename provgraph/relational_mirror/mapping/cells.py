"""Values of a store as the texts that stand in the cells of rows.

Example:
    >>> array(["/a", "/b c"])
    '{/a,"/b c"}'
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from provgraph.errors import LoadError
from provgraph.model.values import canonical_json, utc

#: What makes an element of an array literal need quotes (PostgreSQL manual, section 8.15.6).
_SPECIAL = re.compile(r'[{}",\\\s]|^$|^null$', re.IGNORECASE)
#: The length of a time with microseconds: 2026-01-01T00:00:00.123456
_MICROSECONDS = 26


def value_text(value: object) -> str | None:
    """A value as the text of a cell (docs/contract.md, The ctaprov mirror: parameters).

    Args:
        value: any value that JSON has.

    Returns:
        A text as it is, all else as JSON. Only null is None, which becomes NULL: 0, '' and False
        stay.
    """
    return value if value is None or isinstance(value, str) else canonical_json(value)


def attribute_text(attributes: Mapping[str, Any], name: str) -> str | None:
    """The first value of an attribute as the text of a cell.

    Args:
        attributes: name → values.
        name: of the attribute.

    Returns:
        The text; None where there is no such attribute, and of null.
    """
    return value_text(attributes[name][0]) if name in attributes else None


def array(items: Sequence[str]) -> str:
    """An array as PostgreSQL writes it (PostgreSQL manual, section 8.15.6).

    Args:
        items: the elements.

    Returns:
        The array literal, such as ``{a,"b c"}``.
    """
    return "{" + ",".join(_quoted(item) if _SPECIAL.search(item) else item for item in items) + "}"


def _quoted(item: str) -> str:
    escaped = item.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def timestamp(time: str | None) -> str | None:
    """A time as PostgreSQL shows it.

    Args:
        time: in any form that `provgraph.model.values.utc` reads.

    Returns:
        The time in UTC to the microsecond, without zeros at its end, such as ``2026-01-01
        00:00:00.5``; None of what is no time.
    """
    if time is None:
        return None
    try:
        canonical_time = utc(time)
    except LoadError:
        return None
    date, _, clock = canonical_time[:_MICROSECONDS].partition("T")
    return f"{date} {clock.rstrip('0').rstrip('.') if '.' in clock else clock}"
