"""The command that lists what invalid records reached: ``tainted``."""

from collections.abc import Callable, Iterator

import click

from provgraph.commands.moments import as_of_option
from provgraph.commands.options import json_option, limit_option
from provgraph.commands.pages import after_option, note_rest, page_json
from provgraph.commands.running import note, opened_store, reporting_errors
from provgraph.model.filters import PageRequest
from provgraph.model.lineage import Node, display_name
from provgraph.model.recalls import label_of
from provgraph.model.values import time_text, visible
from provgraph.questions.recalling import tainted as find_tainted
from provgraph.store.records import FoundPage
from provgraph.writers.csv import table_of

#: How many invalid records text names beside a product.
_MOST_MARKS = 3


@click.command()
@click.option("--since", metavar="TIME", help="Only products made then or later (UTC).")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(("text", "json", "csv")),
    default="text",
    show_default=True,
)
@json_option("with the products, as --format json does")
@limit_option("At most N products.")
@after_option
@as_of_option
@reporting_errors
def tainted(
    since: str | None, format_name: str, as_json: bool, limit: int, after: str | None
) -> None:
    """List the delivered products that were made from invalid records, the newest first.

    Delivered are files that a run made, that still stand, and that are of DL3 or above or were used
    by no known run.
    """
    with opened_store() as store:
        page = find_tainted(store, since, PageRequest(limit, after, counted=True))
    written = _FORMATS["json" if as_json else format_name](page)
    if written:
        click.echo(written, nl=not written.endswith("\n"))
    note_rest(page, "product")
    if not page.total:
        note("no delivered product was made from an invalid record")


def _text(page: FoundPage) -> str:
    return "\n".join("  ".join(_parts(each.node)) for each in page.found)


def _parts(node: Node) -> Iterator[str]:
    """What one line says of a product."""
    yield visible(display_name(node))
    yield f"({visible(node.id)})"
    said = (node.data_level, node.generated_at and time_text(node.generated_at))
    if details := " ".join(filter(None, said)):
        yield visible(details)
    marks = [visible(label_of(each)) for each in node.tainted]
    more = f" and {len(marks) - _MOST_MARKS} more" if len(marks) > _MOST_MARKS else ""
    yield f"made from invalid {', '.join(marks[:_MOST_MARKS])}{more}"


def _json(page: FoundPage) -> str:
    return page_json(page, (each.node for each in page.found))


def _csv(page: FoundPage) -> str:
    return table_of(each.node for each in page.found)


_FORMATS: dict[str, Callable[[FoundPage], str]] = {"text": _text, "json": _json, "csv": _csv}
