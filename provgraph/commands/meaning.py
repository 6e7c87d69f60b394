"""Options that name what many runs have in common: a tool version, or uses of a path."""

import click

from provgraph.commands.options import Function, with_options

#: What `recall_options` adds.
RECALLED = ("tool", "version", "used_since", "used_until")


def recall_options(function: Function) -> Function:
    """Add the options that name a recall (`provgraph.questions.recalling.meant`).

    Args:
        function: the function of a command whose argument ``name`` may be missing.

    Returns:
        The function, which gets the arguments in `RECALLED`.
    """
    return with_options(
        function,
        click.option(
            "--tool",
            metavar="NAME",
            help="In place of a name: every run of this tool, with --version.",
        ),
        click.option("--version", metavar="V", help="Every run of this version of the tool."),
        click.option(
            "--used-since",
            metavar="TIME",
            help="Not the file, but every run that read its path then or later (UTC).",
        ),
        click.option(
            "--used-until", metavar="TIME", help="Every run that read its path then or earlier."
        ),
    )
