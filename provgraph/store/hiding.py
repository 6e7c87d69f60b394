"""A store as somebody sees it who may not see all records.

Each question goes to the store itself; what is hidden is taken out of its answer, or masked. Where
a record would be found by what it is, a hidden one is not found. What can't be answered so is
refused. A new method of the protocol is no question here until somebody writes it.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from typing import Final, NoReturn

from typing_extensions import override

from provgraph.errors import HiddenError
from provgraph.model.assembly import edge_order
from provgraph.model.filters import NAMED_KINDS, Filter, PageRequest, Search, SortOrder
from provgraph.model.lineage import Direction, Edge, Lineage, Node, Setup
from provgraph.model.recalls import Recall
from provgraph.model.records import Settings, key_of
from provgraph.model.values import Value
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.hidden_views import HidingView
from provgraph.store.masking import Masks, Showing
from provgraph.store.nodes import (
    asked_names,
    by_place,
    found_page,
    on_all_pages,
)
from provgraph.store.ordering import RECORD_KINDS, edges_in_order
from provgraph.store.protocol import Store
from provgraph.store.records import Explained, Found, FoundPage, LoadPage, LoadRecord, StoreLimits
from provgraph.store.views import View

#: How many names more are looked at where hidden ones stand among them.
_MORE_NAMES: Final = 8


class HidingStore(Store):
    """A store as one request sees it that may not see all; see `provgraph.store.protocol`.

    Attributes:
        limits: of the store.
    """

    def __init__(self, store: Store, masks: Masks) -> None:
        """Take a store.

        Args:
            store: that has all records.
            masks: what of it is shown.
        """
        self._store, self._masks = store, masks
        self.limits: StoreLimits = store.limits

    # Records that are looked for.

    @override
    def find(
        self,
        wanted: Filter,
        order: SortOrder = SortOrder.ID,
        page: PageRequest = PageRequest(),  # noqa: B008 - frozen
    ) -> FoundPage:
        if wanted.search is None:
            found = on_all_pages(lambda some: self._store.find(wanted, order, some))
            return found_page(self._shown(found), order, page)
        if wanted.search.parameters:
            raise HiddenError.about("a search by a parameter, which may name hidden files,")
        without = tuple(key for key in self._recall_keys() if self._masks.is_masked(key))
        search = replace(wanted.search, hidden=self._masks.hidden, without=without)
        some = self._store.find(replace(wanted, search=search), order, page)
        return replace(some, found=tuple(self._shown(some.found)))

    @override
    def files_at(
        self, places: Collection[str], state: bytes | None = None
    ) -> dict[str, tuple[Node, ...]]:
        found = self._store.files_at(places, state)
        files = {node.key: Found(node) for some in found.values() for node in some}
        return by_place((each.node for each in self._shown(files.values())), places)

    def _shown(self, found: Collection[Found]) -> list[Found]:
        """Those of some records that are not hidden."""
        masks = self._masks
        masks.learn_of(each.node for each in found)
        return [
            replace(each, node=masks.node(each.node))
            for each in found
            if not masks.is_masked(each.node.key)
        ]

    def _recall_keys(self) -> list[bytes]:
        keys = [key_of(Kind.ENTITY, each) for each in self._store.recalls()]
        self._masks.learn(keys)
        return keys

    @override
    def called(self, names: Collection[str], beginnings: Collection[str], limit: int) -> list[Node]:
        asked = limit
        while True:
            found = self._store.called(names, beginnings, asked)
            shown = [each.node for each in self._shown([Found(node) for node in found])]
            all_of, shown_of = (Counter(node.kind for node in some) for some in (found, shown))
            cut = [kind for kind in all_of if all_of[kind] >= asked]
            if all(shown_of[kind] >= limit for kind in cut):
                return _first_of_each_kind(shown, limit)
            asked *= 4

    @override
    def names_near(self, name: str, limit: int) -> list[str]:
        found = self._store.names_near(name, limit)
        shown = self._shown_names(found)
        if len(shown) == len(found):
            return shown
        return self._shown_names(self._store.names_near(name, limit * _MORE_NAMES))

    def _shown_names(self, names: list[str]) -> list[str]:
        """Those of some names that any record bears that is shown."""
        borne = self._borne(names, len(names)) if names else set()
        # A name that very many bear leaves others no room.
        return [name for name in names if name in borne or name in self._borne([name], 1)]

    def _borne(self, names: list[str], limit: int) -> set[str | None]:
        bearers = self.called(names, (), limit)
        return {
            name for node in bearers for name in asked_names(node.kind, node.id, node.name).values()
        }

    # Records that are known.

    @override
    def walk(
        self,
        root: Node,
        direction: Direction,
        relations: Sequence[RelationType],
        depth: int | None,
        limit: int,
    ) -> Lineage:
        masks = self._masks
        (key,) = masks.real_keys([root.key])
        start = self._store.nodes([key]).get(key, root)
        found = self._store.walk(start, direction, relations, depth, limit)
        masks.learn_of(found.nodes)
        edges = masks.edges(found.edges)
        ends = {end for edge in edges for end in (edge.source, edge.target)}
        nodes = [
            node
            for node in map(masks.node, found.nodes)
            if node.kind is not Kind.AGENT or node.distance == 0 or node.key in ends
        ]
        nodes.sort(key=lambda node: (node.distance, node.id))
        ids = {node.key: node.id for node in nodes}
        edges.sort(key=partial(edge_order, ids))
        begin = masks.node(found.root)
        setups = None if found.setups is None else masks.setups(found.setups)
        return replace(
            found,
            root=begin,
            nodes=tuple(nodes),
            edges=tuple(edges),
            setups=setups,
            recalls=None,  # what they mean may be hidden: `recalls` tells
        )

    @override
    def walks(
        self,
        roots: Sequence[Node],
        direction: Direction,
        relations: Sequence[RelationType],
        depth: int | None,
        limit: int,
    ) -> list[Lineage]:
        return super().walks(roots, direction, relations, depth, limit)  # by `walk`, which hides

    @override
    def nodes(self, keys: Collection[bytes]) -> dict[bytes, Node]:
        found = self._store.nodes([self._masks.real_key(key) for key in keys])
        self._masks.learn_of(found.values())
        shown = map(self._masks.node, found.values())
        return {node.key: node for node in shown}

    @override
    def edges_of(self, keys: Collection[bytes], relations: Sequence[RelationType]) -> list[Edge]:
        return self._edges(self._store.edges_of(self._masks.real_keys(keys), relations))

    @override
    def edges_among(self, keys: Collection[bytes], relations: Sequence[RelationType]) -> list[Edge]:
        return self._edges(self._store.edges_among(self._masks.real_keys(keys), relations))

    def _edges(self, edges: list[Edge]) -> list[Edge]:
        self._masks.learn({end for edge in edges for end in (edge.source, edge.target)})
        return edges_in_order(self._masks.edges(edges))

    @override
    def links(
        self, keys: Collection[bytes], way: Direction, relations: Sequence[RelationType]
    ) -> list[tuple[bytes, bytes]]:
        masks = self._masks
        found = self._store.links(masks.real_keys(keys), way, relations)
        masks.learn({far for _, far in found})
        return [
            (masks.shown_key(near), masks.shown_key(far))
            for near, far in found
            if not (masks.is_masked(near) or masks.is_masked(far))
            or masks.is_told_of_masked(near, far)
        ]

    # How runs were set up.

    def _whole(self, keys: Collection[bytes]) -> list[bytes]:
        """The keys of the records of which nothing is hidden."""
        known = self._masks.real_keys(keys)
        return [key for key in known if self._masks.showing(key) is Showing.WHOLE]

    @override
    def parameters_of(self, keys: Collection[bytes]) -> dict[bytes, list[Settings]]:
        found = self._store.parameters_of(self._whole(keys))
        return {key: [self._masks.settings(each) for each in some] for key, some in found.items()}

    @override
    def setups_of(self, keys: Collection[bytes]) -> dict[bytes, Setup]:
        return self._masks.setups(self._store.setups_of(self._masks.real_keys(keys)))

    @override
    def paths_in(self, settings: Collection[bytes]) -> dict[bytes, frozenset[str]]:
        found = self._store.paths_in(settings)
        return {key: self._masks.texts(some) for key, some in found.items()}

    # Marks.

    @override
    def taints(self, keys: Collection[bytes]) -> dict[bytes, tuple[str, ...]]:
        masks = self._masks
        known = [key for key in masks.real_keys(keys) if not masks.is_masked(key)]
        found = self._store.taints(known)
        named = {each for some in found.values() for each in some}
        masks.learn([key_of(kind, each) for each in named for kind in NAMED_KINDS])
        return {key: tuple(sorted(map(self._shown_id, some))) for key, some in found.items()}

    def _shown_id(self, identifier: str) -> str:
        """The id of an invalid record, a file or a run."""
        shown = (self._masks.shown_id(kind, identifier) for kind in NAMED_KINDS)
        return next((each for each in shown if each != identifier), identifier)

    @override
    def recalls(self) -> list[str]:
        self._recall_keys()
        return sorted(map(self._shown_id, self._store.recalls()))

    @override
    def runs_of(self, recall: Recall, among: Collection[bytes] | None = None) -> set[bytes]:
        known = None if among is None else self._masks.real_keys(among)
        found = self._store.runs_of(recall, known)
        self._masks.learn(found)
        return set(map(self._masks.shown_key, found))

    @override
    def tainted(self, since: str | None, page: PageRequest) -> FoundPage:
        rest = self._all_tainted(since, page.after)
        total = len(rest if page.after is None else self._all_tainted(since, None))
        some = tuple(rest[: page.size])
        return FoundPage(some, some[-1].cursor if 0 < len(some) < len(rest) else None, total)

    def _all_tainted(self, since: str | None, after: str | None) -> list[Found]:
        return self._shown(on_all_pages(partial(self._store.tainted, since), after))

    # What is counted.

    @override
    def stats(self) -> dict[str, int]:
        # Settings, loads and relations are of hidden records, too: they are not told.
        counts = dict.fromkeys(RECORD_KINDS, 0)
        counts["descriptions"] = self._store.stats()["descriptions"]
        for name, kind in zip(("activities", "entities", "agents"), _COUNTED, strict=True):
            wanted = Filter(search=Search(), kinds=(kind,))
            asked = PageRequest(size=0, counted=True)
            counts[name] = self.find(wanted, SortOrder.TIME, asked).total or 0
        return counts

    # The store itself.

    @property
    @override
    def address(self) -> str:
        return self._store.address

    @override
    def is_current(self) -> bool:
        return self._store.is_current()

    @contextmanager
    def _viewing(self, *, settled: bool) -> Iterator[View]:
        with self._store.viewing(settled=settled) as view:
            yield HidingView(view, self._masks)

    @override
    def viewing(self, *, settled: bool = False) -> AbstractContextManager[View]:
        return self._viewing(settled=settled)

    @override
    def close(self) -> None:
        pass  # the store stays open for others

    # What is refused.

    @override
    def explain(self, key: bytes) -> list[Explained]:
        _refuse("why a record is what it is")

    @override
    def loads_of(self, sha256s: Collection[str], namespace: str) -> dict[str, LoadRecord]:
        _refuse(_LOADS)

    @override
    def loads_from(self, sources: Collection[str], namespace: str) -> list[LoadRecord]:
        _refuse(_LOADS)

    @override
    def loads(self, since: str | None = None) -> list[LoadRecord]:
        _refuse(_LOADS)

    @override
    def newest_loads(self, size: int, after: str | None = None) -> LoadPage:
        _refuse(_LOADS)

    @override
    def scan(self) -> Iterator[tuple[str, Value]]:
        _refuse("all that the store holds")

    @override
    def make(self) -> NoReturn:
        raise HiddenError(_NO_CHANGE)

    @override
    def writing(self) -> NoReturn:
        raise HiddenError(_NO_CHANGE)

    @override
    def original(self) -> NoReturn:
        _refuse("all that the store holds")

    @override
    def filling(self) -> NoReturn:
        raise HiddenError(_NO_CHANGE)


_NO_CHANGE: Final = "who may not see all records may not change them: ask by a role that may"
_LOADS: Final = "what was loaded, and what the store knew earlier,"
_COUNTED: Final = (Kind.ACTIVITY, Kind.ENTITY, Kind.AGENT)


def _refuse(what: str) -> NoReturn:
    raise HiddenError.about(what)


def _first_of_each_kind(nodes: list[Node], limit: int) -> list[Node]:
    seen: Counter[Kind] = Counter()
    found = []
    for node in nodes:
        seen[node.kind] += 1
        if seen[node.kind] <= limit:
            found.append(node)
    return found
