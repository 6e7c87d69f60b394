"""Long requests wait for short ones that are under way, but not for long."""

import threading

from provgraph.graphql.arrivals import Arrival, Arrivals
from tests.store.test_lanes import PATIENCE


def test_a_request_is_counted_once() -> None:
    arrivals = Arrivals()
    one, other = Arrival(arrivals), Arrival(arrivals)
    for tell in (one.enter, one.enter, other.enter):
        tell()
    assert arrivals.number == 2
    for tell in (one.leave, one.leave, other.leave):
        tell()
    assert arrivals.number == 0


def test_nobody_waits_when_no_request_is_under_way() -> None:
    assert Arrivals().let_pass(PATIENCE) == 0


def test_a_wait_ends_with_the_last_request() -> None:
    arrivals, waited = Arrivals(), list[float]()
    one, other = Arrival(arrivals), Arrival(arrivals)
    one.enter()
    other.enter()
    thread = threading.Thread(target=lambda: waited.append(arrivals.let_pass(PATIENCE)))
    thread.start()
    one.leave()
    assert not waited
    other.leave()
    thread.join(PATIENCE)
    assert waited[0] < PATIENCE


def test_a_wait_is_short() -> None:
    arrivals = Arrivals()
    Arrival(arrivals).enter()
    assert 0.01 <= arrivals.let_pass(0.01) < PATIENCE
