"""The command that finds records: ``search``."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from provgraph.commands.options import json_option, search_options
from provgraph.commands.running import note, opened_store, reporting_errors
from provgraph.model.derived import Invalidation
from provgraph.model.fields import record_document
from provgraph.model.filters import NAMED_KINDS, PageRequest, Search, SortOrder
from provgraph.model.lineage import Node, display_name
from provgraph.model.values import counted, time_text, visible
from provgraph.model.vocabulary import Kind
from provgraph.questions import searching
from provgraph.questions.summary import with_taints
from provgraph.store.records import FoundPage


@click.command()
@click.argument("text", nargs=-1)
@search_options
@click.option(
    "--order",
    type=click.Choice(("time", "name")),
    default="time",
    show_default=True,
    help="The newest first, or by name.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    metavar="N",
    help="At most N records.",
)
@click.option("--after", metavar="CURSOR", help="Go on where an earlier page ended: its `next`.")
@json_option("with the records found")
@reporting_errors
def search(
    text: tuple[str, ...],
    kinds: tuple[str, ...],
    order: str,
    limit: int,
    after: str | None,
    as_json: bool,
    **conditions: Any,
) -> None:
    """Find files, runs and agents, the newest first.

    Every word of TEXT is the beginning of a word in a name, path, identifier, tool or host. Words
    are letters and digits, in any case. A record meets every condition that is given.
    """
    wanted = Search(" ".join(text), **conditions)
    asked = tuple(map(Kind, kinds)) or NAMED_KINDS
    with opened_store() as store:
        page = searching.search(
            store, wanted, asked, SortOrder(order), PageRequest(limit, after), Path.cwd()
        )
        nodes = with_taints(store, (each.node for each in page.found))
    if as_json:
        found = {"total": page.total, "nodes": [*map(record_document, nodes)], "next": page.after}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for node in nodes:
        click.echo("  ".join(_parts(node)))
    _note_rest(page)


def _note_rest(page: FoundPage) -> None:
    """Say on stderr what is not listed."""
    if not page.total:
        note("nothing is found: `provgraph stats` counts what the store holds")
    elif page.after is not None:
        shown = counted(len(page.found), "record")
        note(f"{shown} of {page.total}; more with --limit, or with --after {page.after}")


def _parts(node: Node) -> Iterator[str]:
    """What one line says of a record."""
    yield visible(display_name(node))
    if node.invalidation is not None:
        yield _mark(node.invalidation)
    yield f"({visible(node.id)})"
    time = node.start_time or node.end_time or node.generated_at
    said = (node.data_level, node.status, None if time is None else time_text(time))
    if details := " ".join(filter(None, said)):
        yield visible(details)


def _mark(mark: Invalidation) -> str:
    by = f" by {visible(mark.by)}" if mark.by else ""
    return f"INVALID since {time_text(mark.time)}{by}: {visible(mark.reason or 'no reason given')}"
