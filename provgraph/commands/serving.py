"""The commands about the query API: ``serve`` and ``schema``."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import click
from fastapi import FastAPI

from provgraph.commands.running import given, note, opened_store, reporting_errors
from provgraph.errors import NoStoreError, SettingsError, UnreachableError, extra_needed
from provgraph.graphql.endpoint import Endpoint
from provgraph.graphql.schema import sdl
from provgraph.jobs.desk import JobDesk
from provgraph.model.hiding import HidingRules
from provgraph.relational_mirror.dachs import resource_description
from provgraph.server_settings import JobSettings, job_settings, log_form, oidc_settings
from provgraph.settings import (
    Environment,
    hiding_file,
    hiding_secret,
    read_environment,
    tokens_file,
)
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.store.served import ServedStore
from provgraph.web import app, logs, pages, server
from provgraph.web.access import AccessSettings, caller_of
from provgraph.web.app import Reception
from provgraph.web.hiding_rules import read_rules
from provgraph.web.oidc import Login
from provgraph.web.server import Listening
from provgraph.web.tokens import TokenFile
from provgraph.web.traces import tracing

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def create_app(store: Store, reception: Reception | None = None) -> FastAPI:
    """Make the whole web application on an open store, with the GraphQL endpoint in it.

    Args:
        store: who answers. The store stays the caller's to close.
        reception: who may call the application, and how much they may ask; without it this machine
            alone, within the limits that the environment says.

    Returns:
        The application, for any ASGI server.
    """
    return _application(store, reception or Reception(), owned=False)


def serve_store(store: Store, place: Listening, reception: Reception) -> None:
    """Answer requests about a store until the process is stopped.

    Args:
        store: who answers. The store stays the caller's to close.
        place: where to listen.
        reception: who may call, and how much they may ask.

    Raises:
        SettingsError: there is no such address, or another program listens there.
    """
    server.serve(create_app(store, reception), place)


def _worker_app(settings: Environment, reception: Reception) -> FastAPI:
    """The application of one process among several, with a store of its own."""
    logs.follow(log_form())
    store = open_store(settings.store, settings.store_password)
    return _application(store, reception, owned=True)


def _application(store: Store, reception: Reception, *, owned: bool) -> FastAPI:
    """The application on a store, which it closes at its end when the store is its own."""
    stores = ServedStore(store, reception.hiding)
    who = partial(caller_of, is_guarded=reception.access is not None)
    endpoint = Endpoint(stores, pages.graphiql(), reception.limits, who)
    desk = _desk(reception.jobs, stores) if reception.jobs else None

    @asynccontextmanager
    async def ending(_: FastAPI) -> AsyncIterator[None]:
        if desk:
            desk.start()
        yield
        if desk:
            await asyncio.to_thread(desk.close)
        endpoint.workers.close()
        if owned:
            store.close()

    return app.create_app(stores, endpoint, reception, desk=desk, lifespan=ending)


def _desk(settings: JobSettings, stores: ServedStore) -> JobDesk:
    """The desk of the jobs, if all is there that they need."""
    with extra_needed("jobs", "running jobs"):
        import python_multipart  # noqa: F401, PLC0415 - Starlette reads forms by it
    return JobDesk(settings, stores.whole, rules=stores.rules)


@click.command()
@click.option(
    "--dachs",
    is_flag=True,
    help="Print the tables of `sync --provtap` instead, as a resource description for GAVO DaCHS.",
)
@reporting_errors
def schema(dachs: bool) -> None:
    """Print the GraphQL schema as SDL."""
    click.echo(resource_description() if dachs else sdl(), nl=False)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--insecure",
    is_flag=True,
    help="Let everybody in who reaches the address, also from other machines.",
)
@click.option("--access", is_flag=True, help="Ask for tokens on the loopback address, too.")
@click.option("--anonymous-read", is_flag=True, help="Ask for a token only where more is done.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes answer, all at the same port.",
)
@click.option(
    "--allowed-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="One more name by which the server may be called, such as that of a proxy.",
)
@click.option(
    "--cors-origin",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="A site whose pages may ask, such as https://portal.example.org. Without it: none.",
)
@click.option(
    "--trusted-proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    help="A proxy, or a network of them, that says by X-Forwarded-For and -Proto who asks.",
)
@click.option(
    "--hide",
    "rules_file",
    type=click.Path(path_type=Path),
    help="Hide records from roles by the rules in this file (TOML).",
)
@click.option("--tls-cert", type=_FILE, help="Speak TLS, with this certificate (PEM).")
@click.option("--tls-key", type=_FILE, help="The key, where it is not in the certificate's file.")
@reporting_errors
def serve(  # noqa: PLR0913 - each is an option
    *,
    host: str,
    port: int,
    insecure: bool,
    access: bool,
    anonymous_read: bool,
    workers: int,
    names: tuple[str, ...],
    origins: tuple[str, ...],
    proxies: tuple[str, ...],
    rules_file: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
) -> None:
    """Answer GraphQL at /graphql, and /healthz, /readyz and /metrics."""
    hosts = server.allowed_hosts(host)
    is_guarded = access or anonymous_read or not (insecure or server.is_loopback(host))
    rules = access_settings(anonymous_read) if is_guarded else None
    hiding = hiding_rules(rules_file)
    reception = Reception(
        (*hosts, *names), origins, access=rules, jobs=job_settings(), hiding=hiding
    )
    place = Listening(host, port, proxies, tls_cert, tls_key)
    logs.follow(log_form())
    if reception.traces:
        tracing().shutdown()  # a missing extra is told now
    with opened_store() as store:
        check_store(store)
        if workers == 1:
            serve_store(store, place, reception)
            return
    settings = read_environment(given("store"))
    server.serve_by_workers(partial(_worker_app, settings, reception), place, workers)


def access_settings(anonymous_read: bool) -> AccessSettings:
    """Find out who is let in, and refuse to serve where nobody could be.

    Args:
        anonymous_read: whether who has no token may read.

    Returns:
        The file of tokens, and whose logins count.

    Raises:
        SettingsError: there is no token, no OpenID Connect, and no anonymous reader.
    """
    settings = AccessSettings(tokens_file(), oidc_settings(), anonymous_read)
    if settings.oidc is not None:
        Login(settings.oidc)  # a mistake is told now
    elif not TokenFile(settings.tokens).all() and not anonymous_read:
        raise SettingsError(
            f"nobody could come in: {settings.tokens} has no token; make one by `provgraph tokens "
            "add NAME --role reader`, or set PROVGRAPH_OIDC_ISSUER, or add --anonymous-read where "
            "everybody may read, or --insecure where everybody may do everything"
        )
    return settings


def hiding_rules(file: Path | None) -> HidingRules | None:
    """Find out which records are hidden from whom.

    Args:
        file: with the rules; None for the one that the environment names.

    Returns:
        The rules; None when nothing is hidden.

    Raises:
        SettingsError: the file can't be read, or a rule makes no sense.
    """
    path = file or hiding_file()
    return None if path is None else read_rules(path, hiding_secret())


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
