"""Stands before the application: how often a client comes, how much it sends, and when it ends."""

import asyncio
import re
import time
from collections import Counter, OrderedDict
from collections.abc import Container
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provgraph.model.values import visible
from provgraph.server_settings import ServingLimits
from provgraph.store.lanes import client_in

#: The pages that the limits are for; the others are short, and machines ask for them.
GUARDED: Final = ("/graphql", "/load")
#: Below these, requests bring files.
_WITH_FILES: Final = ("/uws/", "/rest/")
#: How many clients are remembered.
_MOST_CLIENTS: Final = 10_000
#: A part of a path that is another one for each resource (OpenAPI 3.1, 4.8.2).
_PLACE: Final = re.compile(r"\{\w+\}")
#: What each status of a refusal means, for programs.
CODES: Final = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    408: "TIMED_OUT",
    413: "TOO_LARGE",
    415: "BAD_REQUEST",
    429: "RATE_LIMITED",
    503: "BUSY",
}


def refusal(status: int, message: str, **headers: str) -> Response:
    """Make the response to a request that is refused, in the form of GraphQL's errors.

    Args:
        status: of HTTP.
        message: what is wrong, and what to do.
        headers: more headers; ``Retry_After`` for ``Retry-After``.

    Returns:
        The response.
    """
    code = CODES.get(status, "BAD_REQUEST" if status < 500 else "INTERNAL")
    return JSONResponse(
        {"errors": [{"message": message, "extensions": {"code": code}}]},
        status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


async def refused(request: Request, error: Exception) -> Response:
    """Answer a request that some part of the application refused.

    Args:
        request: that was refused.
        error: an `HTTPException`.

    Returns:
        The response.

    Raises:
        Exception: the error, if it is none of those.
    """
    if not isinstance(error, HTTPException):
        raise error
    response = refusal(error.status_code, error.detail)
    response.headers.update(error.headers or {})
    if error.status_code == 405:
        response.headers["Allow"] = allowed_methods(request)
    return response


def allowed_methods(request: Request) -> str:
    """Tell how a resource may be asked for: a 405 says so in ``Allow`` (RFC 9110, 15.5.6).

    Args:
        request: by another method.

    Returns:
        The methods, such as ``GET, POST``.
    """
    found = {
        method.upper()
        for path, operations in request.app.openapi()["paths"].items()
        if re.fullmatch(_PLACE.sub("[^/]+", path), request.url.path)
        for method in operations
    }
    # What is not described is a file.
    return ", ".join(sorted(found or ("GET", "HEAD")))


class RateLimit:
    """ASGI middleware that lets each client come so often in a minute, after a burst of as many."""

    def __init__(self, app: ASGIApp, rate: int) -> None:
        """Put the middleware before an application.

        Args:
            app: the application.
            rate: how many requests one client makes in a minute; 0 for any number.
        """
        self._app, self._rate = app, rate
        #: For each client how many requests it has left, and at what time.
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, or send the client away for a while."""
        if scope["type"] == "http" and scope["path"] in GUARDED and self._rate:
            seconds = self._wait(client_in(scope))
            if seconds:
                message = (
                    f"more than {self._rate} requests came in a minute: try again in {seconds} s"
                )
                await refusal(429, message, Retry_After=str(seconds))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _wait(self, client: str) -> int:
        """Count one request; how many seconds the client has to wait for it: mostly 0."""
        now = time.monotonic()
        left, then = self._left.pop(client, (float(self._rate), now))
        left = min(self._rate, left + (now - then) * self._rate / 60)
        may_come = left >= 1
        self._left[client] = (left - may_come, now)
        while len(self._left) > _MOST_CLIENTS:
            self._left.popitem(last=False)
        return 0 if may_come else int((1 - left) * 60 / self._rate) + 1


class BodyLimit:
    """ASGI middleware that reads so many bytes of a request, in so many seconds."""

    def __init__(self, app: ASGIApp, limits: ServingLimits) -> None:
        """Put the middleware before an application.

        Args:
            app: the application.
            limits: how long a request is, and how long it takes.
        """
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application read what may be read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_long = scope["path"] == "/load" or scope["path"].startswith(_WITH_FILES)
        limit = self._limits.load if is_long else self._limits.body
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > limit:
            await refusal(413, _too_large(limit))(scope, receive, send)
            return
        await self._app(scope, self._reading(receive, limit), send)

    def _reading(self, receive: Receive, limit: int) -> Receive:
        """The same body; reading it fails when it is too long, or a piece comes too late."""
        length = 0
        is_read = False

        async def limited() -> Message:
            nonlocal length, is_read
            if is_read:
                return await receive()  # waits until the client has gone
            try:
                async with asyncio.timeout(self._limits.seconds):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, "the request did not come in time") from None
            length += len(message.get("body", b""))
            is_read = not message.get("more_body", False)
            if length > limit:
                raise HTTPException(413, _too_large(limit))
            return message

        return limited


class EndingGently:
    """ASGI middleware that answers a request that is under way when the server ends."""

    def __init__(self, app: ASGIApp) -> None:
        """Put the middleware before an application.

        Args:
            app: the application.
        """
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer; say that the server ends when it is stopped meanwhile."""
        has_begun = False

        async def noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except asyncio.CancelledError:
            if scope["type"] == "http" and not has_begun:
                message = "the server ends: try again later"
                await refusal(503, message, Retry_After="10")(scope, receive, send)


def media_type_of(request: Request) -> str:
    """Read what a request says of its body, without parameters (RFC 9110, 8.3).

    Args:
        request: with or without a body.

    Returns:
        The media type in small letters; "" when none is given.
    """
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def check_given_once(request: Request, *, but: Container[str] = ()) -> None:
    """Refuse a query in which a name stands twice: it would be a guess which value counts.

    Args:
        request: with or without a query.
        but: the names, in capitals, that may be given more than once.

    Raises:
        HTTPException: another name is given more than once, in whatever case of its letters.
    """
    names = Counter(name.upper() for name, _ in request.query_params.multi_items())
    for name, times in names.items():
        if times > 1 and name not in but:
            raise HTTPException(400, f"{visible(name)} is given more than once")


def _too_large(limit: int) -> str:
    return f"the request is longer than {limit:,} bytes"
