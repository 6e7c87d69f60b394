"""The pages for people: the one at ``/`` with the flowchart, and GraphiQL at ``/graphql``."""

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from provgraph.web.openapi import HTML, TEXT, operation

#: One document, its script and its style, made from the folder ``page`` by ``make page``.
_BUNDLE: Final = Path(__file__).with_name("bundle")
#: GraphiQL, made by ``npm run build`` in ``requirements/graphiql``.
_STATIC: Final = Path(__file__).with_name("static")
#: The names of the files stay when provgraph is brought up to date, so browsers ask each time.
_ASKED_EACH_TIME: Final = {"cache-control": "no-cache"}
#: The page comes whole, or in the part that was asked for (RFC 9110, 14).
_PAGE: Final = {200: HTML, 206: HTML, 416: TEXT}
#: Files of these types are texts, which are much smaller when they are compressed.
_TEXTS: Final = frozenset({".css", ".js", ".svg"})


def graphiql() -> str:
    """Read the page that a browser gets at ``/graphql``.

    Returns:
        The page, which fetches nothing but files of this application.
    """
    return (_STATIC / "graphiql.html").read_text(encoding="utf-8")


def add_pages(app: FastAPI) -> None:
    """Add the page at ``/``, and the files of all pages below ``/assets`` and ``/static``.

    Args:
        app: the application.
    """

    @app.get("/", **operation(_PAGE))
    @app.head("/", **operation({status: {} for status in _PAGE}))
    async def home() -> FileResponse:
        return FileResponse(_BUNDLE / "index.html", headers=_ASKED_EACH_TIME)

    app.mount("/assets", _Files(directory=_BUNDLE / "assets"))
    app.mount("/static", _Files(directory=_STATIC))


class _Files(StaticFiles):
    """The files of a page: texts go compressed to whoever reads that."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer a request for a file.

        Args:
            path: the path of the file in the folder.
            scope: the request.

        Returns:
            The file, or that it has not changed.

        Raises:
            HTTPException: there is no such file.
        """
        response = await super().get_response(path, scope)
        response.headers.update(_ASKED_EACH_TIME)
        if isinstance(response, FileResponse) and Path(response.path).suffix in _TEXTS:
            response.headers["vary"] = "accept-encoding"
            asked = Headers(scope=scope)
            if "gzip" in asked.get("accept-encoding", "") and "range" not in asked:
                return await _compressed(response)
        return response


async def _compressed(response: FileResponse) -> Response:
    """A file as it goes over slow lines."""
    content = await run_in_threadpool(_gzipped, str(response.path))
    headers = {name: response.headers[name] for name in ("cache-control", "last-modified", "vary")}
    # A weak tag: the same file, in other bytes.
    headers |= {"content-encoding": "gzip", "etag": f"W/{response.headers['etag']}"}
    return Response(content, headers=headers, media_type=response.media_type)


@lru_cache(maxsize=32)
def _gzipped(path: str) -> bytes:
    """Compress a file: once, since files don't change while a server runs."""
    return gzip.compress(Path(path).read_bytes(), compresslevel=6)
