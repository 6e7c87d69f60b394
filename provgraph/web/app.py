"""The web application: joins the pages of the web faces on one store."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse
from prometheus_client import CollectorRegistry
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import Lifespan

from provgraph import __version__
from provgraph.errors import NoStoreError, StoreError
from provgraph.model.filters import Filter
from provgraph.store.protocol import Store
from provgraph.web.metrics import RequestMetrics, metrics_response

#: The names by which a machine calls itself.
LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
#: The largest request that is read, in bytes: a name may be long, a query is short.
LARGEST_REQUEST: Final = 4 << 20
#: The paths whose requests are counted by their names.
_COUNTED_PATHS: Final = frozenset({"/", "/graphql", "/healthz", "/readyz", "/metrics"})

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>provgraph</title>
<style>
body { font-family: sans-serif; line-height: 1.5; margin: 3em auto; max-width: 45em;
  padding: 0 1em }
pre { background: #f3f3f3; padding: 1em; overflow: auto }
</style>
<h1>provgraph</h1>
<p>What produced this file? Ask at <a href="/graphql">/graphql</a>: in a browser that page is
GraphiQL, where questions can be typed and every type and field is described; programs send POST
requests there.</p>
<pre>{
  whatProduced(file: "/data/ctao/dl3/run02001.dl3.fits") {
    truncated
    nodes { id name distance }
    edges { relation source target role }
  }
}</pre>
<p>From a shell: <code>provgraph what-produced FILE --format svg -o answer.svg</code>.</p>
<p><a href="/healthz">/healthz</a> says that the server runs, <a href="/readyz">/readyz</a> that its
store answers, <a href="/metrics">/metrics</a> how much it was asked.</p>
</html>
"""


def create_app(
    store: Store,
    endpoint: APIRouter,
    *,
    allowed_hosts: Sequence[str] = LOOPBACK,
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """Join the pages of the web faces in one application.

    Args:
        store: the open store whose health ``/readyz`` tells. The caller closes the store.
        endpoint: the routes of the query API on the same store
            (`provgraph.graphql.endpoint.endpoint`).
        allowed_hosts: the host names by which the application may be called. A request by another
            name is refused, so that no web page can reach the application by a name of its own
            (DNS rebinding).
        lifespan: what surrounds the life of the application, if anything.

    Returns:
        The application, for any ASGI server.
    """
    app = FastAPI(
        title="provgraph",
        version=__version__,
        openapi_url=None,
        max_body_size=LARGEST_REQUEST,
        lifespan=lifespan,
    )
    registry = CollectorRegistry()
    app.include_router(endpoint)
    _add_pages(app, store, registry)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*allowed_hosts], www_redirect=False)
    app.add_middleware(RequestMetrics, registry=registry, paths=_COUNTED_PATHS)
    return app


def _add_pages(app: FastAPI, store: Store, registry: CollectorRegistry) -> None:
    """Add the page for people, and those by which machines look after the server."""

    @app.get("/")
    async def home() -> HTMLResponse:
        return HTMLResponse(_PAGE)

    @app.get("/healthz")
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @app.get("/readyz")
    def readyz() -> PlainTextResponse:
        try:
            # Any question will do: a store that finds nothing has answered.
            store.find(Filter(identifiers=("readyz",)))
        except NoStoreError:
            # The database is there, and waits for the first load.
            return PlainTextResponse("ok, but nothing is loaded yet\n")
        except StoreError:
            return PlainTextResponse("the store does not answer\n", 503)
        return PlainTextResponse("ok\n")

    @app.get("/metrics")
    def metrics() -> PlainTextResponse:
        return metrics_response(registry)
