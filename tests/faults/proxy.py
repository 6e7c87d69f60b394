"""A TCP proxy between a loader and its server.

Cuts connections, goes silent, delays, loses the answer to a request.
"""

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self, TypeVar

from tests.services.process import HOST, free_port

T = TypeVar("T")
#: SO_LINGER with no time: closing resets the connection, as a router that lost it would.
_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on a port of its own and passes everything on, until told otherwise.

    Its methods may be called anywhere.

    Attributes:
        port: where it listens.
        links: how many connections came so far.
        requested: how many bytes came for the server so far.
        matches: how many requests held the `watched` bytes so far.
        watched: the bytes that make a request the one to count; none when empty.
        delay: seconds that each piece waits before it is passed on.
    """

    def __init__(self, port: int) -> None:
        """Stand before the server on this port."""
        self.port = free_port()
        self.links = 0
        self.requested = 0
        self.matches = 0
        self.watched = b""
        self.delay = 0.0
        self.answer_lost = Event()
        self._server_port = port
        self._writers: set[StreamWriter] = set()
        self._fatal_match: int | None = None
        self._loop = asyncio.new_event_loop()
        self._flowing = asyncio.Event()
        self._thread = Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._done(self._listen)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._done(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Reset all connections; new ones are welcome."""
        self._done(self._cut)

    def refuse(self) -> None:
        """Reset all connections and refuse new ones, as a host that is gone."""
        self._done(self._refuse)

    def silence(self) -> None:
        """Pass nothing on, and keep what comes: as a network that lost its route."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def restore(self) -> None:
        """Pass everything on at once again, and forget what was counted and what was to be lost."""
        self._done(self._restore)

    def lose_answer_to(self, number: int) -> None:
        """Reset the connection when the answer to the request that is this many matches away comes
        from the server.
        """
        self._fatal_match = self.matches + number

    # In the proxy's own thread.

    def _done(self, work: Callable[[], Awaitable[T]]) -> T:
        async def run() -> T:
            return await work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(timeout=300)

    async def _listen(self) -> None:
        self._flowing.set()
        self._server = await asyncio.start_server(self._welcome, HOST, self.port)

    async def _cut(self) -> None:
        for writer in list(self._writers):
            _reset(writer)

    async def _refuse(self) -> None:
        self._server.close()
        await self._cut()

    async def _end(self) -> None:
        await self._refuse()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _restore(self) -> None:
        self.links = self.requested = self.matches = 0
        self.delay = 0.0
        self._fatal_match = None
        self.answer_lost.clear()
        self._flowing.set()
        if not self._server.is_serving():
            await self._listen()

    async def _welcome(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.links += 1
        try:
            server_reader, server_writer = await asyncio.open_connection(HOST, self._server_port)
        except OSError:
            _reset(writer)
            return
        link = _Link(reader, writer, server_reader, server_writer)
        self._writers |= {writer, server_writer}
        try:
            await asyncio.gather(self._requests(link), self._answers(link))
        except (OSError, asyncio.CancelledError):
            _reset(writer)
            _reset(server_writer)
        finally:
            self._writers -= {writer, server_writer}

    async def _requests(self, link: "_Link") -> None:
        while data := await link.reader.read(65536):
            self.requested += len(data)
            if self.watched and self.watched in data:
                self.matches += 1
                link.is_fatal = self.matches == self._fatal_match
            await self._pass_on(data, link.server_writer)
        link.server_writer.close()

    async def _answers(self, link: "_Link") -> None:
        while data := await link.server_reader.read(65536):
            if link.is_fatal:
                self.answer_lost.set()
                raise ConnectionResetError
            await self._pass_on(data, link.writer)
        link.writer.close()

    async def _pass_on(self, data: bytes, writer: StreamWriter) -> None:
        await asyncio.sleep(self.delay)
        await self._flowing.wait()
        writer.write(data)
        await writer.drain()


class _Link:
    """Both sides of a connection; `is_fatal` when its next answer gets lost."""

    def __init__(
        self,
        reader: StreamReader,
        writer: StreamWriter,
        server_reader: StreamReader,
        server_writer: StreamWriter,
    ) -> None:
        self.reader, self.writer = reader, writer
        self.server_reader, self.server_writer = server_reader, server_writer
        self.is_fatal = False


def _reset(writer: StreamWriter) -> None:
    with suppress(OSError):  # the other side was first
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
