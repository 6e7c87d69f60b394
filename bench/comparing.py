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

#: Records that led to each of two files → DL3 files from which each is made, how many seconds the
#: comparison may take, and comparisons before those that are timed: Neo4j compiles what it often
#: runs.
_SIZES = {1_000: (105, 0.3, 20), 10_000: (1075, 1.0, 2)}
#: Comparisons that are timed.
_DIFFS = 7
#: Ways of asking for a lineage that take turns.
_ROUNDS = 60
_FILES = ("/data/ctao/sky/first.fits", "/data/ctao/sky/second.fits")


def figures() -> Iterator[Figure]:
    """Both questions on each kind of store."""
    for kind in STORES:
        for records in _SIZES:
            say(f"comparing histories of {records} records on {kind}")
            with empty(kind) as (_, store):
                yield from _figures_of(kind, store, records)


def _figures_of(kind: str, store: Store, records: int) -> Iterator[Figure]:
    observations, seconds, warm_up = _SIZES[records]
    _fill(store, observations)
    first, second = (find(store, path) for path in _FILES)
    size = len(lineage(store, first).nodes)
    if abs(size - records) > records / 5:
        raise AssertionError(f"a history of {size} records")
    taken = medians({"diff": lambda _: diff(store, first, second)}, _DIFFS, warm_up)
    yield within(f"diff of two histories of {size} records, {kind}", taken["diff"], seconds)
    if records == min(_SIZES):
        for root in (first, find(store, night.product_of(night.dl3_of(1)))):
            yield _summing_up(kind, store, root)


def _fill(store: Store, observations: int) -> None:
    """Two files, each made from the DL3 files of as many observations."""
    night.fill(store, round(2 * observations * night.ELEMENTS) + 1)
    with store.writing() as transaction:
        integrate(transaction, [_merge(number, observations) for number in range(len(_FILES))])


def _merge(number: int, observations: int) -> Document:
    run, first = f"merge-{number}", number * observations
    inputs = (night.dl3_of(each) for each in range(first, first + observations))
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


def _summing_up(kind: str, store: Store, root: Node) -> Figure:
    """A lineage with its summary, and without."""

    def plain(_: int) -> Lineage:
        return lineage(store, root)

    def summed_up(turn: int) -> Lineage:
        return with_summary(store, plain(turn))

    taken = medians({"with": summed_up, "without": plain}, _ROUNDS)
    name = f"lineage of {len(plain(0).nodes)} records with its summary, {kind}; without"
    return at_most(name, taken["with"], taken["without"], 1.2)
