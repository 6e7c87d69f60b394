"""Reads a large source in a process of its own, while the one that asked for it writes.

Run as ``python -m provgraph.ingest.reading.process``, this module takes a `ReadingOrder` on
standard input and answers on standard output. Both ends are provgraph's own, so they speak pickle.
`multiprocessing` would run a user's script again that calls `load` without a guard.
"""

import os
import pickle
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from subprocess import PIPE, Popen
from typing import IO, TypeAlias

from provgraph.errors import ReaderEndedError
from provgraph.ingest.reading.sources import Source, opened
from provgraph.loaders.protocol import Problem, RelativeNames
from provgraph.loaders.registry import addressed, loader_named
from provgraph.model.records import Document

#: A source of fewer bytes is read almost as soon as such a process has started.
SMALLEST = 16 << 20
#: How many documents and problems are sent at once, and how many such answers may wait.
BATCH = 100
AHEAD = 8

Found: TypeAlias = Document | Problem | RelativeNames
Answer: TypeAlias = list[Found] | Exception | None


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """What the other process has to read.

    Attributes:
        source: the source.
        format_name: the loader's name.
        namespace: in which the source's paths mean files (docs/contract.md, rule 7).
        start: the byte to begin at.
        address: of the source, see `provgraph.ingest.reading.sources.address_of`.
    """

    source: Source
    format_name: str
    namespace: str
    start: int
    address: str


def read_elsewhere(order: ReadingOrder) -> Iterator[Found]:
    """Read a source in another process.

    Args:
        order: what to read.

    Yields:
        The documents and problems that the loader finds there.

    Raises:
        Exception: what the loader raised, behind what it has found before.
        ReaderEndedError: the process ended before it was done.
    """
    # In a session of its own, Ctrl-C does not reach the process: it is ended here.
    command = (sys.executable, "-m", __name__)
    process = Popen(command, stdin=PIPE, stdout=PIPE, start_new_session=True)  # noqa: S603 - our own program
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both are pipes")
    try:
        with process.stdin, process.stdout:
            pickle.dump(order, process.stdin)
            process.stdin.flush()
            while (answer := _received(process.stdout, order)) is not None:
                if not isinstance(answer, list):
                    raise answer
                yield from answer
    finally:
        process.kill()
        process.wait()


def _received(stream: IO[bytes], order: ReadingOrder) -> Answer:
    try:
        answer: Answer = pickle.load(stream)  # noqa: S301 - from our own process
    except (EOFError, pickle.UnpicklingError, OSError):
        raise ReaderEndedError(
            f"the process that reads {order.source.name} ended before it was done (out of memory, "
            "or killed); nothing of the source is loaded: load it again"
        ) from None
    return answer


def _answers(order: ReadingOrder) -> Iterator[Answer]:
    """Yield what is found, in batches; at the end an error, or None when there is none."""
    batch: list[Found] = []
    error: Exception | None = None
    try:
        for each in _found(order):
            batch.append(each)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except Exception as caught:
        error = caught
    yield batch
    yield error


def _found(order: ReadingOrder) -> Iterator[Found]:
    with opened(order.source) as stream:
        if order.start:
            stream.seek(order.start)
        loader = addressed(loader_named(order.format_name), lambda: order.address)
        yield from loader.documents(stream, order.namespace, order.start)


def main() -> None:
    """Read what the order on standard input says."""
    order = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own process
    with os.fdopen(os.dup(1), "wb") as stream:
        os.dup2(2, 1)  # so that a loader which prints spoils no answer
        try:
            _send(_answers(order), stream)
        except BrokenPipeError:
            os._exit(0)  # nobody wants more


def _send(answers: Iterator[Answer], stream: IO[bytes]) -> None:
    """Send from another thread: reading goes on while the other process is busy with writing."""
    with ThreadPoolExecutor(max_workers=1) as sender:
        waiting: deque[Future[None]] = deque()
        for answer in answers:
            waiting.append(
                sender.submit(_write, stream, pickle.dumps(answer, pickle.HIGHEST_PROTOCOL))
            )
            if len(waiting) > AHEAD:
                waiting.popleft().result()
        for sent in waiting:
            sent.result()


def _write(stream: IO[bytes], data: bytes) -> None:
    stream.write(data)
    stream.flush()


if __name__ == "__main__":
    main()
