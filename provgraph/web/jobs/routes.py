"""``/uws/JOB`` and below (UWS 1.1, section 2.2), and the same at ``/rest/JOB``, as OPUS has it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response

from provgraph.errors import (
    HiddenError,
    JobRefusedError,
    LookupFailedError,
    MissingExtraError,
    ProvGraphError,
    UnreachableError,
)
from provgraph.jobs.definitions import revision_of
from provgraph.jobs.desk import LONGEST_VALUE, JobDesk, JobRequest, is_control
from provgraph.jobs.folder import UPLOAD
from provgraph.jobs.records import JobRecord, Phase
from provgraph.store.served import ServedStore
from provgraph.web.access import is_admin, name_of_caller
from provgraph.web.guards import allowed_methods, check_given_once
from provgraph.web.jobs import documents
from provgraph.web.jobs.documents import DOCUMENTS, STREAMS, JobAddress
from provgraph.web.jobs.provenance import provenance_of
from provgraph.web.jobs.requests import SentForm, form_of, query_of, text_of
from provgraph.web.jobs.resources import FILE, routes_of_jobs
from provgraph.web.openapi import operation, parameter

_T = TypeVar("_T")
_XML: Final = "application/xml"
_METHODS: Final = ["GET", "POST", "PUT", "DELETE"]
_TIMES: Final = ("destruction", "executionduration")
#: What below a job a form is sent to (UWS 1.1, section 2.2.3).
_CHANGED_BY_FORMS: Final = ("", "phase", "parameters", *_TIMES)
_RESULT: Final = parameter("ID", "query", {"type": "string"}, "of the result", needed=True)
_STORED: Final = operation(FILE, parameters=(_RESULT,))
#: For so many seconds a client may wait for another phase, and so often it is looked.
_MOST_WAIT: Final = 600
_LOOK: Final = (0.05, 0.5)
#: Kind of error → status, the finer kinds first.
_STATUS: Final = (
    (JobRefusedError, 403),
    (HiddenError, 403),
    (LookupFailedError, 404),
    (MissingExtraError, 501),
    (UnreachableError, 503),
)


def job_routes(stores: ServedStore, desk: JobDesk | None, *, is_guarded: bool) -> APIRouter:
    """Make the routes of jobs.

    Args:
        stores: what has the definitions, and the provenance.
        desk: of the jobs; None where none are run.
        is_guarded: whether it is known who comes; else nothing is run.

    Returns:
        The routes, for a FastAPI application.
    """
    router = APIRouter()

    def door() -> JobDoor:
        if desk is None:
            raise HTTPException(404, "no jobs are run here: set PROVGRAPH_JOBS to a folder")
        if not is_guarded:
            raise HTTPException(403, "running jobs needs access control: serve with --access")
        return JobDoor(stores, desk)

    async def answer(request: Request) -> Response:
        _, _, rest = request.url.path.removeprefix("/").partition("/")
        return await told(door().answer(request, rest))

    for base in ("/uws", "/rest"):
        for path, method, said in routes_of_jobs() if desk else ():
            router.add_api_route(f"{base}/{path}", answer, methods=[method], **said)
        router.add_api_route(
            f"{base}/{{rest:path}}", answer, methods=_METHODS, include_in_schema=False
        )

    @router.get("/store", **_STORED)
    async def file(request: Request) -> Response:
        return await told(door().file(request, request.query_params.get("ID", "")))

    return router


async def told(answer: Awaitable[Response]) -> Response:
    """Wait for an answer; tell in plain text what is wrong.

    Args:
        answer: that is being made.

    Returns:
        The answer, or what is wrong.
    """
    try:
        return await answer
    except ClientDisconnect:
        return _plain("the form did not come whole", 400)
    except HTTPException as error:
        return _plain(error.detail, error.status_code, error.headers)
    except ProvGraphError as error:
        return _plain(str(error), status_of(error))


def status_of(error: ProvGraphError) -> int:
    """Tell the status of an answer that says what is wrong.

    Args:
        error: what is wrong.

    Returns:
        A status of HTTP.
    """
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def _plain(text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{text}\n", status, headers)


@dataclass(frozen=True, slots=True)
class _RequestAboutJob:
    """One request about one job.

    Attributes:
        request: as it came.
        job: that it is about.
        address: of the job.
        rest: the path below the job.
    """

    request: Request
    job: JobRecord
    address: JobAddress
    rest: str


class JobDoor:
    """Answers requests about jobs."""

    def __init__(self, stores: ServedStore, desk: JobDesk) -> None:
        """Take what knows the answers.

        Args:
            stores: what has the definitions, and the provenance.
            desk: of the jobs.
        """
        self._stores, self._desk = stores, desk

    async def answer(self, request: Request, rest: str) -> Response:
        """Answer a request about a list of jobs or a job.

        Args:
            request: as it came.
            rest: the path behind ``/uws/``.

        Returns:
            The answer.

        Raises:
            HTTPException: there is no such resource, or it can't be used like that.
            ProvGraphError: the job, or the store, does not allow it.
        """
        name, _, below = rest.strip("/").partition("/")
        base = request.url.path.split("/")[1]
        root = str(request.base_url).rstrip("/")
        jobs = f"{root}/{base}/{name}"
        if not below:
            return await self._list(request, name or None, f"{root}/{base}")
        identifier, _, inner = below.partition("/")
        job = await run_in_threadpool(self._job, request, name, identifier)
        return await self._of_job(
            _RequestAboutJob(request, job, JobAddress(root, jobs, job.id), inner)
        )

    async def file(self, request: Request, entity: str) -> Response:
        """Answer with a result of a job.

        Args:
            request: as it came.
            entity: the id by which the store knows the file.

        Returns:
            The file.

        Raises:
            HTTPException: there is no such file, or it is somebody else's.
        """
        made = await run_in_threadpool(self._desk.jobs.maker, entity)
        if made is None:
            raise HTTPException(404, f"no job here has made {entity!r}")
        job = await run_in_threadpool(self._job, request, None, made[0])
        return self._result(job, made[1].file, made[1].content_type)

    def _job(self, request: Request, name: str | None, identifier: str) -> JobRecord:
        """A job of the caller; somebody else's is none."""
        job = self._desk.jobs.find(identifier)
        if job is None or name not in (None, job.name) or not _may_see(request, job):
            raise HTTPException(404, f"there is no job {identifier!r} here, or it is not yours")
        return job

    async def _list(self, request: Request, name: str | None, base: str) -> Response:
        if request.method == "POST" and name is not None:
            return await self._make(request, name, f"{base}/{name}")
        if request.method != "GET":
            raise _not_allowed(request)
        owner = None if is_admin(request.scope) else name_of_caller(request.scope)
        query = query_of(request, name, owner)
        jobs = await run_in_threadpool(self._desk.jobs.listed, query)
        if not jobs and name is not None:  # there may be no job of this name at all
            await run_in_threadpool(revision_of, self._stores.whole, name)
        text = await run_in_threadpool(documents.job_list, jobs, base)
        return Response(text, media_type=_XML)

    async def _make(self, request: Request, name: str, url: str) -> Response:
        async with self._sent(request) as sent:
            owner = name_of_caller(request.scope)
            asked = JobRequest(name, owner, sent.said, sent.files)
            job = await run_in_threadpool(self._desk.make, asked)
        return RedirectResponse(f"{url}/{job.id}", 303)

    async def _of_job(self, asked: _RequestAboutJob) -> Response:
        method, rest = asked.request.method, asked.rest.strip("/")
        if method == "GET":
            return await self._shown(asked, rest)
        if method == "DELETE" and not rest:
            return await self._destroyed(asked)
        if method == "PUT":
            return await self._put(asked, rest)
        if method != "POST" or rest not in _CHANGED_BY_FORMS:
            raise _not_allowed(asked.request)
        async with self._sent(asked.request) as sent:
            return await self._changed(asked, rest, sent)

    @asynccontextmanager
    async def _sent(self, request: Request) -> AsyncIterator[SentForm]:
        """The form of a request; its files are there as long as the block runs."""
        settings = self._desk.settings
        with TemporaryDirectory(prefix=UPLOAD, dir=settings.folder) as folder:
            yield await form_of(request, Path(folder), settings.upload)

    async def _destroyed(self, asked: _RequestAboutJob) -> Response:
        await run_in_threadpool(self._desk.destroy, asked.job.id)
        return RedirectResponse(asked.address.jobs, 303)

    async def _put(self, asked: _RequestAboutJob, rest: str) -> Response:
        """PUT of the value of a parameter (UWS 1.1, section 2.1.11)."""
        part, _, name = rest.partition("/")
        if part != "parameters" or not name:
            raise _not_allowed(asked.request)
        if is_control(name):
            raise HTTPException(404, f"the job has no {rest}")
        value = await text_of(asked.request, LONGEST_VALUE)
        await _refusing(partial(self._desk.change, asked.job, **{name: value}))
        return RedirectResponse(asked.address.url, 303)

    async def _changed(self, asked: _RequestAboutJob, rest: str, sent: SentForm) -> Response:
        """POST to a job or below it (UWS 1.1, section 2.2.3)."""
        job, said = asked.job, sent.lower()
        if not rest and said.get("action", "").upper() == "DELETE":
            return await self._destroyed(asked)
        if rest == "phase" or (not rest and "phase" in said):
            work = self._phase_change(said.get("phase", "").upper())
            await run_in_threadpool(work, job.id)
        elif rest in _TIMES:
            if rest not in said:
                raise HTTPException(400, f"send {rest.upper()}=…")
            await _refusing(partial(self._desk.change, job, **{rest: said[rest]}))
        else:
            await _refusing(partial(self._desk.change, job, **sent.said))
        return RedirectResponse(asked.address.url, 303)

    def _phase_change(self, wanted: str) -> Callable[[str], None]:
        if wanted == "RUN":
            return self._desk.run
        if wanted == "ABORT":
            return self._desk.abort
        raise HTTPException(400, "PHASE is RUN or ABORT")

    async def _shown(self, asked: _RequestAboutJob, rest: str) -> Response:
        """GET of a job or below it."""
        job = asked.job
        if not rest:
            job = await self._waited(asked)
            results = await run_in_threadpool(self._desk.jobs.results, job.id)
            return Response(documents.job_document(job, results, asked.address), media_type=_XML)
        atoms = {
            "phase": job.phase.value,
            "executionduration": str(job.duration),
            "destruction": job.destruction,
            "quote": job.quote or "",
            "owner": job.owner or "",
            "error": job.message or "",
        }
        if rest in atoms:
            return PlainTextResponse(atoms[rest])
        name = rest.removeprefix("prov/").removeprefix("results/")
        if name in DOCUMENTS:
            return await self._provenance(asked, name)
        if name in STREAMS:
            return self._stream(job, name)
        return await self._part(asked, rest)

    async def _part(self, asked: _RequestAboutJob, rest: str) -> Response:
        """The parameters, the results, or one of them."""
        part, _, name = rest.partition("/")
        job = asked.job
        results = await run_in_threadpool(self._desk.jobs.results, job.id)
        if rest == "parameters":
            return Response(documents.parameters_document(job, asked.address), media_type=_XML)
        if rest == "results":
            text = documents.results_document(job, results, asked.address)
            return Response(text, media_type=_XML)
        if part == "parameters":
            for value in job.values:
                if value.name == name and value.is_upload:
                    path = self._desk.folder(job).inputs / value.name / value.value
                    return _file(path, "application/octet-stream")
                if value.name == name:
                    return PlainTextResponse(value.value)
        if part == "results":
            for each in results:
                if each.name == name:
                    return self._result(job, each.file, each.content_type)
        raise HTTPException(404, f"the job has no {rest}")

    async def _waited(self, asked: _RequestAboutJob) -> JobRecord:
        """The job when its phase is another one, or the time is over (UWS 1.1, section 2.2.1.1)."""
        check_given_once(asked.request)
        said = {key.upper(): value for key, value in asked.request.query_params.items()}
        job = asked.job
        try:
            seconds = int(said.get("WAIT") or 0)
            phase = Phase(said["PHASE"].upper()) if said.get("PHASE") else job.phase
        except ValueError as error:
            raise HTTPException(400, f"WAIT or PHASE: {error}") from None
        loop = asyncio.get_running_loop()
        end = loop.time() + (_MOST_WAIT if seconds < 0 else min(seconds, _MOST_WAIT))
        pause = _LOOK[0]
        while job.phase is phase and phase.is_active and (left := end - loop.time()) > 0:
            await asyncio.sleep(min(pause, left))
            pause = min(pause * 1.5, _LOOK[1])
            job = await run_in_threadpool(self._job, asked.request, job.name, job.id)
        return job

    async def _provenance(self, asked: _RequestAboutJob, name: str) -> Response:
        job, store = asked.job, self._stores.asked_by(asked.request.scope)
        if not job.settled:
            raise HTTPException(404, "the provenance of a job is there when the job has ended")
        text = await run_in_threadpool(provenance_of, store, job.id, name)
        return Response(text, media_type=DOCUMENTS[name])

    def _stream(self, job: JobRecord, name: str) -> Response:
        return _file(self._desk.folder(job).control / name, "text/plain")

    def _result(self, job: JobRecord, file: str, content_type: str) -> Response:
        work = self._desk.folder(job).work
        path = work / file
        if not path.resolve().is_relative_to(work.resolve()):
            raise HTTPException(404, f"there is no {path.name} any more")
        return _file(path, content_type)


def _may_see(request: Request, job: JobRecord) -> bool:
    return job.owner == name_of_caller(request.scope) or is_admin(request.scope)


async def _refusing(work: Callable[[], _T]) -> _T:
    """Do something; what is refused is a bad request, and not forbidden."""
    try:
        return await run_in_threadpool(work)
    except JobRefusedError as error:
        raise HTTPException(400, str(error)) from None


def _file(path: Path, content_type: str) -> Response:
    """A file, to be saved: no browser shows what a script has made as a page of this server."""
    if not path.is_file():
        raise HTTPException(404, f"there is no {path.name} any more")
    answer = FileResponse(path, media_type=content_type, filename=path.name)
    # Of an empty file no part can be had, and who asks for one would be told of an error.
    return answer if path.stat().st_size else Response(headers=answer.headers)


def _not_allowed(request: Request) -> HTTPException:
    message = "this can't be done with this resource (UWS 1.1, section 2.2)"
    return HTTPException(405, message, {"Allow": allowed_methods(request)})
