"""Columns: causes left of effects, levels in their order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.pictures.flowchart.columns import columns, levels_in_order

ENDS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30)
LEVELS = st.lists(st.sampled_from((None, "DL0", "DL1", "DL2")), min_size=12, max_size=12)


def test_levels_go_from_raw_data_to_products() -> None:
    found = levels_in_order(["DL3", "DL10", "R1", None, "R0", "DL3", "other", "DL0"])
    assert found == ["R0", "R1", "DL0", "DL3", "DL10", "other"]


@settings(deadline=None)
@given(LEVELS, ENDS, st.integers(0, 11))
def test_arrows_go_to_the_right(
    levels: list[str | None], ends: list[tuple[int, int]], root: int
) -> None:
    forward = [(min(pair), max(pair)) for pair in ends if pair[0] != pair[1]]  # no cycles
    found = columns(levels, forward, root)
    assert all(found[cause] < found[effect] for cause, effect in forward)
    assert set(found) == set(range(max(found) + 1))


@given(ENDS)
def test_cycles_are_opened(ends: list[tuple[int, int]]) -> None:
    found = columns([None] * 12, ends, 0)
    assert all(found[one] != found[other] for one, other in ends if one != other)


def test_a_level_stands_left_of_the_next_whatever_the_arrows_say() -> None:
    # Two chains, one of which has an intermediate file: 0 → 1 → 2 and 3 → 4 → 5 → 6.
    levels = ["DL0", "DL1", "DL2", "DL0", None, "DL1", "DL2"]
    found = columns(levels, [(0, 1), (1, 2), (3, 4), (4, 5), (5, 6)], 6)
    assert found == [0, 1, 3, 0, 1, 2, 3]


def test_what_has_no_cause_stands_beside_what_it_led_to() -> None:
    assert columns([None] * 4, [(0, 1), (1, 2), (3, 2)], 2) == [0, 1, 2, 1]
    assert columns(["DL0", None, "DL1", "DL0"], [(0, 1), (1, 2), (3, 2)], 2) == [0, 1, 2, 0]


def test_what_is_tied_to_nothing_and_has_no_level_stands_in_no_band() -> None:
    assert columns([None, "DL0", None, "DL1"], [], 3) == [0, 1, 0, 2]
    assert columns([None, None], [], 0) == [0, 0]
