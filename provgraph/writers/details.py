"""Writes one record with all that is known of it, as text and as JSON (``show``)."""

from collections.abc import Iterable, Iterator
from typing import Any

from provgraph.identity.rules import Rule, because
from provgraph.model.attributes import json_safe
from provgraph.model.fields import record_document, relation_document
from provgraph.model.identifiers import location_of
from provgraph.model.lineage import Edge, Node
from provgraph.model.records import INFERRED, SOFTWARE
from provgraph.model.values import canonical_json, counted, time_text, visible
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.details import RecordDetails
from provgraph.questions.versions import StoodAt
from provgraph.store.records import Explained
from provgraph.writers.descriptions import (
    meaning,
    parameter_document,
    parameter_lines,
    tool_document,
    tool_lines,
)
from provgraph.writers.screen import PLAIN, Screen


def as_document(details: RecordDetails) -> dict[str, Any]:
    """Return a record and what is known of it as plain data.

    Args:
        details: the record with its relations, settings and explanations.

    Returns:
        The object that ``show --json`` prints.
    """
    packages = [settings.values for settings in details.settings if settings.name == SOFTWARE]
    parameters = {
        name: json_safe(value)
        for settings in details.settings
        if settings.name != SOFTWARE
        for name, value in settings.values.items()
    }
    return {
        **record_document(details.node),
        "relations": [_edge(details, edge) for edge in details.edges],
        "joined": [_why(each) for each in details.explained],
        "parameters": parameters,
        "description": None if details.tool is None else tool_document(details.tool),
        "differing": [parameter_document(each) for each in details.parameters if each.differs],
        "packages": [dict(each) for each in packages],
        "configFiles": [location_of(place) for place in details.config_files],
        "otherVersions": [
            {"id": each.id, "location": path, "generatedAtTime": each.generated_at}
            for path, each in details.versions
        ],
    }


def as_text(details: RecordDetails, screen: Screen = PLAIN, *, whole: bool = False) -> str:
    """Return a record and what is known of it as lines for a terminal.

    Args:
        details: the record with its relations, settings and explanations.
        screen: where the text goes.
        whole: whether parameters that have their default are listed, too.

    Returns:
        The text that ``show`` prints, without a newline at its end.
    """
    lines = (line for each in _lines(details, whole) for line in screen.wrapped(each, "      "))
    return "\n".join(lines)


def version_line(version: StoodAt) -> str:
    """Return one of the files that stood at a path as a line.

    Args:
        version: the file, with the run that made it, and until when it stood there.
    """
    node, maker = version.node, version.maker
    tool = " ".join(filter(None, (maker.label, maker.version))) if maker else ""
    parts = [
        f"made {time_text(node.generated_at)}" if node.generated_at else "made by no known run",
        f"by {visible(tool)}" if tool else "",
        f" until {time_text(version.until)}" if version.until else "",
        f" INVALID {_invalidation(node)}" if node.invalidation else "",
        f" made from {counted(len(node.tainted), 'invalid record')}" if node.tainted else "",
        f" ({visible(node.id)})",
    ]
    return "  " + " ".join(filter(None, parts))


def _lines(details: RecordDetails, whole: bool) -> Iterator[str]:
    node = details.node
    yield f"{node.kind} {visible(node.id)}"
    facts = {
        "name": node.name,
        "version": node.version,
        "type": node.type,
        "status": node.status,
        "start": node.start_time,
        "end": node.end_time,
        "host": node.host,
        "location": node.location,
        "made at": node.generated_at,
        "gone at": node.invalidated_at,
        "INVALID": _invalidation(node),
        "made from": ", ".join(map("invalid {}".format, node.tainted)),
        "data level": node.data_level,
    }
    yield from (f"  {label:10}  {visible(value)}" for label, value in facts.items() if value)
    if details.tool is not None:
        yield from tool_lines(details.tool)
        yield from parameter_lines(details.parameters, whole=whole)
    yield from _section("identifiers", map(visible, node.identifiers))
    yield from _section("stood at", map(visible, node.locations))
    yield from _section("other versions of its path", map(_version_line, details.versions))
    yield from _section("relations", (_edge_line(details, edge) for edge in details.edges))
    yield from _section(
        "why these are one record (rules: docs/contract.md)", map(_why_line, details.explained)
    )
    yield from _section(
        "attributes", (_pair(name, value) for name, value in node.shown_attributes.items())
    )
    yield from _section(
        "configuration files", (visible(location_of(place)) for place in details.config_files)
    )
    for settings in details.settings:
        if details.tool is None or whole or settings.name == SOFTWARE:
            meanings = {each.name: each for each in details.parameters}
            yield from _section(
                settings.name,
                (
                    _pair(name, value) + meaning(meanings.get(name))
                    for name, value in settings.values.items()
                ),
            )


def _invalidation(node: Node) -> str | None:
    mark = node.invalidation
    if mark is None:
        return None
    by = f" (says {mark.by})" if mark.by else ""
    return f"since {mark.time}" + (f": {mark.reason}" if mark.reason else "") + by


def _version_line(version: tuple[str, Node]) -> str:
    path, node = version
    made = f"  made at {node.generated_at}" if node.generated_at else "  made by no known run"
    return f"{visible(path)}{made}  ({visible(node.id)})"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield f"{visible(title)}:"
        yield from (f"  {line}" for line in listed)


def _pair(name: str, value: object) -> str:
    return (
        f"{visible(name)} = {visible(value if isinstance(value, str) else canonical_json(value))}"
    )


def _edge(details: RecordDetails, edge: Edge) -> dict[str, Any]:
    ids = {key: node.id for key, node in details.others.items()} | {
        details.node.key: details.node.id
    }
    return relation_document(edge, ids)


def _edge_line(details: RecordDetails, edge: Edge) -> str:
    outgoing = edge.source == details.node.key
    other = details.others.get(edge.target if outgoing else edge.source, details.node)
    role = f" as {visible(edge.role)}" if edge.role else ""
    arrow = f"{edge.relation} →" if outgoing else f"← {edge.relation} of"
    if other.kind is not Kind.ENTITY:
        moved = edge.location is not None and edge.location != details.node.location
        role += f", at {visible(edge.location or '')}" if moved else ""
    named = edge.location if other.kind is Kind.ENTITY else None
    mark = f", {INFERRED}" if edge.inferred else ""
    name = visible(named or other.location or other.label)
    return f"{arrow} {name}{role}  ({visible(other.id)}){mark}"


def _why(each: Explained) -> dict[str, Any]:
    return {
        "run": each.run,
        "relation": each.relation,
        "role": each.role,
        "path": None if each.place is None else location_of(each.place),
        "identifier": each.identifier,
        "source": each.source,
        "rule": each.rule,
        "because": because(Rule(each.rule), each.identifier),
    }


def _why_line(each: Explained) -> str:
    did = "wrote" if each.relation is RelationType.WAS_GENERATED_BY else "read"
    did += f" ({INFERRED})" if each.source == INFERRED else ""
    named = location_of(each.place) if each.place else str(each.identifier)
    return (
        f"{visible(each.run)} {did} {visible(named)}: {because(Rule(each.rule), each.identifier)}"
    )
