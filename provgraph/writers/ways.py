"""Writes ways between records, for people at a terminal (``path`` and ``common``)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from provgraph.model.assembly import ends_of
from provgraph.model.common import CommonAncestor, CommonAncestors
from provgraph.model.lineage import Direction, Edge, Lineage, Node, display_name
from provgraph.model.values import counted, readable, time_text
from provgraph.writers.screen import PLAIN, Part, Screen, Style

_NAME_LENGTH = 4096
#: The least columns of a name on a narrow terminal.
_LEAST = 12
#: Of so many records the distances are written with a letter each.
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def write_path(found: Lineage, names: tuple[str, str], screen: Screen = PLAIN) -> str:
    """Write the shortest way between two records, or all shortest ones.

    Args:
        found: the way, or all of them together.
        names: what was asked for, as the beginning and the end.
        screen: where the text goes.

    Returns:
        The text, ending in a newline. Control characters in names are shown as escapes.
    """
    return _text(_path_lines(found, names), screen)


def write_common(found: CommonAncestors, names: Sequence[str], screen: Screen = PLAIN) -> str:
    """Write what several records have in common.

    Args:
        found: the common ancestors.
        names: what was asked for, in the order of the records.
        screen: where the text goes.

    Returns:
        The text, ending in a newline. Control characters in names are shown as escapes.
    """
    return _text(_common_lines(found, names), screen)


def _text(lines: Iterator[list[Part]], screen: Screen) -> str:
    return "".join(f"{screen.line(parts)}\n" for parts in lines)


def _path_lines(found: Lineage, names: tuple[str, str]) -> Iterator[list[Part]]:
    begin, end = (Part(readable(name, _NAME_LENGTH), _LEAST, 0, Style.STRONG, "") for name in names)
    arrow = " → " if found.direction is Direction.UPSTREAM else " ← "
    yield [begin, Part(arrow, gap=""), end]
    length, ways = found.nodes[-1].distance, _ways(found)
    several = f", {counted(ways, 'way')} of this length" if ways > 1 else ""
    yield [Part(f"{counted(length, 'relation')}{several}", gap="")]
    yield []
    before: dict[bytes, list[Edge]] = defaultdict(list)
    for edge in found.edges:
        before[ends_of(edge, found.direction)[1]].append(edge)
    for node in found.nodes:
        step = Part(f"{node.distance:4}", gap="")
        yield [step, Part(_relations(before[node.key]), rank=2), *_described(node)]


def _ways(found: Lineage) -> int:
    """How many ways lead from the first node to the last one."""
    counts = {found.root.key: 1}
    steps = {ends_of(edge, found.direction) for edge in found.edges}
    into: dict[bytes, list[bytes]] = defaultdict(list)
    for near, far in steps:
        into[far].append(near)
    for node in found.nodes:
        counts.setdefault(node.key, 0)
        counts[node.key] += sum(counts[near] for near in into[node.key])
    return counts[found.nodes[-1].key]


def _relations(edges: Sequence[Edge]) -> str:
    """By which relations, and in which roles, a record follows the one before."""
    said = dict.fromkeys(
        edge.relation + (f" ({readable(edge.role, 80)})" if edge.role else "") for edge in edges
    )
    return ", ".join(said)


def _described(node: Node) -> Iterator[Part]:
    yield Part(readable(display_name(node), _NAME_LENGTH), _LEAST, 0, Style.STRONG)
    if node.invalidation is not None:
        yield Part(f"INVALID since {time_text(node.invalidation.time)}", style=Style.BAD)
    yield Part(f"({readable(node.id, _NAME_LENGTH)})", _LEAST, 1, Style.FAINT)


def _common_lines(found: CommonAncestors, names: Sequence[str]) -> Iterator[list[Part]]:
    yield [Part("What led to all of these?", gap="")]
    letters = [*_LETTERS, *map(str, range(len(_LETTERS), len(names)))]
    for letter, name in zip(letters, names, strict=False):
        yield [
            Part(f"  {letter}  ", gap=""),
            Part(readable(name, _NAME_LENGTH), _LEAST, 0, Style.STRONG, ""),
        ]
    yield [Part(_head(found), gap="")]
    for is_nearest, ancestors in groupby(found.found, lambda each: each.is_nearest):
        yield []
        yield [Part("The nearest:" if is_nearest else "What led to these:", gap="")]
        yield from (_ancestor_line(each, letters) for each in ancestors)


def _ancestor_line(each: CommonAncestor, letters: Sequence[str]) -> list[Part]:
    distances = zip(letters, each.distances, strict=False)
    far = ", ".join(f"{distance} from {letter}" for letter, distance in distances)
    return [Part("   ", gap=""), *_described(each.node), Part(far, rank=2)]


def _head(found: CommonAncestors) -> str:
    if not found.total:
        return "Nothing known led to all of them."
    shown = f"; the nearest {len(found.found)} are listed" if found.total > len(found.found) else ""
    return f"{counted(found.total, 'record')}{shown}"
