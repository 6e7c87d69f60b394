"""What Python programs ask of marks: what these mean, and what they reached."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from provgraph.answers import Answer, AnswerNode, answer_node
from provgraph.askable import AskableStore, check_depth
from provgraph.errors import SettingsError
from provgraph.model.filters import PageRequest
from provgraph.questions.recalling import impact, meant, tainted
from provgraph.searchable import canonical_given, time_given

if TYPE_CHECKING:
    import os
    from datetime import datetime

    from provgraph.model.lineage import Node
    from provgraph.store.protocol import Store


class RecallableStore(AskableStore):
    """An open store, to ask what bad files, runs, versions and uses reached.

    Every method raises `StoreError` when the store fails or was closed.
    """

    def impact(  # noqa: PLR0913 - each has a name of its own
        self,
        file: str | os.PathLike[str] | None = None,
        depth: int | None = None,
        *,
        tool: str | None = None,
        version: str | None = None,
        used_since: str | datetime | None = None,
        used_until: str | datetime | None = None,
        as_of: str | datetime | None = None,
        at: str | datetime | None = None,
    ) -> Answer:
        """Find everything that was made from a file, or by many runs that share something.

        Args:
            file: an identifier, a product on disk, a path, or a file name (docs/contract.md,
                Commands); None where a tool is given.
            depth: how many relations far; None for no end.
            tool: every run of this tool …
            version: … in this version.
            used_since: not the file, but every run that read its path then or later.
            used_until: every run that read its path then or earlier.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            The answer, which a notebook shows as a drawing. Its ``proofs`` end in what is to be
            made again.

        Raises:
            LookupFailedError: no record bears the name, or several do.
            SettingsError: the depth is negative, or the arguments do not go together.
        """
        check_depth(depth)
        store = self._known(as_of)
        node = self._meant(store, file, tool, version, used_since, used_until, at)
        return Answer.of(impact(store, node, depth), lambda: self._known(as_of))

    def tainted(
        self,
        since: str | datetime | None = None,
        limit: int = 1_000,
        *,
        as_of: str | datetime | None = None,
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
        if limit < 1:
            raise SettingsError("a limit is 1 or more")
        found = tainted(self._known(as_of), time_given(since), PageRequest(limit))
        return [answer_node(each.node) for each in found.found]

    def _meant(
        self,
        store: Store,
        record: str | os.PathLike[str] | None,
        tool: str | None,
        version: str | None,
        used_since: str | datetime | None,
        used_until: str | datetime | None,
        at: str | datetime | None = None,
    ) -> Node:
        """The record, or the one that stands for what many runs have in common."""
        return meant(
            store,
            _text(record),
            Path.cwd(),
            tool=tool,
            version=version,
            used_since=time_given(used_since),
            used_until=time_given(used_until),
            at=canonical_given(at),
        )


def _text(name: str | os.PathLike[str] | None) -> str | None:
    return None if name is None else str(name)
