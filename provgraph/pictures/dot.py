"""Writes the figure of a lineage for Graphviz, in the shapes and colours of W3C PROV."""

from collections.abc import Iterator

from provgraph.model.lineage import Lineage
from provgraph.model.vocabulary import Kind
from provgraph.pictures.boxes import THIN, Arrow, Box, Figure, colours, line_width
from provgraph.pictures.figure import figure
from provgraph.pictures.look import PLAIN, Look

_SHAPES = {Kind.ENTITY: "ellipse", Kind.ACTIVITY: "box", Kind.AGENT: "house"}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "&": "&amp;"})


def write(lineage: Lineage, look: Look = PLAIN) -> str:
    """Write a lineage as a DOT document.

    Args:
        lineage: the answer to draw.
        look: how its reader wants the drawing.

    Returns:
        The document. Boxes are named n0 … nN in the order of the nodes of the lineage.
    """
    lines = _lines(figure(lineage, look), look.flow(lineage.direction))
    return "".join(f"{line}\n" for line in lines)


def _lines(shown: Figure, flow: str) -> Iterator[str]:
    yield "digraph lineage {"
    yield f"  graph [rankdir={flow}];"
    if shown.remark:
        style = 'labeljust=l, fontname="Helvetica", fontsize=10'
        yield f"  graph [label={_quoted(shown.remark)}, {style}];"
    yield '  node [style=filled, fontname="Helvetica", fontsize=11];'
    yield '  edge [fontname="Helvetica", fontsize=9, color="#606060"];'
    yield from (
        f"  n{number} [{', '.join(_attributes(box))}];" for number, box in enumerate(shown.boxes)
    )
    for arrow in shown.arrows:
        words = ", ".join(_words(arrow))
        yield f"  n{arrow.source} -> n{arrow.target}{f' [{words}]' if words else ''};"
    yield "}"


def _attributes(box: Box) -> Iterator[str]:
    yield f"shape={_SHAPES.get(box.kind, 'note')}"
    yield f"label={_quoted(*box.lines)}"
    yield f'fillcolor="{colours(box).fill}", color="{colours(box).line}"'
    if line_width(box) > THIN:
        yield f"penwidth={line_width(box):.0f}"
    if box.is_dashed:
        yield 'style="filled,dashed"'
    if box.count > 1:
        yield "peripheries=2"
    yield f"tooltip={_quoted(*box.tip)}"
    if box.link:
        yield f"URL={_quoted(box.link)}"


def _words(arrow: Arrow) -> Iterator[str]:
    """A relation is written beside its arrow; a role alone is shown on demand."""
    roles = ", ".join(arrow.roles)
    if arrow.relations:
        relations = ", ".join(arrow.relations)
        yield f"label={_quoted(relations, f'({roles})') if roles else _quoted(relations)}"
    elif roles:
        yield f"tooltip={_quoted(roles)}"
    if arrow.is_inferred:
        yield "style=dashed"


def _quoted(*lines: str) -> str:
    """Return lines as one DOT string: only the line breaks mean anything to Graphviz."""
    return '"' + "\\n".join(line.translate(_ESCAPES) for line in lines) + '"'
