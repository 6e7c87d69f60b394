"""``GET /provsap``: the provenance of records, as OPUS's service ProvSAP answers.

No document of the IVOA defines the protocol; parameters and defaults are those of OPUS 0.6, with
``FORTH`` of django-prov-vo as another word for ``FORWARD``. Names and words are accepted in any
case, and an error is a VOTable (DALI 1.1, sections 3.1 and 4.4).
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar
from xml.sax.saxutils import escape

from fastapi import APIRouter
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from provgraph.errors import (
    BusyError,
    HiddenError,
    MissingExtraError,
    NoStoreError,
    NotFoundError,
    OverdueError,
    ProvGraphError,
    StoreError,
    UnreachableError,
)
from provgraph.interchange.export import export, within
from provgraph.interchange.writing.vo_prov_xml import printable
from provgraph.model.lineage import Direction, Lineage, Node
from provgraph.model.values import counted, visible
from provgraph.pictures import registry as pictures
from provgraph.pictures.look import Look, Orientation
from provgraph.questions.configuration import with_configuration
from provgraph.questions.joint_lineages import Reach, joint_lineage, with_descriptions
from provgraph.questions.tracing import find
from provgraph.server_settings import ServingLimits
from provgraph.store.deadlines import DEADLINE, Deadline
from provgraph.store.lanes import Lane, client_in
from provgraph.store.protocol import Store
from provgraph.store.served import ServedStore
from provgraph.web.openapi import Content, operation, parameter

_log = logging.getLogger(__name__)
T = TypeVar("T")
VOTABLE_TYPE: Final = "application/x-votable+xml"
IVOA, W3C = "IVOA", "W3C"


@dataclass(frozen=True, slots=True)
class _Format:
    """One of the answers that RESPONSEFORMAT names.

    Attributes:
        media_type: of the answer; it is another name of the format (DALI 1.1, section 3.4.3).
        ending: of the name under which a browser keeps it.
        written: model → the format of a document; empty for a picture.
        picture: the name of the picture.
    """

    media_type: str
    ending: str
    written: Mapping[str, str]
    picture: str = ""


FORMATS: Final = {
    "PROV-SVG": _Format("image/svg+xml", "svg", {}, "svg"),
    "PROV-PNG": _Format("image/png", "png", {}, "png"),
    "PROV-JSON": _Format("application/json", "json", {IVOA: "vo-prov-json", W3C: "prov-json"}),
    "PROV-XML": _Format("text/xml", "xml", {IVOA: "vo-prov-xml", W3C: "prov-xml"}),
    "PROV-VOTABLE": _Format(VOTABLE_TYPE, "vot", {IVOA: "votable"}),
    "PROV-N": _Format("text/provenance-notation", "provn", {W3C: "prov-n"}),
    "PROV-TURTLE": _Format("text/turtle", "ttl", {W3C: "turtle"}),
}
_DIRECTIONS: Final = {
    "BACK": Direction.UPSTREAM,
    "FORWARD": Direction.DOWNSTREAM,
    "FORTH": Direction.DOWNSTREAM,
}
#: GD → which way the picture runs, and the direction in which it is drawn so.
_FLOWS: Final = {
    "LR": (Orientation.ACROSS, Direction.UPSTREAM),
    "RL": (Orientation.ACROSS, Direction.DOWNSTREAM),
    "TB": (Orientation.DOWN, Direction.UPSTREAM),
    "BT": (Orientation.DOWN, Direction.DOWNSTREAM),
}


def _choice(name: str, words: Iterable[str], what: str) -> dict[str, Any]:
    """A parameter of few words, as OpenAPI describes it."""
    return parameter(name, "query", {"enum": list(words)}, what)


_FLAGS: Final = {"0": False, "1": True}
_LEVELS: Final = {"0": 0, "1": 1, "2": 2}
_FAILED: Final = 500
_IDS: Final = {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}
#: Class of an error → the status of HTTP, and the words in place of its own.
_STATUSES: Final = (
    (NoStoreError, 404, "nothing is loaded yet"),
    (NotFoundError, 404, None),
    (HiddenError, 403, None),
    (BusyError, 503, None),
    (OverdueError, 503, None),
    (UnreachableError, 503, "the store can't be reached: try again later"),
    (StoreError, _FAILED, "the store failed: the server's log says why"),
    (MissingExtraError, 501, None),
)
#: RESPONSEFORMAT and MODEL, two parameters of which one limits the other.
_FORM: Final = {
    "type": "object",
    "anyOf": [
        {
            "properties": {
                "RESPONSEFORMAT": {"enum": [name]},
                "MODEL": {"enum": list(each.written or (IVOA, W3C))},
            },
            "required": ["RESPONSEFORMAT"],
            "additionalProperties": False,
        }
        for name, each in FORMATS.items()
    ],
}
_ERROR: Final[Content] = {VOTABLE_TYPE: {"type": "string"}}
_OPERATION: Final = operation(
    {
        200: {each.media_type: {} for each in FORMATS.values()},
        **dict.fromkeys((400, 403, 404, 500, 501, 503), _ERROR),
    },
    parameters=(
        parameter("ID", "query", _IDS, "the records that it is about", needed=True),
        parameter("form", "query", _FORM, "what is answered; not every format has both models"),
        _choice("DIRECTION", _DIRECTIONS, "to what it came from, or what came of it"),
        parameter("DEPTH", "query", {"type": "string", "pattern": r"^(\d{1,9}|ALL)$"}, "in steps"),
        _choice("AGENTS", _FLAGS, "whether people and programs are told"),
        _choice("MEMBERS", _FLAGS, "whether the members of collections are told"),
        _choice("DESCRIPTIONS", _LEVELS, "whether descriptions of tools are told"),
        _choice("CONFIGURATION", _FLAGS, "whether the configuration of runs is told"),
        _choice("ATTRIBUTES", _FLAGS, "whether a picture has attributes"),
        _choice("GD", _FLOWS, "which way a picture runs"),
    ),
)
#: The longest name of a file that an answer suggests.
_LONGEST_NAME: Final = 100


class _RefusedError(Exception):
    """A request that gets an error: the status of HTTP, and what is wrong."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _ProvSapQuery:
    """The parameters of a request.

    Raises:
        _RefusedError: one of them makes no sense.
    """

    def __init__(self, query: QueryParams) -> None:
        self._said: dict[str, list[str]] = {}
        for name, value in query.multi_items():
            self._said.setdefault(name.upper(), []).append(value)
        self.ids = list(dict.fromkeys(filter(None, self._said.get("ID", ()))))
        if not self.ids:
            raise _RefusedError(400, "ID is missing: the identifier of a job or an entity")
        self.direction = self._word("DIRECTION", "BACK", _DIRECTIONS)
        self.depth = self._depth()
        self.has_agents = self._word("AGENTS", "1", _FLAGS)
        self.has_members = self._word("MEMBERS", "0", _FLAGS)
        self.descriptions = self._word("DESCRIPTIONS", "0", _LEVELS)
        self.has_configuration = self._word("CONFIGURATION", "1", _FLAGS)
        self.has_attributes = self._word("ATTRIBUTES", "1", _FLAGS)
        self.flow = self._word("GD", "LR", _FLOWS)
        named = FORMATS | {each.media_type.upper(): each for each in FORMATS.values()}
        self.format = self._word("RESPONSEFORMAT", "PROV-SVG", named, FORMATS)
        models = self.format.written or {IVOA: "", W3C: ""}
        self.written = self._word("MODEL", next(iter(models)), models)

    def _word(
        self, name: str, usual: str, known: Mapping[str, T], told: Mapping[str, object] = {}
    ) -> T:
        """What a parameter of few words means."""
        said = self._one(name, usual)
        if said.upper() not in known:
            words = ", ".join(told or known)
            raise _RefusedError(400, f"{name}={visible(said)} is none of: {words}")
        return known[said.upper()]

    def _depth(self) -> int | None:
        said = self._one("DEPTH", "1")
        if said.upper() == "ALL":
            return None
        if not re.fullmatch(r"\d{1,9}", said, re.ASCII):
            raise _RefusedError(400, f"DEPTH={visible(said)} is neither a number nor ALL")
        return int(said)

    def _one(self, name: str, usual: str) -> str:
        said = [each for each in self._said.get(name, ()) if each] or [usual]
        if len({each.upper() for each in said}) > 1:
            raise _RefusedError(400, f"{name} is given more than once")
        return said[0].strip()


