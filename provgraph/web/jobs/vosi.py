"""``/capabilities`` and ``/availability``, for registries of the Virtual Observatory (VOSI 1.1)."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from provgraph.store.protocol import Store
from provgraph.web.health import state_of
from provgraph.web.jobs.documents import availability, capabilities
from provgraph.web.openapi import XML, operation
from provgraph.web.roles import ROUTES

#: Path → the standard that is there, and how its URL is used (VOResource 1.1: `accessURL`).
_STANDARDS: Final = {
    "/capabilities": ("ivo://ivoa.net/std/VOSI#capabilities", "full"),
    "/availability": ("ivo://ivoa.net/std/VOSI#availability", "full"),
    "/uws/": ("ivo://ivoa.net/std/UWS#rest-1.1", "full"),
    "/provsap": ("https://opus-job-manager.readthedocs.io/#provsap", "base"),
}


def vosi_routes(store: Store, *, has_jobs: bool) -> APIRouter:
    """Make the routes by which registries look after the service.

    Args:
        store: whose health it is.
        has_jobs: whether jobs are run here.

    Returns:
        The routes, for a FastAPI application.
    """
    router = APIRouter()
    paths = {each.path for each in ROUTES} - (set() if has_jobs else {"/uws/"})

    @router.get("/capabilities", **operation({200: XML}))
    async def offered(request: Request) -> Response:
        root = str(request.base_url).rstrip("/")
        found = [
            (standard, root + path, use)
            for path, (standard, use) in _STANDARDS.items()
            if path in paths
        ]
        return Response(capabilities(found), media_type="application/xml")

    @router.get("/availability", **operation({200: XML}))
    def available() -> Response:
        return Response(availability(*state_of(store)), media_type="application/xml")

    return router
