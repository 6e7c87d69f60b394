"""Each request has an id and a line, and no line holds a secret."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from provgraph.errors import UnreachableError
from provgraph.server_settings import LogForm
from provgraph.web.logs import JsonLines, follow
from tests.graphql.conftest import asked, served
from tests.graphql.test_failures import Failing

Lines = list[dict[str, Any]]


class _Written(io.StringIO):
    """What was written on stderr."""

    def lines(self, logger: str) -> Lines:
        """The lines of one logger."""
        found = [json.loads(line) for line in self.getvalue().splitlines()]
        return [line for line in found if line["logger"] == logger]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Written]:
    """A log in JSON, taken back afterwards."""
    loggers = [logging.getLogger(name) for name in ("provgraph", "uvicorn")]
    before = [(each.handlers, each.propagate, each.level) for each in loggers]
    log = _Written()
    monkeypatch.setattr("sys.stderr", log)
    follow(LogForm.JSON)
    yield log
    for logger, (handlers, propagate, level) in zip(loggers, before, strict=True):
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


def test_each_request_has_a_line(written: _Written, client: httpx.Client) -> None:
    asked(client, "{ stats { agents } }")
    missing = client.get("/no/such/page?token=hush")
    first, second = written.lines("provgraph.access")
    assert (first["method"], first["path"], first["status"]) == ("POST", "/graphql", 200)
    assert first["client"] == first["address"] == "127.0.0.1"
    assert 0 < first["seconds"] < 60 < first["bytes"] + 60
    assert (second["status"], second["path"]) == (404, "/no/such/page")
    assert second["request"] == missing.headers["x-request-id"] != first["request"]
    assert "hush" not in written.getvalue()


def test_pages_for_machines_have_lines_when_something_is_wrong(written: _Written) -> None:
    with served(Failing(UnreachableError("postgresql://host is away"))) as client:
        client.get("/healthz")
        ready = client.get("/readyz")
    (line,) = written.lines("provgraph.access")
    assert (line["path"], line["status"]) == ("/readyz", 503)
    (why,) = written.lines("provgraph.web.health")
    assert why["message"] == "not ready: postgresql://host is away"
    assert why["request"] == line["request"] == ready.headers["x-request-id"]


def test_what_goes_wrong_in_a_request_bears_its_id(written: _Written) -> None:
    """Also where it happens in another thread."""
    with served(Failing(UnreachableError("away"))) as client:
        answer = client.post(
            "/graphql",
            json={"query": "{ stats { agents } }"},
            headers={"x-request-id": "from-the-proxy-7"},
        )
    assert answer.headers["x-request-id"] == "from-the-proxy-7"
    (why,) = written.lines("provgraph.graphql.failures")
    assert (why["request"], why["level"], why["message"]) == ("from-the-proxy-7", "error", "away")


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, 'x"}', "ä"])
def test_an_id_that_makes_no_sense_is_not_kept(client: httpx.Client, given: str) -> None:
    answer = client.get("/healthz", headers=[(b"x-request-id", given.encode())])
    assert answer.headers["x-request-id"] not in ("", given)


@pytest.mark.parametrize(
    "secret",
    [
        "provgraph_" + "Ab-_1" * 9,
        "Bearer hush.hush",
        "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl-_",
    ],
)
def test_no_line_holds_a_token(secret: str) -> None:
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "%s", (f'got "{secret}"\n!',), None)
    record.facts = {"path": f"/{secret}"}
    text = JsonLines().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert secret.rsplit(maxsplit=1)[-1] not in text
    assert line["message"].endswith('***"\n!')
    assert line["path"].endswith("***")


def test_a_traceback_stays_in_its_line() -> None:
    try:
        raise ValueError("what went wrong")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "failed", (), info)
    (line,) = JsonLines().format(record).splitlines()
    assert json.loads(line)["traceback"].endswith("ValueError: what went wrong")


def test_a_log_for_people_has_no_line_of_requests(
    client: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    follow(LogForm.TEXT)
    assert client.get("/healthz").status_code == 200
    assert capsys.readouterr().err == ""