def provsap_routes(stores: ServedStore, limits: ServingLimits) -> APIRouter:
    """Make the route of ``/provsap`` for a store.

    Args:
        stores: what answers, as far as who asks may see it.
        limits: how much one request may ask, and how many are answered at once.

    Returns:
        The routes, for a FastAPI application.
    """
    router = APIRouter()
    lane = Lane(limits.concurrent, limits.queue, "provsap")

    @router.get("/provsap", **_OPERATION)
    async def provenance(request: Request) -> Response:
        try:
            asked = _ProvSapQuery(request.query_params)
            store = stores.asked_by(request.scope)
            work = _timed(lambda: _answered(store, asked, limits))
            job = lane.submit(client_in(request.scope), work, Deadline(limits.seconds))
            content = await asyncio.wrap_future(job)
        except (_RefusedError, ProvGraphError) as error:
            return _refusal(error)
        name = "_".join(re.sub(r"[^\w.-]+", "-", each, flags=re.ASCII) for each in asked.ids)
        where = f'inline; filename="provsap_{name[:_LONGEST_NAME]}.{asked.format.ending}"'
        headers = {"Content-Disposition": where}
        return Response(content, media_type=asked.format.media_type, headers=headers)

    return router


def _timed(work: Callable[[], T]) -> Callable[[Deadline], T]:
    """Work that stores stop when its time is over."""

    def timed(deadline: Deadline) -> T:
        before = DEADLINE.set(deadline)
        try:
            return work()
        finally:
            DEADLINE.reset(before)

    return timed


