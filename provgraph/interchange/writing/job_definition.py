"""Writes the description of a job as OPUS keeps it: a VOTable without a table, or OPUS's JSON.

`provgraph.interchange.opus` and `provgraph.interchange.tool_descriptions` read both.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from provgraph.model.descriptions import Said, ToolDescription, is_required, options_of, text_of
from provgraph.model.values import Value

_NAMESPACE: Final = "http://www.ivoa.net/xml/VOTable/v1.3"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_OF_ACTIVITY: Final = "voprov:ActivityDescription."
#: What OPUS says of every job, in its order → the utype; "" of what has none.
_FACTS: Final = {
    **{name: _OF_ACTIVITY + name for name in ("doculink", "type", "subtype", "version")},
    "contact_name": "voprov:Agent.name",
    "contact_email": "voprov:Agent.email",
    "executionDuration": "uws:Job.executionDuration",
    "quote": "uws:Job.quote",
    "script": "",
}
#: What OPUS says of every file that a job reads or makes → the utype, after that of its group.
_OF_FILES: Final = {
    "role": "",
    "multiplicity": "",
    "default": "voprov:Entity.id",
    "content_type": "voprov:EntityDescription.content_type",
    "url": "voprov:EntityDescription.url",
}
#: The name here → the name in OPUS's JSON.
_IN_JSON: Final = {
    "description": "annotation",
    "valueType": "datatype",
    "contentType": "content_type",
}
_XML_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


def job_votable(job: ToolDescription) -> str:
    """Write the description of a job as a VOTable.

    Args:
        job: what is said of it.

    Returns:
        The document; what OPUS wrote comes back as it was.
    """
    root = Element("VOTABLE", {"xmlns:xsi": _XSI, "xmlns": _NAMESPACE, "version": "1.3"})
    root.set("xsi:schemaLocation", f"{_NAMESPACE} {_NAMESPACE}")
    facts: dict[str, Value] = {**job.said, "version": job.version}
    resource = SubElement(root, "RESOURCE", {**_id(job.name), "name": job.name, "type": "meta"})
    resource.set("utype", "voprov:ActivityDescription")
    _describe(resource, facts.pop("description", None))
    others = {
        name: _OF_ACTIVITY + name
        for name, said in facts.items()
        if name not in _FACTS and _is_plain(said)
    }
    for name, utype in (_FACTS | others).items():
        _fact(resource, name, facts.get(name), utype)
    group = SubElement(resource, "GROUP", name="InputParams")
    for name, said in job.parameters.items():
        _parameter(group, name, said)
    _files(resource, "Used", "voprov:UsedDescription", job.used)
    _files(resource, "Generated", "voprov:WasGeneratedBy", job.generated)
    indent(root)
    return tostring(root, encoding="unicode").replace(" />", "/>") + "\n"


def job_json(job: ToolDescription) -> str:
    """Write the description of a job as OPUS answers to ``/jdl/JOB/json``.

    Args:
        job: what is said of it.

    Returns:
        The document.
    """
    return json.dumps(job_object(job), ensure_ascii=False, indent=2) + "\n"


def job_object(job: ToolDescription) -> dict[str, Any]:
    """Put together what `job_json` writes.

    Args:
        job: what is said of it.

    Returns:
        The document as plain data.
    """
    said: dict[str, Any] = {"name": job.name, "version": job.version or "", **_in_json(job.said)}
    parts = {
        "parameters": dict(job.parameters),
        "used": {_name(each): each for each in job.used},
        "generated": {_name(each): each for each in job.generated},
    }
    for part, members in parts.items():
        said[part] = {name: _in_json(_without_name(each)) for name, each in members.items()}
        said[f"{part}_keys"] = list(members)
    return said


def _in_json(said: Said) -> dict[str, Value]:
    return {_IN_JSON.get(name, name): value for name, value in said.items()}


def _without_name(said: Said) -> dict[str, Value]:
    """What is said of a part but its name; a role that is its name says nothing."""
    own = said.get("name") or said.get("role")
    return {k: v for k, v in said.items() if k != "name" and (k != "role" or v != own)}


def _name(said: Said) -> str:
    """What a script calls a file: its name, which is mostly its role."""
    return str(said.get("name") or said.get("role"))


def _id(name: str) -> dict[str, str]:
    """The attribute ID, of what can be one."""
    return {"ID": name} if _XML_NAME.fullmatch(name) else {}


def _is_plain(said: Value) -> bool:
    return isinstance(said, str | int | float)


def _describe(parent: Element, text: Value) -> None:
    if text:
        SubElement(parent, "DESCRIPTION").text = str(text)


def _fact(parent: Element, name: str, said: Value, utype: str) -> None:
    """One value, with the datatype that it has; what is not said is an empty text."""
    found = SubElement(parent, "PARAM", name=name, value=text_of(said))
    if isinstance(said, int) and not isinstance(said, bool):
        found.set("datatype", "int")
    else:
        found.set("arraysize", "*")
        found.set("datatype", "char")
    if utype:
        found.set("utype", utype)


def _parameter(parent: Element, name: str, said: Said) -> None:
    kind = str(said.get("valueType") or "char")
    found = SubElement(parent, "PARAM", {**_id(name), "name": name})
    found.set("datatype", "char" if kind in _TEXTS else kind.removeprefix("xs:"))
    found.set("value", text_of(said.get("default")))
    arraysize = said.get("arraysize") or ("*" if kind in _TEXTS else None)
    for key, value in {**said, "arraysize": arraysize}.items():
        if key in _OF_PARAMETERS and value is not None:
            found.set(key, text_of(value))
    if not is_required(said):
        found.set("type", "no_query")
    _describe(found, said.get("description"))
    _values(found, said)


_OF_PARAMETERS: Final = ("arraysize", "unit", "ucd", "utype", "xtype")
#: The types of texts, in VOTables and in OPUS's JSON.
_TEXTS: Final = ("char", "unicodeChar", "xs:string", "string", "str", "text")


def _values(parent: Element, said: Said) -> None:
    """The bounds and the choices of a parameter."""
    bounds = [(tag, said.get(tag.lower())) for tag in ("MIN", "MAX")]
    listed: list[tuple[str, Value]] = [(tag, value) for tag, value in bounds if value is not None]
    listed += [("OPTION", value) for value in options_of(said)]
    if listed:
        values = SubElement(parent, "VALUES")
        for tag, value in listed:
            SubElement(values, tag, value=text_of(value))


def _files(resource: Element, group: str, utype: str, files: Iterable[Said]) -> None:
    """The files that a job reads or makes."""
    parent = SubElement(resource, "GROUP", name=group)
    kind = utype if utype.endswith("Description") else f"{utype}Description"
    for said in files:
        found = SubElement(parent, "GROUP", name=_name(said), utype=utype)
        _describe(found, said.get("description"))
        role = said.get("role") if said.get("name") else None
        facts: Mapping[str, Value] = {**said, "role": role, "content_type": said.get("contentType")}
        for name, own in _OF_FILES.items():
            if name != "url" or group == "Used":
                _fact(found, name, facts.get(name), own or f"{kind}.{name}")
