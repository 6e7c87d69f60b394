"""Writes a report as text, short enough for a terminal and for the journal of a timer."""

from collections.abc import Iterator

from provgraph.questions.reporting.figures import SpanReport
from provgraph.writers.report import wording

#: How many runs that failed are named.
_MOST_FAILURES = 10


def write(report: SpanReport) -> str:
    """Write a report as text.

    Args:
        report: the report.

    Returns:
        The text; ends in a newline.
    """
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: SpanReport) -> Iterator[str]:
    yield wording.title(report)
    heads = list(wording.heads(report))
    width = max(len(what) for what, _ in heads)
    for what, said in heads:
        yield f"  {what:{width}}  {said}"
    if report.tools:
        yield from _tools(report)
    if report.failures.total:
        yield from _failures(report)


def _tools(report: SpanReport) -> Iterator[str]:
    rows = [("tool", "runs", "failed", "median", "change")]
    rows += [
        (
            wording.name(each.tool),
            str(each.now.runs),
            str(each.now.failed),
            wording.seconds(each.now)[0],
            wording.change(each),
        )
        for each in report.tools
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        first, *rest = (f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join((f"  {row[0]:{len(first)}}", *rest)).rstrip()


def _failures(report: SpanReport) -> Iterator[str]:
    yield "failed, the newest first:"
    for run in report.failures.nodes[:_MOST_FAILURES]:
        tool, identifier, host, status, start, _ = wording.run_cells(run)
        yield f"  {start}  {status:11}  {tool} on {host}  ({identifier})"
    rest = report.failures.total - len(report.failures.nodes[:_MOST_FAILURES])
    if rest > 0:
        yield f"  and {rest} more"
