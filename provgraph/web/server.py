"""Serves a web application at an address, and refuses addresses that are not safe."""

import socket
import ssl
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from provgraph.errors import SettingsError
from provgraph.web.app import LOOPBACK
from provgraph.web.metrics import counted_together

#: How many seconds a server that is stopped waits for the requests that are under way.
GRACE: Final = 10
#: How many seconds a worker may be silent before it is replaced: on a busy machine it takes long to
#: start.
SILENCE: Final = 60
_SETTINGS: Final[dict[str, Any]] = {
    # Messages go where those of provgraph go (`provgraph.web.logs`).
    "log_config": None,
    "log_level": "warning",
    "access_log": False,
    "server_header": False,
    "timeout_graceful_shutdown": GRACE,
}
#: After so many seconds a thread lets others go on (5 ms is what Python would do): long requests
#: keep the event loop waiting for less time.
_SWITCH_SECONDS: Final = 0.001


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a server listens, and how it is spoken to.

    Attributes:
        host: the address.
        port: the port, or 0 for any that is free.
        proxies: the addresses or networks of proxies, which say by headers who asks
            (``X-Forwarded-For``, ``X-Forwarded-Proto``); nobody else is believed.
        certificate: the file of the certificate of TLS; without it the server speaks plain HTTP.
        key: the file of its private key; None where it stands in the same file.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    proxies: Sequence[str] = ()
    certificate: Path | None = None
    key: Path | None = None

    def settings(self) -> dict[str, Any]:
        """Say it in uvicorn's words.

        Returns:
            Arguments for ``uvicorn.Config``.

        Raises:
            SettingsError: the certificate or the key can't be used.
        """
        settings = dict(_SETTINGS)
        settings["proxy_headers"] = bool(self.proxies)
        settings["forwarded_allow_ips"] = list(self.proxies)
        if self.certificate:
            self._check_certificate(self.certificate)
            settings["ssl_certfile"], settings["ssl_keyfile"] = self.certificate, self.key
        return settings

    def _check_certificate(self, certificate: Path) -> None:
        """Find a mistake before the server starts.

        Raises:
            SettingsError: the certificate or the key can't be used.
        """
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
                certificate, self.key, password=lambda: ""
            )
        except OSError as error:  # SSLError is one
            raise SettingsError(
                f"TLS is not possible with --tls-cert {certificate} and "
                f"--tls-key {self.key or certificate}: {error.strerror or error}; both are files "
                "in PEM, the key without a passphrase"
            ) from None


def allowed_hosts(host: str) -> tuple[str, ...]:
    """List the names by which a server at an address may be called.

    Args:
        host: the address or name to listen at, such as ``127.0.0.1``.

    Returns:
        The names of the loopback device. For an address that other machines can reach, the
        address itself and the name of this machine stand behind them.
    """
    return LOOPBACK if is_loopback(host) else (*LOOPBACK, _bracketed(host), socket.gethostname())


def serve(app: ASGIApp, place: Listening) -> None:
    """Answer requests until the process is stopped by SIGINT or SIGTERM.

    The URL of the server is printed on stderr.

    Args:
        app: the application that answers.
        place: where to listen.

    Raises:
        SettingsError: there is no such address, or another program listens there.
    """
    config = uvicorn.Config(app, **place.settings())
    with _announced(place) as listener, suppress(KeyboardInterrupt), _sharing():
        uvicorn.Server(config).run(sockets=[listener])


def serve_by_workers(make_app: Callable[[], ASGIApp], place: Listening, workers: int) -> None:
    """Answer requests by several processes at one port, until this one is stopped.

    A process that dies is replaced. When this one is stopped, all finish what is under way.

    Args:
        make_app: makes the application in each process; can be pickled.
        place: where to listen.
        workers: how many processes.

    Raises:
        SettingsError: there is no such address, or another program listens there.
    """
    config = uvicorn.Config(
        partial(_sharing_app, make_app),
        factory=True,
        workers=workers,
        timeout_worker_healthcheck=SILENCE,
        **place.settings(),
    )
    with _announced(place) as listener, counted_together():
        Multiprocess(config, [listener]).run()


def _sharing_app(make_app: Callable[[], ASGIApp]) -> ASGIApp:
    """The application, in a process whose threads let each other go on soon."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    return make_app()


@contextmanager
def _sharing() -> Iterator[None]:
    """Meanwhile the threads of this process let each other go on soon."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@contextmanager
def _announced(place: Listening) -> Iterator[socket.socket]:
    """A socket that listens, whose URL is printed on stderr."""
    with listening(place.host, place.port) as listener:
        scheme = "https" if place.certificate else "http"
        url = f"{scheme}://{_bracketed(place.host)}:{listener.getsockname()[1]}"
        print(
            f"provgraph answers at {url} (GraphQL at {url}/graphql); stop it with Ctrl-C",
            file=sys.stderr,
            flush=True,
        )
        yield listener


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can connect to an address.

    Args:
        host: an IP address or the name of a machine.

    Returns:
        True for the loopback addresses and for ``localhost``; False for every other name, since
        its address is not looked up.
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def listening(host: str, port: int) -> socket.socket:
    """Open a socket that listens at an address, and whose connections send small packets at once.

    Args:
        host: the address to listen at.
        port: the port, or 0 for any that is free.

    Returns:
        The open socket; the caller closes it.

    Raises:
        SettingsError: there is no such address, or another program listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise SettingsError(
            f"can't listen at {host}, port {port}: {error}; choose others by --host and --port"
        ) from None
    # Without this option the kernel holds small packets back (Nagle's algorithm), and each answer
    # waits 40 ms. asyncio sets the option only for sockets that were made with a protocol number.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _bracketed(host: str) -> str:
    """The address as URLs and Host headers write it: ``[::1]``."""
    return f"[{host}]" if ":" in host else host
