"""Counts requests, loads and jobs, and shows the counts to Prometheus."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
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
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from provgraph import __version__
from provgraph.collecting.spool import put_aside_at, waiting_items
from provgraph.errors import SpoolError
from provgraph.ingest.reports import Report
from provgraph.jobs.database import JobDatabase
from provgraph.jobs.records import Phase

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


class LoadMetrics:
    """Counts the sources that came over HTTP, and their seconds."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Count from 0.

        Args:
            registry: where the metrics are kept.
        """
        self._sources = Counter(
            "provgraph_loads",
            "Sources received, by what became of them.",
            ("status",),
            registry=registry,
        )
        self._activities = Counter(
            "provgraph_loaded_activities", "Runs that these sources name.", registry=registry
        )
        self._seconds = Histogram(
            "provgraph_load_seconds",
            "How long loads took, with the time in the queue.",
            registry=registry,
        )

    def count(self, reports: Sequence[Report], seconds: float) -> None:
        """Count the answer to one request.

        Args:
            reports: what became of each source in it.
            seconds: from when it had come whole.
        """
        for report in reports:
            self._sources.labels(report.status).inc()
            self._activities.inc(report.activities)
        self._seconds.observe(seconds)


class SpoolMetrics(Collector):
    """Looks into the spool of this machine when it is asked: nobody need count what is there."""

    def __init__(self, spool: Path) -> None:
        """Look at nothing yet.

        Args:
            spool: the folder, which need not be there.
        """
        self._spool = spool

    @override
    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The metrics as they are now; none where the spool can't be read, or is not there."""
        if not self._spool.is_dir():
            return
        try:
            waiting = waiting_items(self._spool)
        except SpoolError:
            return
        now = datetime.now(UTC)
        oldest = max(((now - put_aside_at(each)).total_seconds() for each in waiting), default=0.0)
        yield GaugeMetricFamily(
            "provgraph_spool_waiting", "Logs that wait in the spool.", len(waiting)
        )
        yield GaugeMetricFamily(
            "provgraph_spool_oldest_seconds", "For how long the oldest has waited.", oldest
        )


class JobMetrics(Collector):
    """Counts the jobs of a server when it is asked."""

    def __init__(self, jobs: JobDatabase) -> None:
        """Look at nothing yet.

        Args:
            jobs: all jobs.
        """
        self._jobs = jobs

    @override
    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The metrics as they are now."""
        family = GaugeMetricFamily("provgraph_jobs", "Jobs by phase (UWS).", labels=["phase"])
        found = self._jobs.phases()
        for phase in Phase:
            if phase.is_active or phase in found:
                family.add_metric([phase.value], found.get(phase, 0))
        yield family


def metrics_response(registry: CollectorRegistry, *more: Collector) -> PlainTextResponse:
    """Write down the metrics in the text format of Prometheus.

    Args:
        registry: where `RequestMetrics` keeps the metrics of this process.
        more: metrics that are looked up now.

    Returns:
        The response to a scrape.
    """
    if _FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        _add_version(registry)
    looked_up = CollectorRegistry()
    for each in more:
        looked_up.register(each)
    text = generate_latest(registry) + generate_latest(looked_up)
    return PlainTextResponse(text.decode(), media_type=CONTENT_TYPE_LATEST)


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
