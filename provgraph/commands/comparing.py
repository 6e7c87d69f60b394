"""The command that compares two histories: ``diff``."""

import json
from pathlib import Path

import click

from provgraph.commands.options import json_option
from provgraph.commands.running import opened_store, reporting_errors, screen, show_text
from provgraph.model.fields import difference_document
from provgraph.questions.comparison import diff as differences
from provgraph.questions.tracing import find
from provgraph.writers.comparison import write


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@json_option("")
@reporting_errors
def diff(a: str, b: str, as_json: bool) -> None:
    """Show what differs between what led to A and what led to B.

    Files or runs. Runs on one side only come first, then versions, packages, parameters and inputs.
    """
    with opened_store() as store:
        found = differences(store, *(find(store, name, Path.cwd()) for name in (a, b)))
    if as_json:
        click.echo(json.dumps(difference_document(found), ensure_ascii=False, indent=2))
    else:
        show_text(write(found, (a, b), screen()))
