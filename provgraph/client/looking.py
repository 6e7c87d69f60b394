"""A server to look things up in: the part of `provgraph.client.remote` that finds records."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from provgraph.answers import AnswerNode, answer_node
from provgraph.client import texts
from provgraph.client.conditions import chosen_kind, filter_of
from provgraph.client.reading import Data, edges_of, node_of
from provgraph.client.speaking import GraphQLServer
from provgraph.collecting.posting import LoadServer
from provgraph.errors import NotFoundError, SettingsError
from provgraph.model.fields import record_document, relation_document
from provgraph.model.vocabulary import RelationType
from provgraph.searchable import time_given

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

T = TypeVar("T")
Name = str | os.PathLike[str]
Time = str | datetime | None


class SearchableServer:
    """A server of provgraph, to look things up in."""

    def __init__(self, url: str, token: str | None) -> None:
        """Send nothing yet.

        Args:
            url: of the server.
            token: of the server; None where none is asked for.

        Raises:
            SettingsError: the URL is that of no server.
        """
        self._server = GraphQLServer(url, token)
        self._loading = LoadServer(url, token)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of nothing: each question has a connection of its own."""

    def tainted(
        self, since: Time = None, limit: int = 1_000, *, as_of: Time = None
    ) -> list[AnswerNode]:
        """List the delivered products that were made from invalid records, the newest first.

        Args:
            since: made then or later.
            limit: how many products at most.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.

        Returns:
            The products; ``tainted`` of each has the ids of the invalid records.

        Raises:
            SettingsError: the time can't be read, or the limit is less than 1.
        """
        return self._listed(texts.TAINTED, limit, since=time_given(since), asOf=time_given(as_of))

    def versions(self, path: Name, *, as_of: Time = None) -> list[AnswerNode]:
        """Find all files that stood at a path.

        Args:
            path: the path; or what names a file, for the path where that file stands.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.

        Returns:
            The files in the order in which they came there.

        Raises:
            LookupFailedError: no file is called so, several are, or it never stood at a path.
        """
        time = time_given(as_of)
        return by_name(path, lambda name: self._versions(name, time))

    def show(self, record: Name, *, as_of: Time = None, at: Time = None) -> dict[str, Any]:
        """Show one record with what a server tells of it.

        Args:
            record: what names the record.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            Of what ``show --json`` prints: the fields of the record, ``relations``, and for runs
            ``parameters``, ``packages`` and ``configFiles``.

        Raises:
            LookupFailedError: no record bears the name, or several do.
        """
        times = {"asOf": time_given(as_of), "at": time_given(at)}
        every = [each.name for each in RelationType]
        return by_name(
            record,
            lambda name: _shown(self._server.ask(texts.SHOW, id=name, relations=every, **times)),
        )

    def search(
        self,
        text: str | None = None,
        *,
        kind: str | Sequence[str] = (),
        limit: int = 1_000,
        as_of: Time = None,
        **conditions: Any,
    ) -> list[AnswerNode]:
        """Find the records that meet every condition, the newest first.

        Args:
            text: every word is the beginning of a word in a name, path, identifier, tool or host.
            kind: ``entity``, ``activity`` or ``agent``; a server is asked for one of them, or for
                all by words alone.
            limit: how many records at most.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            conditions: as for `provgraph.searchable.SearchableStore.search`, but ``order``, and
                each with one value: ``type``, ``data_level``, ``status``, ``tool``, ``version``,
                ``host``, ``parameter``, ``agent``, ``since``, ``until``, ``under``, ``invalid``,
                ``external``, ``overwritten``, ``at``.

        Returns:
            The records.

        Raises:
            SettingsError: a server can't be asked so, or the limit is less than 1.
        """
        kinds = (kind,) if isinstance(kind, str) else tuple(kind)
        given = {name: _plain(value) for name, value in conditions.items() if value}
        if text is not None:
            given["text"] = text
        chosen, time = chosen_kind(kinds, given), time_given(as_of)
        if chosen is None:
            return self._listed(texts.SEARCH, limit, text=text, asOf=time)
        if chosen == "agent":
            return self._listed(texts.AGENTS, limit, asOf=time)
        query = texts.PAGES[chosen.capitalize()]
        return self._listed(query, limit, filter=filter_of(chosen, given), asOf=time)

    def stats(self, *, as_of: Time = None) -> dict[str, int]:
        """Count what the store of the server holds.

        Args:
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.

        Returns:
            Kind of record, or type of relation, → how many.
        """
        found = self._server.ask(texts.STATS, asOf=time_given(as_of))
        related = {RelationType[each["relation"]]: each["count"] for each in found.pop("relations")}
        return {**found, **{str(relation): count for relation, count in related.items()}}

    def _versions(self, path: str, as_of: str | None) -> list[AnswerNode]:
        """All files that stood at a path.

        Raises:
            NotFoundError: none did.
        """
        found = self._server.ask(texts.VERSIONS, path=path, asOf=as_of)
        if not found:
            raise NotFoundError(path, "no file is known to have stood there")
        return [answer_node(node_of(each)) for each in found]

    def _listed(self, query: str, limit: int, **variables: Any) -> list[AnswerNode]:
        """The records of a list.

        Raises:
            SettingsError: the limit is less than 1.
        """
        if limit < 1:
            raise SettingsError("a limit is 1 or more")
        found = self._server.pages(query, limit, **variables)
        return [answer_node(node_of(each)) for each in found]


def by_name(name: Name, ask: Callable[[str], T]) -> T:
    """Ask by a name as it is; then, as the command does, by the path that it is here.

    Raises:
        NotFoundError: neither names a record.
    """
    text = str(name)
    try:
        return ask(text)
    except NotFoundError:
        absolute = os.path.normpath(Path.cwd() / text)
        if absolute == text or ":" in text:
            raise
        try:
            return ask(absolute)
        except NotFoundError:
            pass
        raise


def _plain(value: Any) -> Any:
    """A condition as text, where it is a path or a time."""
    return time_given(value) if isinstance(value, datetime) else _text_of_path(value)


def _text_of_path(value: Any) -> Any:
    return str(value) if isinstance(value, os.PathLike) else value


def _shown(data: Data) -> dict[str, Any]:
    """A record with its relations as ``show --json`` has them."""
    root = node_of(data["root"])
    nodes = {each["id"]: node_of(each) for each in data["nodes"]}
    ids = {node.key: name for name, node in nodes.items()}
    edges = edges_of(data, {name: node.key for name, node in nodes.items()})
    own = data["root"]
    return {
        **record_document(root),
        "relations": [
            relation_document(each, ids) for each in edges if root.key in (each.source, each.target)
        ],
        "parameters": {each["name"]: each["value"] for each in own.get("parameters", ())},
        "packages": {each["name"]: each["version"] for each in own.get("packages", ())},
        "configFiles": own.get("configFiles", []),
    }
