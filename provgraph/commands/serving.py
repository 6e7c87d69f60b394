"""The commands about the query API: ``serve`` and ``schema``."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import click
from fastapi import FastAPI

from provgraph.commands.running import given, note, opened_store, reporting_errors
from provgraph.errors import NoStoreError, UnreachableError
from provgraph.graphql.endpoint import endpoint
from provgraph.graphql.schema import sdl
from provgraph.settings import Environment, read_environment
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.web import app, server


def create_app(store: Store, *, allowed_hosts: Sequence[str] = app.LOOPBACK) -> FastAPI:
    """Make the whole web application on an open store, with the GraphQL endpoint in it.

    Args:
        store: who answers. The store stays the caller's to close.
        allowed_hosts: the host names by which the application may be called; a request by another
            name is refused.

    Returns:
        The application, for any ASGI server.
    """
    return app.create_app(store, endpoint(store), allowed_hosts=allowed_hosts)


def serve_store(store: Store, host: str, port: int, insecure: bool = False) -> None:
    """Answer requests about a store until the process is stopped.

    Args:
        store: who answers. The store stays the caller's to close.
        host: the address to listen at.
        port: the port, or 0 for any that is free.
        insecure: whether other machines may ask, though there is no access control.

    Raises:
        SettingsError: other machines can reach the address and ``insecure`` is not set, there is
            no such address, or another program listens there.
    """
    application = create_app(store, allowed_hosts=server.allowed_hosts(host, insecure))
    server.serve(application, host, port)


def _worker_app(settings: Environment, allowed_hosts: Sequence[str]) -> FastAPI:
    """The application of one process among several, with a store of its own."""
    store = open_store(settings.store, settings.store_password)

    @asynccontextmanager
    async def closing(_: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    return app.create_app(store, endpoint(store), allowed_hosts=allowed_hosts, lifespan=closing)


@click.command()
@reporting_errors
def schema() -> None:
    """Print the GraphQL schema as SDL."""
    click.echo(sdl(), nl=False)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--insecure",
    is_flag=True,
    help="Listen on an address that others reach, though anyone may then ask.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes answer, all at the same port.",
)
@reporting_errors
def serve(host: str, port: int, insecure: bool, workers: int) -> None:
    """Answer GraphQL at /graphql, and /healthz, /readyz and /metrics."""
    hosts = server.allowed_hosts(host, insecure)
    with opened_store() as store:
        check_store(store)
        if workers == 1:
            serve_store(store, host, port, insecure)
            return
    settings = read_environment(given("store"))
    server.serve_by_workers(partial(_worker_app, settings, hosts), host, port, workers)


def check_store(store: Store) -> None:
    """Refuse a file that is not there; the database of a server may wait for its first load.

    Args:
        store: who is to answer.

    Raises:
        NoStoreError: the store is a file, and nobody has made it.
        StoreError: it can't be read.
    """
    try:
        with store.viewing():
            pass
    except NoStoreError as error:
        if error.is_file:
            raise
        note(str(error))
    except UnreachableError as error:
        note(f"{error}; /readyz tells when it answers")
