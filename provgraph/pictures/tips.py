"""The tooltip of a box: all that fits of one record, or of several in one box."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from provgraph.model.derived import Invalidation
from provgraph.model.lineage import Node
from provgraph.model.values import readable, time_text
from provgraph.model.vocabulary import FAILED, Kind, Status

_LENGTH = 300
#: A tooltip names so many of the records in a box, and shows so many parameters and files.
_RECORDS, _PARAMETERS, _FILES = 5, 12, 20


def tip_of(title: str, nodes: Sequence[Node], settings: Sequence[Node] = ()) -> tuple[str, ...]:
    """Return what the tooltip of a box says.

    Args:
        title: of the box.
        nodes: the records in it; at least one.
        settings: the configuration of the runs in it that has no box of its own.

    Returns:
        Lines of visible characters.
    """
    lines = _record(nodes[0]) if len(nodes) == 1 else _several(title, nodes)
    return tuple(readable(line, _LENGTH) for line in (*lines, *_configuration(settings)))


def _record(node: Node) -> Iterator[str]:
    is_set = node.kind is Kind.COLLECTION
    facts = (
        ("", None if is_set else node.id),
        ("", None if node.name == node.id else node.name),
        ("at ", node.location),
        ("", node.data_level),
        ("version ", node.version),
        ("", node.status),
        ("started ", node.start_time),
        ("ended ", node.end_time),
        ("on ", node.host),
        ("made ", node.generated_at),
        (f"{node.end_word} ", node.invalidated_at),
    )
    yield from (f"{what}{fact}" for what, fact in facts if fact)
    if node.invalidation is not None:
        yield _mark(node.invalidation)
    yield from _listed([f"made from invalid {each}" for each in node.tainted], _RECORDS)
    if node.more:
        yield "more behind it: the answer ends here"
    if is_set:
        yield from _parameters(node)


def _parameters(node: Node) -> list[str]:
    values = [f"{name} = {value}" for name, value in node.shown_attributes.items()]
    return _listed(values, _PARAMETERS)


def _mark(mark: Invalidation) -> str:
    """Since when a record is invalid, who says so, and why."""
    by = f" by {mark.by}" if mark.by else ""
    return f"INVALID since {mark.time}{by}" + (f": {mark.reason}" if mark.reason else "")


def _several(title: str, nodes: Sequence[Node]) -> Iterator[str]:
    first = nodes[0]
    ends = Counter(node.status for node in nodes)
    statuses = (status for status in Status if status != Status.COMPLETED and ends[status])
    facts = (
        first.data_level,
        first.version and f"version {first.version}",
        ", ".join(f"{ends[status]:,} {status}" for status in statuses),
        _span(nodes),
    )
    yield f"{title} × {len(nodes):,}"
    yield from (fact for fact in facts if fact)
    yield from _listed(_members(nodes), _RECORDS)


def _members(nodes: Iterable[Node]) -> list[str]:
    """How the tooltip names the records in a box, failed runs first."""
    return [
        _with_status(node) for node in sorted(nodes, key=lambda node: node.status not in FAILED)
    ]


def _with_status(node: Node) -> str:
    return node.id if node.status in (None, Status.COMPLETED) else f"{node.id}  {node.status}"


def _span(nodes: Sequence[Node]) -> str | None:
    """Return the time from the first start to the last end of runs, to the minute.

    For example ``2026-11-21 08:27 to 08:30``.
    """
    starts = [node.start_time for node in nodes if node.start_time]
    if not starts:
        return None
    first = time_text(min(starts))
    last = time_text(max(node.end_time or node.start_time or "" for node in nodes))
    if first[:10] != last[:10]:
        return f"{first[:10]} to {last[:10]}"
    return first[:16] if first[:16] == last[:16] else f"{first[:16]} to {last[11:16]}"


def _configuration(settings: Sequence[Node]) -> Iterator[str]:
    """The configuration files of runs, and what their parameters were set to."""
    files = [each for each in settings if each.kind is not Kind.COLLECTION]
    if files:
        yield "configuration:"
        yield from _listed(list(dict.fromkeys(map(_place, files))), _FILES)
    for each in settings:
        if each.kind is Kind.COLLECTION:
            yield f"parameters of {each.label}:"
            yield from _parameters(each)


def _place(file: Node) -> str:
    return file.location or file.label


def _listed(lines: Sequence[str], most: int) -> list[str]:
    """The first lines, and how many there are more."""
    if len(lines) <= most:
        return list(lines)
    return [*lines[:most], f"and {len(lines) - most:,} more"]
