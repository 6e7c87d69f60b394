"""How a server is spoken to: what is no answer, who is busy, and the schema for other clients."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import gql
import pytest
from gql.transport.httpx import HTTPXTransport

from provgraph.client import speaking, texts
from provgraph.client.speaking import GraphQLServer
from provgraph.errors import BusyError, ProvGraphError, StoreError, UnreachableError
from provgraph.store.registry import open_store
from tests.graphql.conftest import served

#: Status, headers and body of an answer.
Answer = tuple[int, dict[str, str], str]
STATS = {"data": {"answer": {"agents": 1}}}
BUSY = {"errors": [{"message": "the server is busy", "extensions": {"code": "BUSY"}}]}


@contextmanager
def answering(*answers: Answer) -> Iterator[GraphQLServer]:
    """A server that gives these answers, one after the other."""
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            status, headers, body = left.pop(0)
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield GraphQLServer(f"http://127.0.0.1:{server.server_port}", None)
        finally:
            server.shutdown()
            thread.join()


def test_who_is_busy_is_asked_again_when_he_says(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    busy = (503, {"retry-after": "7"}, json.dumps(BUSY))
    with answering(busy, busy, (200, {}, json.dumps(STATS))) as server:
        assert server.ask(texts.STATS) == {"agents": 1}
    assert waited == [7, 7]
    monkeypatch.setattr(speaking, "PATIENCE_SECONDS", 3.0)
    with answering(busy) as server, pytest.raises(BusyError, match="the server is busy"):
        server.ask(texts.STATS)


@pytest.mark.parametrize(
    ("answer", "error", "why"),
    [
        ((200, {}, "<html>Welcome</html>"), StoreError, r"is no provgraph \(200\)"),
        ((404, {}, "not found"), StoreError, r"is no provgraph \(404\)"),
        ((200, {}, "[]"), StoreError, "is no provgraph"),
        ((200, {}, "{}"), StoreError, "is no provgraph"),
        ((502, {}, "<html>Bad gateway</html>"), UnreachableError, r"takes nothing now \(502\)"),
        (
            (200, {}, json.dumps({"errors": [{"message": "no", "extensions": {"code": "NEW"}}]})),
            StoreError,
            "no",
        ),
    ],
)
def test_what_is_no_answer(answer: Answer, error: type[ProvGraphError], why: str) -> None:
    with answering(answer) as server, pytest.raises(error, match=why):
        server.ask(texts.STATS)


def test_every_text_is_valid_for_a_common_client() -> None:
    """gql reads the schema of the server, and checks each text against it."""
    with closing(open_store("sqlite://")) as store, served(store) as client:
        store.make()
        transport = HTTPXTransport(url=f"{client.base_url}/graphql")
        with gql.Client(transport=transport, fetch_schema_from_transport=True) as asked:
            assert asked.execute(gql.gql(texts.STATS))["answer"]["activities"] == 0
            reader = asked.client
        for name, text in vars(texts).items():
            for each in text.values() if isinstance(text, dict) else (text,):
                if name[0] != "_" and name.isupper():
                    reader.validate(gql.gql(each))
