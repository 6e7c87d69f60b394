"""What every writer promises.

Any lineage at all, hostile names included, becomes one well-formed document.
"""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings

from provgraph.commands.options import FORMATS
from provgraph.model.lineage import Lineage
from provgraph.pictures.look import Look
from provgraph.pictures.registry import PICTURES
from provgraph.writers.registry import WRITERS
from tests.lineages import LOOKS, TEXTS, impact_of_model, lineages, two_steps, written

GOLDEN = Path(__file__).parent / "golden"


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
