"""Name → record: an identifier, a product file on disk, a path, or a file name.

docs/contract.md, Commands, says what a name can be and which reading goes first.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from provgraph.errors import AmbiguousError, NotFoundError
from provgraph.loaders.headers import identifiers_in
from provgraph.model.filters import Filter, PageRequest, SortOrder, Version
from provgraph.model.identifiers import (
    SCHEMES,
    catalogue_place,
    is_strong,
    place_of,
    strength,
)
from provgraph.model.lineage import Node
from provgraph.model.values import storable_text
from provgraph.store.protocol import Store
from provgraph.store.records import Found

#: A longer name is no path: Linux allows 4,096 bytes.
_LONGEST_PATH = 4096


def find(store: Store, name: str, folder: Path | None = None) -> Node:
    """Find the record that a name means.

    A path, and a file name that only one path bears, means the newest version there.

    Args:
        store: where to look.
        name: an identifier with or without its scheme, a path, ``PATH@ACTIVITY``, or a file name.
        folder: what a relative path is relative to, and where a product file's own header may be
            read; None when the name comes from another machine.

    Returns:
        The record.

    Raises:
        NotFoundError: nothing bears the name.
        AmbiguousError: several records do; the error lists their ids.
    """
    name = storable_text(name)
    ids = [name, *(f"{scheme}:{name}" for scheme in SCHEMES if is_strong(f"{scheme}:"))]
    header = _header_identifiers(name, folder)
    paths = _path_identifiers(name, folder)
    found = _all_pages(store, Filter(identifiers=(*ids, *header, *paths)))
    # The first reading of the name that leads to a record counts.
    bearers = (
        [each for each in found if each.node.id == name]
        or _bearing(found, ids)
        or _bearing(found, header)
        or _newest(found, paths)
        or _named_version(store, name, folder)
        or _by_file_name(store, name)
    )
    return _only(name, bearers)


def _path_identifiers(name: str, folder: Path | None) -> list[str]:
    """The identifiers of the files that the name may be the path of.

    A file in the file catalogue goes before a file on a disk: ``/x`` means ``lfn:/x`` and
    ``file:/x``; ``scope:name`` is what Rucio calls a file, and may be a file in the folder.
    """
    if name.startswith("/"):
        return [place_of(f"lfn:{name}"), place_of(name)]
    catalogued = catalogue_place(name)
    if catalogued is None and ("://" in name or name.startswith("file:")):
        return [place_of(name)] if not name.startswith("file://") else [name, place_of(name)]
    here = [place_of(str(folder / name))] if folder is not None and _may_be_path(name) else []
    return here if catalogued is None else [catalogued, *here]


def _header_identifiers(name: str, folder: Path | None) -> list[str]:
    """The identifiers in the header of the product file on disk that the name may mean."""
    if folder is None or not _may_be_path(name) or not os.path.isfile(folder / name):
        return []
    return list(identifiers_in(folder / name))


def _may_be_path(name: str) -> bool:
    """Whether asking the file system about the name makes sense; for a URL it does not."""
    return "\0" not in name and len(name) < _LONGEST_PATH and "://" not in name


def _bearing(found: Sequence[Found], identifiers: Sequence[str]) -> list[Found]:
    """The records that bear one of the identifiers: as their id, or as a strong identifier."""
    strong = {identifier for identifier in identifiers if is_strong(identifier)}
    return [
        each
        for each in found
        if each.node.id in identifiers or strong.intersection(each.node.identifiers)
    ]


def _newest(found: Sequence[Found], paths: Sequence[str]) -> list[Found]:
    """The newest of the entities that stood at the first path where any stood."""
    for path in paths:
        if there := [each for each in found if path in each.node.identifiers]:
            return [max(there, key=_recency)]
    return []


def _named_version(store: Store, name: str, folder: Path | None) -> list[Found]:
    """The version that ``PATH@ACTIVITY`` means: split at its last @ (docs/contract.md, rule 6)."""
    path, separator, activity = name.rpartition("@")
    if not separator:
        return []
    for identifier in _path_identifiers(path, folder):
        wanted = Filter(version=Version(identifier, activity))
        if found := store.find(wanted, SortOrder.NEWEST, PageRequest(size=1)).found:
            return list(found)
    return []


def _by_file_name(store: Store, name: str) -> list[Found]:
    """The newest record at each path that ends in this file name, each record once."""
    at_path: dict[str, list[Found]] = {}
    for found in _all_pages(store, Filter(base_name=name)):
        at_path.setdefault(found.place or "", []).append(found)
    newest = [max(there, key=_recency) for there in at_path.values()]
    return list({each.node.key: each for each in newest}.values())


def _all_pages(store: Store, wanted: Filter) -> list[Found]:
    """All records that meet a filter, asked for page after page."""
    page = store.find(wanted)
    found = list(page.found)
    while page.after is not None:
        page = store.find(wanted, page=PageRequest(after=page.after))
        found += page.found
    return found


def _recency(found: Found) -> tuple[object, str]:
    """What orders the versions at a path: the newest is the greatest."""
    return found.rank, found.node.id


def _only(name: str, found: Sequence[Found]) -> Node:
    """The one record that was found; an error when there is none, or more than one."""
    if not found:
        raise NotFoundError(name)
    if len(found) > 1:
        raise AmbiguousError(name, sorted((each.node.id for each in found), key=strength))
    return found[0].node
