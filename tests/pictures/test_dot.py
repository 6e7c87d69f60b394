"""Graphviz can read every DOT document."""

import pytest
from hypothesis import given, settings

from provgraph.model.lineage import Lineage
from provgraph.pictures.look import Look
from tests.lineages import LOOKS, lineages, written


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pydot")
@settings(max_examples=60, deadline=None)
@given(lineages(), LOOKS)
def test_dot_parses(lineage: Lineage, look: Look) -> None:
    pydot = pytest.importorskip("pydot")
    (graph,) = pydot.graph_from_dot_data(written(lineage, "dot", look))
    named = [
        node.get_name()
        for node in graph.get_nodes()
        if node.get_name() not in ("node", "edge", "graph")
    ]
    assert named == [f"n{number}" for number in range(len(named))]
    if look.w3c and look.agents is not False:
        assert len(named) == len(lineage.nodes or "1")
    assert 1 <= len(named) <= len(lineage.nodes or "1")
    links = [
        node.get_attributes()["URL"].lower()
        for node in graph.get_nodes()
        if "URL" in node.get_attributes()
    ]
    assert all(link.startswith(('"http://', '"https://')) for link in links)
