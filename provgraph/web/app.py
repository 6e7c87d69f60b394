"""The web application: the one place where the web faces are joined, and how it is served."""

import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    Info,
    generate_latest,
)
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provgraph import __version__
from provgraph.errors import SettingsError, StoreError
from provgraph.graphql.endpoint import endpoint
from provgraph.store.protocol import Store

#: The names by which a machine calls itself.
LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
#: How long a stopping server lets requests end, in seconds.
GRACE: Final = 10
#: The largest request that is read, in bytes: a name may be long, a query is short.
LARGEST_REQUEST: Final = 4 << 20

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>provgraph</title>
<style>body { font-family: sans-serif; line-height: 1.5; margin: 3em auto; max-width: 45em; padding: 0 1em }
pre { background: #f3f3f3; padding: 1em; overflow: auto }</style>
<h1>provgraph</h1>
<p>What produced this file? Ask at <a href="/graphql">/graphql</a>: in a browser that page is GraphiQL, where
questions can be typed and every type and field is described; programs send POST requests there.</p>
<pre>{
  whatProduced(file: "/data/ctao/dl3/run02001.dl3.fits") {
    truncated
    nodes { id name distance }
    edges { relation source target role }
  }
}</pre>
<p>From a shell: <code>provgraph what-produced FILE --format svg -o answer.svg</code>.</p>
<p><a href="/healthz">/healthz</a> says that the server runs, <a href="/readyz">/readyz</a> that its store answers,
<a href="/metrics">/metrics</a> how much it was asked.</p>
</html>
"""


def create_app(store: Store, *, allowed_hosts: Sequence[str] = LOOPBACK) -> FastAPI:
    """The application on an open store, which stays the caller's to close.

    Args:
        store: who answers.
        allowed_hosts: the host names by which it may be called; a request by another name is
            refused, so that no web page can reach it by a name of its own (DNS rebinding).
    """
    app = FastAPI(
        title="provgraph", version=__version__, openapi_url=None, max_body_size=LARGEST_REQUEST
    )
    registry = CollectorRegistry()
    app.include_router(endpoint(store))
    _add_pages(app, store, registry)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*allowed_hosts], www_redirect=False)
    app.add_middleware(_Measured, registry=registry, paths=frozenset({"/graphql", *_PATHS}))
    return app


def serve(
    store: Store, host: str, port: int, insecure: bool = False, allowed_hosts: Sequence[str] = ()
) -> None:
    """Answer requests until stopped; says on stderr at which URL.

    Args:
        store: who answers.
        host: the address to listen at.
        port: the port, or 0 for any that is free.
        insecure: whether other machines may ask, though there is no access control.
        allowed_hosts: names by which it may be called besides the loopback names, ``host`` and this
            machine's name.

    Raises:
        SettingsError: the address is not a loopback address and ``insecure`` is not set, or can't
            be listened at.
    """
    loopback = is_loopback(host)
    if not loopback and not insecure:
        raise SettingsError(
            f"{host} can be reached from other machines, and provgraph has no access control: leave --host out, put "
            "a proxy with access control in front, or add --insecure where everyone who can connect may read all"
        )
    own_names = () if loopback else (_bracketed(host), socket.gethostname())
    app = create_app(store, allowed_hosts=[*LOOPBACK, *own_names, *allowed_hosts])
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE
    )
    with listening(host, port) as listener:
        url = f"http://{_bracketed(host)}:{listener.getsockname()[1]}"
        print(
            f"provgraph answers at {url} (GraphQL at {url}/graphql); stop it with Ctrl-C",
            file=sys.stderr,
            flush=True,
        )
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


_PATHS: Final = ("/", "/healthz", "/readyz", "/metrics")


def _add_pages(app: FastAPI, store: Store, registry: CollectorRegistry) -> None:
    @app.get("/")
    async def home() -> HTMLResponse:
        return HTMLResponse(_PAGE)

    @app.get("/healthz")
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @app.get("/readyz")
    def readyz() -> PlainTextResponse:
        try:
            store.by_id(["readyz"])
        except StoreError:
            return PlainTextResponse("the store does not answer\n", 503)
        return PlainTextResponse("ok\n")

    @app.get("/metrics")
    def metrics() -> PlainTextResponse:
        return PlainTextResponse(generate_latest(registry).decode(), media_type=CONTENT_TYPE_LATEST)


class _Measured:
    """Counts requests and their seconds by path, method and status."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry, paths: frozenset[str]) -> None:
        self._app = app
        self._paths = paths
        Info("provgraph", "What is running.", registry=registry).info({"version": __version__})
        self._requests = Counter(
            "provgraph_http_requests",
            "Requests answered.",
            ("method", "path", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "provgraph_http_request_seconds", "How long they took.", ("path",), registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, sending)
        finally:
            path = scope["path"] if scope["path"] in self._paths else "other"
            method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "other"
            self._requests.labels(method, path, status).inc()
            self._seconds.labels(path).observe(time.perf_counter() - started)


def _bracketed(host: str) -> str:
    """The address as URLs and Host headers write it."""
    return f"[{host}]" if ":" in host else host


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens at the address; its connections send small packets at once.

    Raises:
        SettingsError: the address is none, or taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise SettingsError(
            f"can't listen at {host}, port {port}: {error}; choose others by --host and --port"
        ) from None
    # asyncio does so only for sockets that say their protocol; without it each answer waits 40 ms
    # (Nagle)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
