"""An open store that Python programs look things up in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from provgraph.answers import AnswerNode, answer_node
from provgraph.errors import SettingsError, StoreError
from provgraph.model.filters import NAMED_KINDS, PageRequest, ParameterValue, Search, SortOrder
from provgraph.model.values import canonical_json
from provgraph.model.vocabulary import Kind
from provgraph.questions.details import details_of
from provgraph.questions.moments import EarlierStates
from provgraph.questions.searching import moment, search
from provgraph.questions.summary import with_taints
from provgraph.questions.tracing import find
from provgraph.questions.versions import versions
from provgraph.store.digest import digest
from provgraph.writers import details as details_writer

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from provgraph.model.lineage import Node
    from provgraph.store.protocol import Store


class SearchableStore:
    """An open store, to look things up in.

    Every method raises `StoreError` when the store fails or was closed.
    """

    def __init__(self, store: Store) -> None:
        """Take a store, which is closed with this object.

        Args:
            store: the open store.
        """
        self._store: Store | None = store
        self._states = EarlierStates(store)

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
            self._states.close()
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

    def show(
        self,
        record: str | os.PathLike[str],
        *,
        as_of: str | datetime | None = None,
        at: str | datetime | None = None,
    ) -> dict[str, Any]:
        """Show one record with all that is known of it.

        Args:
            record: what names the record.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: a path means what stood there then, not the newest.

        Returns:
            What ``show --json`` prints (docs/contract.md, Commands).

        Raises:
            LookupFailedError: no record bears the name, or several do.
        """
        store = self._known(as_of)
        return details_writer.as_document(details_of(store, self._find(store, record, at)))

    def versions(
        self,
        path: str | os.PathLike[str],
        *,
        as_of: str | datetime | None = None,
        at: str | datetime | None = None,
    ) -> list[AnswerNode]:
        """Find all files that stood at a path.

        Args:
            path: the path; or what names a file, for the path where that file stands.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.
            at: only what stood there then.

        Returns:
            The files in the order in which they came there.

        Raises:
            LookupFailedError: no file is called so, several are, or it never stood at a path.
        """
        _, found = versions(self._known(as_of), str(path), Path.cwd(), canonical_given(at))
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
        parameter: Mapping[str, object] | None = None,
        agent: str | Sequence[str] = (),
        since: str | datetime | None = None,
        until: str | datetime | None = None,
        under: str | os.PathLike[str] | None = None,
        invalid: bool = False,
        external: bool = False,
        overwritten: bool = False,
        at: str | datetime | None = None,
        order: str = "time",
        limit: int = 1_000,
        as_of: str | datetime | None = None,
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
            parameter: name → value of how it was set up, likewise; a name is a parameter's full
                name, or what it ends in behind a dot.
            agent: who answers for it.
            since: the run started, or the file was made, then or later; UTC without a zone.
            until: then or earlier.
            under: the file stood at this path, or below it.
            invalid: only what is marked as invalid.
            external: only files that no known run made.
            overwritten: only files that ceased to be, as by being overwritten.
            at: only files that stood somewhere then; with ``under``, that stood there.
            order: ``time``, the newest first, or ``name``.
            limit: how many records at most.
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.

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
            parameters=_parameters(parameter or {}),
            agents=_each(agent),
            since=time_given(since),
            until=time_given(until),
            under=None if under is None else str(under),
            invalid=invalid,
            external=external,
            overwritten=overwritten,
            at=time_given(at),
        )
        page, store = PageRequest(limit), self._known(as_of)
        found = search(store, wanted, kinds or NAMED_KINDS, sorting, page, Path.cwd())
        nodes = with_taints(store, (each.node for each in found.found))
        return [answer_node(node) for node in nodes]

    def stats(self, *, as_of: str | datetime | None = None) -> dict[str, int]:
        """Count what the store holds.

        Args:
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.

        Returns:
            Kind of record, or type of relation, → how many.
        """
        return {str(name): count for name, count in self._known(as_of).stats().items()}

    def digest(self, *, as_of: str | datetime | None = None) -> str:
        """Compute one SHA-256 over all provenance content.

        Args:
            as_of: answer as if only what had been loaded by then were known; UTC without a zone.

        Returns:
            64 hexadecimal digits.
        """
        return digest(self._known(as_of).scan())

    def _known(self, as_of: str | datetime | None) -> Store:
        """The store as it was known to be at a time."""
        if self._store is None:
            return self.store
        return self._states.as_of(canonical_given(as_of))

    def _find(
        self, store: Store, record: str | os.PathLike[str], at: str | datetime | None
    ) -> Node:
        return find(store, str(record), Path.cwd(), canonical_given(at))


def _each(values: str | Sequence[str]) -> tuple[str, ...]:
    """One value, or several."""
    return (values,) if isinstance(values, str) else tuple(values)


def _parameters(asked: Mapping[str, object]) -> tuple[ParameterValue, ...]:
    """Names and values; a value that is no text as JSON writes it."""
    return tuple(
        ParameterValue(name, value if isinstance(value, str) else canonical_json(value))
        for name, value in asked.items()
    )


def time_given(time: str | datetime | None) -> str | None:
    """Write a time that a program gives as people write it.

    Args:
        time: a text, or a time; None for no time.
    """
    return time if time is None or isinstance(time, str) else time.isoformat()


def canonical_given(time: str | datetime | None) -> str | None:
    """Read a time that a program gives.

    Args:
        time: a text, or a time; None for no time.

    Returns:
        The time as stores keep it.

    Raises:
        SettingsError: the text is no time.
    """
    return moment(time_given(time))
