"""The texts of a box in a drawing: of one record, or of several folded ones."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from provgraph.model.derived import Invalidation
from provgraph.model.identifiers import base_name
from provgraph.model.lineage import Node, display_name
from provgraph.model.values import readable, time_text
from provgraph.model.vocabulary import Kind, Status
from provgraph.pictures.look import Look

NAME_LENGTH = 40
DETAIL_LENGTH = 44
TIP_LENGTH = 300
#: A tooltip names so many of the records in a box, and shows so many parameters.
TIP_RECORDS, TIP_PARAMETERS = 5, 12
#: What a box without any visible name says; some viewers refuse an empty one.
NAMELESS = "(no name)"
#: Names have so much in common, or a box of several says what they are instead.
COMMON_LENGTH = 3
#: More of a name is not looked at where it is compared with others.
_COMPARED = 500
_NOUNS = {
    Kind.ENTITY: "files",
    Kind.ACTIVITY: "runs",
    Kind.AGENT: "agents",
    Kind.COLLECTION: "parameter sets",
}
_FAILED = (Status.ERROR, Status.INTERRUPTED)
#: The words of a box in which such a record is.
INVALID, TAINTED, MORE = "INVALID", "tainted", "more behind"


@dataclass(frozen=True, slots=True)
class Box:
    """One record, or several of one kind.

    Attributes:
        kind: what they are.
        count: how many.
        is_root: whether it is what was asked about.
        is_failed: whether a run in it did not end well.
        is_invalid: whether a record in it is marked as invalid.
        is_tainted: whether a record in it was made from an invalid one.
        has_more: whether the answer was cut behind a record in it.
        name: its first line.
        detail: its second line; may be empty.
        tip: the lines of its tooltip.
        link: the web address where a click leads; None when nowhere.
    """

    kind: Kind
    count: int
    is_root: bool
    is_failed: bool
    is_invalid: bool
    is_tainted: bool
    has_more: bool
    name: str
    detail: str
    tip: tuple[str, ...]
    link: str | None = None


def box(nodes: Sequence[Node], is_root: bool, look: Look) -> Box:
    """Return the box of one or more records.

    Args:
        nodes: the records, all of one kind; at least one.
        is_root: whether the box is what was asked about.
        look: how the reader wants the drawing.

    Returns:
        The box. Its texts are short and hold visible characters only.
    """
    name, detail, tip = _single(nodes[0]) if len(nodes) == 1 else _several(nodes)
    words = _marks(nodes)
    return Box(
        nodes[0].kind,
        len(nodes),
        is_root,
        any(node.status in _FAILED for node in nodes),
        INVALID in words,
        TAINTED in words,
        MORE in words,
        name,
        readable(
            "  ".join(fact for fact in (*words, *detail) if fact and fact.strip()), DETAIL_LENGTH
        ),
        tuple(readable(line, TIP_LENGTH) for line in tip),
        look.link_of(nodes[0]) if len(nodes) == 1 else None,
    )


def _marks(nodes: Sequence[Node]) -> list[str]:
    """The words for what must not be overlooked, when it is true of any of the records."""
    marks = {
        INVALID: any(node.invalidation is not None for node in nodes),
        TAINTED: any(node.tainted for node in nodes),
        MORE: any(node.more for node in nodes),
    }
    return [word for word, is_true in marks.items() if is_true]


_Texts = tuple[str, Iterable[str | None], Iterable[str]]


def _single(node: Node) -> _Texts:
    return readable(_name(node), NAME_LENGTH), _details(node), _tip(node)


def _name(node: Node) -> str:
    names = (
        node.name,
        base_name(display_name(node)) if node.kind is Kind.ENTITY else None,
        node.id,
        NAMELESS,
    )
    return next(name for name in names if name and name.strip())


def _details(node: Node) -> Iterable[str | None]:
    """The facts of a record that fit below its name."""
    if node.kind is Kind.ACTIVITY:
        status = None if node.status == Status.COMPLETED else node.status
        return node.version, status, node.start_time and time_text(node.start_time)
    if node.kind is Kind.ENTITY:
        return node.data_level, _folder(node)
    return (_parameters([node]) if node.kind is Kind.COLLECTION else node.type,)


def _folder(node: Node) -> str | None:
    path = display_name(node)
    return path.rpartition("/")[0] if path != node.id else None


def _parameters(nodes: Iterable[Node]) -> str:
    number = sum(len(node.attributes) for node in nodes)
    return f"{number} parameter{'' if number == 1 else 's'}"


def _tip(node: Node) -> Iterator[str]:
    """All that a record's tooltip says."""
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
    yield from _listed([f"made from invalid {each}" for each in node.tainted], TIP_RECORDS)
    if node.more:
        yield "more behind it: the answer ends here"
    if is_set:
        yield from _listed(
            [f"{name} = {value}" for name, value in node.shown_attributes.items()], TIP_PARAMETERS
        )


