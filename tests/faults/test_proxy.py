"""The proxy itself: each of its faults as a client meets it."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from queue import Queue
from threading import Thread

import pytest

from tests.faults.proxy import Proxy
from tests.services.process import HOST

PATIENCE = 300.0


class Echo:
    """A server that gives back what comes, and remembers it."""

    def __init__(self) -> None:
        self.heard: Queue[bytes] = Queue()
        self._listening = socket.create_server((HOST, 0))
        self.port: int = self._listening.getsockname()[1]
        Thread(target=self._welcome, daemon=True).start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _welcome(self) -> None:
        while True:
            try:
                link, _ = self._listening.accept()
            except OSError:
                return
            Thread(target=self._answer, args=(link,), daemon=True).start()

    def _answer(self, link: socket.socket) -> None:
        with link, suppress(ConnectionError):
            while data := link.recv(100):
                self.heard.put(data)
                link.sendall(data)


@pytest.fixture
def echo() -> Iterator[Echo]:
    with closing(Echo()) as server:
        yield server


@pytest.fixture
def proxy(echo: Echo) -> Iterator[Proxy]:
    with Proxy(echo.port) as proxy:
        yield proxy


def client(proxy: Proxy) -> socket.socket:
    return socket.create_connection((HOST, proxy.port), timeout=PATIENCE)


def assert_passing(proxy: Proxy) -> None:
    with client(proxy) as link:
        link.sendall(b"one")
        assert link.recv(100) == b"one"


def test_everything_passes(proxy: Proxy) -> None:
    assert_passing(proxy)
    assert proxy.links == 1


def test_a_cut_resets_and_lets_come_again(proxy: Proxy) -> None:
    with client(proxy) as link:
        link.sendall(b"one")
        assert link.recv(100) == b"one"
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            link.recv(100)
    assert_passing(proxy)


def test_refused_until_restored(proxy: Proxy) -> None:
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        client(proxy)
    proxy.restore()
    assert_passing(proxy)


def test_silence_keeps_what_comes(proxy: Proxy) -> None:
    with client(proxy) as link:
        link.sendall(b"one")
        assert link.recv(100) == b"one"
        proxy.silence()
        link.sendall(b"two")
        link.settimeout(0.3)
        with pytest.raises(TimeoutError):
            link.recv(100)
        link.settimeout(PATIENCE)
        proxy.restore()
        assert link.recv(100) == b"two"


def test_the_answer_to_a_request_is_lost(proxy: Proxy, echo: Echo) -> None:
    proxy.watched = b"COMMIT"
    proxy.lose_answer_to(2)
    with client(proxy) as link:
        for number in (b"1", b"2"):
            link.sendall(b"COMMIT " + number)
            if number == b"1":
                assert link.recv(100) == b"COMMIT 1"
        with pytest.raises(ConnectionResetError):
            link.recv(100)
    assert proxy.answer_lost.is_set()
    assert [echo.heard.get(timeout=PATIENCE), echo.heard.get(timeout=PATIENCE)] == [
        b"COMMIT 1",
        b"COMMIT 2",
    ]


def test_delay(proxy: Proxy) -> None:
    proxy.delay = 0.1
    with client(proxy) as link:
        started = time.monotonic()
        link.sendall(b"one")
        assert link.recv(100) == b"one"
        # There and back again.
        assert time.monotonic() - started >= 2 * proxy.delay
