"""Places in rows: straight where they can be, and near each other."""

import pytest

from provgraph.pictures.placing import Compromise, mean_of, median_of, placed


def test_a_median_grants_one_wish_whole_and_a_mean_none() -> None:
    wishes = [(0.0, 1.0), (10.0, 1.0), (40.0, 8.0)]
    assert median_of(wishes) == 40
    assert mean_of(wishes) == 33


def test_the_longest_line_is_straight() -> None:
    # 0 and 1 lead to 2, which leads to 3.
    x = placed([0, 0, 1, 2], [(0, 2), (1, 2), (2, 3)], [10.0] * 4, 4, median_of)
    assert x[2] == x[3]
    assert x[2] in (x[0], x[1])
    assert abs(x[0] - x[1]) >= 10


@pytest.mark.parametrize("compromise", [mean_of, median_of])
def test_what_is_tied_to_nothing_does_not_stand_far_off(compromise: Compromise) -> None:
    rows = [*[0] * 20, 1]
    x = placed(rows, [(place, 20) for place in range(10)], [10.0] * 21, 21, compromise)
    assert max(x) - min(x) == pytest.approx(190)
