"""Name → record.

An identifier, a product file on disk, a path, a file name (CONTRACT section 4, FILE).
"""

from collections.abc import Sequence
from pathlib import Path

from provgraph.errors import AmbiguousError, NotFoundError
from provgraph.loaders.headers import identifier_in
from provgraph.model.identifiers import SCHEMES, is_strong, place_of, strength
from provgraph.model.lineage import Node
from provgraph.model.values import storable_text
from provgraph.store.protocol import Found, Store


def find(store: Store, name: str, folder: Path | None = None) -> Node:
    """The record that a name means; a path means its newest version.

    Args:
        store: where to look.
        name: an identifier with or without its scheme, a path, ``PATH@ACTIVITY``, or a file name.
        folder: what a relative path is relative to, and where a product file's own header may be
            read; None when the name comes from another machine.

    Raises:
        NotFoundError: nothing bears the name.
        AmbiguousError: several records do.
    """
    name = storable_text(name)
    ids = [name, *(f"{scheme}:{name}" for scheme in SCHEMES if is_strong(f"{scheme}:"))]
    header = identifier_in(folder / name) if folder is not None and _may_be_path(name) else None
    places = _places(name, folder)
    found = store.by_id([*ids, *([header] if header else []), *places])
    bearers = (
        [each for each in found if each.node.id == name]
        or _bearing(found, ids)
        or _bearing(found, [header] if header else [])
        or _newest(found, places)
        or _version(store, name, folder)
        or _by_file_name(store, name)
    )
    return _only(name, bearers)


def _places(name: str, folder: Path | None) -> list[str]:
    """The places that the name may be the path of.

    One in the file catalogue goes before one on a disk.
    """
    if name.startswith("/"):
        return [place_of(f"lfn:{name}"), place_of(name)]
    if "://" in name or name.startswith(("file:", "lfn:")):
        return [place_of(name)] if not name.startswith("file://") else [name, place_of(name)]
    return [place_of(str(folder / name))] if folder is not None and _may_be_path(name) else []


def _may_be_path(name: str) -> bool:
    """Whether asking the file system about it makes sense."""
    return "\0" not in name and len(name) < 4096 and "://" not in name


def _bearing(found: Sequence[Found], identifiers: Sequence[str]) -> list[Found]:
    strong = {identifier for identifier in identifiers if is_strong(identifier)}
    return [
        each
        for each in found
        if each.node.id in identifiers or strong.intersection(each.node.identifiers)
    ]


def _newest(found: Sequence[Found], places: Sequence[str]) -> list[Found]:
    """Of the entities that stood at the first of the places where any stood, the newest."""
    for place in places:
        if there := [each for each in found if place in each.node.identifiers]:
            return [max(there, key=lambda each: (each.rank, each.node.id))]
    return []


def _version(store: Store, name: str, folder: Path | None) -> list[Found]:
    """``PATH@ACTIVITY``: split at its last @ (CONTRACT section 2 rule 6)."""
    path, at, activity = name.rpartition("@")
    if not at:
        return []
    return next(
        (
            found[:1]
            for place in _places(path, folder)
            if (found := store.by_version(place, activity))
        ),
        [],
    )


def _by_file_name(store: Store, name: str) -> list[Found]:
    """A file name that one path bears means the newest there.

    Of several paths all are candidates.
    """
    by_place: dict[str, list[Found]] = {}
    for place, found in store.by_base_name(name):
        by_place.setdefault(place, []).append(found)
    newest = [max(found, key=lambda each: (each.rank, each.node.id)) for found in by_place.values()]
    return list({each.node.key: each for each in newest}.values())


def _only(name: str, found: Sequence[Found]) -> Node:
    if not found:
        raise NotFoundError(name)
    if len(found) > 1:
        raise AmbiguousError(name, sorted((each.node.id for each in found), key=strength))
    return found[0].node
