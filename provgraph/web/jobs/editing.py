"""``/definitions``: curators read the job definitions, check and save drafts, and approve them."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from provgraph.errors import JobRefusedError, LoadError, NotFoundError, ProvGraphError
from provgraph.ingest.describing import approve, describe
from provgraph.jobs.definition import JOB_NAME, definition_of
from provgraph.jobs.definition_text import definition_in, line_of
from provgraph.jobs.definitions import JobRevision, described, known_jobs, newest
from provgraph.store.protocol import Store
from provgraph.web.access import caller_in
from provgraph.web.guards import check_given_once, media_type_of
from provgraph.web.jobs.routes import status_of
from provgraph.web.openapi import JSON, REFUSAL, Content, operation, parameter
from provgraph.writers.descriptions import tool_document

#: The status of what was understood, and makes no sense.
_WRONG: Final = 422
_ANSWERS: Final[Mapping[int, Content]] = {
    200: {JSON: {}},
    **dict.fromkeys((400, 403, 404, 500, 503), REFUSAL),
}
_CHANGED: Final = {**_ANSWERS, 409: REFUSAL, 415: REFUSAL, _WRONG: REFUSAL}
_NAME: Final = parameter("name", "path", {"type": "string", "minLength": 1}, "of the job")
_TRIAL: Final = parameter("trial", "query", {"enum": ["0", "1"]}, "1: only checked, not saved")
#: What a definition can't do without; docs/how-to/jobs.md tells the rest.
_DEFINITION: Final[Content] = {
    JSON: {
        "type": "object",
        "required": ["name", "script"],
        "properties": {
            "name": {"type": "string", "pattern": f"^{JOB_NAME.pattern}$"},
            "script": {"type": "string", "pattern": r"^[^\x00]*[^\x00\s][^\x00]*$"},
        },
    }
}
_APPROVAL: Final[Content] = {
    JSON: {
        "type": "object",
        "required": ["approve"],
        "properties": {
            "approve": {"type": "string", "minLength": 1, "description": "the id that was read"}
        },
    }
}


def editing_routes(store: Store, *, has_jobs: bool, is_guarded: bool) -> APIRouter:
    """Make the routes of ``/definitions`` for a store.

    Args:
        store: that has the definitions.
        has_jobs: whether jobs are run here; else definitions are written by commands alone.
        is_guarded: whether it is known who comes; else nothing is shown or changed.

    Returns:
        The routes, for a FastAPI application.
    """
    router = APIRouter()
    book = DefinitionBook(store)

    async def answered(request: Request, work: Callable[[str], Any], text: str = "") -> Response:
        """Do something in the name of the caller, perhaps with a text that may have mistakes."""
        caller = caller_in(request.scope)
        if not has_jobs:
            raise HTTPException(404, "no jobs are run here: set PROVGRAPH_JOBS to a folder")
        if not is_guarded or caller is None:
            raise HTTPException(403, "definitions need access control: serve with --access")
        try:
            return JSONResponse(await run_in_threadpool(work, caller.name))
        except (LoadError, JobRefusedError) as error:
            return _wrong(text, error)
        except ProvGraphError as error:
            raise HTTPException(status_of(error), str(error)) from None

    @router.get("/definitions", **operation(_ANSWERS))
    async def definitions(request: Request) -> Response:
        return await answered(request, lambda _: book.listed())

    @router.get("/definitions/{name:path}", **operation(_ANSWERS, parameters=(_NAME,)))
    async def definition(request: Request) -> Response:
        name = request.path_params["name"]
        return await answered(request, lambda _: book.shown(name))

    @router.post("/definitions", **operation(_CHANGED, parameters=(_TRIAL,), body=_DEFINITION))
    async def save(request: Request) -> Response:
        text = await _body(request)
        is_trial = _is_trial(request)
        return await answered(request, lambda who: book.save(text, who, is_trial=is_trial), text)

    @router.post(
        "/definitions/{name:path}", **operation(_CHANGED, parameters=(_NAME,), body=_APPROVAL)
    )
    async def approved(request: Request) -> Response:
        name, said = request.path_params["name"], await _body(request)
        return await answered(request, lambda who: book.approve(name, said, who))

    return router


class DefinitionBook:
    """The definitions of a store, for those who write them."""

    def __init__(self, store: Store) -> None:
        """Take the store.

        Args:
            store: that has the definitions.
        """
        self._store = store

    def listed(self) -> list[dict[str, Any]]:
        """List all definitions.

        Returns:
            For each its name, the revision that counts, and the newest one.

        Raises:
            StoreError: the store failed.
        """
        return [
            {"name": name, "counts": _told(found[-1]), "newest": _told(newest(found))}
            for name, found in known_jobs(self._store).items()
        ]

    def shown(self, name: str) -> dict[str, Any]:
        """Show what a definition says.

        Args:
            name: of the job.

        Returns:
            The text of its newest revision, and all revisions, the newest first.

        Raises:
            NotFoundError: no job of the name is defined.
            StoreError: the store failed.
        """
        found = self._revisions(name)
        text = json.dumps(described(self._store, found[0]).document(), ensure_ascii=False, indent=2)
        return {"name": name, "text": text + "\n", "revisions": [_told(each) for each in found]}

    def save(self, text: str, who: str, *, is_trial: bool) -> dict[str, Any]:
        """Save a definition as a draft.

        Args:
            text: of it.
            who: says so.
            is_trial: whether it is only checked.

        Returns:
            Its name, version and revision, and what became of it.

        Raises:
            LoadError: it is no definition.
            JobRefusedError: no job could be run by it.
            StoreError: the store failed.
        """
        said = definition_in(text)
        facts: dict[str, Any] = {"name": said.name, "version": said.version}
        if is_trial:
            return {**facts, "status": "fine"}
        number, is_new = describe(self._store, said, who, agent=who)
        return {**facts, "revision": number, "status": "added" if is_new else "unchanged"}

    def approve(self, name: str, said: str, who: str) -> dict[str, Any]:
        """Approve the newest revision of a definition.

        Args:
            name: of the job.
            said: ``{"approve": ID}``, the id of the revision that was read.
            who: approves.

        Returns:
            The revision.

        Raises:
            HTTPException: another revision was saved meanwhile, or nothing of the kind was said.
            JobRefusedError: no job could be run by it.
            NotFoundError: no job of the name is defined.
            StoreError: the store failed.
        """
        newest, wanted = self._revisions(name)[0], _revision_in(said)
        if newest.node.id != wanted:
            raise HTTPException(
                409, f"{newest.node.id} is newer than {wanted}: read it, and approve that"
            )
        definition_of(newest.node.id, described(self._store, newest))
        approve(self._store, name, newest.node.version, who, agent=who)
        return _told(self._revisions(name)[0])

    def _revisions(self, name: str) -> list[JobRevision]:
        """The revisions of all versions, the newest first."""
        found = known_jobs(self._store).get(name)
        if not found:
            raise NotFoundError(name, "no job of this name is defined here")
        return sorted(found, key=lambda each: each.age, reverse=True)


def _is_trial(request: Request) -> bool:
    """Whether a definition is only checked; a word that means nothing must not save it."""
    check_given_once(request)
    said = request.query_params.get("trial", "0")
    if said not in ("0", "1"):
        raise HTTPException(400, "trial is 1, or 0")
    return said == "1"


def _wrong(text: str, error: ProvGraphError) -> Response:
    """What is wrong, and in which line."""
    line = line_of(text, error) if text else None
    extensions = {"code": "BAD_DEFINITION", "line": line, "where": error.where or None}
    return JSONResponse({"errors": [{"message": str(error), "extensions": extensions}]}, _WRONG)


def _told(revision: JobRevision) -> dict[str, Any]:
    """What is known of a revision, but its script."""
    known = tool_document(revision.node)
    return {name: value for name, value in known.items() if name != "script"}


async def _body(request: Request) -> str:
    """The text that came, as JSON: a page of another site can't send that unasked."""
    kind = media_type_of(request)
    if kind != "application/json":
        raise HTTPException(415, "send application/json")
    try:
        return (await request.body()).decode()
    except UnicodeDecodeError:
        raise HTTPException(400, "it is no text in UTF-8") from None
    except ClientDisconnect:
        raise HTTPException(400, "the definition did not come whole") from None


def _revision_in(text: str) -> str:
    """The id in ``{"approve": ID}``."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    wanted = said.get("approve") if isinstance(said, dict) else None
    if not isinstance(wanted, str):
        raise HTTPException(400, 'send {"approve": ID}, the id of the revision')
    return wanted
