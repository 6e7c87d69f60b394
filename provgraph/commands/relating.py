"""The commands about ways between records: ``path`` and ``common``."""

import json
from pathlib import Path
from typing import Any

import click

from provgraph.commands.moments import moment_options
from provgraph.commands.options import (
    FORMATS,
    IMAGES,
    PICTURES,
    chosen_format,
    format_option,
    json_option,
    limit_option,
    output_option,
)
from provgraph.commands.running import (
    named,
    opened_store,
    refuse_bytes,
    reporting_errors,
    screen,
    show_text,
    write_out,
)
from provgraph.model.common import CommonAncestors
from provgraph.model.fields import record_document
from provgraph.model.lineage import Lineage
from provgraph.pictures import registry as pictures
from provgraph.pictures.look import PLAIN
from provgraph.questions import ways
from provgraph.writers.registry import WRITERS
from provgraph.writers.ways import write_common, write_path


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--all", "every", is_flag=True, help="All shortest ways, not one of them.")
@format_option(FORMATS, "text")
@output_option
@moment_options
@reporting_errors
def path(a: str, b: str, every: bool, format_name: str | None, output: Path | None) -> None:
    """Show the shortest way from A to B, whichever of them led to the other."""
    form = chosen_format(format_name, output, FORMATS, "text")
    if form in IMAGES:
        refuse_bytes(form, output)
    with opened_store() as store:
        ends = [named(store, name) for name in (a, b)]
        found = ways.path(store, ends[0], ends[1], every=every)
    if form == "text" and output is None:
        show_text(write_path(found, (a, b), screen()))
    else:
        write_out([_written(found, (a, b), form)], output)


def _written(found: Lineage, names: tuple[str, str], form: str) -> str | bytes:
    if form == "text":
        return write_path(found, names)
    return pictures.PICTURES[form](found, PLAIN) if form in PICTURES else WRITERS[form](found)


@click.command()
@click.argument("names", metavar="FILE...", nargs=-1, required=True)
@limit_option("At most N records, the nearest.")
@json_option("")
@moment_options
@reporting_errors
def common(names: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Show what led to each of several files, the nearest first."""
    if len(names) < 2:
        raise click.UsageError("name two files or more")
    with opened_store() as store:
        records = [named(store, name) for name in names]
        found = ways.common_ancestors(store, records, limit)
    if as_json:
        click.echo(json.dumps(_document(found), ensure_ascii=False, indent=2))
    else:
        show_text(write_common(found, names, screen()))


def _document(found: CommonAncestors) -> dict[str, Any]:
    nodes = [
        {
            **record_document(each.node),
            "distances": list(each.distances),
            "nearest": each.is_nearest,
        }
        for each in found.found
    ]
    return {"records": [each.id for each in found.records], "total": found.total, "nodes": nodes}
