"""Writes a report as JSON (docs/contract.md, What `report` says)."""

from typing import Any

from provgraph.model.fields import record_document
from provgraph.model.values import with_zone
from provgraph.questions.reporting.figures import (
    Listing,
    LoadFigures,
    MirrorLag,
    RunFigures,
    SpanReport,
    ToolFigures,
    TrendPoint,
)
from provgraph.store.records import LoadRecord
from provgraph.writers.json import strict_json


def write(report: SpanReport) -> str:
    """Write a report as a JSON document.

    Args:
        report: the report.

    Returns:
        The document, strict JSON in UTF-8 characters as they are.
    """
    return strict_json(document(report))


def document(report: SpanReport) -> dict[str, Any]:
    """Return a report as plain data.

    Args:
        report: the report.

    Returns:
        The object that docs/contract.md fixes.
    """
    return {
        "store": report.store,
        "since": with_zone(report.span.since),
        "until": with_zone(report.span.until),
        "made": with_zone(report.made),
        "runs": _figures(report.runs),
        "tools": [_tool(each) for each in report.tools],
        "hosts": [{"host": each.host, **_figures(each.now)} for each in report.hosts],
        "trend": [_point(each) for each in report.trend],
        "failures": _listing(report.failures),
        "slowest": [record_document(node) for node in report.slowest],
        "products": dict(report.levels),
        "withoutRaw": _listing(report.without_raw),
        "invalid": _listing(report.invalid),
        "tainted": _listing(report.tainted),
        "loads": _loads(report.loads),
        "mirror": None if report.mirror is None else _mirror(report.mirror),
    }


def _figures(figures: RunFigures) -> dict[str, Any]:
    return {
        "runs": figures.runs,
        "failed": figures.failed,
        "statuses": dict(figures.statuses),
        "seconds": None
        if figures.median is None
        else {"median": figures.median, "p95": figures.p95, "longest": figures.longest},
    }


def _tool(figures: ToolFigures) -> dict[str, Any]:
    return {
        "tool": figures.tool,
        **_figures(figures.now),
        "versions": [
            {"version": version, "runs": count} for version, count in figures.versions.items()
        ],
        "before": _figures(figures.before),
    }


def _point(point: TrendPoint) -> dict[str, Any]:
    tools = sorted(point.tools.items(), key=lambda each: each[0] or "")
    return {
        "time": point.time,
        **_figures(point.all),
        "tools": [{"tool": tool, **_figures(figures)} for tool, figures in tools],
    }


def _listing(listing: Listing) -> dict[str, Any]:
    return {"total": listing.total, "nodes": [record_document(node) for node in listing.nodes]}


def _loads(loads: LoadFigures) -> dict[str, Any]:
    return {
        "total": sum(loads.statuses.values()),
        "statuses": dict(loads.statuses),
        "problems": loads.problems,
        "troubled": {
            "total": loads.troubled_total,
            "loads": [_load(each) for each in loads.troubled],
        },
    }


def _load(load: LoadRecord) -> dict[str, Any]:
    return {
        "load": load.id,
        "source": load.source,
        "time": with_zone(load.time),
        "status": load.status,
        "problems": [{"where": where, "what": what} for where, what in load.problems],
    }


def _mirror(lag: MirrorLag) -> dict[str, Any]:
    return {"address": lag.address, "synced": with_zone(lag.synced), "behind": lag.behind}
