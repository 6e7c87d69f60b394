"""Reads diagrams back: what stands where."""

import xml.etree.ElementTree as ET

from provgraph.model.lineage import Lineage
from provgraph.pictures.look import Look
from provgraph.pictures.svg import write

#: As the W3C draws.
W3C = Look(w3c=True)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(answer: Lineage, look: Look = W3C) -> ET.Element:
    return ET.fromstring(write(answer, look))


def middles(answer: Lineage, look: Look = W3C) -> dict[str, tuple[float, float]]:
    """Box name → its middle."""
    found = {}
    for group in drawn(answer, look).iter(f"{SVG}g"):
        texts = group.findall(f"{SVG}text")
        if group.find(f"{SVG}title") is not None and texts:
            shape = next(
                child for child in group if child.tag[len(SVG) :] in ("ellipse", "rect", "polygon")
            )
            found[str(texts[0].text)] = (
                float(texts[0].get("x", "")),
                float(shape.get("cy") or texts[0].get("y") or ""),
            )
    return found
