"""The command that finds records: ``search``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from provgraph.commands.moments import as_of_option
from provgraph.commands.options import (
    DATA_LEVELS,
    KINDS,
    TYPES,
    Function,
    Option,
    filter_option,
    json_option,
    limit_option,
    with_options,
)
from provgraph.commands.pages import after_option, note_rest, page_json
from provgraph.commands.running import opened_store, reporting_errors
from provgraph.errors import NothingFoundError
from provgraph.model.derived import Invalidation
from provgraph.model.filters import NAMED_KINDS, PageRequest, ParameterValue, Search, SortOrder
from provgraph.model.lineage import Node, display_name
from provgraph.model.values import time_text, visible
from provgraph.model.vocabulary import Kind, Status
from provgraph.questions import searching
from provgraph.questions.summary import with_taints

#: How a run can have ended.
_STATUSES = tuple(sorted(each.value for each in Status))


class _NameAndValue(click.ParamType[tuple[str, str]]):
    """``NAME=VALUE``."""

    name = "NAME=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Find the name and the value that were given.

        Args:
            value: what was given.
            param: the option.
            ctx: of the command.

        Returns:
            Both.
        """
        name, separator, said = str(value).partition("=")
        if not separator or not name.strip():
            self.fail(f"{value!r} is not NAME=VALUE, such as max_events=100", param, ctx)
        return name.strip(), said


def _named_option(option: str, argument: str, metavar: str, what: str) -> Option:
    """Make an option that takes a name, in any case."""
    return click.option(
        option,
        argument,
        metavar=metavar,
        multiple=True,
        help=f"{what}; several times for any of several.",
    )


def _search_options(function: Function) -> Function:
    """Add the conditions of a search: the argument ``kinds``, and the fields of `Search`."""
    return with_options(
        function,
        filter_option("--kind", "kinds", KINDS, "Only records of this kind"),
        filter_option("--type", "types", TYPES, "Only records of this finer type"),
        filter_option("--data-level", "data_levels", DATA_LEVELS, "Only products of this level"),
        filter_option("--status", "statuses", _STATUSES, "Only runs that ended so"),
        _named_option(
            "--tool",
            "tools",
            "NAME",
            "Only runs of this tool; with --kind entity or another "
            "condition of files, the files that such runs made",
        ),
        _named_option(
            "--version", "versions", "V", "Only runs of this version of a tool, likewise"
        ),
        _named_option("--host", "hosts", "NAME", "Only runs on this host, likewise"),
        click.option(
            "--parameter",
            "parameters",
            type=_NameAndValue(),
            multiple=True,
            help="Only runs that were set up so, likewise; NAME is a parameter's full name, or "
            "what it ends in behind a dot. Several times: other names as well, or any of several "
            "values of one.",
        ),
        _named_option(
            "--agent",
            "agents",
            "NAME",
            "Only what this person, organization or software answers for",
        ),
        click.option(
            "--since", metavar="TIME", help="Only runs started, and files made, then or later."
        ),
        click.option("--until", metavar="TIME", help="Only those of then or earlier (UTC)."),
        click.option(
            "--under", metavar="PATH", help="Only files that stood at this path, or below it."
        ),
        click.option("--invalid", is_flag=True, help="Only what is marked as invalid."),
        click.option("--external", is_flag=True, help="Only files that no known run made."),
        click.option(
            "--overwritten", is_flag=True, help="Only files that ceased to be, as by overwriting."
        ),
        click.option(
            "--at",
            metavar="TIME",
            help="Only files that stood somewhere then (UTC); with --under, that stood there.",
        ),
    )


@click.command()
@click.argument("text", nargs=-1)
@_search_options
@click.option(
    "--order",
    type=click.Choice(("time", "name")),
    default="time",
    show_default=True,
    help="The newest first, or by name.",
)
@limit_option("At most N records.")
@after_option
@json_option("with the records found")
@as_of_option
@reporting_errors
def search(
    text: tuple[str, ...],
    kinds: tuple[str, ...],
    order: str,
    limit: int,
    after: str | None,
    as_json: bool,
    parameters: tuple[tuple[str, str], ...],
    **conditions: Any,
) -> None:
    """Find files, runs and agents, the newest first.

    Every word of TEXT is the beginning of a word in a name, path, identifier, tool or host. Words
    are letters and digits, in any case. A record meets every condition that is given.
    """
    set_up = tuple(ParameterValue(*each) for each in parameters)
    wanted = Search(" ".join(text), parameters=set_up, **conditions)
    asked = tuple(map(Kind, kinds)) or NAMED_KINDS
    with opened_store() as store:
        some = PageRequest(limit, after, counted=True)
        page = searching.search(store, wanted, asked, SortOrder(order), some, Path.cwd())
        nodes = with_taints(store, (each.node for each in page.found))
    if as_json:
        click.echo(page_json(page, nodes))
    else:
        for node in nodes:
            click.echo("  ".join(_parts(node)))
        note_rest(page, "record")
    if not page.total:
        raise NothingFoundError("nothing is found: `provgraph stats` counts what the store holds")


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
