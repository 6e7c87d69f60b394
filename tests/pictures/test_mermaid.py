"""A Mermaid flowchart holds one statement a line and nothing to interpret."""

import re

from hypothesis import given, settings

from provgraph.model.lineage import Lineage
from provgraph.pictures.look import Look
from tests.lineages import LOOKS, lineages, written


@settings(max_examples=150, deadline=None)
@given(lineages(), LOOKS)
def test_mermaid_has_one_statement_a_line_and_nothing_to_interpret(
    lineage: Lineage, look: Look
) -> None:
    document = written(lineage, "mermaid", look)
    if document.startswith("---"):
        document = re.sub(r'\A---\ntitle: "[A-Za-z0-9 ,;:()…]+"\n---\n', "", document)
    first, *lines = document.splitlines()
    assert first in ("flowchart TB", "flowchart BT", "flowchart LR", "flowchart RL")
    for line in lines:
        said = line.partition('"')[2].rpartition('"')[0]
        if line.startswith("  click"):
            assert re.fullmatch(r"https?://[!-~]+", said, re.IGNORECASE)
            assert not set(said) & set("\"'`<>;\\{}|^")
        else:
            assert not set(said.replace("<br/>", "")) & set("\"'`<>[](){}|\\%:*+\x00\n")
