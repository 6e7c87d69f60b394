"""What every writer promises: any lineage at all, hostile names included, becomes one well-formed document."""

import csv
import io
import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings

from provgraph.model.subgraph import Lineage
from provgraph.writers.registry import WRITERS
from tests.writers.examples import chain, impact_of_model, lineages, two_steps

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"


def refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


@settings(max_examples=150, deadline=None)
@given(lineages())
def test_every_writer_takes_any_lineage(lineage: Lineage) -> None:
    for write in WRITERS.values():
        document = write(lineage)
        assert document.endswith("\n")
        assert document == write(lineage)
        document.encode()


@settings(max_examples=150, deadline=None)
@given(lineages())
def test_json_is_strict_and_whole(lineage: Lineage) -> None:
    answer = json.loads(WRITERS["json"](lineage), parse_constant=refuse)
    ids = {node["id"] for node in answer["nodes"]} | {answer["root"]}
    assert len(answer["nodes"]) == len(lineage.nodes)
    assert all(edge["source"] in ids and edge["target"] in ids for edge in answer["edges"])


@settings(max_examples=150, deadline=None)
@given(lineages())
def test_csv_reads_back_without_formulas(lineage: Lineage) -> None:
    rows = list(csv.reader(io.StringIO(WRITERS["csv"](lineage), newline=""), strict=True))
    assert len(rows) == 1 + len(lineage.nodes)
    assert {len(row) for row in rows} == {10}
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


@settings(max_examples=150, deadline=None)
@given(lineages())
def test_svg_is_xml_without_anything_active(lineage: Lineage) -> None:
    drawing = ET.fromstring(WRITERS["svg"](lineage))
    assert {element.tag.removeprefix(SVG) for element in drawing.iter()} <= {
        "svg", "title", "defs", "marker", "path", "rect", "ellipse", "polygon", "g", "text", "a",
    }  # fmt: skip
    assert all(element.get("href", "http://").lower().startswith(("http://", "https://")) for element in drawing.iter())
    assert not any(name.startswith("on") for element in drawing.iter() for name in element.attrib)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pydot")
@settings(max_examples=60, deadline=None)
@given(lineages())
def test_dot_parses(lineage: Lineage) -> None:
    pydot = pytest.importorskip("pydot")
    (graph,) = pydot.graph_from_dot_data(WRITERS["dot"](lineage))
    named = {node.get_name() for node in graph.get_nodes()} - {"node", "edge", "graph"}
    assert named == {f"n{number}" for number in range(len(lineage.nodes) or 1)}


@settings(max_examples=150, deadline=None)
@given(lineages())
def test_mermaid_has_one_statement_a_line_and_nothing_to_interpret(lineage: Lineage) -> None:
    first, *lines = WRITERS["mermaid"](lineage).splitlines()
    assert first == "flowchart LR"
    for line in lines:
        label = line.partition('"')[2].rpartition('"')[0].replace("<br/>", "")
        assert not set(label) & set("\"'`<>[](){}|\\%:*+\x00\n")


@settings(max_examples=150, deadline=None)
@given(lineages())
def test_text_has_no_control_characters_and_no_more_lines_than_it_needs(lineage: Lineage) -> None:
    text = WRITERS["text"](lineage)
    assert all(char == "\n" or char.isprintable() or char in "\xa0\u3000" or not char.isascii() for char in text)
    assert "\u202e" not in text
    assert "\x1b" not in text
    trees = 2 if lineage.direction.value == "both" else 1
    assert text.count("\n") <= 11 + trees * (2 + len(lineage.edges)) + len(lineage.nodes)


@pytest.mark.parametrize("form", WRITERS)
def test_ten_thousand_steps(form: str) -> None:
    lineage = chain(10_000)
    assert len(WRITERS[form](lineage)) < 10_000_000


@pytest.mark.parametrize("form", ["text", "dot", "mermaid", "json", "csv"])
@pytest.mark.parametrize("example", [two_steps, impact_of_model])
def test_golden(example: object, form: str) -> None:
    lineage = two_steps() if example is two_steps else impact_of_model()
    path = GOLDEN / f"{two_steps.__name__ if example is two_steps else impact_of_model.__name__}.{form}"
    document = WRITERS[form](lineage)
    if os.environ.get("PROVGRAPH_WRITE_GOLDEN"):
        path.write_text(document, encoding="utf-8", newline="")
    assert document == path.read_bytes().decode()
