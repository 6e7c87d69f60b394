"""The one table of ``--format`` names for lineages."""

from collections.abc import Callable
from typing import TypeAlias

from provgraph.model.subgraph import Lineage
from provgraph.writers import csv_, dot, json_, mermaid, svg, text

#: A lineage in, a whole document out; the same lineage gives the same document.
Writer: TypeAlias = Callable[[Lineage], str]

WRITERS: dict[str, Writer] = {
    "text": text.write,
    "json": json_.write,
    "csv": csv_.write,
    "dot": dot.write,
    "svg": svg.write,
    "mermaid": mermaid.write,
}
