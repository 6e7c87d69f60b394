"""The command ``export``: writes standard documents of PROV."""

from pathlib import Path

import click

from provgraph.commands.moments import moment_options
from provgraph.commands.options import DOCUMENTS, chosen_format, format_option, output_option
from provgraph.commands.running import (
    named,
    opened_store,
    reporting_errors,
    write_out,
)
from provgraph.interchange.export import export as export_documents
from provgraph.interchange.export import with_relations


@click.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@format_option(DOCUMENTS, "prov-json")
@output_option
@moment_options
@reporting_errors
def export(names: tuple[str, ...], format_name: str | None, output: Path | None) -> None:
    """Write everything, or the records ID with their relations, as a standard document that
    provgraph reads back.
    """  # noqa: D205 - the first paragraph is what `provgraph --help` lists
    form = chosen_format(format_name, output, DOCUMENTS, "prov-json")
    with opened_store() as store:
        chosen = [named(store, name) for name in names]
        pieces = export_documents(store, form, with_relations(chosen) if chosen else None)
        write_out(pieces, output)
