"""The command ``watch``: loads what is dropped into a folder, and delivers what was put aside."""

from pathlib import Path
from typing import Any

import click

from provgraph.collecting.posting import LoadServer
from provgraph.collecting.spool import make_spool
from provgraph.collecting.watching import Watcher, WatchOrder, until_signalled
from provgraph.commands.loading import print_report
from provgraph.commands.options import json_option, reading_options
from provgraph.commands.running import (
    REFUSED,
    at_most,
    given,
    note,
    open_given_store,
    reporting_errors,
)
from provgraph.settings import default_spool, destination, is_server_url, load_token, store_url
from provgraph.store.protocol import Store


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--once", is_flag=True, help="Look once; exit 3 if the store can't be reached.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.05),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="Between two looks; a file that changed in between is left.",
)
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="Load a log that is cut off when nothing has happened to it for so long.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    help="With --once: give up after so long, exit 3; what is not loaded by then stays where it "
    "is.",
)
@click.option(
    "--only-spooled",
    is_flag=True,
    help="Deliver what was put aside and leave all other files alone.",
)
@reading_options
@json_option("a source")
@reporting_errors
def watch(
    folder: Path | None, once: bool, timeout: float | None, as_json: bool, **options: Any
) -> None:
    """Load what is dropped into DIR or a folder in it, and deliver what was put aside there.

    Files stay where they are; those that the store has are known by their checksum. A file that is
    being written is left until it is whole. SIGTERM or Ctrl-C ends it. Without DIR: the spool where
    jobs put aside what they could not deliver.
    """
    if timeout is not None and not once:
        raise click.UsageError("--timeout is for --once")
    order = _order(folder, once, options)
    watcher = Watcher(order, _destination, lambda report: print_report(report, as_json), note)
    with until_signalled(lambda: _print_counts(watcher)) as stop, at_most(timeout):
        if once:
            watcher.look(stop)
        else:
            watcher.watch(stop)
    watcher.close()
    # Jobs deliver their spool by `--only-spooled` (collecting/courier.py); they read no counts.
    if not order.only_spooled:
        _print_counts(watcher)
    unclean = watcher.counts["partial"] + watcher.counts["refused"]
    click.get_current_context().exit(REFUSED if once and unclean else 0)


def _destination() -> Store | LoadServer:
    """The given store, or the server that loads."""
    url = store_url(given("store"))
    return LoadServer(url, load_token()) if is_server_url(url) else open_given_store()


def _order(folder: Path | None, once: bool, options: dict[str, Any]) -> WatchOrder:
    """What to watch: a folder, else the user's spool.

    Of the user's spool only what was put aside for the given store is delivered.
    """
    spool = default_spool()
    watched = spool if folder is None else folder
    if folder is None:
        make_spool(spool)
    is_spool = watched.resolve() == spool.resolve()
    only_for = destination(store_url(given("store"))) if is_spool else None
    return WatchOrder(watched, destination=only_for, only_once=once, **options)


def _print_counts(watcher: Watcher) -> None:
    """Say on stderr how many sources were loaded or refused, and how many are left."""
    counts = [f"{count} {status}" for status, count in watcher.counts.items()]
    left = [f"{watcher.left} left until they are whole"] if watcher.left else []
    click.echo(", ".join([*counts, *left]) or "nothing to load", err=True)
