"""How every command runs: its store, its messages, its output and its exit code.

Results go to stdout, messages to stderr (docs/contract.md, Commands).
"""

# Late imports: `provgraph --help` imports this file and answers without a store.
# ruff: noqa: PLC0415

import gc
import getpass
import logging
import os
import stat
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import update_wrapper
from importlib import import_module
from pathlib import Path
from shutil import get_terminal_size
from threading import Timer
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from provgraph.errors import MissingExtraError, ProvGraphError, UnreachableError, extra_needed

if TYPE_CHECKING:
    from provgraph.model.lineage import Node
    from provgraph.store.protocol import Store
    from provgraph.writers.screen import Screen

#: Exit code: some of the work was refused, or a check failed.
REFUSED = 1
#: Exit code: nothing was found to work on (docs/contract.md, Commands).
NOTHING = 2

#: Module of commands → the extra that brings the packages that all of its commands need.
_EXTRAS = {"checking": "validation", "mirroring": "postgresql", "serving": "serve"}

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any] | click.Command)


class LaterCommand(click.Command):
    """A command whose module is imported when the command is called."""

    def __init__(self, name: str, module: str, summary: str) -> None:
        """Stand in for a command.

        Args:
            name: the name of the command, such as ``what-produced``. In its module the command
                bears the same name with underscores.
            module: the name of the module in `provgraph.commands`.
            summary: the first paragraph of the command's help, for the list of commands.
        """
        super().__init__(name, help=summary)
        self.module = module

    def imported(self) -> click.Command:
        """The command itself, for which this one stands in."""
        extra = _EXTRAS.get(self.module)
        with nullcontext() if extra is None else extra_needed(extra, f"provgraph {self.name}"):
            found = import_module(f"provgraph.commands.{self.module}")
        command: click.Command = getattr(found, str(self.name).replace("-", "_"))
        return command

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Parse the arguments of the command itself, which runs afterwards.

        Args:
            info_name: the name under which the command was called.
            args: the arguments behind that name.
            parent: the context of the group.
            extra: settings of the context.

        Returns:
            The context of the command itself. When its module needs packages that are not
            installed, a message says so and the program ends.
        """
        try:
            command = self.imported()
        except MissingExtraError as error:
            note(str(error))
            sys.exit(error.exit_code)
        return command.make_context(info_name, args, parent, **extra)


def common_options(decorated: _Decorated) -> _Decorated:
    """Add ``--store`` and ``--debug``, which may stand before the command or behind it.

    Args:
        decorated: the function of a command, or a group.

    Returns:
        The same with the options.
    """
    debug = click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        callback=remember,
        help="Show the traceback of an error.",
    )
    store = click.option(
        "--store",
        metavar="URL",
        expose_value=False,
        callback=remember,
        help="Where the provenance is: sqlite:///PATH, postgresql://…, neo4j://…, bolt://…; else "
        "PROVGRAPH_STORE, else a SQLite file in your user-data folder.",
    )
    if isinstance(decorated, click.Command):  # takes its options in the order in which they come
        return debug(store(decorated))
    return store(debug(decorated))


def remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep an option for `given`, wherever it stands.

    Args:
        context: of the command.
        option: the option.
        value: what the user gave.
    """
    if value:
        context.find_root().ensure_object(dict)[option.name] = value


def given(option: str) -> Any:
    """Look up what the user gave for an option of `common_options` or of `commands.moments`.

    Args:
        option: ``store``, ``debug``, ``as_of`` or ``at``; the last two are canonical times.

    Returns:
        The value; None when the user gave none.
    """
    return click.get_current_context().find_root().ensure_object(dict).get(option)


def reporting_errors(function: Callable[..., None]) -> Callable[..., None]:
    """Make the function of a command out of one that raises the errors of provgraph.

    An error becomes a message on stderr and an exit code, not a traceback. The command has
    `common_options`.

    Args:
        function: what the command does.

    Returns:
        The function for ``click.command``.
    """

    def run(*arguments: Any, **options: Any) -> None:
        from provgraph.settings import NEW_OBJECTS

        context = click.get_current_context()
        gc.set_threshold(NEW_OBJECTS, 50, 100)
        _listen_to_log()
        try:
            function(*arguments, **options)
        except ProvGraphError as error:
            if given("debug"):
                traceback.print_exc()
            note(str(error))
            context.exit(error.exit_code)
        except BrokenPipeError:
            sys.stderr.close()
            context.exit(0)

    return common_options(cast("Callable[..., None]", update_wrapper(run, function)))


class _Notes(logging.Handler):
    """Says on stderr what the parts of provgraph log, such as that they wait for the store."""

    def emit(self, record: logging.LogRecord) -> None:
        note(record.getMessage())


def _listen_to_log() -> None:
    """Show what provgraph logs. What drivers log stands in provgraph's errors already."""
    ours = logging.getLogger("provgraph")
    ours.handlers, ours.propagate = [_Notes()], False
    for driver in ("neo4j", "psycopg", "sqlalchemy"):
        logging.getLogger(driver).addHandler(logging.NullHandler())


