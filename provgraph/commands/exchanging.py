"""The command ``export``: writes standard documents of PROV."""

from pathlib import Path

import click

from provgraph.commands.options import DOCUMENTS, chosen_format, output_option
from provgraph.commands.running import opened_store, reporting_errors, write_out
from provgraph.interchange.export import export as export_documents
from provgraph.interchange.export import with_relations
from provgraph.questions.tracing import find


@click.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(DOCUMENTS),
    help="Without it the ending of the file in --output says it, else it is prov-json.",
)
@output_option
@reporting_errors
def export(names: tuple[str, ...], format_name: str | None, output: Path | None) -> None:
    """Write everything, or the records ID with their relations, as a standard document that
    provgraph reads back.
    """  # noqa: D205 - the first paragraph is what `provgraph --help` lists
    form = chosen_format(format_name, output, DOCUMENTS, "prov-json")
    with opened_store() as store:
        chosen = [find(store, name, Path.cwd()) for name in names]
        pieces = export_documents(store, form, with_relations(chosen) if chosen else None)
        write_out((piece.encode() for piece in pieces), output)
