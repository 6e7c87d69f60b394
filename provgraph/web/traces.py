"""Tells OpenTelemetry of each request, where the extra ``telemetry`` is installed and turned on.

Where the traces go is said by OpenTelemetry's own variables, such as
``OTEL_EXPORTER_OTLP_ENDPOINT`` and ``OTEL_SERVICE_NAME`` (OpenTelemetry Specification, Environment
Variables).
"""

import asyncio
from typing import TYPE_CHECKING, Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from provgraph import __version__
from provgraph.errors import extra_needed
from provgraph.web.logs import REQUEST, TRACE
from provgraph.web.roles import HEALTH

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

#: The attribute of a span that has the id of the request, as the lines of the log have it.
REQUEST_ATTRIBUTE: Final = "provgraph.request"


def tracing(exporter: "SpanExporter | None" = None) -> "TracerProvider":
    """Make what sends traces away, in the background.

    Args:
        exporter: who sends them; None for OTLP over HTTP.

    Returns:
        The provider for `Traces`, which closes it.

    Raises:
        MissingExtraError: OpenTelemetry is not installed.
    """
    with extra_needed("telemetry", "PROVGRAPH_TRACES=on"):
        import opentelemetry.instrumentation.asgi  # noqa: F401, PLC0415 - only who uses it has it
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    resource = Resource.create({"service.version": __version__})
    if str(resource.attributes["service.name"]).startswith("unknown_service"):
        resource = resource.merge(Resource({"service.name": "provgraph"}))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
    return provider


class Traces:
    """ASGI middleware that makes a span of each request, but of those of machines that look on."""

    def __init__(self, app: ASGIApp, provider: "TracerProvider") -> None:
        """Put the middleware before an application.

        Args:
            app: the application.
            provider: of `tracing`; closed when the application ends.
        """
        from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware  # noqa: PLC0415

        self._app: ASGIApp = OpenTelemetryMiddleware(
            app,
            excluded_urls=",".join(f"{path}$" for path in HEALTH),
            server_request_hook=_note,
            tracer_provider=provider,
            exclude_spans=["receive", "send"],
        )
        self._provider = provider

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer; at its end send the last spans away."""
        try:
            await self._app(scope, receive, send)
        finally:
            if scope["type"] == "lifespan":
                await asyncio.to_thread(self._provider.shutdown)


def _note(span: Any, _: Scope) -> None:
    """Let the span and the lines of the log name each other."""
    span.set_attribute(REQUEST_ATTRIBUTE, REQUEST.get() or "")
    TRACE.set(f"{span.get_span_context().trace_id:032x}")
