"""Writes a report as one page of HTML: no script, no other host, fit for paper.

Names come from sources, and anybody may have written them. They are escaped here, in one place, and
the page forbids the browser whatever it does not need (Content-Security-Policy).
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from provgraph import __version__
from provgraph.model.values import counted, time_text
from provgraph.questions.reporting.figures import HostFigures, RunFigures, SpanReport, ToolFigures
from provgraph.store.records import LoadRecord
from provgraph.writers.report import wording
from provgraph.writers.report.plots import plots

#: How many hosts the page lists; the JSON has all of them.
_MOST_HOSTS = 50
#: How many problems of a load are shown.
_MOST_PROBLEMS = 3
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1c1c1c; background: #fff; margin: 0 auto;
  max-width: 68rem; padding: 1rem 1.5rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .4rem; }
.made, .more { color: #555; } .none { color: #555; margin: .2rem 0; }
dl { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; padding: 0; }
dl div { border: 1px solid #ccc; border-radius: 6px; padding: .4rem .8rem; }
dt { color: #555; font-size: .85rem; } dd { margin: 0; font-weight: 600; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid #ddd;
  vertical-align: top; overflow-wrap: anywhere; }
th { font-size: .85rem; color: #555; overflow-wrap: normal; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bad { color: #8c1d18; font-weight: 600; }
figure { margin: 1.2rem 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; }
@media print { body { font-size: 11px; max-width: none; padding: 0; } figure, tr, dl div {
  break-inside: avoid; } h2 { break-after: avoid; } thead { display: table-header-group; } }
"""

#: The cells of a row; those that start with a number sign are numbers.
Row = Sequence[str]


def write(report: SpanReport) -> str:
    """Write a report as HTML.

    Args:
        report: the report.

    Returns:
        The page.

    Raises:
        MissingExtraError: the extra ``pictures``, which brings the plots, is not installed.
    """
    return "".join(_page(report))


def _page(report: SpanReport) -> Iterator[str]:
    title = escape(wording.title(report))
    yield (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>provgraph: {title}</title><style>{_STYLE}</style></head><body><main>\n"
        f"<h1>{title}</h1>\n<p class=made>{escape(wording.name(report.store))}, reported "
        f"{escape(time_text(report.made))} by provgraph {escape(__version__)}</p>\n<dl>"
    )
    for what, said in wording.heads(report):
        yield f"<div><dt>{escape(what)}</dt><dd>{escape(said)}</dd></div>"
    yield "</dl>\n"
    for caption, svg in plots(report):
        yield f"<figure><figcaption>{escape(caption)}</figcaption>{svg}</figure>\n"
    yield from _sections(report)
    yield "</main></body></html>\n"


def _sections(report: SpanReport) -> Iterator[str]:
    times = ("#runs", "#failed", "#median", "#95 of 100", "#longest")
    yield from _table(
        "Tools",
        ("tool", *times, "#median before", "#change", "versions"),
        map(_tool, report.tools),
    )
    hosts = report.hosts[:_MOST_HOSTS]
    yield from _table("Hosts", ("host", *times), map(_host, hosts), len(report.hosts))
    of_run = ("tool", "run", "host", "status", "start", "#took")
    of_file = ("file", "level", "made")
    yield from _table(
        "Runs that failed",
        of_run,
        map(wording.run_cells, report.failures.nodes),
        report.failures.total,
    )
    yield from _table("Slowest runs", of_run, map(wording.run_cells, report.slowest))
    for title, heads, cells, listing in (
        ("Products without raw data", of_file, wording.file_cells, report.without_raw),
        ("Invalid", ("record", "since", "why", "said by"), wording.mark_cells, report.invalid),
        (
            "Products made from invalid records",
            (*of_file, "made from invalid"),
            wording.taint_cells,
            report.tainted,
        ),
    ):
        yield from _table(title, heads, map(cells, listing.nodes), listing.total)
    yield from _table(
        "Loads with problems",
        ("source", "loaded", "status", "problems"),
        map(_load, report.loads.troubled),
        report.loads.troubled_total,
    )


def _tool(figures: ToolFigures) -> Row:
    before = (wording.seconds(figures.before)[0], wording.change(figures))
    return wording.name(figures.tool), *_runs(figures.now), *before, wording.versions(figures)


def _host(figures: HostFigures) -> Row:
    return wording.name(figures.host), *_runs(figures.now)


def _runs(figures: RunFigures) -> Row:
    return str(figures.runs), str(figures.failed), *wording.seconds(figures)


def _load(load: LoadRecord) -> Row:
    said = [wording.name(f"{where}: {what}") for where, what in load.problems[:_MOST_PROBLEMS]]
    rest = len(load.problems) - len(said)
    more = [f"and {rest} more"] if rest > 0 else []
    problems = "; ".join([*said, *more])
    return wording.name(load.source), time_text(load.time), load.status, problems


def _table(title: str, heads: Row, rows: Iterable[Row], total: int | None = None) -> Iterator[str]:
    """A table under its heading; a sentence where there is nothing to list.

    Args:
        title: of the table.
        heads: of its columns; a number sign before it says that numbers stand there.
        rows: the cells of each.
        total: how many rows there would be; None where all are listed.
    """
    yield f"<h2>{escape(title)}</h2>\n"
    listed = list(rows)
    if not listed:
        yield "<p class=none>none</p>\n"
        return
    styles = [' class="number"' if head.startswith("#") else "" for head in heads]
    names = "".join(
        f"<th{style}>{escape(head.removeprefix('#'))}</th>"
        for head, style in zip(heads, styles, strict=True)
    )
    yield f"<div class=scroll><table><thead><tr>{names}</tr></thead><tbody>\n"
    for row in listed:
        cells = (f"<td{style}>{escape(cell)}</td>" for cell, style in zip(row, styles, strict=True))
        yield f"<tr>{''.join(cells)}</tr>\n"
    yield "</tbody></table></div>\n"
    if total is not None and total > len(listed):
        yield f"<p class=more>{counted(len(listed), 'row')} of {total}</p>\n"
