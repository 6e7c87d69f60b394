"""The command ``copy``: all that a store holds into another one."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click

from provgraph.commands.progress import Progress
from provgraph.commands.running import reporting_errors
from provgraph.ingest.copying import copy as copy_store
from provgraph.model.values import counted
from provgraph.settings import read_environment
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store


@click.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@reporting_errors
def copy(source: str, target: str) -> None:
    """Copy all that the store FROM holds into the empty store TO, of any kind.

    FROM and TO are URLs as --store takes them. The copy answers as FROM does and has the same
    digest; what was loaded can be forgotten there, too. Stopped in the middle, the same command
    goes on. Until the copy is whole nobody can ask it, or load into it.
    """
    with ExitStack() as stack:
        original = stack.enter_context(_opened(source))
        copied = stack.enter_context(_opened(target))
        if original.address == copied.address:
            raise click.UsageError("FROM and TO are the same store")
        begun = time.monotonic()
        with (
            Progress("records") as progress,
            original.original() as reading,
            copied.filling() as filling,
        ):
            records = copy_store(reading, original.address, filling, progress.copied)
    seconds = time.monotonic() - begun
    click.echo(
        f"copied {original.address} to {copied.address}: {counted(records, 'record')}, "
        f"{seconds:.1f} s"
    )


@contextmanager
def _opened(url: str) -> Iterator[Store]:
    """Open a store; its password may come from the environment where the URL has none."""
    login = url.partition("://")[2].rpartition("@")[0]
    password = None if ":" in login else read_environment(url).store_password
    store = open_store(url, password)
    try:
        yield store
    finally:
        store.close()
