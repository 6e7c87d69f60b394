"""The command that finds records: ``search``."""

import json
from collections.abc import Iterator

import click

from provgraph.commands.options import json_option
from provgraph.commands.running import note, opened_store, reporting_errors
from provgraph.model.derived import Invalidation
from provgraph.model.fields import record_document
from provgraph.model.filters import Filter, PageRequest
from provgraph.model.lineage import Node, display_name
from provgraph.model.values import time_text, visible
from provgraph.questions.summary import with_taints


@click.command()
@click.option("--invalid", is_flag=True, required=True, help="Only what is marked as invalid.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    metavar="N",
    help="At most N records.",
)
@json_option("with the records found")
@reporting_errors
def search(invalid: bool, limit: int, as_json: bool) -> None:
    """Find the files and runs that somebody marked as invalid."""
    with opened_store() as store:
        page = store.find(Filter(invalid=invalid), page=PageRequest(size=limit))
        nodes = with_taints(store, (each.node for each in page.found))
    if as_json:
        found = {"total": page.total, "nodes": [*map(record_document, nodes)], "next": page.after}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for node in nodes:
        click.echo("  ".join(_parts(node)))
    if not nodes:
        note("nothing is marked as invalid")
    elif page.after is not None:
        note(f"{page.total} are marked as invalid; these are the first {limit} (--limit)")


def _parts(node: Node) -> Iterator[str]:
    """What one line says of a record."""
    yield visible(display_name(node))
    if node.invalidation is not None:
        yield _mark(node.invalidation)
    yield f"({visible(node.id)})"


def _mark(mark: Invalidation) -> str:
    by = f" by {visible(mark.by)}" if mark.by else ""
    return f"INVALID since {time_text(mark.time)}{by}: {visible(mark.reason or 'no reason given')}"
