"""What a report says in words, in text and on the page alike."""

from collections.abc import Iterator, Mapping

from provgraph.model.lineage import Node, display_name
from provgraph.model.recalls import label_of
from provgraph.model.values import counted, duration_text, readable, span_text, time_text
from provgraph.questions.reporting.figures import (
    LoadFigures,
    MirrorLag,
    RunFigures,
    SpanReport,
    ToolFigures,
)

#: How many characters of a name are shown; its middle is cut.
_LONGEST = 120
#: How many invalid records stand beside a product.
_MOST_MARKS = 3
_NAMELESS = "(no name)"


def name(text: str | None) -> str:
    """Write a name from a source, so that all of it can be seen.

    Args:
        text: the name; None where the source names none.
    """
    return _NAMELESS if not text else readable(text, _LONGEST)


def title(report: SpanReport) -> str:
    """Say what a report is about.

    Args:
        report: the report.

    Returns:
        The span, to the second.
    """
    return f"{time_text(report.span.since)} to {time_text(report.span.until)} (UTC)"


def heads(report: SpanReport) -> Iterator[tuple[str, str]]:
    """Sum a report up.

    Args:
        report: the report.

    Yields:
        What is counted, and the count with what matters of it.
    """
    yield "Runs", _with_parts(report.runs.runs, report.runs.statuses)
    yield "Products", _with_parts(sum(report.levels.values()), report.levels)
    yield "Without raw data", str(report.without_raw.total)
    yield "Invalid", str(report.invalid.total)
    yield "Made from invalid records", str(report.tainted.total)
    yield "Loads", loads_text(report.loads)
    if report.mirror is not None:
        yield "Mirror", mirror_text(report.mirror)


def loads_text(loads: LoadFigures) -> str:
    """Sum up what was loaded.

    Args:
        loads: the figures.
    """
    counts = _with_parts(sum(loads.statuses.values()), loads.statuses)
    return f"{counts}; {counted(loads.problems, 'problem')}"


def mirror_text(lag: MirrorLag) -> str:
    """Say how far a mirror is behind.

    Args:
        lag: of the mirror.
    """
    behind = f"{counted(lag.behind, 'transaction')} behind" if lag.behind else "up to date"
    return f"{behind}, synced {time_text(lag.synced)}"


def seconds(figures: RunFigures) -> tuple[str, str, str]:
    """Write how long runs took.

    Args:
        figures: of the runs.

    Returns:
        The median, the 95th of 100, and the longest; empty texts where no run is completed.
    """
    times = (figures.median, figures.p95, figures.longest)
    median, p95, longest = ("" if each is None else span_text(each) for each in times)
    return median, p95, longest


def change(tool: ToolFigures) -> str:
    """Say how the median of a tool's runs changed since the span before.

    Args:
        tool: the figures.

    Returns:
        Such as ``+12 %``; an empty text where there is nothing to compare.
    """
    now, before = tool.now.median, tool.before.median
    if now is None or not before:
        return ""
    return f"{round(100 * (now / before - 1)):+d} %"


def versions(tool: ToolFigures) -> str:
    """List the versions of a tool with the runs of each.

    Args:
        tool: the figures.
    """
    known = tool.versions.items()
    return ", ".join(f"{name(version or 'unknown')} ({count})" for version, count in known)


def run_cells(run: Node) -> tuple[str, ...]:
    """What a list says of a run: tool, id, host, status, start and duration.

    Args:
        run: the run.
    """
    took = duration_text(run.start_time, run.end_time) if run.start_time and run.end_time else ""
    start = "" if run.start_time is None else time_text(run.start_time)
    return name(run.name), name(run.id), name(run.host or "-"), str(run.status or ""), start, took


def file_cells(file: Node) -> tuple[str, ...]:
    """What a list says of a file: where it is, data level, and when it was made.

    Args:
        file: the file.
    """
    made = "" if file.generated_at is None else time_text(file.generated_at)
    return name(display_name(file)), name(file.data_level or "-"), made


def mark_cells(record: Node) -> tuple[str, ...]:
    """What a list says of a record that is invalid: what it is, since when, why and who says so.

    Args:
        record: the record.
    """
    mark = record.invalidation
    if mark is None:
        return name(display_name(record)), "", "", ""
    said = (mark.reason or "no reason given", mark.by or "-")
    return name(display_name(record)), time_text(mark.time), *map(name, said)


def taint_cells(product: Node) -> tuple[str, ...]:
    """What a list says of a product: as `file_cells`, and the invalid records behind it.

    Args:
        product: the product.
    """
    marks = [name(label_of(each)) for each in product.tainted]
    rest = len(marks) - _MOST_MARKS
    more = f" and {rest} more" if rest > 0 else ""
    return *file_cells(product), ", ".join(marks[:_MOST_MARKS]) + more


def _with_parts(total: int, parts: Mapping[str, int]) -> str:
    listed = ", ".join(f"{count} {name(what)}" for what, count in parts.items())
    return f"{total} ({listed})" if listed else str(total)
