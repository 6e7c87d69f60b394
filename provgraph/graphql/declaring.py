"""How the GraphQL types declare their fields, and the scalars of these fields."""

from collections.abc import Callable
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

DateTime = NewType("DateTime", str)
JSON = NewType("JSON", object)


def _zoned(time: str) -> str:
    """The time with a ``Z`` at its end, whether it has one already or not."""
    return time if time.endswith("Z") else time + "Z"


SCALARS: dict[object, ScalarDefinition] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A time in UTC, ISO 8601 with Z, with the fraction of a second that its "
        "source gives.",
        serialize=_zoned,
        parse_value=str,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value. Numbers that JSON can't say (NaN, Infinity) are text.",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}


def attribute(description: str, name: str | None = None) -> Any:
    """Declare a field that is an attribute of the record.

    Args:
        description: for the schema.
        name: in the schema; None for that of the attribute.

    Returns:
        The field.
    """
    return strawberry.field(description=description, name=name)


def resolved(resolver: Callable[..., Any], description: str) -> Any:
    """Declare a field that is looked up or worked out.

    Args:
        resolver: finds the value.
        description: for the schema.

    Returns:
        The field.
    """
    return strawberry.field(resolver=resolver, description=description)
