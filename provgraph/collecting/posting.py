"""Sources are sent to a server, which loads them: whoever sends needs a token, and no database."""

import base64
import gzip
import hashlib
import http.client
import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Final, cast
from urllib.parse import urlencode

from typing_extensions import override

from provgraph.collecting.http_server import HttpServer, seconds_to_wait
from provgraph.collecting.label import address_put_aside
from provgraph.collecting.shipment import SHIPMENT_TYPE, Packed, pack
from provgraph.errors import LoadError, LoginError, StoreError, UnreachableError
from provgraph.ingest.reading.bundles import content_of
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import Report, report_from

#: For so long a server that is away, or busy, is asked again, in seconds.
PATIENCE_SECONDS: Final = 60.0
#: How long a server may take to load one source, in seconds.
ANSWER_SECONDS: Final = 3600.0
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 10.0
#: So much of an answer is read, in bytes.
_LARGEST_ANSWER: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a server has to know of a source.

    Attributes:
        source: what reports and the load record call it.
        namespace: in which its paths mean files.
        format_name: the loader's name; None to recognise it by content.
        address: the URI against which relative names in it resolve; None when it has none.
    """

    source: str
    namespace: str
    format_name: str | None = None
    address: str | None = None

    def query(self) -> str:
        """Write it down as the query of a URL.

        Returns:
            The query.
        """
        said = {
            "source": self.source,
            "namespace": self.namespace,
            "format": self.format_name,
            "address": self.address,
        }
        return urlencode(_known(said))


@dataclass(frozen=True, slots=True)
class Body(AbstractContextManager["Body"]):
    """What is sent in one request. As a context manager it is closed in the end.

    Attributes:
        file: a temporary one, with what is sent, packed.
        headers: that describe it, with its length and its digest.
        query: of the URL.
    """

    file: IO[bytes]
    headers: Mapping[str, str]
    query: str

    @override
    def __exit__(self, *_: object) -> None:
        self.file.close()


class LoadServer:
    """A server whose ``/load`` takes sources (docs/how-to/serving.md, Loading)."""

    def __init__(self, url: str, token: str | None, patience: float = PATIENCE_SECONDS) -> None:
        """Send nothing yet.

        Args:
            url: of the server, such as ``https://prov.example.org``.
            token: with the right to load; None where none is asked for.
            patience: for how many seconds a server that is away or busy is asked again.

        Raises:
            SettingsError: the URL is that of no server.
        """
        self._server = HttpServer(url, token)
        self._patience = patience
        self.address = url

    def make(self) -> None:
        """Make nothing: the server has a store."""

    def close(self) -> None:
        """Let go of nothing: each source has a connection of its own."""

    def load_source(self, source: Source, namespace: str, format_name: str | None) -> list[Report]:
        """Send a source as a command names it.

        Args:
            source: a file, a job's folder, or the copy of a pipe.
            namespace: in which its paths mean files.
            format_name: the loader's name; None to recognise it by content.

        Returns:
            As for `load`.

        Raises:
            LoadError: the source can't be read.
            StoreError: as for `load`.
        """
        found = _to_pack(source)
        parcel = Parcel(found.name, namespace, format_name, found.address)
        return self.load(found.content, parcel)

    def load_together(self, shipment: Body, count: int) -> list[Report]:
        """Send sources in one request.

        Args:
            shipment: the sources, as `packed_together` makes it.
            count: how many there are.

        Returns:
            A report a source, in their order.

        Raises:
            LoadError: the server does not take several at once.
            StoreError: as for `load`.
        """
        reports = self._answer(shipment)
        if len(reports) != count:
            raise StoreError(f"the server {self.address} has not reported on each source")
        return reports

    def load(self, content: bytes | Path, parcel: Parcel) -> list[Report]:
        """Send a source, again while the server is away or busy.

        Sending twice what arrived the first time changes nothing: it is ``unchanged`` then.

        Args:
            content: the bytes, or a file that holds them.
            parcel: what the server has to know of it.

        Returns:
            The server's report; several for an archive.

        Raises:
            UnreachableError: the server stayed away, or busy.
            LoginError: the token is not valid, or has not the right to load.
            LoadError: the source can't be read here, or the server does not take it.
            StoreError: the server failed.
        """
        with _body(partial(_copy, content), "application/octet-stream", parcel.query()) as body:
            return self._answer(body)

    def _answer(self, body: Body) -> list[Report]:
        """Send a body until there is an answer that is final, or no patience left.

        Raises:
            StoreError: as for `load`.
            LoadError: as for `load`.
        """
        end = time.monotonic() + self._patience
        pause = _FIRST_PAUSE
        while True:
            status, text, wait = self._sent(body)
            if status not in (0, 429, 502, 503, 504):
                return _reports(status, text, self.address)
            pause = wait or min(2 * pause, _LONGEST_PAUSE)
            if time.monotonic() + pause > end:
                raise UnreachableError(
                    f"the server {self.address} takes nothing now: {text}; try again later"
                )
            time.sleep(pause)

    def _sent(self, body: Body) -> tuple[int, str, float]:
        """Send a body once: the status, the text, and after how long to come again.

        The status is 0 when there is no answer.
        """
        connection = self._server.connection(ANSWER_SECONDS)
        body.file.seek(0)
        try:
            connection.request(
                "POST",
                f"{self._server.path}/load?{body.query}",
                body.file,
                {**body.headers, **self._server.authorization},
            )
            answer = connection.getresponse()
            text = answer.read(_LARGEST_ANSWER).decode("utf-8", "replace")
            return answer.status, text, seconds_to_wait(answer, 0.0)
        except ssl.SSLCertVerificationError as error:
            raise self._server.distrusted(error) from None
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error) or type(error).__name__, 0.0
        finally:
            connection.close()


def _known(said: Mapping[str, str | None]) -> dict[str, str]:
    """What is known of what a query may say."""
    return {name: value for name, value in said.items() if value is not None}


def _to_pack(source: Source) -> Packed:
    """A source with its bytes.

    Raises:
        LoadError: it can't be read.
    """
    content = content_of(source.path, source.name)
    address = source.address or address_put_aside(content, source.name)
    return Packed(source.stored_name, content, address)


def _copy(content: bytes | Path, to: IO[bytes]) -> None:
    """Write a source into a body."""
    with BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
        copyfileobj(file, to)


def packed_together(sources: Sequence[Source], namespace: str, format_name: str | None) -> Body:
    """Pack sources that are to be sent in one request.

    Args:
        sources: small ones, as for `LoadServer.load_source`.
        namespace: as for `LoadServer.load_source`, of all.
        format_name: as for `LoadServer.load_source`, of all.

    Returns:
        The shipment; the caller closes it.

    Raises:
        LoadError: one of them can't be read.
    """
    found = [_to_pack(each) for each in sources]
    query = urlencode(_known({"namespace": namespace, "format": format_name}))
    return _body(partial(pack, found), SHIPMENT_TYPE, query)


def _body(write: Callable[[IO[bytes]], None], media_type: str, query: str) -> Body:
    """Pack what is sent.

    Raises:
        LoadError: it can't be read.
    """
    with ExitStack() as until_packed:
        packed = until_packed.enter_context(TemporaryFile())
        try:
            with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as packing:
                write(cast(IO[bytes], packing))
        except OSError as error:
            raise LoadError(f"can't be read: {error.strerror}") from None
        length = packed.tell()
        packed.seek(0)
        digest = base64.b64encode(hashlib.file_digest(packed, "sha256").digest()).decode()
        headers = {
            "Content-Type": media_type,
            "Content-Encoding": "gzip",
            "Content-Length": str(length),
            "Content-Digest": f"sha-256=:{digest}:",
            "Accept": "application/x-ndjson",
        }
        until_packed.pop_all()
        return Body(packed, headers, query)


def _reports(status: int, text: str, server: str) -> list[Report]:
    """The reports in an answer that is final.

    Raises:
        LoginError: the token is not valid, or has not the right to load.
        LoadError: the server does not take the source.
        StoreError: the server failed, or is none of provgraph's.
    """
    if status in (200, 422):
        try:
            return [report_from(json.loads(line)) for line in text.splitlines() if line]
        except (ValueError, TypeError, KeyError):
            raise StoreError(f"what answers at {server}/load is no provgraph") from None
    why = _message(text)
    if status in (401, 403):
        raise LoginError(
            f"the server {server} does not let this load: {why}; check PROVGRAPH_TOKEN and "
            "PROVGRAPH_TOKEN_FILE"
        )
    if status in (400, 408, 413, 415):
        raise LoadError(f"the server {server} does not take it: {why}")
    raise StoreError(f"the server {server} failed ({status}): {why}")


def _message(text: str) -> str:
    """What an answer says is wrong."""
    try:
        return str(json.loads(text)["errors"][0]["message"])
    except (ValueError, TypeError, LookupError):
        return text[:200]
