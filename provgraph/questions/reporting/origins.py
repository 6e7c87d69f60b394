"""Which of many products have no raw data behind them, found in one walk for all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from provgraph.model.assembly import reached_from
from provgraph.model.lineage import Direction, Node, is_raw
from provgraph.model.vocabulary import ORIGIN_RELATIONS, Kind, RelationType
from provgraph.store.protocol import Store


def without_raw(store: Store, products: Iterable[Node], known: Iterable[Node]) -> list[Node]:
    """Find the products from which no way leads to raw data.

    A lineage for each of them would walk the same ways thousands of times. Here one walk goes up
    from all of them, one relation at a time, and ends at raw data.

    Args:
        store: that holds them.
        products: which products are asked about.
        known: records that were read already, so that they are not read again.

    Returns:
        Those without raw data, in the order of the products.

    Raises:
        StoreError: the store failed.
    """
    asked = list(products)
    walk = _Walk(store, known)
    newest = {node.key for node in asked}
    while newest:
        newest = walk.step(newest)
    fine = walk.made_from_raw()
    return [node for node in asked if node.key not in fine]


class _Walk:
    """A walk from effects to causes that ends at raw data."""

    def __init__(self, store: Store, known: Iterable[Node]) -> None:
        self._store = store
        self._nodes = {node.key: node for node in known}
        self._effects: defaultdict[bytes, list[bytes]] = defaultdict(list)
        self._raw: set[bytes] = set()
        self._seen: set[bytes] = set()

    def step(self, newest: set[bytes]) -> set[bytes]:
        """Go to the causes of some records; those from which the walk goes on."""
        self._seen |= newest
        causes: set[bytes] = set()
        for effect, cause in self._store.links(newest, Direction.UPSTREAM, ORIGIN_RELATIONS):
            self._effects[cause].append(effect)
            causes.add(cause)
        causes -= self._seen
        raw = self._raw_among(causes, newest)
        self._raw |= raw
        self._seen |= raw
        return causes - raw

    def _raw_among(self, causes: set[bytes], readers: set[bytes]) -> set[bytes]:
        nodes = self._nodes_of(causes)
        files = [node for node in nodes.values() if node.kind is Kind.ENTITY]
        open_ones = {node.key for node in files if node.data_level is None}
        roles = self._roles(open_ones, readers) if open_ones else {}
        return {node.key for node in files if is_raw(node, roles.get(node.key, ()))}

    def _nodes_of(self, keys: Collection[bytes]) -> dict[bytes, Node]:
        known = {key: self._nodes[key] for key in keys if key in self._nodes}
        return known | self._store.nodes(set(keys) - known.keys())

    def _roles(self, files: set[bytes], readers: set[bytes]) -> Mapping[bytes, list[str]]:
        """File → the roles in which the runs that led to it used it."""
        found: defaultdict[bytes, list[str]] = defaultdict(list)
        for edge in self._store.edges_among(files | readers, (RelationType.USED,)):
            found[edge.target].append(edge.role or "")
        return found

    def made_from_raw(self) -> set[bytes]:
        """All records of the walk that raw data led to."""
        return reached_from(self._raw, self._effects)
