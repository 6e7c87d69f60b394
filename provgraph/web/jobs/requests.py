"""What a client sends: the parameters of a query, a form, and files."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from provgraph.jobs.definition import base_name
from provgraph.jobs.records import JobQuery, Phase, read_time
from provgraph.web.guards import check_given_once, media_type_of

_PIECE: Final = 1 << 20
_MOST_PARTS: Final = 1_000
_LONGEST_FIELD: Final = 1 << 20
#: A value that means a file in another part of the same form (UWS 1.1, section 2.2.3.1.1).
_PARAM: Final = "param:"


@dataclass(slots=True)
class SentForm:
    """A form that came.

    Attributes:
        said: name → value.
        files: name → name and place of a file.
    """

    said: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, Path]] = field(default_factory=dict)

    def lower(self) -> dict[str, str]:
        """The values, by their names in lower case."""
        return {name.lower(): value for name, value in self.said.items()}


async def form_of(request: Request, folder: Path, limit: int) -> SentForm:
    """Read a form, and write its files down.

    Args:
        request: that a client sent; a form or a multipart form.
        folder: where its files go.
        limit: how many bytes one file may have.

    Returns:
        What came.

    Raises:
        HTTPException: it is no form, or a file is too long.
    """
    kind = media_type_of(request)
    if not kind and not await request.body():
        return SentForm()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise HTTPException(
            415, "send application/x-www-form-urlencoded, or multipart/form-data with files"
        )
    sent = SentForm()
    async with request.form(
        max_files=_MOST_PARTS, max_fields=_MOST_PARTS, max_part_size=_LONGEST_FIELD
    ) as form:
        for number, (name, value) in enumerate(form.multi_items()):
            if isinstance(value, UploadFile):
                path = folder / str(number)
                await _write(value, path, limit)
                # Windows writes backslashes.
                given = (value.filename or "").replace("\\", "/")
                sent.files[name] = base_name(given, name), path
            else:
                sent.said[name] = value
    return _with_references(sent)


async def _write(file: UploadFile, path: Path, limit: int) -> None:
    length = 0
    with path.open("wb") as out:
        while piece := await file.read(_PIECE):
            length += len(piece)
            if length > limit:
                raise HTTPException(413, f"a file has more than {limit:,} bytes")
            out.write(piece)


def _with_references(sent: SentForm) -> SentForm:
    """What ``param:NAME`` means is the file of that name."""
    for name, value in list(sent.said.items()):
        part = value.removeprefix(_PARAM)
        if value.startswith(_PARAM) and part in sent.files:
            del sent.said[name]
            sent.files[name] = sent.files[part] if part == name else sent.files.pop(part)
    return sent


async def text_of(request: Request, limit: int) -> str:
    """Read the text that is the body of a request.

    Args:
        request: that a client sent.
        limit: how many bytes it may have.

    Returns:
        The text.

    Raises:
        HTTPException: it is too long, or no UTF-8.
    """
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise HTTPException(413, f"the value has more than {limit:,} bytes")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise HTTPException(400, "the value is no text in UTF-8") from None


def query_of(request: Request, name: str | None, owner: str | None) -> JobQuery:
    """Read which jobs a list is to have (UWS 1.1, section 2.2.2.1).

    Args:
        request: with ``PHASE``, ``AFTER`` and ``LAST``, and ``BEFORE``, which UWS has not.
        name: of the jobs; None for all.
        owner: whose; None for everybody's.

    Returns:
        The query.

    Raises:
        HTTPException: a filter makes no sense.
    """
    check_given_once(request, but=("PHASE",))
    said = [(key.upper(), value) for key, value in request.query_params.multi_items() if value]
    given = dict(said)
    try:
        phases = tuple(Phase(value.upper()) for key, value in said if key == "PHASE")
        last = int(given["LAST"]) if "LAST" in given else None
        # In a URL a plus is a blank.
        after = read_time(given["AFTER"].replace(" ", "+")) if "AFTER" in given else None
    except ValueError as error:
        raise HTTPException(400, f"PHASE, AFTER or LAST: {error}") from None
    if last is not None and last < 1:
        raise HTTPException(400, "LAST is a whole number from 1 on")
    return JobQuery(name, owner, phases, after, last, given.get("BEFORE"))
