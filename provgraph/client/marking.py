"""A server to change things in: the part of `provgraph.client.remote` that is for curators."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from provgraph.client import texts
from provgraph.client.looking import SearchableServer, by_name
from provgraph.interchange.tool_descriptions import descriptions_given
from provgraph.loaded import LoadedSource
from provgraph.questions.recalling import tool_or_name
from provgraph.searchable import time_given

if TYPE_CHECKING:
    from provgraph.client.looking import Name, Time
    from provgraph.client.reading import Data


class CuratedServer(SearchableServer):
    """A server of provgraph, to mark what is bad in, and to describe tools.

    The token needs the right to curate; who made a change is the name of the token.
    """

    def invalidate(
        self,
        record: Name | None = None,
        reason: str = "",
        at: Time = None,
        *,
        tool: str | None = None,
        version: str | None = None,
        used_since: Time = None,
        used_until: Time = None,
    ) -> LoadedSource:
        """Mark a file or run as deleted or no longer valid; or many runs, by what they share.

        Args:
            record: what names the file or run; None where a tool is given.
            reason: why, in words for people.
            at: since when; None for now. A time without a zone is in UTC.
            tool: every run of this tool …
            version: … in this version.
            used_since: not the file, but every run that read its path then or later.
            used_until: every run that read its path then or earlier.

        Returns:
            The mark, which is a load.

        Raises:
            LookupFailedError: no record bears the name, several do, or it is an agent.
            SettingsError: the reason is empty, or the arguments do not go together.
        """
        given = {"reason": reason, "at": time_given(at)}
        span = time_given(used_since), time_given(used_until)
        (mark,) = self._changed(texts.INVALIDATE, record, tool, version, span, given)
        return mark

    def take_back(
        self,
        record: Name | None = None,
        *,
        tool: str | None = None,
        version: str | None = None,
        used_since: Time = None,
        used_until: Time = None,
    ) -> list[LoadedSource]:
        """Take all marks back that `invalidate` made of a record.

        Args:
            record: as in `invalidate`.
            tool: as in `invalidate`.
            version: as in `invalidate`.
            used_since: as in `invalidate`.
            used_until: as in `invalidate`.

        Returns:
            The marks that are gone, oldest first.

        Raises:
            LookupFailedError: no record bears the name, several do, or nobody has marked it so.
            SettingsError: the arguments do not go together.
        """
        span = time_given(used_since), time_given(used_until)
        return self._changed(texts.TAKE_BACK, record, tool, version, span, {})

    def describe(self, *files: Name, from_ctapipe: bool = False) -> dict[str, int]:
        """Say what tools are and what their parameters mean.

        Args:
            files: of JSON or YAML, or job definitions of OPUS (docs/contract.md, Descriptions).
            from_ctapipe: whether to describe the tools of ctapipe that are installed here, too.

        Returns:
            The id of each description, without its revision → the revision that says this now.

        Raises:
            ProvGraphError: a file is no description, or what reads it isn't installed.
        """
        said = descriptions_given(files, from_ctapipe=from_ctapipe)
        documents = [each.document() for each in said]
        found = self._server.ask(texts.DESCRIBE, descriptions=documents)
        return {each["id"]: each["revision"] for each in found}

    def approve_description(self, tool: str, version: str | None = None) -> int:
        """Approve the last revision of a description: from now on it counts.

        Args:
            tool: the name of the tool.
            version: its version; None for the description of all versions.

        Returns:
            The revision.

        Raises:
            LookupFailedError: the tool isn't described.
        """
        revision: int = self._server.ask(texts.APPROVE, tool=tool, version=version)["revision"]
        return revision

    def _changed(
        self,
        query: str,
        record: Name | None,
        tool: str | None,
        version: str | None,
        span: tuple[str | None, str | None],
        given: dict[str, Any],
    ) -> list[LoadedSource]:
        """The marks of what is meant that were made or taken back."""
        name = None if record is None else str(record)
        meant = tool_or_name(name, tool, version, is_span=any(span))
        times = {"usedSince": span[0], "usedUntil": span[1]}

        def change(target: dict[str, str | None]) -> list[LoadedSource]:
            found = self._server.ask(query, target={**target, **times}, **given)
            return [load_of(each) for each in found["loads"]]

        if isinstance(meant, tuple):
            return change({"tool": meant[0], "version": meant[1]})
        return by_name(meant, lambda named: change({"record": named}))


def load_of(data: Data) -> LoadedSource:
    """Make plain values of a load.

    Args:
        data: as a server tells of it.

    Returns:
        The load.
    """
    return LoadedSource(
        data["id"],
        data["source"],
        data["format"],
        data["namespace"],
        data["sha256"],
        datetime.fromisoformat(data["time"]),
        data["version"],
        data["status"],
        data["counts"],
        tuple((each["where"], each["what"]) for each in data["problems"]),
        data["agent"],
    )
