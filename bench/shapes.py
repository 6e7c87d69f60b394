"""Graphs that naive walks die of: a ladder of 10^40 paths, and a chain of 10,000 records."""

from collections.abc import Iterator
from statistics import median

from bench.measure import Figure, say, timed, within
from bench.servers import STORES, empty
from provgraph.ingest.deciding.integration import integrate
from provgraph.model.records import Document, End, StatedRelation
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store

_LEVELS, _WIDTH, _LENGTH = 40, 10, 10_000


def figures() -> Iterator[Figure]:
    """Both shapes on every store."""
    for kind in STORES:
        say(f"shapes on {kind}")
        with empty(kind) as (_, store):
            write(store, _ladder())
            write(store, chain())
            ladder = _seconds(store, "product:ladder-0-0", _WIDTH * (_LEVELS - 1) + 1)
            yield within(f"ladder of 40 levels x 10, {kind}: full ancestry", ladder, 1)
            yield within(
                f"chain of 10,000, {kind}: full ancestry",
                _seconds(store, "product:chain-0", _LENGTH),
                2,
            )


def _ladder() -> list[StatedRelation]:
    return [
        _derived(f"ladder-{level}-{effect}", f"ladder-{level + 1}-{cause}")
        for level in range(_LEVELS - 1)
        for effect in range(_WIDTH)
        for cause in range(_WIDTH)
    ]


def chain(length: int = _LENGTH, name: str = "chain") -> list[StatedRelation]:
    return [_derived(f"{name}-{link}", f"{name}-{link + 1}") for link in range(length - 1)]


def _derived(effect: str, cause: str) -> StatedRelation:
    source, target = (End(Kind.ENTITY, f"product:{name}") for name in (effect, cause))
    return StatedRelation(RelationType.WAS_DERIVED_FROM, source, target)


def write(store: Store, relations: list[StatedRelation]) -> None:
    with store.writing() as transaction:
        integrate(transaction, [Document(relations=tuple(relations))])


def _seconds(store: Store, name: str, expected: int) -> float:
    """The median of five answers; each finds the root by its name and walks from it."""

    def ask() -> None:
        found = len(lineage(store, find(store, name)).nodes)
        if found != expected:
            raise AssertionError(f"{found} nodes, not {expected}")

    return median(timed(ask) for _ in range(5))
