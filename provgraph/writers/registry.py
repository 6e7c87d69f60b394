"""The tables of ``--format`` names for lineages: texts and pictures."""

from collections.abc import Callable
from typing import TypeAlias

from provgraph.model.lineage import Lineage
from provgraph.pictures import dot, mermaid, png, svg
from provgraph.pictures.look import Look
from provgraph.writers import csv, json, text

#: A lineage in, a whole document out; the same lineage gives the same document.
Writer: TypeAlias = Callable[[Lineage], str]
#: The same for a drawing, as its reader wants it; bytes are no text.
Painter: TypeAlias = Callable[[Lineage, Look], str | bytes]

WRITERS: dict[str, Writer] = {"text": text.write, "json": json.write, "csv": csv.write}
PICTURES: dict[str, Painter] = {
    "svg": svg.write,
    "png": png.write,
    "dot": dot.write,
    "mermaid": mermaid.write,
}
