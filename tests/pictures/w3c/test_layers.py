"""Rows: effects above causes, whatever cycles there are."""

from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.pictures.w3c.layers import layers

ENDS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30)


@settings(deadline=None)
@given(ENDS, st.integers(0, 11))
def test_arrows_go_down_in_what_the_root_leads_to(ends: list[tuple[int, int]], root: int) -> None:
    forward = [(min(pair), max(pair)) for pair in ends if pair[0] != pair[1]]  # no cycles
    rows = layers(12, forward, root, long_row=14)
    ahead = {root}
    for source, target in sorted(forward):
        if source in ahead:
            ahead.add(target)
    assert all(rows[a] < rows[b] for a, b in forward if a in ahead)
    assert set(rows) == set(range(max(rows) + 1))
