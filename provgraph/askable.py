"""The questions that Python programs ask of an open store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from provgraph.answers import Answer, AnswerNode, answer_node
from provgraph.errors import NotFoundError, SettingsError, StoreError
from provgraph.model.filters import Filter, PageRequest
from provgraph.model.lineage import Direction, Node
from provgraph.model.vocabulary import RelationType
from provgraph.questions.comparison import diff
from provgraph.questions.configuration import with_configuration
from provgraph.questions.details import details_of
from provgraph.questions.own_header import store_instead
from provgraph.questions.summary import with_taints
from provgraph.questions.tracing import find, lineage
from provgraph.questions.versions import versions
from provgraph.store.digest import digest
from provgraph.writers import details as details_writer

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
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

    def search(self, *, invalid: bool, limit: int = 1_000) -> list[AnswerNode]:
        """Find the records that somebody marked as invalid.

        Args:
            invalid: True, the one thing that can be searched for.
            limit: how many records at most.

        Returns:
            The records, by id.

        Raises:
            SettingsError: nothing is searched for, or the limit is less than 1.
        """
        if not invalid or limit < 1:
            raise SettingsError("search for invalid=True, with a limit of 1 or more")
        page = self.store.find(Filter(invalid=True), page=PageRequest(size=limit))
        found = with_taints(self.store, (each.node for each in page.found))
        return [answer_node(node) for node in found]

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
