"""The web application: joins the pages of the web faces on one store."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import Lifespan

from provgraph import __version__
from provgraph.jobs.desk import JobDesk
from provgraph.model.hiding import HidingRules
from provgraph.server_settings import JobSettings, ServingLimits, is_traced, serving_limits
from provgraph.store.served import ServedStore
from provgraph.web.access import AccessControl, AccessSettings
from provgraph.web.caller import caller_routes
from provgraph.web.guards import BodyLimit, EndingGently, RateLimit, refused
from provgraph.web.health import add_health
from provgraph.web.jobs.definitions import definition_routes
from provgraph.web.jobs.editing import editing_routes
from provgraph.web.jobs.routes import job_routes
from provgraph.web.jobs.vosi import vosi_routes
from provgraph.web.loads import load_routes
from provgraph.web.logs import RequestLog
from provgraph.web.metrics import JobMetrics, LoadMetrics, RequestMetrics
from provgraph.web.openapi import describe
from provgraph.web.pages import add_pages
from provgraph.web.provsap import provsap_routes
from provgraph.web.security import SecurityHeaders
from provgraph.web.traces import Traces, tracing

#: The names by which a machine calls itself.
LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
#: The paths whose requests are counted by their names.
_COUNTED_PATHS: Final = frozenset(
    {"/", "/graphql", "/load", "/provsap", "/healthz", "/readyz", "/metrics"}
)


@dataclass(frozen=True, slots=True)
class Reception:
    """Who may call an application, and how much they may ask.

    Attributes:
        allowed_hosts: the host names by which the application may be called. A request by another
            name is refused, so that no web page can reach the application by a name of its own
            (DNS rebinding).
        origins: the origins of other sites whose pages may ask, such as ``https://portal.org``.
        limits: how much a request may ask, and how much is done at once.
        access: who is let in; None where everybody may do everything.
        traces: whether OpenTelemetry is told of requests.
        jobs: how jobs are run; None where none are.
        hiding: which records are hidden from whom; None where nobody is hidden anything.
    """

    allowed_hosts: Sequence[str] = LOOPBACK
    origins: Sequence[str] = ()
    limits: ServingLimits = field(default_factory=serving_limits)
    access: AccessSettings | None = None
    traces: bool = field(default_factory=is_traced)
    jobs: JobSettings | None = None
    hiding: HidingRules | None = None


def create_app(
    stores: ServedStore,
    endpoint: APIRouter,
    reception: Reception,
    *,
    desk: JobDesk | None = None,
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """Join the pages of the web faces in one application.

    Args:
        stores: the open store whose health ``/readyz`` tells, as far as who asks may see it. The
            caller closes the store.
        endpoint: the routes of the query API on the same store
            (`provgraph.graphql.endpoint.Endpoint`).
        reception: who may call the application, and how much they may ask.
        desk: of the jobs; None where none are run. The caller starts and closes it.
        lifespan: what surrounds the life of the application, if anything.

    Returns:
        The application, for any ASGI server.

    Raises:
        MissingExtraError: requests are to be traced, and OpenTelemetry is not installed.
    """
    # The pages that FastAPI makes of the description fetch scripts from other hosts.
    app = FastAPI(
        title="provgraph", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan
    )
    app.openapi = partial(  # type: ignore[method-assign]
        describe, app, reception.access.asked_of if reception.access else frozenset()
    )
    registry = CollectorRegistry()
    store = stores.whole
    app.include_router(endpoint)
    loads = load_routes(
        store, reception.limits, LoadMetrics(registry), is_guarded=bool(reception.access)
    )
    app.include_router(loads)
    app.include_router(job_routes(stores, desk, is_guarded=bool(reception.access)))
    app.include_router(definition_routes(store))
    app.include_router(
        editing_routes(store, has_jobs=desk is not None, is_guarded=bool(reception.access))
    )
    app.include_router(caller_routes(is_guarded=bool(reception.access), has_jobs=desk is not None))
    app.include_router(vosi_routes(store, has_jobs=desk is not None))
    app.include_router(provsap_routes(stores, reception.limits))
    app.add_exception_handler(HTTPException, refused)
    add_pages(app)
    add_health(app, store, registry, *([JobMetrics(desk.jobs)] if desk else []))
    app.add_middleware(EndingGently)
    app.add_middleware(BodyLimit, limits=reception.limits)
    app.add_middleware(RateLimit, rate=reception.limits.rate)
    if reception.access:
        app.add_middleware(AccessControl, settings=reception.access)
    if reception.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=reception.origins,
            allow_methods=("GET", "POST", "PUT", "DELETE"),
            allow_headers=("authorization", "content-type"),
            expose_headers=("retry-after", "x-request-id"),
        )
    app.add_middleware(
        TrustedHostMiddleware, allowed_hosts=[*reception.allowed_hosts], www_redirect=False
    )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestMetrics, registry=registry, paths=_COUNTED_PATHS)
    if reception.traces:
        app.add_middleware(Traces, provider=tracing())
    app.add_middleware(RequestLog)
    return app
