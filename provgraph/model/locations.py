"""Where documents say that entities are (PROV-DM, section 5.7.2.1, ``prov:location``)."""

import re
from collections.abc import Mapping

from provgraph.model.attributes import TEXT, TYPE, text_of
from provgraph.model.identifiers import place_of
from provgraph.model.values import Attributes, Value

#: PROV's attribute, its name in PROV-O, and that of the IVOA's model.
_NAMES = (
    "prov:location",
    "prov:atLocation",
    "http://www.ivoa.net/documents/ProvenanceDM/index.html#location",
)
_PATH = re.compile(r"/[^/\s]|(?:file|lfn):/|[A-Za-z][A-Za-z0-9+.-]*://[^/\s]", re.ASCII)
#: A place on Earth or in a laboratory may be named by a record of its own, but a path is no record.
_FILE = re.compile(r"(?:file|lfn):/", re.ASCII)


def stated_places(attributes: Attributes) -> list[str]:
    """Find where an entity stands, as far as that is said as such.

    Args:
        attributes: of the entity.

    Returns:
        the places in a fixed order, as `provgraph.model.identifiers.place_of` makes them. A
        location that is neither an absolute path nor a URL names no file: ``Tenerife``.
    """
    values = (value for name in _NAMES for value in attributes.get(name, ()))
    return sorted({place_of(text_of(value)) for value in values if _is_path(value)})


def _is_path(value: Value) -> bool:
    text = text_of(value)
    is_name = isinstance(value, Mapping) and str(value.get(TYPE)).endswith("#QUALIFIED_NAME")
    is_text = isinstance(value, str) or (isinstance(value, Mapping) and TEXT in value)
    return is_text and (_FILE if is_name else _PATH).match(text) is not None
