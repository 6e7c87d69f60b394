"""The figure of a lineage: what every drawing of it shows, whatever its form."""

from collections.abc import Sequence

from provgraph.model.lineage import Lineage, listed_part
from provgraph.pictures.boxes import INVALID, MORE, TAINTED, Box, Figure
from provgraph.pictures.flowchart.figure import flowchart
from provgraph.pictures.look import Look
from provgraph.pictures.w3c.figure import diagram

#: What the words in boxes mean.
LEGEND = {
    INVALID: "INVALID: somebody marked it as bad",
    TAINTED: "tainted (dashed): made from what is invalid",
    MORE: "more …: the answer ends here",
}


def figure(lineage: Lineage, look: Look) -> Figure:
    """Return the boxes and arrows of a lineage.

    Args:
        lineage: the answer to draw.
        look: how the reader wants the drawing.

    Returns:
        The figure. What was asked about is always in it, in a box of its own.
    """
    boxes, arrows = (diagram if look.w3c else flowchart)(lineage, look)
    return Figure(tuple(boxes), tuple(arrows), _remark(boxes, lineage))


def _remark(boxes: Sequence[Box], lineage: Lineage) -> str:
    settings = {file.key for box in boxes for file in box.configuration}
    records = sum(box.count for box in boxes) + len(settings)
    words = {
        INVALID: any(box.invalid for box in boxes),
        TAINTED: any(box.tainted and not box.invalid for box in boxes),
        MORE: any(box.has_more for box in boxes),
    }
    remarks = (
        listed_part(lineage),
        records > len(boxes) and f"{records:,} records in {len(boxes):,} boxes",
        settings and f"gear: configuration files that were read ({len(settings):,} in all)",
        lineage.truncated and "cut short: there are more records behind these",
        *(is_there and LEGEND[word] for word, is_there in words.items()),
    )
    return "; ".join(remark for remark in remarks if remark)
