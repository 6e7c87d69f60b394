"""What is asked after somebody has marked one of many files, on every store.

``python -m bench.taint ELEMENTS`` measures stores of another size.
"""

from collections.abc import Callable, Iterator
from statistics import median

from bench import night
from bench.measure import Figure, say, show_alone, timed, within
from bench.servers import STORES, empty
from provgraph.ingest.invalidation import invalidate, take_back
from provgraph.model.filters import PageRequest
from provgraph.model.lineage import Node
from provgraph.model.recalls import ToolVersion, UsesOfPath, recall_node
from provgraph.questions.details import details_of
from provgraph.questions.recalling import tainted
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store

ELEMENTS = 1_000_000
#: The longest time from the mark to the answers, in seconds.
LIMIT = 2.0
_BATCH = 2_000
_ROUNDS = 3
#: A file that one campaign shares; one that every run read.
_MODEL = "/data/ctao/models/c00000/energy.pkl"
_CONFIGURATION = "/data/ctao/config/base.yaml"


def figures(elements: int = ELEMENTS) -> Iterator[Figure]:
    """Each kind of mark, on each kind of store."""
    for kind in STORES:
        say(f"taint on {kind}")
        with empty(kind) as (_, store):
            night.fill(store, elements, batch=_BATCH)
            product = find(store, night.product_of(night.dl3_of(1)))
            for name, record, ask in _cases(store):
                taken = median(timed(_marking(store, record, product, ask)) for _ in range(_ROUNDS))
                yield within(f"mark {name} of {elements} elements, {kind}, and ask", taken, LIMIT)


def _cases(store: Store) -> Iterator[tuple[str, Node, bool]]:
    """What is marked, and whether all that it reached is listed."""
    yield "a model", find(store, _MODEL), True
    yield "a file that all runs read", find(store, _CONFIGURATION), False
    week = UsesOfPath(
        f"file:{_CONFIGURATION}", "2027-01-01T00:00:00.000", "2027-01-01T12:00:00.000"
    )
    yield "the uses of a path in one day", recall_node(week), True
    tool = next(
        node
        for node in lineage(store, find(store, night.product_of(night.dl3_of(1)))).nodes
        if node.name == "ctapipe-compute-irf"
    )
    yield "a tool version", recall_node(ToolVersion(tool.name or "", tool.version or "")), False


def _marking(store: Store, record: Node, product: Node, lists: bool) -> Callable[[], object]:
    def mark() -> None:
        invalidate(store, record, None, "bad")
        if not details_of(store, product).node.tainted or not lineage(store, product).root.tainted:
            raise AssertionError(f"{record.id} does not reach {product.id}")
        if lists and not tainted(store, None, PageRequest(20)).total:
            raise AssertionError(f"{record.id} reaches nothing")
        take_back(store, record)

    return mark


if __name__ == "__main__":
    show_alone(figures, ELEMENTS)
