"""The pages by which machines look after a server: whether it lives, is ready, and its counts."""

import logging

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry
from prometheus_client.registry import Collector

from provgraph.errors import NewerStoreError, NoStoreError, StoreError, UnfinishedCopyError
from provgraph.model.filters import Filter
from provgraph.settings import default_spool
from provgraph.store.protocol import Store
from provgraph.web.metrics import SpoolMetrics, metrics_response
from provgraph.web.openapi import TEXT, operation

_log = logging.getLogger(__name__)
_OLDER = "an older provgraph made the store: the next load brings it up to date"


def add_health(app: FastAPI, store: Store, registry: CollectorRegistry, *more: Collector) -> None:
    """Add the pages ``/healthz``, ``/readyz`` and ``/metrics``.

    Args:
        app: the application.
        store: the open store whose state ``/readyz`` tells.
        registry: where metrics are kept.
        more: metrics that are looked up when somebody asks.
    """
    spool = SpoolMetrics(default_spool())

    @app.get("/healthz", **operation({200: TEXT}))
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @app.get("/readyz", **operation({200: TEXT, 503: TEXT}))
    def readyz() -> PlainTextResponse:
        is_ready, note = state_of(store)
        if not is_ready:
            return PlainTextResponse(f"{note}\n", 503)
        return PlainTextResponse(f"ok, but {note}\n" if note else "ok\n")

    @app.get("/metrics", **operation({200: TEXT}))
    def metrics() -> PlainTextResponse:
        return metrics_response(registry, spool, *more)


def state_of(store: Store) -> tuple[bool, str]:
    """Find out whether a store answers.

    Args:
        store: that is asked.

    Returns:
        Whether it does, and what everybody may know of it: mostly nothing, which is "".
    """
    try:
        is_current = store.is_current()
        # Any question will do: a store that finds nothing has answered.
        store.find(Filter(identifiers=("readyz",)))
    except NoStoreError:
        # The database is there, and waits for the first load.
        return True, "nothing is loaded yet"
    except StoreError as error:
        _log.warning("not ready: %s", error)
        return False, _fault(error)
    return True, "" if is_current else _OLDER


def _fault(error: StoreError) -> str:
    """What everybody may know of a fault; the log of the server has the rest."""
    if isinstance(error, NewerStoreError):
        return "a newer provgraph made the store: install that version"
    if isinstance(error, UnfinishedCopyError):
        return "the store is an unfinished copy"
    return "the store does not answer"
