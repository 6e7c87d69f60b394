"""The law of CONTRACT section 2 rule 8, against the oracle written from section 2 alone."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from provgraph.store.relational import open_sqlite
from tests.graphs import graph_in, put
from tests.oracle import contradictory, graph_of
from tests.strategies import histories, loadings


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_loading_gives_the_oracles_graph(data: st.DataObject) -> None:
    history = data.draw(histories())
    assume(not contradictory(history))
    expected = graph_of(history)
    store = open_sqlite("sqlite://")
    for part in data.draw(loadings(history)):
        put(store, part)
    found = graph_in(store)
    assert found.entities == expected.entities
    assert found.edges == expected.edges
    store.close()
