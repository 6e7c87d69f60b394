"""``GET /jdl``: the job definitions, as OPUS shows them to its clients; they are only read here."""

import json
from collections.abc import Callable, Mapping
from typing import Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from provgraph.interchange.writing.job_definition import job_json, job_object, job_votable
from provgraph.jobs.definitions import described, known_jobs, revision_of
from provgraph.model.descriptions import ToolDescription
from provgraph.store.protocol import Store
from provgraph.web.jobs.resources import REFUSED
from provgraph.web.jobs.routes import told
from provgraph.web.openapi import JSON, Content, operation, parameter

#: What stands behind a job's name → media type and writer.
_FORMS: Final[dict[str, tuple[str, Callable[[ToolDescription], str]]]] = {
    "": ("application/x-votable+xml", job_votable),
    "votable": ("application/x-votable+xml", job_votable),
    "json": ("application/json", job_json),
    "script": ("text/plain", lambda said: str(said.said["script"])),
}
_ONE: Final[Mapping[int, Content]] = {200: {kind: {} for kind, _ in _FORMS.values()}, **REFUSED}
_JOB: Final = parameter("job", "path", {"type": "string", "minLength": 1}, "the name of the job")
_FORM: Final = parameter("form", "path", {"enum": list(filter(None, _FORMS))}, "of the definition")


def definition_routes(store: Store) -> APIRouter:
    """Make the routes of ``/jdl`` for a store.

    Args:
        store: that has the definitions.

    Returns:
        The routes, for a FastAPI application.
    """
    router = APIRouter()

    async def all_of_them() -> Response:
        text = await run_in_threadpool(_listed, store)
        return Response(text, media_type="application/json")

    async def one(name: str, form: str) -> Response:
        if form not in _FORMS:
            raise HTTPException(404, f"there is no {form}: take json, votable or script")
        media_type, write = _FORMS[form]
        said = await run_in_threadpool(lambda: described(store, revision_of(store, name)))
        return Response(write(said), media_type=media_type)

    @router.get("/jdl", **operation({200: {JSON: {"type": "object"}}, **REFUSED}))
    async def definitions() -> Response:
        return await told(all_of_them())

    @router.get("/jdl/{job}", **operation(_ONE, parameters=(_JOB,)))
    @router.get("/jdl/{job}/{form}", **operation(_ONE, parameters=(_JOB, _FORM)))
    async def definition(request: Request) -> Response:
        asked = request.path_params
        return await told(one(asked["job"], asked.get("form", "")))

    return router


def _listed(store: Store) -> str:
    """The names of the jobs that can be run, and what each is, by the revision that counts."""
    found = {
        name: job_object(described(store, revisions[-1]))
        for name, revisions in known_jobs(store).items()
        if revisions[-1].approved_by is not None
    }
    return json.dumps({"jobnames": list(found), "details": found}, ensure_ascii=False)
