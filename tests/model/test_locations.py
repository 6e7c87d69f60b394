"""Locations that documents state."""

import pytest

from provgraph.model.locations import stated_places
from provgraph.model.values import Value

_NAME = "http://www.w3.org/ns/prov#QUALIFIED_NAME"


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ("/data//x.h5", ["file:/data/x.h5"]),
        ("file:///data/x.h5", ["file:/data/x.h5"]),
        ("root://host/x", ["root://host/x"]),
        (
            {"$": "http://host/x", "type": "http://www.w3.org/2001/XMLSchema#anyURI"},
            ["http://host/x"],
        ),
        ({"$": "http://example.org/lab", "type": _NAME}, []),
        ({"$": "file:///data/x.h5", "type": _NAME}, ["file:/data/x.h5"]),
        ("Tenerife", []),
        ("x.h5", []),
        ("/", []),
        (5, []),
        ({"a": 1}, []),
    ],
)
def test_a_path_or_url_is_a_place(value: Value, places: list[str]) -> None:
    assert stated_places({"prov:location": (value,)}) == places


def test_all_names_of_the_attribute_count_once() -> None:
    name = "http://www.ivoa.net/documents/ProvenanceDM/index.html#location"
    attributes = {"prov:location": ("/b", "/a"), "prov:atLocation": ("/b",), name: ("/c",)}
    assert stated_places(attributes) == ["file:/a", "file:/b", "file:/c"]
