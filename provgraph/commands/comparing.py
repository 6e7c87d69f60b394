"""The command that compares two histories: ``diff``."""

import json

import click

from provgraph.commands.moments import moment_options
from provgraph.commands.options import json_option
from provgraph.commands.running import (
    named,
    opened_store,
    reporting_errors,
    screen,
    show_text,
)
from provgraph.model.fields import difference_document
from provgraph.questions.comparison import diff as differences
from provgraph.writers.comparison import write


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@json_option("")
@moment_options
@reporting_errors
def diff(a: str, b: str, as_json: bool) -> None:
    """Show what differs between what led to A and what led to B.

    Files or runs. Runs on one side only come first, then versions, packages, parameters and inputs.
    """
    with opened_store() as store:
        found = differences(store, *(named(store, name) for name in (a, b)))
    if as_json:
        click.echo(json.dumps(difference_document(found), ensure_ascii=False, indent=2))
    else:
        show_text(write(found, (a, b), screen()))
