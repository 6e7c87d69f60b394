"""Tracing one record: which one a name means, and what led to it or was made from it.

A name is an identifier, a product file on disk, a path, or a file name; docs/contract.md, Commands,
says what it can be and which reading goes first. From the record every face asks the same questions
about lineage, each answered by one walk of the store.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from provgraph.errors import NotFoundError
from provgraph.loaders.headers import identifiers_in
from provgraph.model.filters import Filter, PageRequest, SortOrder, Version
from provgraph.model.identifiers import (
    SCHEMES,
    catalogue_place,
    is_strong,
    local_name,
    location_of,
    place_of,
    scheme_of,
)
from provgraph.model.lineage import WALK_LIMIT, Direction, Lineage, Node
from provgraph.model.values import storable_text, with_zone
from provgraph.model.vocabulary import ORIGIN_RELATIONS, Kind, RelationType
from provgraph.questions.misses import MOST_CANDIDATES, ambiguous, not_found
from provgraph.questions.summary import lineage_with_taints
from provgraph.settings import NEW_OBJECTS, few_collections
from provgraph.store.nodes import on_all_pages
from provgraph.store.protocol import Store
from provgraph.store.records import Found

#: A longer name is no path: Linux allows 4,096 bytes.
_LONGEST_PATH = 4096
#: So many characters of an id name its record, when no other id begins so.
SHORTEST_BEGINNING = 6


def find(store: Store, name: str, folder: Path | None = None, at: str | None = None) -> Node:
    """Find the record that a name means.

    A path, and a file name that only one path bears, means the newest version there; or the one
    that stood there at the time that is asked about.

    Args:
        store: where to look.
        name: an identifier with or without its scheme, a path, ``PATH@ACTIVITY``, a file name or
            the end of a path, a label or qualified name, or the beginning of an id.
        folder: what a relative path is relative to, and where a product file's own header may be
            read; None when the name comes from another machine.
        at: a canonical time; None for the newest.

    Returns:
        The record.

    Raises:
        NotFoundError: nothing bears the name; the error says what may have been meant.
        AmbiguousError: several records do; the error lists them.
        StoreError: the store failed.
    """
    name = storable_text(name)
    ids = _identifiers(name)
    header = _header_identifiers(name, folder)
    paths = path_identifiers(name, folder)
    addresses = _address_identifiers(paths)
    found = all_pages(store, Filter(identifiers=(*ids, *header, *paths, *addresses)))
    # The first reading of the name that leads to a record counts.
    bearers = _nodes(
        [each for each in found if each.node.id == name]
        or _bearing(found, ids)
        or _bearing(found, header)
        or [
            each for each in _newest(store, name, found, paths, at) if not _is_another(each, header)
        ]
        or _bearing(found, addresses)
        or _named_version(store, name, folder)
    )
    # A file that says which product it is means no other file of that name.
    if not bearers and not header:
        bearers = (
            _nodes(_by_path_ending(store, name, at))
            or _by_label(store, name)
            or _by_beginning(store, name, paths)
        )
    if not bearers:
        raise not_found(store, name, header, _is_on_disk(name, folder))
    if len(bearers) > 1:
        raise ambiguous(store, name, bearers)
    return bearers[0]


def _identifiers(name: str) -> list[str]:
    """The identifiers that the name may be: with its scheme, without, or a name that is no URI."""
    strong = (scheme for scheme in SCHEMES if is_strong(f"{scheme}:"))
    return [name, *(f"{scheme}:{name}" for scheme in strong), f"uri:{name}"]


def path_identifiers(name: str, folder: Path | None) -> list[str]:
    """Find the identifiers of the files that a name may be the path of.

    A file in the file catalogue goes before a file on a disk: ``/x`` means ``lfn:/x`` and
    ``file:/x``; ``scope:name`` is what Rucio calls a file, and may be a file in the folder.

    Args:
        name: what was asked for.
        folder: what a relative path is relative to; None when there is no such folder.

    Returns:
        The identifiers, those that go first before others.
    """
    if name.startswith("/"):
        return [place_of(f"lfn:{name}"), place_of(name)]
    catalogued = catalogue_place(name)
    if catalogued is None and ("://" in name or name.startswith("file:")):
        return [place_of(name)] if not name.startswith("file://") else [name, place_of(name)]
    here = [place_of(str(folder / name))] if folder is not None and _may_be_path(name) else []
    return here if catalogued is None else [catalogued, *here]


def _address_identifiers(paths: Sequence[str]) -> list[str]:
    """The identifiers of files that PROV documents name by URIs, as ``prov:file:///data/x``."""
    files = (location_of(path) for path in paths if path.startswith("file:/"))
    return [f"prov:{Path(file).as_uri()}" for file in files if file.startswith("/")]


def _header_identifiers(name: str, folder: Path | None) -> list[str]:
    """The identifiers in the header of the product file on disk that the name may mean."""
    if folder is None or not _is_on_disk(name, folder):
        return []
    return list(identifiers_in(folder / name))


def _is_on_disk(name: str, folder: Path | None) -> bool:
    return folder is not None and _may_be_path(name) and os.path.isfile(folder / name)


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


def _newest(
    store: Store, name: str, found: Sequence[Found], paths: Sequence[str], at: str | None
) -> list[Found]:
    """The newest of the entities that stood at the first path where any stood, then or ever."""
    at_path = ([each for each in found if path in each.node.identifiers] for path in paths)
    named = {path: there for path, there in zip(paths, at_path, strict=True) if there}
    return _newest_at_each(store, name, named, at)[:1]


