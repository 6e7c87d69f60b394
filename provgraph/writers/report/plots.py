"""Draws the plots of a report as SVG, with pygal: pictures without scripts, fonts or hosts."""

import sys
from collections.abc import Sequence
from typing import Any

from provgraph.errors import extra_needed
from provgraph.questions.reporting.figures import RunFigures, SpanReport
from provgraph.writers.report import wording

#: The colours of completed and failed runs, which differ in grey print, too.
_FINE, _FAILED = "#7fa8d1", "#b3261e"
#: The colours of tools: those of Okabe and Ito, which colour-blind people can tell apart.
_TOOLS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
#: How many hosts are drawn: those with the most failures.
_MOST_HOSTS = 20
#: How many characters stand side by side below a plot, with room between the labels.
_MOST_CHARACTERS = 120
#: How many characters of a time name its day.
_DAY = 10
_FONT = "system-ui, sans-serif"


def plots(report: SpanReport) -> list[tuple[str, str]]:
    """Draw the plots of a report.

    Args:
        report: the report.

    Returns:
        The title of each plot and its SVG, for HTML; none of a span without runs.

    Raises:
        MissingExtraError: the extra ``pictures`` is not installed.
    """
    if not report.runs.runs:
        return []
    found = [("Runs", _runs(report)), ("Median time of a completed run, in s", _times(report))]
    hosts = report.hosts[:_MOST_HOSTS]
    names = [wording.name(each.host) for each in hosts]
    found.append(("Runs by host", _bars(names, [each.now for each in hosts], turned=True)))
    return [(title, svg) for title, svg in found if svg]


def _runs(report: SpanReport) -> str:
    return _bars(_moments(report), [each.all for each in report.trend])


def _bars(names: Sequence[str], figures: Sequence[RunFigures], *, turned: bool = False) -> str:
    """Bars of the runs that failed and of the others, on top of each other."""
    pygal = _pygal()
    kind = pygal.HorizontalStackedBar if turned else pygal.StackedBar
    height = 90 + 22 * len(names) if turned else 280
    chart = kind(**_look((_FAILED, _FINE), height))
    # A bar that lies begins at the bottom.
    some = list(zip(names, figures, strict=True))[:: -1 if turned else 1]
    chart.x_labels = [name for name, _ in some]
    chart.add("failed", [each.failed for _, each in some])
    chart.add("others", [each.runs - each.failed for _, each in some])
    return _svg(chart)


def _times(report: SpanReport) -> str:
    """A line for each of the tools with the most work."""
    timed = [each for each in report.tools if each.now.median is not None]
    timed.sort(key=lambda each: -(each.now.median or 0) * each.now.runs)
    if not timed:
        return ""
    chart = _pygal().Line(**_look(_TOOLS, 280), allow_interruptions=True)
    chart.x_labels = _moments(report)
    for each in timed[: len(_TOOLS)]:
        known = (point.tools.get(each.tool) for point in report.trend)
        chart.add(wording.name(each.tool), [figures and figures.median for figures in known])
    return _svg(chart)


def _moments(report: SpanReport) -> list[str]:
    """The labels of a trend: hours, and the day where it begins; days; or months.

    Some are left out where there are too many for one line.
    """
    times = [each.time for each in report.trend]
    labels = [time[5:] if len(time) == _DAY else time for time in times]
    for place, time in enumerate(times):
        if len(time) > _DAY:
            is_first = place == 0 or time[:_DAY] != times[place - 1][:_DAY]
            labels[place] = time[5:_DAY] if is_first else f"{time[_DAY + 1 :]} h"
    every = -(-sum(map(len, labels)) // _MOST_CHARACTERS)
    return [label if place % every == 0 else "" for place, label in enumerate(labels)]


def _pygal() -> Any:
    """Import pygal without the importer that it adds for its plugins.

    That importer speaks a protocol which Python 3.12 dropped, and Python 3.11 warns of it. Others
    stay: that of `importlib_metadata`, which pygal imports, stands in for Python's own finder of
    installed packages.
    """
    with extra_needed("pictures", "a report as HTML"):
        import pygal  # noqa: PLC0415 - only this extra brings it
    sys.meta_path[:] = [each for each in sys.meta_path if type(each).__module__ != "pygal"]
    return pygal


def _look(colours: Sequence[str], height: int) -> dict[str, Any]:
    """How a plot looks: on white, for paper."""
    from pygal.style import Style  # noqa: PLC0415

    text = ("foreground", "foreground_strong", "foreground_subtle")
    plain = dict.fromkeys(("background", "plot_background"), "#fff") | dict.fromkeys(text, "#222")
    style = Style(
        **plain,
        colors=tuple(colours),
        font_family=_FONT,
        label_font_size=11,
        major_label_font_size=11,
        legend_font_size=12,
        opacity=1,
        stroke_width=2,
        guide_stroke_color="#ddd",
        major_guide_stroke_color="#ccc",
    )
    return {
        "style": style,
        "width": 900,
        "height": height,
        "js": (),
        "disable_xml_declaration": True,
        "show_legend": True,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 3,
        "legend_box_size": 10,
        "truncate_legend": -1,
        "truncate_label": 40,
        "include_x_axis": True,
        "dots_size": 2,
        "margin": 8,
        "margin_bottom": 20,
        "value_formatter": lambda value: f"{value:g}",
    }


def _svg(chart: Any) -> str:
    """A plot without what needs a script: of its notes only the values, which a pointer shows."""
    from pygal.etree import etree  # noqa: PLC0415

    root = chart.render_tree()
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag.endswith("script"):
                parent.remove(child)
            elif child.tag.endswith("desc") and child.get("class") == "value":
                child.tag = child.tag.removesuffix("desc") + "title"
            elif child.tag.endswith("desc"):
                parent.remove(child)
            elif child.get("id"):
                del child.attrib["id"]  # the same in every plot
    text: str = etree.tostring(root, encoding="unicode")
    return text
