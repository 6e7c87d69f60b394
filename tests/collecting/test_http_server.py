"""Where a server is, by its URL."""

import pytest

from provgraph.collecting.http_server import HttpServer
from provgraph.errors import SettingsError


def test_a_server_below_a_path_and_one_with_a_port() -> None:
    server = HttpServer("https://example.org/prov/", "secret")
    assert (server.path, server.authorization) == ("/prov", {"Authorization": "Bearer secret"})
    assert HttpServer("http://127.0.0.1:8000", None).authorization == {}


@pytest.mark.parametrize(
    "url", ["example.org", "ftp://h", "http://", "http://h?x=1", "http://u@h", "http://h:port"]
)
def test_what_is_no_server(url: str) -> None:
    with pytest.raises(SettingsError, match="a server is https://HOST"):
        HttpServer(url, None)
