"""How long it takes to compare two histories, and what the summary adds to a lineage."""

from collections.abc import Iterator

from bench import night
from bench.measure import Figure, at_most, medians, say, within
from bench.servers import STORES, empty
from provgraph.ingest.deciding.integration import integrate
from provgraph.model.identifiers import place_of
from provgraph.model.lineage import Lineage, Node
from provgraph.model.records import Document, Fact, Mention, Run
from provgraph.model.vocabulary import RelationType
from provgraph.questions.comparison import diff
from provgraph.questions.summary import with_summary
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store

#: DL3 files from which each of two files is made, and about how many records led to it.
_OBSERVATIONS, _RECORDS = 105, 1_000
#: Comparisons that are timed, and those before: Neo4j compiles what it often runs.
_DIFFS, _WARM_UP = 7, 20
#: Ways of asking for a lineage that take turns.
_ROUNDS = 60
_FILES = ("/data/ctao/sky/first.fits", "/data/ctao/sky/second.fits")


def figures() -> Iterator[Figure]:
    """Both questions on each kind of store."""
    for kind in STORES:
        say(f"comparing on {kind}")
        with empty(kind) as (_, store):
            _fill(store)
            first, second = (find(store, path) for path in _FILES)
            size = len(lineage(store, first).nodes)
            if abs(size - _RECORDS) > _RECORDS / 5:
                raise AssertionError(f"a history of {size} records")
            yield _comparing(kind, store, (first, second), size)
            for root in (first, find(store, night.product_of(night.dl3_of(1)))):
                yield _summing_up(kind, store, root)


def _fill(store: Store) -> None:
    """Two files, each made from the DL3 files of as many observations."""
    night.fill(store, round(2 * _OBSERVATIONS * night.ELEMENTS) + 1)
    with store.writing() as transaction:
        integrate(transaction, [_merge(number) for number in range(len(_FILES))])


def _merge(number: int) -> Document:
    run, first = f"merge-{number}", number * _OBSERVATIONS
    inputs = (night.dl3_of(each) for each in range(first, first + _OBSERVATIONS))
    time = {Fact.NAME: ("merge",), Fact.START: (f"2028-01-0{number + 1}T00:00:00.000",)}
    return Document(
        run=Run(run, time),
        mentions=(
            *(
                Mention(run, RelationType.USED, "DL3", place_of(path), night.product_of(path))
                for path in inputs
            ),
            Mention(run, RelationType.WAS_GENERATED_BY, "sky map", place_of(_FILES[number])),
        ),
    )


def _comparing(kind: str, store: Store, files: tuple[Node, Node], size: int) -> Figure:
    """What differs between two histories."""
    taken = medians({"diff": lambda _: diff(store, *files)}, _DIFFS, _WARM_UP)
    return within(f"diff of two histories of {size} records, {kind}", taken["diff"], 0.3)


def _summing_up(kind: str, store: Store, root: Node) -> Figure:
    """A lineage with its summary, and without."""

    def plain(_: int) -> Lineage:
        return lineage(store, root)

    def summed_up(turn: int) -> Lineage:
        return with_summary(store, plain(turn))

    taken = medians({"with": summed_up, "without": plain}, _ROUNDS)
    name = f"lineage of {len(plain(0).nodes)} records with its summary, {kind}; without"
    return at_most(name, taken["with"], taken["without"], 1.2)
