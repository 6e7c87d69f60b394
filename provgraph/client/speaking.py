"""How a client asks a server: GraphQL over HTTP, with a token, again while the server is busy."""

import http.client
import json
import ssl
import time
from collections.abc import Iterator
from typing import Any, Final

from provgraph.client.refusals import error_of
from provgraph.collecting.http_server import HttpServer, seconds_to_wait
from provgraph.errors import BusyError, StoreError, UnreachableError

#: For so long a server that is busy is asked again, in seconds.
PATIENCE_SECONDS: Final = 60.0
#: How long a server may take for one answer, in seconds.
ANSWER_SECONDS: Final = 600.0
#: How many records one page of a list has.
PAGE: Final = 1_000


class GraphQLServer:
    """A server that answers questions (docs/how-to/graphql.md)."""

    def __init__(self, url: str, token: str | None) -> None:
        """Send nothing yet.

        Args:
            url: of the server, such as ``https://prov.example.org``.
            token: with the right to read; None where everybody may.

        Raises:
            SettingsError: the URL is that of no server.
        """
        self._server = HttpServer(url, token)
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/graphql-response+json, application/json;q=0.9",
            **self._server.authorization,
        }
        self.address = url

    def ask(self, query: str, /, **variables: Any) -> Any:
        """Ask one question.

        Args:
            query: the text; its one field is called ``answer``.
            variables: of the query; what is None is left out.

        Returns:
            The data of the field.

        Raises:
            ProvGraphError: what a local store would raise, by the code of the answer's first error.
        """
        given = {name: value for name, value in variables.items() if value is not None}
        body = json.dumps({"query": query, "variables": given})
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer, wait = self._answer(body)
            if not answer.get("errors"):
                return answer["data"]["answer"]
            error = error_of(answer["errors"][0], self.address)
            if not isinstance(error, BusyError) or time.monotonic() + wait > end:
                raise error
            time.sleep(wait)

    def pages(self, query: str, limit: int | None, **variables: Any) -> Iterator[Any]:
        """Ask for a list, page after page.

        Args:
            query: the text, whose variables ``first`` and ``after`` choose the page.
            limit: how many members at most; None for all.
            variables: of the query.

        Yields:
            Each member.

        Raises:
            ProvGraphError: as `ask`.
        """
        after = None
        while limit is None or limit > 0:
            first = PAGE if limit is None else min(PAGE, limit)
            page = self.ask(query, first=first, after=after, **variables)
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]
            limit = None if limit is None else limit - len(page["nodes"])

    def _answer(self, body: str) -> tuple[dict[str, Any], float]:
        """Send a question once: the answer, and after how many seconds to come again.

        Raises:
            UnreachableError: there is no answer.
            StoreError: what answers is no provgraph, or can't be trusted.
        """
        connection = self._server.connection(ANSWER_SECONDS)
        try:
            connection.request("POST", f"{self._server.path}/graphql", body.encode(), self._headers)
            answer = connection.getresponse()
            text = answer.read()
        except ssl.SSLCertVerificationError as error:
            raise self._server.distrusted(error) from None
        except (OSError, http.client.HTTPException) as error:
            why = str(error) or type(error).__name__
            raise UnreachableError(
                f"the server {self.address} can't be reached: {why}; check its address, or try "
                "again later"
            ) from None
        finally:
            connection.close()
        try:
            found = json.loads(text)
            if not (isinstance(found, dict) and (found.get("errors") or "data" in found)):
                raise ValueError
        except ValueError:
            raise self._strange(answer.status) from None
        return found, seconds_to_wait(answer, 1.0)

    def _strange(self, status: int) -> StoreError:
        """The error for an answer that is none of provgraph's: a proxy speaks, or another page."""
        if status in (502, 503, 504):
            return UnreachableError(
                f"the server {self.address} takes nothing now ({status}): try again later"
            )
        return StoreError(
            f"what answers at {self.address} is no provgraph ({status}): check the address"
        )
