"""GraphQL over HTTP: POST and GET, and GraphiQL for a browser."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.websockets import WebSocket
from strawberry.fastapi import GraphQLRouter

from provgraph.graphql.batching import RequestContext, in_worker_thread
from provgraph.graphql.schema import schema
from provgraph.model.records import batches
from provgraph.store.protocol import Store

#: The media type of the GraphQL-over-HTTP draft, in which the status says whether the request could
#: be run.
RESPONSE_TYPE: Final = "application/graphql-response+json"
#: The longest answer that is written down before it is sent, in characters.
LONGEST_AT_ONCE: Final = 1 << 20
#: How many members of a list are written down at once.
_MEMBERS: Final = 500


class Endpoint(GraphQLRouter[RequestContext, None]):
    """The routes of ``/graphql``, whose requests run in worker threads."""

    async def execute_single(self, *args: Any, **request: Any) -> Any:
        """Run one operation away from the event loop of the server.

        Args:
            args: as for ``GraphQLRouter.execute_single``.
            request: as for ``GraphQLRouter.execute_single``.

        Returns:
            The result of the operation.
        """
        execute = super().execute_single
        return await in_worker_thread(lambda: execute(*args, **request))

    def decode_json(self, data: str | bytes) -> object:
        """Read the body of a request.

        Args:
            data: the body.

        Returns:
            The JSON object, or the list of objects.

        Raises:
            JSONDecodeError: the body is no JSON, or neither an object nor a list.
        """
        try:
            found: object = json.loads(data)
        except (RecursionError, UnicodeDecodeError) as error:
            raise json.JSONDecodeError(str(error), "", 0) from None
        if not isinstance(found, dict | list | type(None)):
            raise json.JSONDecodeError("no object", "", 0)
        return found

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        """Make the response, which is written down while it is sent if it is long.

        Args:
            response_data: what to send.
            sub_response: with the headers and perhaps the status to send.

        Returns:
            The response.
        """
        pieces = self._pieces(response_data)
        beginning: list[str] = []
        length = 0
        for piece in pieces:
            beginning.append(piece)
            length += len(piece)
            if length > LONGEST_AT_ONCE:
                break
        answer = "".join(beginning)
        media_type, status = "application/json", sub_response.status_code or 200
        response: Response = (
            StreamingResponse(chain([answer], pieces), status, media_type=media_type)
            if length > LONGEST_AT_ONCE
            else Response(answer, status, media_type=media_type)
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
            for number, members in enumerate(batches(data, _MEMBERS)):
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
        try:
            response = await super().run(request, *args, **kwargs)
        except HTTPException as error:
            response = _refused(error.reason, error.status_code)
        if RESPONSE_TYPE in request.headers.get("accept", "") and isinstance(response, Response):
            _follow_draft(response)
        return response


def endpoint(store: Store) -> Endpoint:
    """Make the routes of ``/graphql`` for a store.

    Args:
        store: the open store that answers.

    Returns:
        The routes, for a FastAPI application.
    """

    async def context() -> RequestContext:
        return RequestContext(store)

    return Endpoint(schema, path="/graphql", context_getter=context, subscription_protocols=())


def _refused(reason: str, status: int) -> Response:
    """The response to a request that can't be read."""
    return JSONResponse(
        {"errors": [{"message": reason, "extensions": {"code": "BAD_REQUEST"}}]}, status
    )


def _follow_draft(response: Response) -> None:
    """Give a response the media type and the status that the draft of GraphQL over HTTP asks for.

    The status is 400 when the request could not be run, such as one that is no valid GraphQL.
    """
    if not response.headers.get("content-type", "").startswith("application/json"):
        return
    response.headers["content-type"] = RESPONSE_TYPE
    if isinstance(response, StreamingResponse):
        return  # so long an answer has data
    body = bytes(response.body)
    if (
        response.status_code == 200
        and body.startswith(b'{"data":null')
        and json.loads(body).get("errors")
    ):
        response.status_code = 400 if _was_not_run(json.loads(body)["errors"]) else 200


def _was_not_run(errors: list[dict[str, Any]]) -> bool:
    """Whether the request was not run: then no error names a field, which has a path."""
    return all("path" not in error for error in errors)
