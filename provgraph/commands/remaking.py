"""The command that says how a file can be made again: ``rerun``."""

import json
from pathlib import Path

import click

from provgraph.commands.moments import moment_options
from provgraph.commands.options import RECIPES, chosen_format, json_option
from provgraph.commands.running import (
    REFUSED,
    named,
    note,
    opened_store,
    reporting_errors,
    write_out,
)
from provgraph.errors import ProvGraphError
from provgraph.model.recipes import Recipe, gap_lines
from provgraph.model.values import counted
from provgraph.questions.remaking import recipe_of
from provgraph.writers.recipes import RECIPE_WRITERS, Rerun


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(RECIPES),
    help="A script for bash (the default), or a workflow of the Common Workflow Language 1.2.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(allow_dash=True),
    metavar="DIR_OR_FILE",
    help="Write to this file, whose ending names the format; or into this folder, with the "
    "configuration of each step in a file of its own. A name that ends in / makes the folder.",
)
@json_option("with the steps, their files, and what can't be rebuilt")
@click.pass_context
@moment_options
@reporting_errors
def rerun(
    context: click.Context, file: str, format_name: str | None, output: str | None, as_json: bool
) -> None:
    """Write the commands that make FILE again.

    With versions, configuration and inputs, in order. Nothing is run. What can't be rebuilt from
    what is recorded is listed on stderr and in the script; exit code 1 when a command itself is
    missing.
    """
    path = None if output is None else Path(output)
    is_folder = output is not None and (output.endswith("/") or Path(output).is_dir())
    chosen = chosen_format(format_name, None if is_folder else path, RECIPES, "sh")
    with opened_store() as store:
        recipe = recipe_of(store, named(store, file))
    if as_json:
        text = json.dumps(recipe.document(), ensure_ascii=False, indent=2) + "\n"
        write_out([text], None if is_folder else path)
    elif is_folder and path is not None:
        _write_folder(recipe, path, chosen)
    else:
        write_out([RECIPE_WRITERS[chosen](recipe)], path)
    _tell_gaps(recipe)
    if not recipe.is_runnable:
        context.exit(REFUSED)


def _write_folder(recipe: Recipe, folder: Path, format_name: str) -> None:
    files = Rerun(recipe).files(format_name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ProvGraphError(f"{folder} can't be written: {error.strerror}") from error
    first, *others = files
    click.echo(f"wrote {folder / first} and {counted(len(others), 'file')} for it", err=True)


def _tell_gaps(recipe: Recipe) -> None:
    lines = gap_lines(recipe)
    if lines:
        note(
            f"{counted(len(lines), 'thing')} can't be rebuilt:\n"
            + "\n".join(f"  {x}" for x in lines)
        )
