"""Where entities stood, and since when."""

from provgraph.identity.entities import Standing, Timeline, loss_of_all, newest_first
from provgraph.identity.files import File, RunTimes


def moment(second: int) -> str:
    return f"2026-11-21T08:00:{second:02d}.000"


def ended(name: str, start: int, end: int) -> RunTimes:
    return RunTimes(name, moment(start), moment(end))


def write(name: str, start: int, end: int) -> File:
    return File(ended(name, start, end), True, (), ("file:/x",), ())


def test_writes_and_sightings_are_ranked_together() -> None:
    first, second = write("A", 0, 1), write("B", 2, 3)
    timeline = Timeline([first, second])
    assert (timeline.rank_of_write(first), timeline.rank_of_write(second)) == (1, 3)
    ranks = {start: timeline.rank_of_sighting(ended("R", start, 9)) for start in (0, 1, 2, 3)}
    assert ranks == {0: 0, 1: 2, 2: 2, 3: 4}
    assert [list(timeline.after(rank)) for rank in (0, 1, 2, 3)] == [
        [first, second],
        [second],
        [second],
        [],
    ]


def test_only_runs_before_the_reader_count() -> None:
    timeline = Timeline([write("A", 0, 1), write("B", 2, 3)])
    assert [timeline.count_before(ended("R", 1, end)) for end in (1, 2, 4)] == [0, 1, 2]


def test_the_newest_place_where_it_still_stands_comes_first() -> None:
    gone = Standing("file:/gone", 1, moment(9), moment(10))
    old, new = Standing("file:/old", 1, moment(1), None), Standing("file:/b", 1, moment(5), None)
    equal = Standing("file:/a", 1, moment(5), None)
    assert newest_first([gone, old, new, equal]) == (equal, new, old, gone)


def test_an_entity_is_lost_with_its_last_place() -> None:
    one = Standing("file:/a", 1, moment(1), moment(3))
    other = Standing("file:/b", 1, moment(2), moment(7))
    assert loss_of_all([one, other]) == moment(7)
    assert loss_of_all([one, Standing("file:/c", 1, "", None)]) is None
    assert loss_of_all([]) is None