def open_given_store() -> "Store":
    """Open the store that the user gave, else that of the environment, else the user's own.

    Returns:
        The open store; the caller closes it.

    Raises:
        SettingsError: the URL is that of no store, or the password file can't be read.
        StoreError: the driver can't use it. Nothing is sent yet, and nothing made.
    """
    from provgraph.settings import read_environment
    from provgraph.store.registry import open_store

    settings = read_environment(given("store"))
    return open_store(settings.store, settings.store_password)


@contextmanager
def opened_store() -> Iterator["Store"]:
    """Open the store of `open_given_store` for a ``with`` block, and close it afterwards.

    Yields:
        The open store; with ``--as-of`` what it was known to be then.

    Raises:
        SettingsError: the URL is that of no store, or the password file can't be read.
        StoreError: the driver can't use it. Nothing is sent yet, and nothing made.
    """
    store = open_given_store()
    try:
        if time := given("as_of"):
            with _earlier(store, time) as known:
                yield known
        else:
            yield store
    finally:
        store.close()


def login_name() -> str | None:
    """Who runs the command; None where the system does not say, as in some containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # KeyError before Python 3.13
        return None


@contextmanager
def _earlier(store: "Store", time: str) -> Iterator["Store"]:
    """The store as it was known to be, with a line that counts what is read for it."""
    from provgraph.commands.progress import Progress
    from provgraph.model.values import with_zone
    from provgraph.questions.moments import EarlierStates

    progress = Progress("records")
    states = EarlierStates(store, told=progress.read)
    try:
        with progress:
            known = states.as_of(time)
        if not known.loads():
            note(f"nothing had been loaded by {with_zone(time)}: `provgraph loads` lists what was")
        yield known
    finally:
        states.close()


def named(store: "Store", name: str) -> "Node":
    """Find the record that a name means, from the working folder and as of ``--at``.

    Args:
        store: where to look.
        name: what names the record.

    Returns:
        The record.

    Raises:
        LookupFailedError: no record bears the name, or several do.
        StoreError: the store failed.
    """
    from provgraph.questions.tracing import find

    return find(store, name, Path.cwd(), given("at"))


def note(message: str) -> None:
    """Print a message of provgraph itself on stderr.

    Args:
        message: the text, of one line or several.
    """
    from provgraph.model.values import visible

    click.echo("provgraph: " + "\n".join(map(visible, message.split("\n"))), err=True)


def write_out(pieces: Iterable[bytes | str], output: Path | None) -> None:
    """Write a result.

    Args:
        pieces: the result, piece by piece; a text is written in UTF-8.
        output: the file to write to; None or ``-`` for stdout.

    Raises:
        ProvGraphError: the file can't be written.
    """
    encoded = (each.encode() if isinstance(each, str) else each for each in pieces)
    if output is None or str(output) == "-":
        for piece in encoded:
            click.echo(piece, nl=False)
        return
    try:
        with output.open("wb") as file:
            file.writelines(encoded)
    except OSError as error:
        raise ProvGraphError(f"{output} can't be written: {error.strerror}") from error
    click.echo(f"wrote {output}", err=True)


def screen() -> "Screen":
    """Find out what stdout shows.

    ``NO_COLOR`` (https://no-color.org) and ``TERM=dumb`` ask for text without colours.

    Returns:
        The width of the terminal, and whether it has colours; a plain screen for a pipe or a file.
    """
    from provgraph.writers.screen import PLAIN, Screen

    if not sys.stdout.isatty():
        return PLAIN
    has_colours = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Screen(get_terminal_size().columns, has_colours)


def show_text(text: str) -> None:
    """Print a text; what is longer than the terminal goes through the user's pager.

    Args:
        text: ends in a newline.
    """
    if sys.stdout.isatty() and text.count("\n") >= get_terminal_size().lines:
        click.echo_via_pager(text.removesuffix("\n"))
    else:
        click.echo(text, nl=False)


def refuse_bytes(format_name: str, output: Path | None) -> None:
    """Refuse to write what is no text to a terminal, or into a pipe unasked.

    Args:
        format_name: the format, such as ``png``.
        output: the file to write to; ``-`` for stdout, whatever that is; None for stdout.

    Raises:
        UsageError: it would go to a terminal, or into a pipe that nobody named.
    """
    if output is not None and str(output) != "-":
        return
    what = f"a {format_name.upper()} is no text"
    if sys.stdout.isatty():
        raise click.UsageError(f"{what} for a terminal: name a file for it with -o FILE")
    if output is None and not _is_file():
        raise click.UsageError(
            f"{what}: name a file for it with -o FILE; -o - writes it into a pipe"
        )


def _is_file() -> bool:
    """Whether the shell leads stdout into a file, which is to hold the bytes."""
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except OSError:  # a program that took the place of stdout
        return False


@contextmanager
def at_most(seconds: float | None) -> Iterator[None]:
    """End the process with exit code 3 when a ``with`` block takes too long, wherever it hangs.

    A driver of a database that waits for its server can't be interrupted by an exception of another
    thread. Therefore the process ends without any clean-up; the store takes back what was under
    way.

    Args:
        seconds: how long the block may take; None for no limit.
    """

    def give_up() -> None:
        note(f"not done within {seconds:g} s: the store does not answer, or there is much to load")
        sys.stdout.flush()
        os._exit(UnreachableError.exit_code)

    timer = Timer(seconds or 0, give_up)
    timer.daemon = True
    if seconds is not None:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
