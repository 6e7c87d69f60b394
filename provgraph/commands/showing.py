"""The commands that show one record, one path or the whole store."""

import json
from pathlib import Path

import click

from provgraph.commands.moments import as_of_option, moment_options
from provgraph.commands.options import json_option
from provgraph.commands.running import (
    given,
    named,
    opened_store,
    reporting_errors,
    screen,
    show_text,
)
from provgraph.model.fields import record_document
from provgraph.model.values import visible
from provgraph.questions.details import details_of
from provgraph.questions.versions import versions as versions_at
from provgraph.store.digest import digest as digest_of
from provgraph.writers.details import as_document, as_text, version_line


@click.command()
@click.argument("name", metavar="ID")
@click.option(
    "--all", "whole", is_flag=True, help="List also the parameters that have their default."
)
@json_option("")
@moment_options
@reporting_errors
def show(name: str, whole: bool, as_json: bool) -> None:
    """Show one record.

    Its identifiers, places and relations, and by which rules they were joined. Of a run whose tool
    is described: what the tool is, and which parameters differ from their default.
    """
    with opened_store() as store:
        details = details_of(store, named(store, name))
    if as_json:
        click.echo(json.dumps(as_document(details), ensure_ascii=False, indent=2))
    else:
        show_text(as_text(details, screen(), whole=whole) + "\n")


@click.command()
@click.argument("name", metavar="PATH")
@json_option("with all versions")
@moment_options
@reporting_errors
def versions(name: str, as_json: bool) -> None:
    """List all files that stood at PATH, the oldest first.

    Who made each, and until when it stood there. The name of a file means the path where it stands.
    """
    with opened_store() as store:
        path, found = versions_at(store, name, Path.cwd(), given("at"))
    if as_json:
        said = [
            {
                **record_document(each.node),
                "maker": each.maker.id if each.maker else None,
                "until": each.until,
            }
            for each in found
        ]
        click.echo(json.dumps({"path": path, "versions": said}, ensure_ascii=False, indent=2))
        return
    show_text("\n".join([visible(path), *map(version_line, found)]) + "\n")


@click.command()
@json_option("")
@as_of_option
@reporting_errors
def stats(as_json: bool) -> None:
    """Count what the store holds."""
    with opened_store() as store:
        counts = store.stats()
    if as_json:
        click.echo(json.dumps(counts))
        return
    width = max(map(len, counts))
    for label, count in counts.items():
        click.echo(f"{label:{width}}  {count:>12,}")


@click.command()
@as_of_option
@reporting_errors
def digest() -> None:
    """Print one SHA-256 over all provenance content.

    The same in every store that holds the same.
    """
    with opened_store() as store:
        click.echo(digest_of(store.scan()))
