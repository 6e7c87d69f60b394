"""The pages for people: the one at ``/`` with the flowchart, and GraphiQL at ``/graphql``."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

#: One document, its script and its style, made from the folder ``page`` by ``make page``.
_BUNDLE: Final = Path(__file__).with_name("bundle")
#: GraphiQL, made by ``npm run build`` in ``requirements/graphiql``.
_STATIC: Final = Path(__file__).with_name("static")
#: The names of the files stay when provgraph is brought up to date, so browsers ask each time.
_ASKED_EACH_TIME: Final = {"cache-control": "no-cache"}


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

    @app.api_route("/", methods=["GET", "HEAD"])
    async def home() -> FileResponse:
        return FileResponse(_BUNDLE / "index.html", headers=_ASKED_EACH_TIME)

    app.mount("/assets", _Files(directory=_BUNDLE / "assets"))
    app.mount("/static", _Files(directory=_STATIC))


class _Files(StaticFiles):
    """The files of a page."""

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
        return response
