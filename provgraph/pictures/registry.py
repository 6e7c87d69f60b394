"""The table of ``--format`` names for lineages as drawings."""

from collections.abc import Callable
from typing import TypeAlias

from provgraph.model.lineage import Lineage
from provgraph.pictures import dot, mermaid, pdf, png, svg
from provgraph.pictures.look import Look

#: A lineage in, a whole drawing out, as its reader wants it; a drawing that is no text is bytes.
Painter: TypeAlias = Callable[[Lineage, Look], str | bytes]

PICTURES: dict[str, Painter] = {
    "svg": svg.write,
    "png": png.write,
    "pdf": pdf.write,
    "dot": dot.write,
    "mermaid": mermaid.write,
}
