"""Ways of arrows: shared where they are the same, and in tracks of their own where not."""

from provgraph.pictures.flowchart.routes import routed, tracks


def test_long_arrows_of_one_box_pass_a_column_together() -> None:
    routes = routed([0, 1, 2, 3, 3], [(0, 3), (0, 4), (1, 3)])
    assert routes.columns == [0, 1, 2, 3, 3, 2, 1, 2]  # box 1 has a passage of its own
    assert routes.ways == [[0, 6, 7, 3], [0, 6, 7, 4], [1, 5, 3]]
    assert len(routes.links) == len(set(routes.links))


def test_long_arrows_to_one_box_pass_a_column_together() -> None:
    routes = routed([0, 0, 0, 2], [(0, 3), (1, 3), (2, 3)])
    assert routes.ways == [[0, 4, 3], [1, 4, 3], [2, 4, 3]]


def test_an_arrow_that_points_back_has_its_way_from_left_to_right() -> None:
    assert routed([2, 0], [(0, 1)]).ways == [[1, 2, 0]]


def test_a_level_line_has_no_track_and_lines_to_one_place_share_one() -> None:
    down = [0.0, 100.0, 200.0, 100.0]
    assert tracks([(1, 3)], down) == {}
    assert tracks([(0, 3), (1, 3), (2, 3)], down) == {(0, 3): 0, (1, 3): 0, (2, 3): 0}


def test_lines_that_do_not_meet_share_a_track_and_others_do_not() -> None:
    down = [0.0, 200.0, 50.0, 150.0, 20.0, 180.0]
    assert set(tracks([(0, 2), (1, 3)], down).values()) == {0}
    assert set(tracks([(0, 3), (1, 2)], down).values()) == {0, 1}


def test_no_line_runs_on_another_where_that_can_be() -> None:
    # The first ends where the second begins: it must turn behind it.
    down = [0.0, 100.0, 100.0, 200.0]
    assert tracks([(0, 2), (1, 3)], down) == {(0, 2): 1, (1, 3): 0}
    down = [100.0, 200.0, 0.0, 100.0]
    assert tracks([(0, 2), (1, 3)], down) == {(0, 2): 0, (1, 3): 1}
