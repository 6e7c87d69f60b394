"""``POST /load``: a source that a client sends is loaded, and the report on it is the answer."""

import asyncio
import base64
import binascii
import hashlib
import logging
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from provgraph.collecting.shipment import MOST_BYTES, SHIPMENT_TYPE, unpack
from provgraph.errors import BusyError, LoadError, ProvGraphError, SettingsError, UnreachableError
from provgraph.ingest.loading import check_namespace, load
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import Report, report_line
from provgraph.loaders.registry import loader_named, loader_names
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.server_settings import ServingLimits
from provgraph.store.deadlines import Deadline
from provgraph.store.lanes import COME_AGAIN, Lane, client_in
from provgraph.store.protocol import Store
from provgraph.web.guards import check_given_once, media_type_of
from provgraph.web.metrics import LoadMetrics
from provgraph.web.openapi import REFUSAL, operation, parameter

_log = logging.getLogger(__name__)
#: The media type of reports: a JSON object a line.
REPORTS_TYPE: Final = "application/x-ndjson"
#: A page of another site can send none of these without being allowed to.
SENT_AS: Final = ("application/octet-stream", "application/json", SHIPMENT_TYPE)
#: Any bytes that are sent.
_BYTES: Final = {"type": "string", "format": "binary"}
#: What `check_namespace` lets pass.
_NAMESPACE: Final = {"type": "string", "pattern": r"^[^/@\s]+$"}
_LOAD: Final = operation(
    {200: {REPORTS_TYPE: {"type": "string"}}, 415: REFUSAL, 422: {REPORTS_TYPE: {"type": "string"}}}
    | {500: REFUSAL, 503: REFUSAL},
    parameters=(
        parameter("source", "query", {"type": "string"}, "the name by which it is reported"),
        parameter("format", "query", {"enum": [*loader_names(), ""]}, "the loader that reads it"),
        parameter("namespace", "query", _NAMESPACE, "of files with the same paths"),
        parameter("address", "query", {"type": "string"}, "where it stands for everybody"),
    ),
    body={**dict.fromkeys(SENT_AS, _BYTES), "application/json": {}},
)
#: The status of an answer whose source was refused: it was understood, and is not readable.
_UNREADABLE: Final = 422
#: For so long a load may be under way; the work of a load is not stopped.
_NO_HURRY: Final = 86_400.0


def load_routes(
    store: Store, limits: ServingLimits, metrics: LoadMetrics, *, is_guarded: bool
) -> APIRouter:
    """Make the route of ``/load`` for a store.

    Args:
        store: where to load.
        limits: how long a source is, and how many are loaded or wait at once.
        metrics: counts the sources.
        is_guarded: whether it is known who comes; else nothing is loaded.

    Returns:
        The routes, for a FastAPI application.
    """
    router = APIRouter()
    lane = Lane(limits.concurrent, limits.queue, "load")
    #: Places for sources that arrive, wait or are loaded: so much lies on disk at once.
    places = asyncio.Semaphore(limits.concurrent + limits.queue)

    @router.post("/load", **_LOAD)
    async def load_source(request: Request) -> Response:
        if not is_guarded:
            raise HTTPException(403, "loading needs access control: serve with --access")
        order = _Order(request)
        if places.locked():
            raise _busy(COME_AGAIN)
        async with places:
            with TemporaryDirectory(prefix="provgraph-load-") as folder:
                path = Path(folder) / "source"
                try:
                    with path.open("wb") as file:
                        await _receive(request, file, order.longest(limits.load))
                except ClientDisconnect:
                    raise HTTPException(400, "the source did not come whole") from None
                begun = time.perf_counter()
                reports = await _loaded(lane, order.client, order.load(store, path))
                metrics.count(reports, time.perf_counter() - begun)
        _tell(order.client, reports)
        return _answer(reports)

    return router


class _Order:
    """What a request says of its source.

    Raises:
        HTTPException: it makes no sense.
    """

    def __init__(self, request: Request) -> None:
        self.client = client_in(request.scope)
        check_given_once(request)
        said = request.query_params
        self._name = said.get("source", "-")
        self._format = said.get("format") or None
        self._namespace = said.get("namespace", DEFAULT_NAMESPACE)
        self._address = said.get("address") or None
        media_type = media_type_of(request)
        if media_type not in SENT_AS:
            raise HTTPException(415, f"send the source as {' or '.join(SENT_AS)}")
        self._are_several = media_type == SHIPMENT_TYPE
        try:
            check_namespace(self._namespace)
            if self._format is not None:
                loader_named(self._format)
        except SettingsError as error:
            raise HTTPException(400, str(error)) from None

    def longest(self, limit: int) -> int:
        """How many bytes may come, where one source may have so many."""
        return min(limit, MOST_BYTES) if self._are_several else limit

    def load(self, store: Store, path: Path) -> Callable[[Deadline], list[Report]]:
        """The work that loads what came from a file, in the name of who sent it."""
        return lambda _: list(
            load(store, self._sources(path), format_name=self._format, namespace=self._namespace)
        )

    def _sources(self, path: Path) -> Sequence[Source]:
        """The sources in what came.

        Raises:
            LoadError: it is no shipment of sources.
        """
        if self._are_several:
            return unpack(path, path.parent, self.client)
        return [Source(self._name, path, address=self._address, agent=self.client)]


