"""GraphQL over HTTP: POST and GET, and GraphiQL for a browser."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope
from starlette.websockets import WebSocket
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLRequestData, process_result
from strawberry.types import ExecutionResult

from provgraph.errors import BusyError, OverdueError
from provgraph.graphql.arrivals import Arrival
from provgraph.graphql.asking import NOBODY, WhoAsks
from provgraph.graphql.batching import RequestContext, earlier_states, run_until
from provgraph.graphql.documents import is_change, may_change
from provgraph.graphql.schema import schema
from provgraph.graphql.workers import Workers
from provgraph.model.records import batches
from provgraph.server_settings import ServingLimits
from provgraph.store.deadlines import DEADLINE, Deadline
from provgraph.store.lanes import client_in
from provgraph.store.served import ServedStore

#: The media type of the GraphQL-over-HTTP draft, in which the status says whether the request could
#: be run.
RESPONSE_TYPE: Final = "application/graphql-response+json"
#: How many members of a list are written down at once.
_MEMBERS: Final = 500


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer as it is sent.

    Attributes:
        text: the JSON.
        errors: none that anybody need look at.
    """

    text: bytes
    errors: None = None


class _ChangeByGetError(Exception):
    """A mutation came by GET."""


class Endpoint(GraphQLRouter[RequestContext, None]):
    """The routes of ``/graphql``, whose requests run in worker threads.

    Attributes:
        stores: what answers, as far as who asks may see it.
        page: what a browser gets that opens the address.
        limits: how much a request may ask.
        workers: the threads.
    """

    def __init__(
        self,
        stores: ServedStore,
        page: str,
        limits: ServingLimits,
        who: Callable[[Scope], WhoAsks] = lambda _: NOBODY,
    ) -> None:
        """Make the routes.

        Args:
            stores: what answers, as far as who asks may see it.
            page: what a browser gets that opens the address.
            limits: how much a request may ask.
            who: tells who sends a request, and which mutations they may call.
        """
        self.stores, self.page, self.limits = stores, page, limits
        self.workers = Workers(limits)
        self.states = earlier_states(stores.whole)
        self._who = who

        async def context(request: Request) -> RequestContext:
            return self._context(request)

        super().__init__(schema, path="/graphql", context_getter=context, subscription_protocols=())

    def _context(self, request: Request) -> RequestContext:
        """What the resolvers of a request share; only who sees all shares earlier states."""
        store = self.stores.asked_by(request.scope)
        states = self.states if store is self.stores.whole else None
        return RequestContext(store, self.limits, states, who=self._who(request.scope))

    async def render_graphql_ide(self, request: Request) -> HTMLResponse:
        """Show the page for people.

        Args:
            request: of a browser, which asks no question.

        Returns:
            The page.
        """
        return HTMLResponse(self.page)

    async def process_result(self, request: Request, result: Any) -> Any:
        """Hand on the answer of `execute_single`, which is written down already.

        Args:
            request: what was asked.
            result: the answer.

        Returns:
            The same.
        """
        return result

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> Any:
        """Read what a request asks.

        Args:
            request: by GET or POST.

        Returns:
            The question.

        Raises:
            HTTPException: it can't be read, or a part of it is of another type.
        """
        asked = await super().parse_http_body(request)
        name = asked.operation_name if isinstance(asked, GraphQLRequestData) else None
        if not isinstance(name, str | None):
            raise HTTPException(400, "`operationName` is a string or null, where it is given")
        return asked

    async def execute_single(self, request: Request, *args: Any, **asked: Any) -> Any:
        """Run one operation, and write the answer down, away from the event loop of the server.

        Args:
            request: what was asked.
            args: as for ``GraphQLRouter.execute_single``.
            asked: as for ``GraphQLRouter.execute_single``; a request that begins anew has a context
                of its own.

        Returns:
            The answer.
        """
        execute = super().execute_single

        async def run() -> WrittenAnswer:
            context = self._context(request)
            return self._written(await execute(request, *args, **{**asked, "context": context}))

        def work(deadline: Deadline) -> WrittenAnswer:
            return run_until(deadline, run)

        def gone() -> Coroutine[Any, Any, None]:
            return _gone(request)

        data, client = asked["request_data"], client_in(request.scope)
        if await self._is_change(request, data):
            return await self.workers.change(client, work, gone)
        question = hash(json.dumps([data.query, data.operation_name, data.variables]))
        return await self.workers.run(question, client, work, gone, request.state.arrival)

    async def _is_change(self, request: Request, data: GraphQLRequestData) -> bool:
        """Whether a request asks for a mutation, which is sent by POST alone.

        Raises:
            _ChangeByGetError: it came by GET, by which a page of another site could send it
                (GraphQL over HTTP, draft, 6.2.1: Request by GET).
        """
        if data.query is None or not may_change(data.query):
            return False
        asks = await asyncio.to_thread(
            is_change, data.query, data.operation_name, self.limits.tokens
        )
        if asks and request.method != "POST":
            raise _ChangeByGetError("mutations are sent by POST")
        return asks

    def _written(self, result: ExecutionResult) -> WrittenAnswer:
        """Write an answer down, unless it is too long.

        It has no entry ``data`` when the operation was not run (GraphQL, October 2021, 7.1:
        Response Format).
        """
        answer: dict[str, Any] = dict(process_result(result))
        if result.data is None and _was_not_run(result.errors or []):
            del answer["data"]
        pieces = []
        length = 0
        for piece in self._pieces(answer):
            pieces.append(piece)
            length += len(piece)
            if length > self.limits.answer:
                return WrittenAnswer(json.dumps(_too_long(self.limits.answer)).encode())
        return WrittenAnswer("".join(pieces).encode())

    def decode_json(self, data: str | bytes) -> object:
        """Read the body of a request, or a parameter of its query.

        Args:
            data: the body in bytes, or the parameter, which may be ``null``.

        Returns:
            The JSON object, or the list of objects.

        Raises:
            JSONDecodeError: it is no JSON, or neither an object nor a list.
        """
        try:
            found: object = json.loads(data)
        except (RecursionError, UnicodeDecodeError) as error:
            raise json.JSONDecodeError(str(error), "", 0) from None
        if not isinstance(found, dict | list) and (found is not None or isinstance(data, bytes)):
            raise json.JSONDecodeError("no object", "", 0)
        return found

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        """Make the response.

        Args:
            response_data: the answer, which is written down.
            sub_response: with the headers and perhaps the status to send.

        Returns:
            The response.
        """
        response = Response(
            response_data.text,
            sub_response.status_code or 200,
            media_type="application/json",
        )
        response.headers.raw.extend(sub_response.headers.raw)
        return response

    def _pieces(self, data: object) -> Iterator[str]:
        """The JSON of an answer: long lists in several pieces."""
        if isinstance(data, dict) and data:
            for number, (key, value) in enumerate(data.items()):
                yield f"{',' if number else '{'}{self.encode_json_string(key)}:"
                yield from self._pieces(value)
            yield "}"
        elif isinstance(data, list) and len(data) > _MEMBERS:
            deadline = DEADLINE.get()
            for number, members in enumerate(batches(data, _MEMBERS)):
                if deadline is not None:
                    deadline.check()
                yield ("," if number else "[") + self.encode_json_string(members)[1:-1]
            yield "]"
        else:
            yield self.encode_json_string(data)

    async def run(self, request: Request | WebSocket, *args: Any, **kwargs: Any) -> Any:
        """Answer a request.

        Args:
            request: the request, which may be unreadable.
            args: as for ``GraphQLRouter.run``.
            kwargs: as for ``GraphQLRouter.run``.

        Returns:
            The response. An unreadable request gets an error like any other.
        """
        request.state.arrival = Arrival(self.workers.arrivals)
        try:
            response = await super().run(request, *args, **kwargs)
        except HTTPException as error:
            response = _refused(error.reason, error.status_code)
        except _ChangeByGetError as error:
            response = _refused(str(error), 405, "METHOD_NOT_ALLOWED")
            response.headers["Allow"] = "POST"
        except OverdueError as error:
            response = _refused(str(error), 503, error.code)
        except BusyError as error:
            response = _refused(str(error), 503, error.code)
            response.headers["Retry-After"] = str(error.seconds)
        finally:
            request.state.arrival.leave()
        if prefers_draft(request.headers.get("accept", "")) and isinstance(response, Response):
            _follow_draft(response)
        return response


