"""Counts requests, and shows the counts to Prometheus."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    Info,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provgraph import __version__

#: The methods that are counted by their names; all others are counted as ``other``.
_METHODS = ("GET", "HEAD", "POST")
#: By this variable the library knows the folder where several processes add up what they count.
_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"


class RequestMetrics:
    """ASGI middleware that counts requests and their seconds by path, method and status."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry, paths: frozenset[str]) -> None:
        """Put the middleware before an application.

        Args:
            app: the application whose requests are counted.
            registry: where the metrics are kept.
            paths: the paths that are counted by their names. All others are counted as
                ``other``, so that a visitor can't make up new rows.
        """
        self._app = app
        self._paths = paths
        _add_version(registry)
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
        """Let the application answer, and count the answer when it is sent."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def noting_status(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, noting_status)
        finally:
            path = scope["path"] if scope["path"] in self._paths else "other"
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._requests.labels(method, path, status).inc()
            self._seconds.labels(path).observe(time.perf_counter() - started)


def metrics_response(registry: CollectorRegistry) -> PlainTextResponse:
    """Write down the metrics in the text format of Prometheus.

    Args:
        registry: where `RequestMetrics` keeps the metrics of this process.

    Returns:
        The response to a scrape.
    """
    if _FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        _add_version(registry)
    return PlainTextResponse(generate_latest(registry).decode(), media_type=CONTENT_TYPE_LATEST)


@contextmanager
def counted_together() -> Iterator[None]:
    """Let the processes that are started meanwhile show what all of them count.

    Yields:
        None, once: the processes run there.
    """
    with TemporaryDirectory(prefix="provgraph-metrics-") as folder:
        os.environ[_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[_FOLDER]


def _add_version(registry: CollectorRegistry) -> None:
    Info("provgraph", "What is running.", registry=registry).info({"version": __version__})
