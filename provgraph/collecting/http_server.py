"""A server of provgraph as its clients see it: what its URL says, and connections to it."""

import http.client
import ssl
from urllib.parse import urlsplit

from provgraph.errors import SettingsError, StoreError
from provgraph.settings import is_server_url


class HttpServer:
    """Where a server is.

    Attributes:
        address: its URL, as it was given.
        path: that all its routes begin with, without ``/`` at the end; empty in most places.
        authorization: the header that says who asks; empty without a token.
    """

    def __init__(self, url: str, token: str | None) -> None:
        """Send nothing yet.

        Args:
            url: of the server, such as ``https://prov.example.org``.
            token: that the server knows; None where none is asked for.

        Raises:
            SettingsError: the URL is that of no server.
        """
        try:
            parts = urlsplit(url)
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError:
            self._host = ""
        if not is_server_url(url) or not self._host or parts.query or parts.username:
            raise SettingsError(f"a server is https://HOST or http://HOST:PORT, and not {url}")
        self._is_tls = parts.scheme == "https"
        self.address = url
        self.path = parts.path.rstrip("/")
        self.authorization = {"Authorization": f"Bearer {token}"} if token else {}

    def connection(self, seconds: float) -> http.client.HTTPConnection:
        """Prepare a connection; it is made with the first request.

        Args:
            seconds: how long the server may take for one answer.

        Returns:
            The connection, for one request.
        """
        make = http.client.HTTPSConnection if self._is_tls else http.client.HTTPConnection
        return make(self._host, self._port, timeout=seconds)

    def distrusted(self, error: ssl.SSLCertVerificationError) -> StoreError:
        """Say that the certificate of the server proves nothing.

        Args:
            error: what is wrong with the certificate.

        Returns:
            The error, for users.
        """
        return StoreError(
            f"the server {self.address} can't be trusted: {error.verify_message}; check its "
            "certificate, or set SSL_CERT_FILE"
        )


def seconds_to_wait(answer: http.client.HTTPResponse, otherwise: float) -> float:
    """Read after how many seconds a server wants to be asked again (RFC 9110, 10.2.3).

    Args:
        answer: of the server.
        otherwise: the seconds when it does not say, or gives a date.

    Returns:
        The seconds.
    """
    said = answer.getheader("Retry-After") or ""
    return float(said) if said.isdigit() else otherwise
