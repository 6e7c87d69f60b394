"""Reads the job definitions of OPUS: VOTables without a table (``voprov:ActivityDescription``).

`provgraph.interchange.writing.job_definition` writes them.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

from provgraph.errors import LoadError
from provgraph.interchange.reading.prov_xml import checked_xml

_Element: TypeAlias = Any
#: A group of the definition → the part of the description.
_GROUPS = {"Used": "used", "Generated": "generated"}
#: The type of a parameter that is a number → how its text is read.
_NUMBERS = {"short": int, "int": int, "long": int, "float": float, "double": float}


def job_definitions(content: bytes) -> Iterator[dict[str, Any]]:
    """Read the descriptions in a VOTable.

    Args:
        content: its bytes.

    Yields:
        Each description, as a file of JSON says it.

    Raises:
        LoadError: it is no VOTable with such a description.
    """
    root = checked_xml(content).getroot()
    found = [
        each
        for each in root.iter()
        if _local(each) == "RESOURCE" and each.get("utype", "").endswith("ActivityDescription")
    ]
    if not found:
        raise LoadError("no RESOURCE in it is an ActivityDescription")
    yield from map(_definition, found)


def _definition(resource: _Element) -> dict[str, Any]:
    said: dict[str, Any] = {"name": resource.get("name") or resource.get("ID")}
    said["description"] = _text_of(resource)
    for param in _children(resource, "PARAM"):
        said[str(param.get("name"))] = _value(param, param.get("value"))
    for group in _children(resource, "GROUP"):
        if group.get("name") == "InputParams":
            said["parameters"] = [_parameter(each) for each in _children(group, "PARAM")]
        elif group.get("name") in _GROUPS:
            part = _GROUPS[str(group.get("name"))]
            said[part] = [_use(each) for each in _children(group, "GROUP")]
    return said


def _parameter(param: _Element) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": param.get("name") or param.get("ID"),
        "description": _text_of(param),
        "valueType": param.get("datatype"),
        "default": _value(param, param.get("value")),
        **{name: param.get(name) for name in ("unit", "ucd", "utype", "xtype", "arraysize")},
        "required": param.get("type") != "no_query",
    }
    for values in _children(param, "VALUES"):
        for bound in ("MIN", "MAX"):
            for each in _children(values, bound):
                said[bound.lower()] = _value(param, each.get("value"))
        options = [_value(param, each.get("value")) for each in _children(values, "OPTION")]
        if options:
            said["options"] = options
    return said


def _use(group: _Element) -> dict[str, Any]:
    """What is read or made; without a role of its own its name is its role."""
    said = {str(each.get("name")): each.get("value") for each in _children(group, "PARAM")}
    name = group.get("name")
    if said.get("role") not in (None, "", name):
        said["name"] = name
    said["role"] = said.get("role") or name
    return {**said, "description": _text_of(group)}


def _value(param: _Element, text: str | None) -> Any:
    """A value with the type that the parameter has; an array stays a text."""
    if not text:
        return None
    kind = param.get("datatype", "")
    if kind == "boolean":
        return text.strip().lower() in ("true", "t", "1")
    if param.get("arraysize") not in (None, "", "1"):
        return text
    try:
        return _NUMBERS[kind](text) if kind in _NUMBERS else text
    except ValueError:
        return text


def _text_of(element: _Element) -> str | None:
    texts = ("".join(each.itertext()).strip() for each in _children(element, "DESCRIPTION"))
    return next(texts, None)


def _children(element: _Element, name: str) -> list[_Element]:
    return [each for each in element if _local(each) == name]


def _local(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]
