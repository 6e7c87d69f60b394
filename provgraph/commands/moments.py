"""The options ``--as-of`` and ``--at``: what was known, or what stood at a path, at a time."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from provgraph.commands.running import remember
from provgraph.errors import SettingsError

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Moment(click.ParamType[str]):
    """A time, which becomes canonical."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read a time.

        Args:
            value: what was given.
            param: the option.
            ctx: of the command.

        Returns:
            The time as stores keep it.
        """
        # Who gives no time waits for nothing to be imported.
        from provgraph.questions.searching import moment  # noqa: PLC0415

        try:
            return moment(str(value)) or ""
        except SettingsError as error:
            self.fail(str(error), param, ctx)


def moment_options(function: _Function) -> _Function:
    """Add ``--at``, and the option of `as_of_option`.

    Args:
        function: the function of a command that takes names of files
            (`provgraph.commands.running.named`).

    Returns:
        The function with the options.
    """
    at = click.option(
        "--at",
        type=_Moment(),
        expose_value=False,
        callback=remember,
        help="A path means what stood there at that time (UTC), not the newest.",
    )
    return as_of_option(at(function))


def as_of_option(function: _Function) -> _Function:
    """Add ``--as-of``: `provgraph.commands.running.opened_store` gives what was known then.

    Args:
        function: the function of a command that only reads.

    Returns:
        The function with the option.
    """
    return click.option(
        "--as-of",
        type=_Moment(),
        expose_value=False,
        callback=remember,
        help="Answer as if only what had been loaded by that time (UTC) were known.",
    )(function)
