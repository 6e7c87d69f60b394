"""Serves a web application at an address, and refuses addresses that are not safe."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
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
    "log_level": "warning",
    "access_log": False,
    "timeout_graceful_shutdown": GRACE,
}


def allowed_hosts(host: str, insecure: bool = False) -> tuple[str, ...]:
    """List the names by which a server at an address may be called.

    Args:
        host: the address or name to listen at, such as ``127.0.0.1``.
        insecure: whether other machines may ask, though there is no access control.

    Returns:
        The names of the loopback device. For an address that other machines can reach, the
        address itself and the name of this machine stand behind them.

    Raises:
        SettingsError: other machines can reach the address, and ``insecure`` is not set.
    """
    if is_loopback(host):
        return LOOPBACK
    if not insecure:
        raise SettingsError(
            f"{host} can be reached from other machines, and provgraph has no access control: "
            "leave --host out, put a proxy with access control in front, or add --insecure "
            "where everyone who can connect may read all"
        )
    return (*LOOPBACK, _bracketed(host), socket.gethostname())


def serve(app: ASGIApp, host: str, port: int) -> None:
    """Answer requests until the process is stopped by SIGINT or SIGTERM.

    The URL of the server is printed on stderr.

    Args:
        app: the application that answers.
        host: the address to listen at.
        port: the port, or 0 for any that is free.

    Raises:
        SettingsError: there is no such address, or another program listens there.
    """
    with _announced(host, port) as listener, suppress(KeyboardInterrupt):
        uvicorn.Server(uvicorn.Config(app, **_SETTINGS)).run(sockets=[listener])


def serve_by_workers(make_app: Callable[[], ASGIApp], host: str, port: int, workers: int) -> None:
    """Answer requests by several processes at one port, until this one is stopped.

    A process that dies is replaced. When this one is stopped, all finish what is under way.

    Args:
        make_app: makes the application in each process; can be pickled.
        host: the address to listen at.
        port: the port, or 0 for any that is free.
        workers: how many processes.

    Raises:
        SettingsError: there is no such address, or another program listens there.
    """
    config = uvicorn.Config(
        make_app,
        factory=True,
        workers=workers,
        timeout_worker_healthcheck=SILENCE,
        **_SETTINGS,
    )
    with _announced(host, port) as listener, counted_together():
        Multiprocess(config, [listener]).run()


@contextmanager
def _announced(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens, whose URL is printed on stderr."""
    with listening(host, port) as listener:
        url = f"http://{_bracketed(host)}:{listener.getsockname()[1]}"
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
