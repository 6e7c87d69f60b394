"""Tells browsers what the pages of provgraph may do: nothing but talk to their own server."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: What a page may fetch and run (Content Security Policy, level 3): files of this server alone, no
#: script or style in the page itself, and no page of another site may show it in a frame.
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # Pictures that the page itself makes are ``blob:``, those of GraphiQL's style ``data:``.
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
#: Answers tell of the store as it is now: nobody keeps them, but files that ship with provgraph.
_NOT_KEPT: Final = "no-store"
#: For how long a browser comes back by TLS alone, once it came by TLS.
_TLS_ONLY: Final = "max-age=31536000"


class SecurityHeaders:
    """ASGI middleware that gives every response the headers by which browsers protect its users."""

    def __init__(self, app: ASGIApp) -> None:
        """Put the middleware before an application.

        Args:
            app: the application whose responses get the headers.
        """
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and add the headers when the answer begins."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", _NOT_KEPT)
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = _TLS_ONLY
            await send(message)

        await self._app(scope, receive, with_headers)