def prefers_draft(accept: str) -> bool:
    """Tell whether a client would rather have the media type of the draft than plain JSON.

    Args:
        accept: the header of the request (RFC 9110, 12.5.1), such as
            ``application/graphql-response+json, application/json;q=0.9``.

    Returns:
        True when the header names that type, with a weight above 0 that is no less than the weight
        of ``application/json``.
    """
    weights = dict(_weighed(each) for each in accept.lower().split(","))
    return weights.get(RESPONSE_TYPE, 0.0) >= max(weights.get("application/json", 0.0), 0.001)


def _weighed(media_range: str) -> tuple[str, float]:
    """A media type of an Accept header, and its weight: 1 when none is given."""
    name, *parameters = (each.strip() for each in media_range.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, float(parameter[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0


async def _gone(request: Request) -> None:
    """Wait until the client has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _refused(reason: str, status: int, code: str = "BAD_REQUEST") -> Response:
    """The response to a request that was not run."""
    return JSONResponse(_failure(reason, code), status)


def _failure(reason: str, code: str) -> dict[str, Any]:
    """An answer that is an error and nothing else."""
    return {"errors": [{"message": reason, "extensions": {"code": code}}]}


def _too_long(limit: int) -> dict[str, Any]:
    """The answer in the place of one that is too long."""
    return _failure(
        f"the answer is longer than {limit:,} bytes: ask for fewer fields, or in several requests",
        "TOO_LARGE",
    )


def _follow_draft(response: Response) -> None:
    """Give a response the media type and the status that the draft of GraphQL over HTTP asks for.

    The status is 400 when the request could not be run, such as one that is no valid GraphQL.
    """
    if not response.headers.get("content-type", "").startswith("application/json"):
        return
    response.headers["content-type"] = RESPONSE_TYPE
    if response.status_code == 200 and not bytes(response.body).startswith(b'{"data":'):
        response.status_code = 400


def _was_not_run(errors: Sequence[GraphQLError]) -> bool:
    """Whether the request was not run: then no error names a field, which has a path."""
    return all(error.path is None for error in errors)