def _answered(store: Store, asked: _ProvSapQuery, limits: ServingLimits) -> bytes:
    """The answer, as it is sent.

    Raises:
        _RefusedError: there is no such record, or too much of it.
    """
    roots = [_root(store, each) for each in asked.ids]
    reach = Reach(asked.direction, asked.depth, asked.has_agents, asked.has_members, limits.records)
    found = joint_lineage(store, roots, reach)
    if found.truncated:
        most = counted(limits.records, "record")
        raise _RefusedError(400, f"there are more than {most}: ask with a smaller DEPTH")
    if asked.descriptions:
        of_all = asked.descriptions > 1
        found = with_descriptions(store, found, of_all=of_all, has_agents=asked.has_agents)
    if asked.format.picture:
        return _drawn(store, found, asked)
    configured = asked.has_configuration
    selection = within(found, has_settings=configured, has_config_files=configured)
    pieces = []
    length = 0
    for piece in export(store, asked.written, selection):
        pieces.append(piece.encode())
        length += len(pieces[-1])
        if length > limits.answer:
            most = f"{limits.answer:,} bytes"
            raise _RefusedError(400, f"the answer is longer than {most}: take a smaller DEPTH")
    return b"".join(pieces)


def _root(store: Store, name: str) -> Node:
    """The record that an ID names; OPUS's clients name a file by what stands behind ``?ID=``."""
    try:
        return find(store, name)
    except NotFoundError:
        with suppress(NotFoundError):
            return find(store, f"?ID={name}")
        raise


def _drawn(store: Store, found: Lineage, asked: _ProvSapQuery) -> bytes:
    orientation, direction = asked.flow
    shown = with_configuration(store, found) if asked.has_configuration else found
    look = Look(orientation, agents=asked.has_agents, attributes=asked.has_attributes, w3c=True)
    drawing = pictures.PICTURES[asked.format.picture](replace(shown, direction=direction), look)
    return drawing.encode() if isinstance(drawing, str) else drawing


def _refusal(error: _RefusedError | ProvGraphError) -> Response:
    """A VOTable that says what is wrong (DALI 1.1, section 4.4.2)."""
    status, message = _told(error)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">\n'
        '<RESOURCE type="results">\n'
        f'<INFO name="QUERY_STATUS" value="ERROR">{escape(printable(message))}</INFO>\n'
        "</RESOURCE>\n</VOTABLE>\n"
    )
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, BusyError) else {}
    return Response(text, status, media_type=VOTABLE_TYPE, headers=headers)


def _told(error: _RefusedError | ProvGraphError) -> tuple[int, str]:
    """The status of HTTP, and what the client is told: no internals."""
    if isinstance(error, _RefusedError):
        return error.status, str(error)
    status, words = next(
        ((status, words) for kind, status, words in _STATUSES if isinstance(error, kind)),
        (400, None),
    )
    if status == _FAILED:
        _log.error("a question of ProvSAP failed: %s", error)
    return status, words or str(error)
