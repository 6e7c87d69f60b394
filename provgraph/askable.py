"""The questions about histories that Python programs ask of an open store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from provgraph.answers import Answer, CommonRecord, answer_node
from provgraph.errors import NotFoundError, SettingsError
from provgraph.model.lineage import Direction
from provgraph.model.vocabulary import RelationType
from provgraph.questions.comparison import diff
from provgraph.questions.configuration import with_configuration
from provgraph.questions.own_header import store_instead
from provgraph.questions.recalling import impact
from provgraph.questions.remaking import recipe_of
from provgraph.questions.tracing import lineage
from provgraph.questions.ways import common_ancestors, path
from provgraph.searchable import SearchableStore
from provgraph.writers.recipes import Rerun

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from datetime import datetime

    from provgraph.model.comparison import LineageDiff


class AskableStore(SearchableStore):
    """An open store, to ask.

    Every method raises `StoreError` when the store fails or was closed.
    """

    def what_produced(
        self,
        file: str | os.PathLike[str],
        depth: int | None = None,
        *,
        as_of: str | datetime | None = None,
        at: str | datetime | None = None,
    ) -> Answer:
        """Find everything that led to a file.

        Args:
            file: an identifier, a product on disk, a path, or a file name (docs/contract.md,
                Commands).
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
        record: str | os.PathLike[str],
        direction: Direction | str = Direction.UPSTREAM,
        depth: int | None = None,
        relations: Sequence[RelationType | str] = (),
        *,
        as_of: str | datetime | None = None,
        at: str | datetime | None = None,
    ) -> Answer:
        """Find what led to a record, what was made from it, or both.

        Args:
            record: what names the record.
            direction: ``upstream``, ``downstream`` or ``both``.
            depth: how many relations far; None for no end.
            relations: the types to follow; none means those that lead to the origin
                (docs/contract.md, Commands).
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
        chosen_direction, followed = chosen_way(direction, relations)
        store = self._known(as_of)
        try:
            root = self._find(store, record, at)
        except NotFoundError as error:
            own, root = store_instead(error, str(record), chosen_direction, Path.cwd())
            found = lineage(own, root, chosen_direction, depth, followed)
            return Answer.of(found, lambda: own)
        if chosen_direction is Direction.DOWNSTREAM and not followed:
            found = impact(store, root, depth)
        else:
            found = lineage(store, root, chosen_direction, depth, followed)
        return Answer.of(found, lambda: self._known(as_of))

    def diff(
        self,
        a: str | os.PathLike[str],
        b: str | os.PathLike[str],
        *,
        as_of: str | datetime | None = None,
        at: str | datetime | None = None,
    ) -> LineageDiff:
        """Find what differs between what led to one file or run and what led to another.

        Args:
            a: what names the first record.
            b: what names the second record.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            The runs that differ, the weightiest first (docs/contract.md, Commands).

        Raises:
            LookupFailedError: no record bears a name, or several do.
        """
        store = self._known(as_of)
        return diff(store, self._find(store, a, at), self._find(store, b, at))

    def path(
        self,
        a: str | os.PathLike[str],
        b: str | os.PathLike[str],
        *,
        every: bool = False,
        as_of: str | datetime | None = None,
        at: str | datetime | None = None,
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
        store = self._known(as_of)
        ends = [self._find(store, each, at) for each in (a, b)]
        return Answer.of(path(store, *ends, every=every), lambda: self._known(as_of))

    def common(
        self,
        *files: str | os.PathLike[str],
        limit: int = 1_000,
        as_of: str | datetime | None = None,
        at: str | datetime | None = None,
    ) -> list[CommonRecord]:
        """Find what led to each of several files.

        Args:
            files: what names the files or other records, two or more.
            limit: how many records at most.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            The records, the nearest first.

        Raises:
            LookupFailedError: no record bears a name, or several do.
            SettingsError: there are fewer than two files, or the limit is less than 1.
        """
        if len(files) < 2 or limit < 1:
            raise SettingsError("name two files or more; a limit is 1 or more")
        store = self._known(as_of)
        found = common_ancestors(store, [self._find(store, each, at) for each in files], limit)
        return [
            CommonRecord(answer_node(each.node), each.distances, each.is_nearest)
            for each in found.found
        ]

    def rerun(
        self,
        file: str | os.PathLike[str],
        *,
        as_of: str | datetime | None = None,
        at: str | datetime | None = None,
    ) -> Rerun:
        """Find out how a file can be made again: commands, versions, configuration and inputs.

        Example: ``Path("rerun.sh").write_text(store.rerun("run1.dl3.fits").script)``.

        Args:
            file: what names the file.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            The recipe, as a script and as a CWL workflow, with what can't be rebuilt.

        Raises:
            LookupFailedError: no record bears the name, or several do; or no known run made it.
        """
        store = self._known(as_of)
        return Rerun(recipe_of(store, self._find(store, file, at)))

    def with_configuration(self, answer: Answer, *, as_of: str | datetime | None = None) -> Answer:
        """Add the parameter sets and configuration files of its runs to an answer: for a drawing.

        Args:
            answer: an answer of this store.
            as_of: the time as of which it was asked for; None for the present.

        Returns:
            The answer with further nodes.
        """
        store = self._known(as_of)
        return Answer.of(with_configuration(store, answer.lineage), lambda: self._known(as_of))


def chosen_way(
    direction: Direction | str, relations: Sequence[RelationType | str]
) -> tuple[Direction, list[RelationType]]:
    """Read where a lineage leads, and along which relations.

    Args:
        direction: ``upstream``, ``downstream`` or ``both``.
        relations: the types to follow.

    Returns:
        The direction and the types.

    Raises:
        SettingsError: there is no such direction or relation; the error lists those that are.
    """
    try:
        return Direction(direction), [RelationType(relation) for relation in relations]
    except ValueError as error:
        raise SettingsError(
            f"{error}: directions are {', '.join(Direction)}; "
            f"relations are {', '.join(RelationType)}"
        ) from None


def check_depth(depth: int | None) -> None:
    """Refuse a depth that makes no sense.

    Args:
        depth: how many relations far; None for no end.

    Raises:
        SettingsError: it is negative.
    """
    if depth is not None and depth < 0:
        raise SettingsError(f"depth {depth}: give 0 or more relations, or None for no end")
