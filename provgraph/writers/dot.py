"""A lineage as a Graphviz drawing in the shapes and colours of W3C PROV."""

from collections.abc import Iterator

from provgraph.model.subgraph import Lineage
from provgraph.model.vocabulary import Kind
from provgraph.writers.figure import Arrow, Box, figure

#: Which way the drawing runs: from the effects at the left to the causes at the right.
RANKDIR = "LR"
_SHAPES = {Kind.ENTITY: "ellipse", Kind.ACTIVITY: "box", Kind.AGENT: "house"}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "&": "&amp;"})


def write(lineage: Lineage) -> str:
    """The DOT document; boxes are named n0 … nN in the order of the lineage's nodes."""
    drawing = figure(lineage)
    return "".join(f"{line}\n" for line in _lines(drawing.boxes, drawing.arrows))


def _lines(boxes: tuple[Box, ...], arrows: tuple[Arrow, ...]) -> Iterator[str]:
    yield "digraph lineage {"
    yield f"  graph [rankdir={RANKDIR}];"
    yield '  node [style=filled, fontname="Helvetica", fontsize=11];'
    yield '  edge [fontname="Helvetica", fontsize=9, color="#606060"];'
    yield from (f"  n{number} {_box(box)};" for number, box in enumerate(boxes))
    yield from (f"  n{arrow.source} -> n{arrow.target} [label={_label(arrow)}];" for arrow in arrows)
    yield "}"


def _box(box: Box) -> str:
    shape = _SHAPES.get(box.node.kind, "note")
    label = _quoted(box.name, box.detail) if box.detail else _quoted(box.name)
    root = ", penwidth=3" if box.is_root else ""
    colours = f'fillcolor="{box.colours.fill}", color="{box.colours.line}"'
    return f"[shape={shape}, label={label}, {colours}{root}, tooltip={_quoted(*box.tip)}]"


def _label(arrow: Arrow) -> str:
    relations = ", ".join(arrow.relations)
    return _quoted(relations, f"({', '.join(arrow.roles)})") if arrow.roles else _quoted(relations)


def _quoted(*lines: str) -> str:
    """The lines as one DOT string, in which nothing but the line breaks means anything to Graphviz."""
    return '"' + "\\n".join(line.translate(_ESCAPES) for line in lines) + '"'
