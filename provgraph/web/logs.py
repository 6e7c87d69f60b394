"""What a server writes on stderr: each request, and what goes wrong in it, as a line of JSON.

Each request has an id, which stands in its lines and in the header ``X-Request-Id`` of its answer.
No line holds a token, a body or the query of a URL.
"""

import json
import logging
import re
import secrets
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from provgraph.server_settings import LogForm
from provgraph.store.lanes import client_in
from provgraph.web.roles import HEALTH
from provgraph.web.tokens import BEGINNING

_access = logging.getLogger("provgraph.access")
#: The id of the request that is being answered.
REQUEST: ContextVar[str | None] = ContextVar("request", default=None)
#: The trace of the request, where OpenTelemetry is told of it.
TRACE: ContextVar[str | None] = ContextVar("trace", default=None)
#: An id that a client or a proxy may give a request; any other is not kept.
_GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
#: What may be a secret, wherever it stands: our tokens, JWTs, and what follows ``Bearer``.
_SECRET: Final = re.compile(
    rf"(?<={BEGINNING})[\w-]{{40,}}|\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=[Bb]earer )[^\s\"\\]+"
)
#: How much of a path is kept.
_LONGEST_PATH: Final = 200


class JsonLines(logging.Formatter):
    """Writes each message as one line of JSON."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name, variable in (("request", REQUEST), ("trace", TRACE)):
            if (known := variable.get()) is not None:
                line[name] = known
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        # JSON shows control characters escaped, so a line stays one line.
        return _SECRET.sub("***", json.dumps(line, default=str))


def follow(form: LogForm) -> None:
    """Let the messages of this process, and the requests that it answers, go to stderr.

    Args:
        form: how they are written. Requests are written as JSON alone.
    """
    if form is LogForm.TEXT:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name, level in (("provgraph", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


class RequestLog:
    """ASGI middleware that gives each request an id, and writes down how it was answered."""

    def __init__(self, app: ASGIApp) -> None:
        """Put the middleware before an application.

        Args:
            app: the application.
        """
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and write that down when it is done."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _id_of(scope)
        facts = {"method": scope["method"], "path": scope["path"][:_LONGEST_PATH], "status": 500}
        length, begun = 0, time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal length
            if message["type"] == "http.response.start":
                facts["status"] = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request
            length += len(message.get("body", b""))
            await send(message)

        before = REQUEST.set(request)
        try:
            await self._app(scope, receive, noting)
        finally:
            facts |= {"seconds": round(time.perf_counter() - begun, 6), "bytes": length}
            _write(scope, facts)
            REQUEST.reset(before)


def _id_of(scope: Scope) -> str:
    """The id of a request: the one that it brings, else a new one."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)


def _write(scope: Scope, facts: dict[str, Any]) -> None:
    """Write down that a request was answered; of the pages for machines only what went wrong."""
    is_routine = scope["path"] in HEALTH and facts["status"] < 400
    level = logging.DEBUG if is_routine else logging.INFO
    if _access.isEnabledFor(level):
        address = scope["client"][0] if scope.get("client") else None
        facts |= {"client": client_in(scope), "address": address}
        _access.log(level, "answered", extra={"facts": facts})
