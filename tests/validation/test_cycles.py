"""Cycles and paths in graphs of numbers."""

import numpy as np
import pytest

from provgraph.validation.cycles import Cycles
from provgraph.validation.instance import Numbers


def numbers(*values: int) -> Numbers:
    return np.array(values, np.int64)


#: 1 → 2 → 3 → 1, with a shorter way 2 → 1; and 5 → 6 apart.
RING = Cycles(numbers(1, 2, 3, 2, 5), numbers(2, 3, 1, 1, 6))


def test_the_shortest_cycle_begins_with_its_smallest_node() -> None:
    assert list(RING.shortest()) == [[1, 2]]


def test_a_cycle_goes_through_a_demanded_edge() -> None:
    through = np.array([False, True, False, False, False])
    assert list(RING.shortest(through)) == [[1, 2, 3]]


def test_without_a_cycle_there_is_none() -> None:
    assert list(Cycles(numbers(1, 2), numbers(2, 3)).shortest()) == []


def test_an_edge_to_itself_is_a_cycle() -> None:
    assert list(Cycles(numbers(7), numbers(7)).shortest()) == [[7]]


@pytest.mark.parametrize(("start", "found"), [(5, [5, 6]), (6, [6]), (1, [1, 2, 3]), (9, [9])])
def test_what_can_be_reached(start: int, found: list[int]) -> None:
    assert RING.reachable(numbers(start)).tolist() == found


def test_each_part_with_a_cycle_tells_its_edges() -> None:
    assert [part.tolist() for part in RING.parts()] == [[0, 1, 2, 3]]
