"""What every drawing promises, whatever the lineage."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings

from provgraph.model.lineage import Lineage
from provgraph.pictures.look import Look
from tests.lineages import LOOKS, TEXTS, chain, lineages, written

SVG = "{http://www.w3.org/2000/svg}"


@settings(max_examples=150, deadline=None)
@given(lineages(), LOOKS)
def test_svg_is_xml_without_anything_active(lineage: Lineage, look: Look) -> None:
    drawing = ET.fromstring(written(lineage, "svg", look))
    assert {element.tag.removeprefix(SVG) for element in drawing.iter()} <= {
        "svg",
        "title",
        "defs",
        "marker",
        "path",
        "rect",
        "ellipse",
        "polygon",
        "g",
        "text",
        "a",
    }
    assert all(
        element.get("href", "http://").lower().startswith(("http://", "https://"))
        for element in drawing.iter()
    )
    assert not any(name.startswith("on") for element in drawing.iter() for name in element.attrib)


@pytest.mark.slow
@pytest.mark.parametrize("form", TEXTS)
def test_ten_thousand_steps(form: str) -> None:
    assert len(written(chain(10_000), form)) < 10_000_000
