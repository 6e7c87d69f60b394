"""Find the records that people look for: by words, by what they are, by when they were."""

import os
from dataclasses import replace
from pathlib import Path

from provgraph.errors import LoadError, SettingsError
from provgraph.model.filters import (
    NAMED_KINDS,
    SEARCH_ORDERS,
    Filter,
    PageRequest,
    ParameterValue,
    Search,
    SortOrder,
)
from provgraph.model.values import storable_text, utc
from provgraph.model.vocabulary import Kind
from provgraph.store.paging import Cursor
from provgraph.store.protocol import Store
from provgraph.store.records import FoundPage


def search(
    store: Store,
    wanted: Search,
    kinds: tuple[Kind, ...] = NAMED_KINDS,
    order: SortOrder = SortOrder.TIME,
    page: PageRequest = PageRequest(),  # noqa: B008 - frozen
    folder: Path | None = None,
) -> FoundPage:
    """Find the records that meet every condition.

    Args:
        store: where to look.
        wanted: the conditions, as people write them: times with or without a zone.
        kinds: of records, any of which will do.
        order: by time, the newest first, or by name.
        page: how many, behind which, and whether all are counted.
        folder: what a relative path is relative to; None when there is no such folder.

    Returns:
        One page, with the number of records on all pages where the request says so.

    Raises:
        SettingsError: a time can't be read, there is no such order, or the cursor is of no such
            search.
        StoreError: the store failed, or is of an older provgraph and not up to date.
    """
    if order not in SEARCH_ORDERS:
        raise SettingsError(f"a search is in the order {' or '.join(SEARCH_ORDERS)}")
    try:
        Cursor.of(page.after, order)
    except ValueError as error:
        raise SettingsError(f"{error}: take `next` of the page before") from None
    asked = replace(
        wanted,
        text=_stored(wanted.text),
        types=_all_stored(wanted.types),
        data_levels=_all_stored(wanted.data_levels),
        tools=_all_stored(wanted.tools),
        versions=_all_stored(wanted.versions),
        statuses=_all_stored(wanted.statuses),
        hosts=_all_stored(wanted.hosts),
        parameters=tuple(map(_parameter, wanted.parameters)),
        agents=_all_stored(wanted.agents),
        since=moment(wanted.since),
        until=moment(wanted.until),
        at=moment(wanted.at),
        under=_path(_stored(wanted.under), folder),
    )
    return store.find(Filter(search=asked, kinds=kinds), order, page)


def _stored(text: str | None) -> str | None:
    """A text as a store holds it."""
    return None if text is None else storable_text(text)


def _all_stored(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(storable_text, texts))


def _parameter(asked: ParameterValue) -> ParameterValue:
    return ParameterValue(storable_text(asked.name), storable_text(asked.value))


def moment(text: str | None) -> str | None:
    """Read a time as people write it.

    Args:
        text: in ISO 8601, with or without a zone; None for no time.

    Returns:
        The time in canonical UTC.

    Raises:
        SettingsError: it is no time.
    """
    try:
        return None if text is None else utc(text)
    except LoadError as error:
        raise SettingsError(f"{error}: write a time as 2026-11-21T08:30:00 (UTC)") from None


def _path(path: str | None, folder: Path | None) -> str | None:
    """The path, from the folder where it is relative; a URL as it is."""
    if path is None or folder is None or path.startswith("/") or ":" in path:
        return path
    return os.path.normpath(folder / path)
