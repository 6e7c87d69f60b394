"""The questions that Python programs ask of an open store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from provgraph.answers import Answer, AnswerNode, answer_node
from provgraph.errors import NotFoundError, SettingsError, StoreError
from provgraph.model.filters import NAMED_KINDS, PageRequest, Search, SortOrder
from provgraph.model.lineage import Direction, Node
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.comparison import diff
from provgraph.questions.configuration import with_configuration
from provgraph.questions.details import details_of
from provgraph.questions.own_header import store_instead
from provgraph.questions.searching import search
from provgraph.questions.summary import with_taints
from provgraph.questions.tracing import find, lineage
from provgraph.questions.versions import versions
from provgraph.store.digest import digest
from provgraph.writers import details as details_writer

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from datetime import datetime
    from types import TracebackType

    from provgraph.model.comparison import LineageDiff
    from provgraph.store.protocol import Store


class AskableStore:
    """An open store, to ask.

    Every method raises `StoreError` when the store fails or was closed.
    """

    def __init__(self, store: Store) -> None:
        """Take a store, which is closed with this object.

        Args:
            store: the open store.
        """
        self._store: Store | None = store

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
        """Close the store; to close it again does nothing."""
        if self._store is not None:
            self._store.close()
            self._store = None

    @property
    def store(self) -> Store:
        """The store as provgraph's other parts take it.

        Raises:
            StoreError: the store was closed.
        """
        if self._store is None:
            raise StoreError("this store was closed: open it again with provgraph.open")
        return self._store

    def what_produced(self, file: str | os.PathLike[str], depth: int | None = None) -> Answer:
        """Find everything that led to a file.

        Args:
            file: an identifier, a product on disk, a path, or a file name (docs/contract.md,
                Commands).
            depth: how many relations far; None for no end.

        Returns:
            The answer, which a notebook shows as a drawing.

        Raises:
            LookupFailedError: no record bears the name, or several do.
            SettingsError: the depth is negative.
        """
        return self.lineage(file, Direction.UPSTREAM, depth)

    def impact(self, file: str | os.PathLike[str], depth: int | None = None) -> Answer:
        """Find everything that was made from a file.

        Args:
            file: an identifier, a product on disk, a path, or a file name (docs/contract.md,
                Commands).
            depth: how many relations far; None for no end.

        Returns:
            The answer, which a notebook shows as a drawing.

        Raises:
            LookupFailedError: no record bears the name, or several do.
            SettingsError: the depth is negative.
        """
        return self.lineage(file, Direction.DOWNSTREAM, depth)

    def lineage(
        self,
        record: str | os.PathLike[str],
        direction: Direction | str = Direction.UPSTREAM,
        depth: int | None = None,
        relations: Sequence[RelationType | str] = (),
    ) -> Answer:
        """Find what led to a record, what was made from it, or both.

        Args:
            record: what names the record.
            direction: ``upstream``, ``downstream`` or ``both``.
            depth: how many relations far; None for no end.
            relations: the types to follow; none means those that lead to the origin
                (docs/contract.md, Commands).

        Returns:
            The answer, which a notebook shows as a drawing.

        Raises:
            LookupFailedError: no record bears the name, or several do.
            SettingsError: there is no such direction or relation, or the depth is negative.
        """
        if depth is not None and depth < 0:
            raise SettingsError(f"depth {depth}: give 0 or more relations, or None for no end")
        try:
            chosen_direction = Direction(direction)
            followed = [RelationType(relation) for relation in relations]
        except ValueError as error:
            raise SettingsError(
                f"{error}: directions are {', '.join(Direction)}; "
                f"relations are {', '.join(RelationType)}"
            ) from None
        try:
            root = self._find(record)
        except NotFoundError as error:
            own, root = store_instead(error, str(record), chosen_direction, Path.cwd())
            found = lineage(own, root, chosen_direction, depth, followed)
            return Answer.of(found, lambda: own)
        found = lineage(self.store, root, chosen_direction, depth, followed)
        return Answer.of(found, lambda: self.store)

    def diff(self, a: str | os.PathLike[str], b: str | os.PathLike[str]) -> LineageDiff:
        """Find what differs between what led to one file or run and what led to another.

        Args:
            a: what names the first record.
            b: what names the second record.

        Returns:
            The runs that differ, the weightiest first (docs/contract.md, Commands).

        Raises:
            LookupFailedError: no record bears a name, or several do.
        """
        return diff(self.store, self._find(a), self._find(b))

    def with_configuration(self, answer: Answer) -> Answer:
        """Add the parameter sets and configuration files of its runs to an answer: for a drawing.

        Args:
            answer: an answer of this store.

        Returns:
            The answer with further nodes.
        """
        return Answer.of(with_configuration(self.store, answer.lineage), lambda: self.store)

    def show(self, record: str | os.PathLike[str]) -> dict[str, Any]:
        """Show one record with all that is known of it.

        Args:
            record: what names the record.

        Returns:
            What ``show --json`` prints (docs/contract.md, Commands).

        Raises:
            LookupFailedError: no record bears the name, or several do.
        """
        return details_writer.as_document(details_of(self.store, self._find(record)))

    def versions(self, path: str | os.PathLike[str]) -> list[AnswerNode]:
        """Find all files that stood at a path.

        Args:
            path: the path; or what names a file, for the path where that file stands.

        Returns:
            The files in the order in which they came there.

        Raises:
            LookupFailedError: no file is called so, several are, or it never stood at a path.
        """
        _, found = versions(self.store, str(path), Path.cwd())
        return [answer_node(each.node) for each in found]

    def search(  # noqa: PLR0913 - each condition has a name of its own
        self,
        text: str | None = None,
        *,
        kind: str | Sequence[str] = (),
        type: str | Sequence[str] = (),
        data_level: str | Sequence[str] = (),
        status: str | Sequence[str] = (),
        tool: str | Sequence[str] = (),
        version: str | Sequence[str] = (),
        host: str | Sequence[str] = (),
        agent: str | Sequence[str] = (),
        since: str | datetime | None = None,
        until: str | datetime | None = None,
        under: str | os.PathLike[str] | None = None,
        invalid: bool = False,
        external: bool = False,
        overwritten: bool = False,
        order: str = "time",
        limit: int = 1_000,
    ) -> list[AnswerNode]:
        """Find the records that meet every condition; of several values any will do.

        Args:
            text: every word is the beginning of a word in a name, path, identifier, tool or host.
            kind: ``entity``, ``activity`` or ``agent``.
            type: a finer type, such as ``DatasetEntity``.
            data_level: of files, such as ``DL3``.
            status: how runs ended, such as ``error``.
            tool: the name of a run; with a condition of files, of the run that made the file.
            version: of the tool, likewise.
            host: where it ran, likewise.
            agent: who answers for it.
            since: the run started, or the file was made, then or later; UTC without a zone.
            until: then or earlier.
            under: the file stood at this path, or below it.
            invalid: only what is marked as invalid.
            external: only files that no known run made.
            overwritten: only files that ceased to be, as by being overwritten.
            order: ``time``, the newest first, or ``name``.
            limit: how many records at most.

        Returns:
            The records in this order.

        Raises:
            SettingsError: there is no such kind or order, a time can't be read, or the limit is
                less than 1.
        """
        try:
            kinds = tuple(map(Kind, _each(kind)))
            sorting = SortOrder(order)
        except ValueError as error:
            raise SettingsError(f"{error}: kinds are {', '.join(NAMED_KINDS)}") from None
        if limit < 1 or not set(kinds) <= set(NAMED_KINDS):
            raise SettingsError(f"kinds are {', '.join(NAMED_KINDS)}; a limit is 1 or more")
        wanted = Search(
            text,
            types=_each(type),
            data_levels=_each(data_level),
            statuses=_each(status),
            tools=_each(tool),
            versions=_each(version),
            hosts=_each(host),
            agents=_each(agent),
            since=_time(since),
            until=_time(until),
            under=None if under is None else str(under),
            invalid=invalid,
            external=external,
            overwritten=overwritten,
        )
        page = PageRequest(limit)
        found = search(self.store, wanted, kinds or NAMED_KINDS, sorting, page, Path.cwd())
        nodes = with_taints(self.store, (each.node for each in found.found))
        return [answer_node(node) for node in nodes]

    def stats(self) -> dict[str, int]:
        """Count what the store holds.

        Returns:
            Kind of record, or type of relation, → how many.
        """
        return {str(name): count for name, count in self.store.stats().items()}

    def digest(self) -> str:
        """Compute one SHA-256 over all provenance content.

        Returns:
            64 hexadecimal digits.
        """
        return digest(self.store.scan())

    def _find(self, record: str | os.PathLike[str]) -> Node:
        return find(self.store, str(record), Path.cwd())


def _each(values: str | Sequence[str]) -> tuple[str, ...]:
    """One value, or several."""
    return (values,) if isinstance(values, str) else tuple(values)


def _time(time: str | datetime | None) -> str | None:
    return time if time is None or isinstance(time, str) else time.isoformat()