async def _receive(request: Request, file: BinaryIO, limit: int) -> None:
    """Write the body down as it comes, unpacked where it is packed, and check its digest.

    Raises:
        HTTPException: it is too long, damaged, or packed in a way that is not known.
    """
    unpack = _unpacking(request.headers.get("content-encoding", ""), limit)
    sent = hashlib.sha256()
    async for piece in request.stream():
        sent.update(piece)
        file.write(unpack(piece, False))
    file.write(unpack(b"", True))
    digest = request.headers.get("content-digest")
    if digest is not None and _sha256_of(digest) != sent.digest():
        raise HTTPException(400, "the source is not what Content-Digest says: send it again")


def _unpacking(encoding: str, limit: int) -> Callable[[bytes, bool], bytes]:
    """What unpacks a piece of a body; and says at the end whether all of it came."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return lambda piece, _: piece
    if encoding != "gzip":
        raise HTTPException(415, f"Content-Encoding {encoding} is not known: send gzip, or none")
    return _Gzip(limit).unpack


class _Gzip:
    """Unpacks a gzip of one member or several, within a limit (RFC 1952)."""

    def __init__(self, limit: int) -> None:
        self._limit, self._length = limit, 0
        self._member = zlib.decompressobj(wbits=31)

    def unpack(self, piece: bytes, is_end: bool) -> bytes:
        """Unpack what came; say at the end whether all of it came.

        Raises:
            HTTPException: it is no gzip, is cut off, or is too long when unpacked.
        """
        if is_end and not self._member.eof:
            raise HTTPException(400, "the source is cut off: its gzip has no end")
        found: list[bytes] = []
        try:
            while piece:
                if self._member.eof:
                    self._member = zlib.decompressobj(wbits=31)
                found.append(self._member.decompress(piece, self._limit - self._length + 1))
                self._length += len(found[-1])
                if self._length > self._limit:
                    raise HTTPException(
                        413, f"the source is longer than {self._limit:,} bytes when unpacked"
                    )
                piece = self._member.unused_data
        except zlib.error as error:
            raise HTTPException(400, f"the source is no gzip: {error}") from None
        return b"".join(found)


def _sha256_of(digest: str) -> bytes | None:
    """The SHA-256 in a header ``Content-Digest: sha-256=:…:`` (RFC 9530); None without one."""
    for member in digest.split(","):
        name, _, value = member.strip().partition("=")
        if name.lower() == "sha-256":
            try:
                return base64.b64decode(value.strip(":"), validate=True)
            except binascii.Error:
                return None
    return None


async def _loaded(
    lane: Lane, client: str, work: Callable[[Deadline], list[Report]]
) -> list[Report]:
    """Have a source loaded, when it is the client's turn.

    Raises:
        HTTPException: too many wait, the store is away, or it failed.
    """
    try:
        job = asyncio.wrap_future(lane.submit(client, work, Deadline(_NO_HURRY)))
        # Who goes away meanwhile may send the source again: it is `unchanged` then.
        return await asyncio.shield(job)
    except BusyError as error:
        raise _busy(error.seconds) from None
    except UnreachableError:
        raise HTTPException(
            503, "the store can't be reached: try again later", {"Retry-After": "10"}
        ) from None
    except (SettingsError, LoadError) as error:
        raise HTTPException(400, str(error)) from None
    except ProvGraphError as error:
        _log.error("a source could not be loaded: %s", error)
        raise HTTPException(500, "the store failed: the server's log says why") from None


def _tell(client: str, reports: list[Report]) -> None:
    """Note in the server's log what became of each source, and who sent it."""
    for each in reports:
        facts = {"source": each.source, "status": each.status, "load": each.load, "client": client}
        _log.info("a source was sent", extra={"facts": facts})


def _busy(seconds: int) -> HTTPException:
    message = f"many sources are being loaded: try again in {seconds} s"
    return HTTPException(503, message, {"Retry-After": str(seconds)})


def _answer(reports: list[Report]) -> Response:
    """The reports as lines of JSON, as ``load --json`` prints them."""
    text = "".join(f"{report_line(each)}\n" for each in reports)
    refused = bool(reports) and all(each.status == "refused" for each in reports)
    return Response(text, _UNREADABLE if refused else 200, media_type=REPORTS_TYPE)