def _mark(mark: Invalidation) -> str:
    """Since when a record is invalid, who says so, and why."""
    by = f" by {mark.by}" if mark.by else ""
    return f"INVALID since {mark.time}{by}" + (f": {mark.reason}" if mark.reason else "")


def _several(nodes: Sequence[Node]) -> _Texts:
    count = f" × {len(nodes)}"
    name = readable(_common_name(nodes), NAME_LENGTH - len(count)) + count
    ends = Counter(node.status for node in nodes)
    failed = ", ".join(
        f"{ends[status]} {status}"
        for status in Status
        if status != Status.COMPLETED and ends[status]
    )
    first = nodes[0]
    if first.kind is Kind.ACTIVITY:
        details: tuple[str | None, ...] = (failed or first.version, _span(nodes))
    elif first.kind is Kind.ENTITY:
        details = (
            first.data_level,
            _common([f"{_folder(node) or ''}/" for node in nodes]).rpartition("/")[0],
        )
    else:
        details = (_parameters(nodes) if first.kind is Kind.COLLECTION else first.type,)
    facts = (
        name,
        first.data_level,
        first.version and f"version {first.version}",
        failed,
        _span(nodes),
    )
    return (
        name,
        details,
        [*(fact for fact in facts if fact), *_listed(_members(nodes), TIP_RECORDS)],
    )


def _members(nodes: Sequence[Node]) -> list[str]:
    """Return how the tooltip names the records in a box, failed runs first.

    Parameter sets are named by their label: nobody looks for their ids.
    """
    if nodes[0].kind is Kind.COLLECTION:
        return [node.label for node in nodes]
    return [
        _with_status(node) for node in sorted(nodes, key=lambda node: node.status not in _FAILED)
    ]


def _with_status(node: Node) -> str:
    return node.id if node.status in (None, Status.COMPLETED) else f"{node.id}  {node.status}"


def _common_name(nodes: Sequence[Node]) -> str:
    """What the names have in common, with ``*`` where they differ; else what the records are."""
    names = [_name(node)[:_COMPARED] for node in nodes]
    if len(set(names)) == 1 and names[0] != NAMELESS:
        return names[0]
    before = _common(names)
    behind = _common([name[len(before) :][::-1] for name in names])[::-1]
    if sum(char.isalnum() for char in before + behind) >= COMMON_LENGTH:
        return f"{before}*{behind}"
    return _NOUNS.get(nodes[0].kind, "records")


def _common(texts: Sequence[str]) -> str:
    """What all the texts begin with."""
    first, last = min(texts), max(texts)  # those between have in common what these have
    differing = (
        number for number, (one, other) in enumerate(zip(first, last, strict=False)) if one != other
    )
    return first[: next(differing, min(len(first), len(last)))]


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


def _listed(lines: Sequence[str], most: int) -> list[str]:
    """The first lines, and how many there are more."""
    if len(lines) <= most:
        return list(lines)
    return [*lines[:most], f"and {len(lines) - most} more"]
