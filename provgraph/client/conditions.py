"""The conditions of a search as the filters that a server takes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from provgraph.errors import SettingsError
from provgraph.model.filters import NAMED_KINDS
from provgraph.model.values import canonical_json

#: Condition → its name in the filter of entities.
_OF_ENTITIES: Final = {
    "text": "text",
    "type": "type",
    "data_level": "dataLevel",
    "under": "under",
    "tool": "tool",
    "since": "since",
    "until": "until",
    "invalid": "invalid",
    "external": "external",
    "overwritten": "overwritten",
    "at": "at",
}
#: Condition → its name in the filter of activities.
_OF_ACTIVITIES: Final = {
    "text": "text",
    "tool": "name",
    "version": "version",
    "status": "status",
    "host": "host",
    "agent": "agent",
    "parameter": "parameter",
    "since": "since",
    "until": "until",
    "invalid": "invalid",
}
FILTERS: Final[Mapping[str, Mapping[str, str]]] = {
    "entity": _OF_ENTITIES,
    "activity": _OF_ACTIVITIES,
    "agent": {},
}


def chosen_kind(kinds: Sequence[str], conditions: Iterable[str]) -> str | None:
    """Find out which kind of record a search is for: a server is asked for one at a time.

    Args:
        kinds: that the user gave.
        conditions: that the user gave.

    Returns:
        The kind; None for all kinds by words alone.

    Raises:
        SettingsError: there is no such kind, or a server can't be asked so.
    """
    if unknown := set(kinds) - set(NAMED_KINDS):
        raise SettingsError(f"{min(unknown)!r} is no kind: kinds are {', '.join(NAMED_KINDS)}")
    given = set(conditions)
    if not kinds and given == {"text"}:
        return None
    fitting = [kind for kind in kinds or FILTERS if given <= FILTERS[kind].keys()]
    if len(kinds) > 1 or len(fitting) != 1:
        raise SettingsError(
            "a server is asked for one kind of record at a time, or for all by words alone: "
            "entities by "
            f"{', '.join(_OF_ENTITIES)}; activities by {', '.join(_OF_ACTIVITIES)}; agents without "
            "any condition"
        )
    return fitting[0]


def filter_of(kind: str, conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Write conditions as the filter of a kind.

    Args:
        kind: ``entity`` or ``activity``.
        conditions: by the names that `provgraph.searchable.SearchableStore.search` gives them.

    Returns:
        The variable for the query.

    Raises:
        SettingsError: one has several values where a server takes one.
    """
    return {FILTERS[kind][name]: _value(name, value) for name, value in conditions.items()}


def _value(name: str, value: Any) -> Any:
    """A condition as GraphQL takes it."""
    if name == "data_level":
        return [value] if isinstance(value, str) else list(value)
    if name == "parameter":
        value = [
            {"name": each, "value": said if isinstance(said, str) else canonical_json(said)}
            for each, said in value.items()
        ]
    if isinstance(value, list | tuple):
        if len(value) != 1:
            raise SettingsError(f"a server is asked for one value of {name} at a time")
        return value[0]
    return value
