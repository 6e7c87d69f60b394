"""Places in a row keep their order and distance."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.pictures.w3c.layout import Spacing, layout

ENDS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30)


@settings(deadline=None)
@given(ENDS, st.integers(0, 11))
def test_places_in_a_row_keep_their_distance(ends: list[tuple[int, int]], root: int) -> None:
    placed = layout([100.0] * 12, ends, root, Spacing(gap=10.0, passage=20.0, long_row=14))
    for row in set(placed.rows):
        across = sorted(
            (placed.x[place], 110.0 if place < 12 else 20.0)
            for place in range(len(placed.x))
            if placed.rows[place] == row
        )
        for (left, room), (right, more) in pairwise(across):
            assert right - left >= (room + more) / 2 - 1e-6
    for (source, target), route in zip(ends, placed.routes, strict=True):
        assert all(
            min(placed.rows[source], placed.rows[target]) < placed.rows[place] for place in route
        )
