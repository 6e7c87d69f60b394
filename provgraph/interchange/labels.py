"""Adds what readers of PROV other than provgraph look for: labels and locations.

A run, agent or file that no document named has its name and place in provgraph's own attributes.
Beside these stand ``prov:label`` and ``prov:location`` (PROV-DM, section 5.7.2); a mark tells that
they were added, and provgraph's own readers leave them out again.
"""

from dataclasses import replace

from provgraph.model.identifiers import base_name
from provgraph.prov.marks import ADDED, MARK
from provgraph.prov.names import own_attribute_uri
from provgraph.prov.statements import (
    ELEMENTS,
    PROV,
    DocumentPart,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
)

_LABEL, _LOCATION = "label", "location"
_PLACE = own_attribute_uri(MARK + "location")
#: Type of element → where its name stands.
_NAME = {
    ProvType.ACTIVITY: own_attribute_uri("name"),
    ProvType.AGENT: own_attribute_uri(MARK + "name"),
}


def with_label_and_location(part: DocumentPart) -> DocumentPart:
    """Add a label, and to a file a location, where a source gives none.

    Args:
        part: a statement or name of a bundle, as a store says it.

    Returns:
        the same, with what was added.
    """
    if not isinstance(part, ProvStatement) or part.type not in ELEMENTS:
        return part
    found = _shown(part)
    present = {name for name, _ in part.attributes}
    added = {name: text for name, text in found.items() if PROV + name not in present}
    if not added:
        return part
    pairs: list[Pair] = [(PROV + name, Literal(text)) for name, text in added.items()]
    mark = own_attribute_uri(MARK + ADDED)
    pairs += [(mark, Literal(f"prov:{name}")) for name in added]
    return replace(part, attributes=(*part.attributes, *pairs))


def _shown(element: ProvStatement) -> dict[str, str]:
    """The label and the location of an element as people know it."""
    if element.type is ProvType.ENTITY:
        place = _first(element, _PLACE)
        return {} if place is None else {_LABEL: base_name(place), _LOCATION: place}
    name = _first(element, _NAME[element.type])
    return {} if name is None else {_LABEL: name}


def _first(element: ProvStatement, attribute: str) -> str | None:
    return next((value.text for name, value in element.attributes if name == attribute), None)
