"""What a recall means, and how far it reaches: a tool version, or uses of a path.

A walk of a store begins at one record. Here it begins at all runs that are meant, so it goes one
relation at a time, for all records at once.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from provgraph.errors import NotFoundError, SettingsError
from provgraph.model.assembly import assemble_lineage, ends_of_depth, with_more
from provgraph.model.filters import NAMED_KINDS, Filter, PageRequest, Search, SortOrder
from provgraph.model.lineage import WALK_LIMIT, Direction, Edge, Lineage, Node
from provgraph.model.recalls import Recall, ToolVersion, UsesOfPath, recall_node, recall_of
from provgraph.model.values import storable_text
from provgraph.model.vocabulary import AGENT_RELATIONS, ORIGIN_RELATIONS, Kind, RelationType
from provgraph.questions.searching import moment
from provgraph.questions.summary import lineage_with_taints, with_taints
from provgraph.questions.tracing import find, lineage
from provgraph.questions.versions import place_named
from provgraph.store.paging import Cursor
from provgraph.store.protocol import Store
from provgraph.store.records import FoundPage

#: How many versions of a tool are named when another one was asked for.
_MOST_VERSIONS = 10


def meant(  # noqa: PLR0913 - each has a name of its own
    store: Store,
    name: str | None = None,
    folder: Path | None = None,
    *,
    tool: str | None = None,
    version: str | None = None,
    used_since: str | None = None,
    used_until: str | None = None,
    at: str | None = None,
) -> Node:
    """Find what a question or a mark is about: one record, or what many runs have in common.

    Args:
        store: where to look.
        name: what names a record; None where a tool is given.
        folder: what a relative path is relative to; None when the name comes from another machine.
        tool: every run of this tool …
        version: … in this version.
        used_since: not the file, but every run that read its path then or later; in ISO 8601.
        used_until: every run that read its path then or earlier.
        at: a canonical time, when a path means what stood there then; None for the newest.

    Returns:
        The record; of a recall the one that stands for it, which the store may not hold.

    Raises:
        SettingsError: these do not go together, or a time can't be read.
        NotFoundError: nothing of that name is known.
        AmbiguousError: several records are called so.
        StoreError: the store failed.
    """
    is_span = used_since is not None or used_until is not None
    asked = tool_or_name(name, tool, version, is_span=is_span)
    if isinstance(asked, tuple):
        return record_of(store, tool_version(store, *asked))
    if is_span:
        return record_of(store, uses_of_path(store, asked, folder, used_since, used_until))
    return find(store, asked, folder, at)


def tool_or_name(
    name: str | None, tool: str | None, version: str | None, *, is_span: bool
) -> tuple[str, str] | str:
    """Tell whether a tool's version is meant, or what a name names.

    Args:
        name: what names a record; None where a tool is given.
        tool: a tool …
        version: … and its version.
        is_span: whether times say when the path of the name was used.

    Returns:
        The tool and its version, or the name.

    Raises:
        SettingsError: these do not go together.
    """
    if tool is not None and version is not None and name is None and not is_span:
        return tool, version
    if name is None or tool is not None or version is not None:
        raise SettingsError(
            "give a name, perhaps with the time since or until when its path was used; or a tool "
            "and its version"
        )
    return name


def tool_version(store: Store, tool: str, version: str) -> ToolVersion:
    """Find the tool version that people mean.

    Args:
        store: that knows runs of it.
        tool: the name of the tool, in any case.
        version: in any case.

    Returns:
        The tool and its version as the runs spell them.

    Raises:
        NotFoundError: no run of this version is known, nor a mark of it; the error names the
            versions that are.
        StoreError: the store failed.
    """
    tool, version = storable_text(tool), storable_text(version)
    asked = ToolVersion(tool, version)
    if recall_node(asked).key in store.nodes([recall_node(asked).key]):
        return asked
    for run in _runs(store, Search(tools=(tool,), versions=(version,)), 1):
        return ToolVersion(run.name or "", run.version or "")
    runs = _runs(store, Search(tools=(tool,)), 1_000)
    known = sorted({run.version for run in runs if run.version is not None})
    named = ", ".join(known[:_MOST_VERSIONS])
    why = f"known versions of {tool} are {named}" if named else f"no run of {tool} is known"
    raise NotFoundError(f"{tool} {version}", why)


def _runs(store: Store, wanted: Search, most: int) -> list[Node]:
    asked = Filter(search=wanted, kinds=(Kind.ACTIVITY,))
    page = store.find(asked, SortOrder.TIME, PageRequest(most))
    return [each.node for each in page.found]


def uses_of_path(
    store: Store,
    name: str,
    folder: Path | None = None,
    since: str | None = None,
    until: str | None = None,
) -> UsesOfPath:
    """Find the uses of a path that people mean.

    Args:
        store: that knows the path.
        name: the path; or what names a file, for the path where that file stands.
        folder: what a relative path is relative to; None when the name comes from another machine.
        since: the first moment, in ISO 8601; None for any.
        until: the last moment, likewise.

    Returns:
        The path and the span of time.

    Raises:
        NotFoundError: no file is called so, or it never stood at a path.
        AmbiguousError: several files are called so.
        SettingsError: a time can't be read, or the span ends before it begins.
        StoreError: the store failed.
    """
    begin, end = moment(since), moment(until)
    if begin is not None and end is not None and end < begin:
        raise SettingsError(f"the span from {since} to {until} ends before it begins")
    return UsesOfPath(place_named(store, storable_text(name), folder), begin, end)


def record_of(store: Store, recall: Recall) -> Node:
    """Find the record of a recall.

    Args:
        store: that may know it.
        recall: the rule.

    Returns:
        The record, with its mark when anybody has made it.

    Raises:
        StoreError: the store failed.
    """
    made = recall_node(recall)
    return store.nodes([made.key]).get(made.key, made)


def impact(store: Store, root: Node, depth: int | None = None, limit: int = WALK_LIMIT) -> Lineage:
    """Find everything that was made from a record, or by the runs that a recall means.

    Args:
        store: where to look.
        root: the record, as `meant` finds it.
        depth: how many relations far; None for no end.
        limit: how many records an answer holds before it is cut and says so.

    Returns:
        The lineage downstream.

    Raises:
        StoreError: the store failed.
    """
    recall = recall_of(root.id)
    if recall is None:
        return lineage(store, root, Direction.DOWNSTREAM, depth, limit=limit)
    return impact_of(store, recall, depth, limit)


def impact_of(
    store: Store, recall: Recall, depth: int | None = None, limit: int = WALK_LIMIT
) -> Lineage:
    """Find everything that was made by the runs that a recall means.

    Args:
        store: where to look.
        recall: the rule; it need not be marked.
        depth: how many relations far; None for no end.
        limit: how many records an answer holds before it is cut and says so.

    Returns:
        The lineage downstream. Its root is the recall; the relations between the root and the runs
        are inferred.

    Raises:
        StoreError: the store failed.
    """
    root = record_of(store, recall)
    relation = RelationType.USED
    if isinstance(recall, ToolVersion):
        relation = RelationType.WAS_INFLUENCED_BY
    runs = sorted(store.runs_of(recall))
    shown = [] if depth == 0 else runs[: limit + 1]
    edges = [Edge(relation, run, root.key, inferred=True) for run in shown]
    edges += _below(store, shown, depth, limit)
    reached = {root.key, *(edge.source for edge in edges)}
    leaves = store.edges_of(reached, AGENT_RELATIONS)
    edges += [edge for edge in leaves if edge.source in reached]
    known = store.nodes({key for edge in edges for key in (edge.source, edge.target)} | reached)
    nodes = [root, *(node for node in known.values() if node.kind in NAMED_KINDS)]
    found = assemble_lineage(root, Direction.DOWNSTREAM, depth, limit, nodes, edges)
    if depth is not None:
        found = with_more(found, _leading_beyond(store, root, runs, found))
    return lineage_with_taints(store, found, ORIGIN_RELATIONS)


def _below(store: Store, runs: Collection[bytes], depth: int | None, limit: int) -> Iterator[Edge]:
    """The relations to all that was made from some runs, the nearest first."""
    reached, newest, distance = set(runs), set(runs), 1
    while newest and len(reached) <= limit and (depth is None or distance < depth):
        found = [e for e in store.edges_of(newest, ORIGIN_RELATIONS) if e.target in newest]
        yield from found
        newest = {edge.source for edge in found} - reached
        reached |= newest
        distance += 1


def _leading_beyond(
    store: Store, root: Node, runs: Collection[bytes], found: Lineage
) -> set[bytes]:
    """The nodes where the depth ended from which relations lead to nodes that are not shown."""
    shown = {node.key for node in found.nodes}
    if found.depth == 0:
        return {root.key} if runs else set()
    ends = set(ends_of_depth(found, Direction.DOWNSTREAM))
    links = store.links(ends, Direction.DOWNSTREAM, ORIGIN_RELATIONS)
    return {end for end, effect in links if effect not in shown}


def tainted(
    store: Store,
    since: str | None = None,
    page: PageRequest = PageRequest(),  # noqa: B008 - frozen
) -> FoundPage:
    """Find the products that were delivered and were made from invalid records.

    Args:
        store: where to look.
        since: made then or later, in ISO 8601; None for any time.
        page: how many, and behind which.

    Returns:
        One page, the newest first. Each product says which invalid records it was made from.

    Raises:
        SettingsError: the time can't be read, or the cursor is of no such page.
        StoreError: the store failed.
    """
    begin = moment(since)
    try:
        Cursor.of(page.after, SortOrder.TIME)
    except ValueError as error:
        raise SettingsError(f"{error}: take `next` of the page before") from None
    found = store.tainted(begin, page)
    nodes = with_taints(store, (each.node for each in found.found))
    pairs = zip(found.found, nodes, strict=True)
    return replace(found, found=tuple(replace(each, node=node) for each, node in pairs))