def _newest_at_each(
    store: Store, name: str, at_path: Mapping[str, Sequence[Found]], at: str | None
) -> list[Found]:
    """The newest entity at each path, or the one that stood there at the time.

    Raises:
        NotFoundError: entities stood at these paths, and none did at the time.
    """
    if at is None:
        return [max(there, key=recency) for there in at_path.values()]
    then = [standing_at(store, there, place, at) for place, there in at_path.items()]
    if at_path and not any(then):
        raise NotFoundError(
            name, f"nothing known stood there at {with_zone(at)}: `provgraph versions` tells when"
        )
    return [max(there, key=recency) for there in then if there]


def standing_at(store: Store, found: Sequence[Found], place: str, at: str) -> list[Found]:
    """Choose the entities that stood at a place at a time.

    Args:
        store: that holds the entities.
        found: entities that stood at the place.
        place: the path, as an identifier.
        at: a canonical time.

    Returns:
        Those that had come there by then, and were not overwritten yet; of files that nobody is
        known to have written it is open since when they stood there.

    Raises:
        StoreError: the store failed.
    """
    with store.viewing() as view:
        known = view.entities([each.node.id for each in found])
    return [
        each
        for each in found
        if each.node.id in known
        and any(
            standing.place == place
            and standing.since <= at
            and (standing.until is None or at < standing.until)
            for standing in known[each.node.id].standings
        )
    ]


def _is_another(found: Found, header: Sequence[str]) -> bool:
    """Whether a record is another product than the file on disk, which has taken its path since."""
    products = {name for name in found.node.identifiers if scheme_of(name) == "product"}
    return bool(header) and bool(products) and products.isdisjoint(header)


def _named_version(store: Store, name: str, folder: Path | None) -> list[Found]:
    """The version that ``PATH@ACTIVITY`` means: split at its last @ (docs/contract.md, rule 6)."""
    path, separator, activity = name.rpartition("@")
    if not separator:
        return []
    run = _whole_id(store, activity)
    places = path_identifiers(path, folder)
    places += sorted({each.place for each in _at_path_ending(store, path) if each.place})
    for place in places:
        wanted = Filter(version=Version(place, run))
        if found := store.find(wanted, SortOrder.NEWEST, PageRequest(size=1)).found:
            return list(found)
    return []


def _whole_id(store: Store, activity: str) -> str:
    """The id of the one run that a beginning of an id names; else the text itself."""
    if len(activity) < SHORTEST_BEGINNING:
        return activity
    found = store.called((), [activity], 2)
    runs = [node.id for node in found if node.kind is Kind.ACTIVITY]
    return runs[0] if len(runs) == 1 else activity


def _by_path_ending(store: Store, name: str, at: str | None) -> list[Found]:
    """The record at each path that ends in this file name, or in these parts of a path.

    The newest, or the one that stood there at the time.
    """
    at_path: dict[str, list[Found]] = {}
    for found in _at_path_ending(store, name):
        at_path.setdefault(found.place or "", []).append(found)
    newest = _newest_at_each(store, name, at_path, at)
    return list({each.node.key: each for each in newest}.values())


def _at_path_ending(store: Store, name: str) -> list[Found]:
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    if not parts:
        return []
    ending = "/" + "/".join(parts)
    found = all_pages(store, Filter(base_name=parts[-1]))
    return [each for each in found if f"/{location_of(each.place or '')}".endswith(ending)]


def _by_label(store: Store, name: str) -> list[Node]:
    """The records that answers call so, else those whose URI ends in the name.

    A qualified name such as ``ex:plot`` means what ends in ``plot``: a store keeps no prefixes.
    """
    prefix, colon, rest = name.partition(":")
    local = rest if colon and prefix.isidentifier() else name
    found = store.called([name, local_name(local)] if local else [name], (), MOST_CANDIDATES + 1)
    labelled = [node for node in found if node.name == name]
    return labelled or [
        node for node in found if local and node.id.endswith(tuple(f"{at}{local}" for at in "/#:"))
    ]


def _by_beginning(store: Store, name: str, paths: Sequence[str]) -> list[Node]:
    """The records whose ids begin so."""
    if len(name.partition(":")[2] or name) < SHORTEST_BEGINNING:
        return []
    return store.called((), [*_identifiers(name), *paths], MOST_CANDIDATES + 1)


def all_pages(store: Store, wanted: Filter) -> list[Found]:
    """Find all records that meet a filter, page after page.

    Args:
        store: where to look.
        wanted: which records.

    Returns:
        The records by id.

    Raises:
        StoreError: the store failed.
    """
    return on_all_pages(lambda page: store.find(wanted, page=page))


def recency(found: Found) -> tuple[object, str]:
    """What orders the versions at a path: the newest is the greatest.

    Args:
        found: one of them.
    """
    return found.rank, found.node.id


def _nodes(found: Sequence[Found]) -> list[Node]:
    return [each.node for each in found]


def lineage(
    store: Store,
    root: Node,
    direction: Direction = Direction.UPSTREAM,
    depth: int | None = None,
    relations: Sequence[RelationType] = (),
    limit: int = WALK_LIMIT,
) -> Lineage:
    """Walk from a record to everything that led to it, that was made from it, or both.

    Args:
        store: where to look.
        root: where the walk begins.
        direction: to the causes, to the effects, or both ways.
        depth: how many relations far; None for no end.
        relations: the types to follow; none means those that lead to the origin (docs/contract.md,
            Commands).
        limit: how many records an answer holds before it is cut and says so.

    Returns:
        The lineage: each record reached once, and the relations between them. Each record says
        which invalid records it was made from.

    Raises:
        StoreError: the store failed.
    """
    followed = tuple(relations) or ORIGIN_RELATIONS
    with few_collections(NEW_OBJECTS):
        found = store.walk(root, direction, followed, depth, limit)
        return lineage_with_taints(store, found, followed)
