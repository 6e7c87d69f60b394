"""OpenTelemetry is told of requests, when that is wanted."""

import asyncio
import sys

import httpx
import pytest

from provgraph.commands.serving import create_app
from provgraph.errors import MissingExtraError
from provgraph.store.registry import open_store
from provgraph.web.app import Reception
from provgraph.web.traces import REQUEST_ATTRIBUTE, tracing


def test_a_span_for_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("opentelemetry.instrumentation.asgi")
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import (  # noqa: PLC0415
        InMemorySpanExporter,
    )

    sent = InMemorySpanExporter()
    provider = tracing(sent)
    monkeypatch.setattr("provgraph.web.app.tracing", lambda: provider)
    store = open_store("sqlite://")
    app = create_app(store, Reception(traces=True))

    async def ask() -> str:
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://localhost"
            ) as client,
        ):
            await client.get("/healthz")
            answer = await client.get("/", headers={"authorization": "Bearer hush"})
            return answer.headers["x-request-id"]

    request = asyncio.run(ask())
    provider.force_flush()
    (span,) = sent.get_finished_spans()
    assert span.attributes is not None
    assert span.attributes[REQUEST_ATTRIBUTE] == request
    assert span.attributes["http.status_code"] == 200
    assert span.resource.attributes["service.name"] == "provgraph"
    assert "hush" not in span.to_json()
    provider.shutdown()
    store.close()


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.instrumentation.asgi", None)
    with pytest.raises(MissingExtraError, match=r"PROVGRAPH_TRACES=on needs .*telemetry"):
        tracing()
