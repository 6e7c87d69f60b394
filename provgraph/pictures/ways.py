"""Arrows between numbered places: as lists of neighbours, without cycles, in rows.

Nothing here recurses. A cycle (a source may state one) is opened at one arrow.
"""

import math
from collections.abc import Iterable, Sequence

#: An arrow as the indexes of the places where it begins and where it points.
Ends = tuple[int, int]
Ways = list[list[int]]


def ways_of(count: int, ends: Iterable[Ends]) -> Ways:
    """Return where arrows lead from each place.

    Args:
        count: how many places there are.
        ends: the arrows.

    Returns:
        For each place those that its arrows point at.
    """
    ways: Ways = [[] for _ in range(count)]
    for here, there in ends:
        ways[here].append(there)
    return ways


def acyclic(count: int, ends: Iterable[Ends], root: int) -> list[Ends]:
    """Open the cycles among arrows.

    Args:
        count: how many places there are.
        ends: the arrows.
        root: the place of what was asked about.

    Returns:
        The arrows; one that closes a cycle on a walk from the root is reversed. Loops are left out.
    """
    ways = ways_of(count, ends)
    turned: list[Ends] = []
    open_, done = set[int](), set[int]()
    for start in (root, *range(count)):
        stack = [(start, iter(ways[start]))] if start not in done else []
        open_.update(node for node, _ in stack)
        while stack:
            here, ahead = stack[-1]
            there = next(ahead, None)
            if there is None:
                stack.pop()
                open_.discard(here)
                done.add(here)
            elif there in open_:
                turned += [(there, here)] if there != here else []
            else:
                turned.append((here, there))
                if there not in done:
                    open_.add(there)
                    stack.append((there, iter(ways[there])))
    return turned


def short_rows(rows: Sequence[int], longest: int) -> list[int]:
    """Make several rows of each that is too long for reading.

    Args:
        rows: the row of each place; rows count from any number.
        longest: how many places a row holds at most.

    Returns:
        The new row of each place, from 0. No row is empty.
    """
    members: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        members.setdefault(row, []).append(place)
    found = [0] * len(rows)
    top = 0
    for row in sorted(members):
        parts = math.ceil(len(members[row]) / longest)
        for index, place in enumerate(members[row]):
            found[place] = top + index * parts // len(members[row])
        top += parts
    return found
