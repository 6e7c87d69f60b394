"""A lineage as a Mermaid flowchart, for Markdown pages.

Mermaid itself draws at most 500 arrows and 50,000 characters unless its page allows more
(``maxEdges``, ``maxTextSize``).
"""

import re
from collections.abc import Callable, Iterator
from operator import attrgetter

from provgraph.model.lineage import Lineage
from provgraph.model.vocabulary import Kind
from provgraph.pictures.boxes import (
    BAD_LINE,
    COLOURS,
    OTHER_COLOURS,
    ROOT_LINE,
    Arrow,
    Box,
    Colours,
    Figure,
)
from provgraph.pictures.figure import figure
from provgraph.pictures.look import PLAIN, Look

_BRACKETS = {Kind.ENTITY: ("([", "])"), Kind.ACTIVITY: ("[", "]"), Kind.AGENT: ("{{", "}}")}
#: What is said of a box by its outline → how, and whether it is.
_MARKS: dict[str, tuple[str, Callable[[Box], object]]] = {
    "root": (f"stroke:{ROOT_LINE},stroke-width:4px", attrgetter("is_root")),
    "bad": (f"stroke:{BAD_LINE}", attrgetter("is_bad")),
    "grave": ("stroke-width:4px", lambda box: box.failed or box.invalid),
    "dashed": ("stroke-dasharray:7 4", attrgetter("is_dashed")),
}
_OTHER_BRACKETS = ("[/", "/]")
#: How Mermaid marks character codes within itself; a name that held it would be shown as another.
_OWN_MARK, _HARMLESS = "\ufb02°", "fl°"
#: Whatever could mean something to Mermaid, Markdown or HTML: all but letters, digits, and ``._-``
#: inside a word.
_SPECIAL = re.compile(r"(?<![^\W_])[._-]|[._-](?![^\W_])|[^\w /.-]")


def write(lineage: Lineage, look: Look = PLAIN) -> str:
    """Write a lineage as a Mermaid flowchart.

    Args:
        lineage: the answer to draw.
        look: how its reader wants the drawing.

    Returns:
        The flowchart. Boxes are named n0 … nN in the order of the nodes of the lineage.
    """
    lines = _lines(figure(lineage, look), look.flow(lineage.direction))
    return "".join(f"{line}\n" for line in lines)


def _lines(shown: Figure, flow: str) -> Iterator[str]:
    if shown.remark:
        yield from ("---", f'title: "{shown.remark}"', "---")
    yield f"flowchart {flow}"
    yield from (f"  n{number}{_box(box)}" for number, box in enumerate(shown.boxes))
    yield from (f"  n{arrow.source} {_line(arrow)} n{arrow.target}" for arrow in shown.arrows)
    yield from (_class(kind.value, colours) for kind, colours in COLOURS.items())
    yield _class("other", OTHER_COLOURS)
    for name, (look, is_marked) in _MARKS.items():
        marked = [f"n{number}" for number, box in enumerate(shown.boxes) if is_marked(box)]
        if marked:
            yield f"  classDef {name} {look}"
            yield f"  class {','.join(marked)} {name}"
    yield from (
        f'  click n{number} href "{box.link}"' for number, box in enumerate(shown.boxes) if box.link
    )


def _box(box: Box) -> str:
    before, behind = _BRACKETS.get(box.kind, _OTHER_BRACKETS)
    kind = box.kind.value if box.kind in COLOURS else "other"
    return f"{before}{_quoted(*box.lines)}{behind}:::{kind}"


def _line(arrow: Arrow) -> str:
    """A relation is written on its arrow; a flowchart's says only what led to what."""
    line = "-.->" if arrow.is_inferred else "-->"
    if not arrow.relations:
        return line
    relations = ", ".join(arrow.relations)
    roles = (f"({', '.join(arrow.roles)})",) if arrow.roles else ()
    return f"{line}|{_quoted(relations, *roles)}|"


def _class(name: str, colours: Colours) -> str:
    return f"  classDef {name} fill:{colours.fill},stroke:{colours.line},color:#000"


def _quoted(*lines: str) -> str:
    """Return lines as one Mermaid string: only the line breaks mean anything to Mermaid."""
    return (
        '"'
        + "<br/>".join(_SPECIAL.sub(_code, line.replace(_OWN_MARK, _HARMLESS)) for line in lines)
        + '"'
    )


def _code(match: re.Match[str]) -> str:
    return f"#{ord(match[0])};"
