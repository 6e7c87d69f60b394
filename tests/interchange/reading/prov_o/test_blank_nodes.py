"""Blank nodes are named by what a document says of them."""

from itertools import pairwise

from provgraph.interchange.reading.prov_o.blank_nodes import BLANK, blank_names
from provgraph.interchange.reading.prov_o.triples import Triple
from provgraph.prov.statements import Literal

_USED, _LABEL = "http://www.w3.org/ns/prov#used", "http://www.w3.org/2000/01/rdf-schema#label"
_RUN = "http://example.org/run"


def _inputs(*labels: str) -> list[Triple]:
    found = []
    for number, label in enumerate(labels):
        found += [
            Triple(_RUN, _USED, f"_:b{number}"),
            Triple(f"_:b{number}", _LABEL, Literal(label)),
        ]
    return found


def test_a_name_does_not_depend_on_the_place_nor_on_the_parser() -> None:
    names = blank_names(_inputs("raw", "calibration"))
    turned = blank_names(_inputs("calibration", "raw"))
    assert names["_:b0"] == turned["_:b1"]
    assert names["_:b0"].startswith(BLANK)
    assert len(set(names.values())) == 2


def test_nodes_of_which_the_same_is_said_are_told_apart_by_their_places() -> None:
    names = blank_names(_inputs("raw", "raw", "raw"))
    assert len(set(names.values())) == 3
    assert names["_:b2"] == f"{names['_:b0']}-3"


def test_what_is_said_far_away_makes_a_difference() -> None:
    """In the middle of two long chains of blank nodes that end at different files."""

    def middle(end: str) -> str:
        nodes = [f"_:b{number}" for number in range(40)]
        chain = [Triple(one, _USED, other) for one, other in pairwise(nodes)]
        return blank_names([*chain, Triple(nodes[-1], _USED, end)])["_:b20"]

    assert middle("http://example.org/1") != middle("http://example.org/2")
    assert middle("http://example.org/1") == middle("http://example.org/1")


def test_a_document_without_blank_nodes_needs_no_names() -> None:
    assert blank_names([Triple(_RUN, _USED, "http://example.org/in")]) == {}
