"""What every writer promises.

Any lineage at all, hostile names included, becomes one well-formed document.
"""

import csv
import io
import json
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provgraph.commands.main import FORMATS
from provgraph.model.lineage import Lineage
from provgraph.model.vocabulary import Kind
from provgraph.pictures.look import Look, Orientation
from provgraph.pictures.registry import PICTURES
from provgraph.writers.registry import WRITERS
from tests.writers.examples import TEXTS, chain, impact_of_model, lineages, two_steps, written

LOOKS = st.builds(
    Look,
    orientation=st.sampled_from(Orientation),
    agents=st.booleans(),
    fold=st.sampled_from((None, True, False)),
    link=st.sampled_from((None, "https://example.org/records/{id}?a=1&b='\"<>;#x;")),
)
GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"


def refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


@settings(max_examples=150, deadline=None)
@given(lineages(), LOOKS)
def test_every_writer_takes_any_lineage(lineage: Lineage, look: Look) -> None:
    for form in TEXTS:
        document = written(lineage, form, look)
        assert document.endswith("\n")
        assert document == written(lineage, form, look)
        document.encode()


def test_no_writer_is_forgotten() -> None:
    assert (*WRITERS, *PICTURES) == FORMATS


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
    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row
    )


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
    hidden = [
        node for node in lineage.nodes if node.kind is Kind.AGENT and node.key != lineage.root.key
    ]
    most = len(lineage.nodes) - (0 if look.agents else len(hidden)) or 1
    assert len(named) <= most if look.fold else len(named) == most
    links = [
        node.get_attributes()["URL"].lower()
        for node in graph.get_nodes()
        if "URL" in node.get_attributes()
    ]
    assert all(link.startswith(('"http://', '"https://')) for link in links)


@settings(max_examples=150, deadline=None)
@given(lineages(), LOOKS)
def test_mermaid_has_one_statement_a_line_and_nothing_to_interpret(
    lineage: Lineage, look: Look
) -> None:
    document = written(lineage, "mermaid", look)
    if document.startswith("---"):
        document = re.sub(r'\A---\ntitle: "[a-z0-9 ,;:]+"\n---\n', "", document)
    first, *lines = document.splitlines()
    assert first in ("flowchart TB", "flowchart BT", "flowchart LR", "flowchart RL")
    for line in lines:
        said = line.partition('"')[2].rpartition('"')[0]
        if line.startswith("  click"):
            assert re.fullmatch(r"https?://[!-~]+", said, re.IGNORECASE)
            assert not set(said) & set("\"'`<>;\\{}|^")
        else:
            assert not set(said.replace("<br/>", "")) & set("\"'`<>[](){}|\\%:*+\x00\n")


@settings(max_examples=150, deadline=None)
@given(lineages())
def test_text_has_no_control_characters_and_no_more_lines_than_it_needs(lineage: Lineage) -> None:
    text = WRITERS["text"](lineage)
    assert all(
        char == "\n" or char.isprintable() or char in "\xa0\u3000" or not char.isascii()
        for char in text
    )
    assert "\u202e" not in text
    assert "\x1b" not in text
    trees = 2 if lineage.direction.value == "both" else 1
    assert text.count("\n") <= 11 + trees * (2 + len(lineage.edges)) + len(lineage.nodes)


@pytest.mark.parametrize("form", TEXTS)
def test_ten_thousand_steps(form: str) -> None:
    assert len(written(chain(10_000), form)) < 10_000_000


@pytest.mark.parametrize("form", ["text", "dot", "mermaid", "json", "csv"])
@pytest.mark.parametrize("example", [two_steps, impact_of_model])
def test_golden(example: object, form: str) -> None:
    lineage = two_steps() if example is two_steps else impact_of_model()
    path = (
        GOLDEN
        / f"{two_steps.__name__ if example is two_steps else impact_of_model.__name__}.{form}"
    )
    document = written(lineage, form)
    if os.environ.get("PROVGRAPH_WRITE_GOLDEN"):
        path.write_text(document, encoding="utf-8", newline="")
    assert document == path.read_bytes().decode()
