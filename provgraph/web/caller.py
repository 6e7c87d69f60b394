"""``GET /caller``: who asks, and what they may do here, so that a page offers nothing else."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from provgraph.web.access import CALLER_PATH, caller_in, name_of_caller
from provgraph.web.openapi import JSON, operation
from provgraph.web.roles import Right

#: The schema of the answer.
_CALLER: Final = {
    "type": "object",
    "required": ["guarded", "valid", "name", "rights", "jobs"],
    "properties": {
        "guarded": {"type": "boolean"},
        "valid": {"type": "boolean"},
        "name": {"type": ["string", "null"]},
        "rights": {"type": "array", "items": {"enum": list(Right)}},
        "jobs": {"type": "boolean"},
    },
}


def caller_routes(*, is_guarded: bool, has_jobs: bool) -> APIRouter:
    """Make the route of ``/caller``.

    Args:
        is_guarded: whether the server asks who comes; else everybody may read, and no more.
        has_jobs: whether there is a desk of jobs; they are run only where it is known who comes.

    Returns:
        The route, for a FastAPI application.
    """
    router = APIRouter()

    @router.get(CALLER_PATH, **operation({200: {JSON: _CALLER}}))
    async def caller(request: Request) -> Response:
        found = caller_in(request.scope)
        rights = found.rights if found else frozenset(() if is_guarded else (Right.READ,))
        return JSONResponse(
            {
                "guarded": is_guarded,
                "valid": not is_guarded or found is not None,
                "name": name_of_caller(request.scope),
                "rights": [each for each in Right if each in rights],
                "jobs": is_guarded and has_jobs,
            }
        )

    return router
