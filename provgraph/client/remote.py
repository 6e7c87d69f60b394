"""A server as an open store: the same questions, the same answers, the same errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provgraph.answers import Answer, CommonRecord, answer_node
from provgraph.askable import check_depth, chosen_way
from provgraph.client import texts
from provgraph.client.looking import by_name
from provgraph.client.marking import CuratedServer, load_of
from provgraph.client.reading import Data, diff_of, lineage_of, node_of
from provgraph.collecting.sending import send
from provgraph.errors import SettingsError, StoreError
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.lineage import Direction
from provgraph.model.recipes import RecipeGap
from provgraph.model.vocabulary import RelationType
from provgraph.questions.recalling import tool_or_name
from provgraph.searchable import time_given
from provgraph.settings import load_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provgraph.client.looking import Name, Time
    from provgraph.ingest.reports import Report
    from provgraph.loaded import LoadedSource
    from provgraph.model.comparison import LineageDiff
    from provgraph.store.protocol import Store


class WrittenRerun:
    """How a file can be made again, as the server has written it.

    Attributes:
        target: the id of the file.
        script: for bash.
        workflow: of the Common Workflow Language 1.2.
        gaps: what can't be rebuilt from what is recorded.
    """

    def __init__(self, data: Data) -> None:
        """Take an answer.

        Args:
            data: of the query ``rerun``.
        """
        self.target: str = data["target"]
        self.script: str = data["script"]
        self.workflow: str = data["workflow"]
        self.gaps = tuple(RecipeGap(each["what"], each["id"]) for each in data["gaps"])


def connect(url: str, token: str | None = None) -> RemoteProvenance:
    """Ask a server, or load into it: ``provgraph.connect``.

    Nothing is sent yet.

    Args:
        url: of the server, such as ``https://prov.example.org``.
        token: of the server; None for ``PROVGRAPH_TOKEN`` or ``PROVGRAPH_TOKEN_FILE``, else none.

    Returns:
        The server, which has the methods of an open store as far as a server offers them.

    Raises:
        SettingsError: the URL is that of no server, or the file of the token can't be read.
    """
    return RemoteProvenance(url, token or load_token())


class RemoteProvenance(CuratedServer):
    """A server of provgraph, to load into and to ask; for curators to change things in, too.

    Every method raises `LoginError` where the token is not valid or has not the right,
    `UnreachableError` when server or store are away, `BusyError` when the server stays busy, and
    `StoreError` when either fails.

    Example:
        ``with provgraph.connect("https://prov.example.org") as server: print(server.stats())``
    """

    def load(
        self, *sources: Name, format: str | None = None, namespace: str = DEFAULT_NAMESPACE
    ) -> list[Report]:
        """Send files or folders, which the server loads.

        Args:
            sources: files (also gzipped), archives, folders.
            format: the format as which all sources are read; None to recognise each by its content.
            namespace: the file system that the paths in the sources are on.

        Returns:
            A report on each source.

        Raises:
            SettingsError: the namespace or the format makes no sense.
        """
        names = list(map(str, sources))
        return list(send(self._loading, names, format_name=format, namespace=namespace))

    def loads(self) -> list[LoadedSource]:
        """List what was loaded.

        Returns:
            The loads, oldest first.
        """
        return [load_of(each) for each in self._server.pages(texts.LOADS, None)][::-1]

    def what_produced(
        self, file: Name, depth: int | None = None, *, as_of: Time = None, at: Time = None
    ) -> Answer:
        """Find everything that led to a file.

        Args:
            file: an identifier, a path, or a file name (docs/contract.md, Commands).
            depth: how many relations far; None for no end.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            The answer, which a notebook shows as a drawing.

        Raises:
            LookupFailedError: no record bears the name, or several do.
            SettingsError: the depth is negative, or a time can't be read.
        """
        return self.lineage(file, Direction.UPSTREAM, depth, as_of=as_of, at=at)

    def lineage(
        self,
        record: Name,
        direction: Direction | str = Direction.UPSTREAM,
        depth: int | None = None,
        relations: Sequence[RelationType | str] = (),
        *,
        as_of: Time = None,
        at: Time = None,
    ) -> Answer:
        """Find what led to a record, what was made from it, or both.

        Args:
            record: what names the record.
            direction: ``upstream``, ``downstream`` or ``both``.
            depth: how many relations far; None for no end.
            relations: the types to follow; none means those that lead to the origin.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            The answer, which a notebook shows as a drawing.

        Raises:
            LookupFailedError: no record bears the name, or several do.
            SettingsError: there is no such direction or relation, the depth is negative, or a time
                can't be read.
        """
        check_depth(depth)
        way, followed = chosen_way(direction, relations)
        return by_name(
            record,
            lambda name: self._lineage(
                texts.LINEAGE,
                id=name,
                direction=way.name,
                depth=depth,
                relations=[each.name for each in followed],
                asOf=time_given(as_of),
                at=time_given(at),
            ),
        )

    def impact(  # noqa: PLR0913 - each has a name of its own
        self,
        file: Name | None = None,
        depth: int | None = None,
        *,
        tool: str | None = None,
        version: str | None = None,
        used_since: Time = None,
        used_until: Time = None,
        as_of: Time = None,
        at: Time = None,
    ) -> Answer:
        """Find everything that was made from a file, or by many runs that share something.

        Args:
            file: what names the file; None where a tool is given.
            depth: how many relations far; None for no end.
            tool: every run of this tool …
            version: … in this version.
            used_since: not the file, but every run that read its path then or later.
            used_until: every run that read its path then or earlier.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            The answer. Its ``proofs`` end in what is to be made again.

        Raises:
            LookupFailedError: no record bears the name, or several do.
            SettingsError: the depth is negative, or the arguments do not go together.
        """
        check_depth(depth)
        common = {"depth": depth, "asOf": time_given(as_of)}
        since, until = time_given(used_since), time_given(used_until)
        is_span = since is not None or until is not None
        name = None if file is None else str(file)
        asked = tool_or_name(name, tool, version, is_span=is_span)
        if at is not None and (is_span or isinstance(asked, tuple)):
            raise SettingsError("at goes with a file alone; leave out at")
        if isinstance(asked, tuple):
            return self._lineage(texts.IMPACT_OF_TOOL, tool=asked[0], version=asked[1], **common)
        if is_span:
            return self._lineage(
                texts.IMPACT_OF_USES, path=asked, since=since, until=until, **common
            )
        return by_name(
            asked,
            lambda name: self._lineage(texts.IMPACT, file=name, at=time_given(at), **common),
        )

    def diff(self, a: Name, b: Name, *, as_of: Time = None, at: Time = None) -> LineageDiff:
        """Find what differs between what led to one file or run and what led to another.

        Args:
            a: what names the first record.
            b: what names the second record.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            The runs that differ, the weightiest first.

        Raises:
            LookupFailedError: no record bears a name, or several do.
        """
        times = {"asOf": time_given(as_of), "at": time_given(at)}
        return diff_of(self._server.ask(texts.DIFF, a=str(a), b=str(b), **times))

    def path(
        self, a: Name, b: Name, *, every: bool = False, as_of: Time = None, at: Time = None
    ) -> Answer:
        """Find the shortest way between two records, whichever of them led to the other.

        Args:
            a: what names the record where the way begins.
            b: what names the record where it ends.
            every: whether all ways are wanted that are as short.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            The records of the way in its order; of all ways together by distance, then by id.

        Raises:
            LookupFailedError: no record bears a name, several do, or there is no way.
        """
        times = {"asOf": time_given(as_of), "at": time_given(at)}
        return self._lineage(texts.PATH, source=str(a), target=str(b), all=every, **times)

    def common(
        self, *files: Name, limit: int = 1_000, as_of: Time = None, at: Time = None
    ) -> list[CommonRecord]:
        """Find what led to each of several files.

        Args:
            files: what names the files or other records, two or more.
            limit: how many records at most, 1,000 or less.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            The records, the nearest first.

        Raises:
            LookupFailedError: no record bears a name, or several do.
            SettingsError: there are fewer than two files, or the limit makes no sense.
        """
        times = {"asOf": time_given(as_of), "at": time_given(at)}
        found = self._server.ask(texts.COMMON, ids=list(map(str, files)), limit=limit, **times)
        return [
            CommonRecord(
                answer_node(node_of(each["node"])), tuple(each["distances"]), each["isNearest"]
            )
            for each in found["found"]
        ]

    def rerun(self, file: Name, *, as_of: Time = None, at: Time = None) -> WrittenRerun:
        """Find out how a file can be made again: commands, versions, configuration and inputs.

        Args:
            file: what names the file.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            A script and a CWL workflow, with what can't be rebuilt.

        Raises:
            LookupFailedError: no record bears the name, or several do; or no known run made it.
        """
        times = {"asOf": time_given(as_of), "at": time_given(at)}
        return by_name(
            file,
            lambda name: WrittenRerun(self._server.ask(texts.RERUN, file=name, **times)),
        )

    def _lineage(self, query: str, **variables: Any) -> Answer:
        return Answer.of(lineage_of(self._server.ask(query, **variables)), _no_store)


def _no_store() -> Store:
    """What an answer asks for further questions, which a server is not asked.

    Raises:
        StoreError: always.
    """
    raise StoreError(
        "this answer comes from a server, which has no more to say of it: ask for a document with "
        "provgraph.open at the store itself"
    )
