"""The saved questions for Neo4j Browser, in a store of 10^6 elements, a night and some marks.

``python -m bench.kit ELEMENTS`` measures stores of another size.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from neo4j import Driver

from bench import night
from bench.copying import imported
from bench.measure import Figure, say, show_alone, timed, within
from bench.servers import driver_of, opened
from provgraph.ingest.deciding.integration import integrate
from provgraph.ingest.invalidation import invalidate
from provgraph.model.records import Document, batches
from provgraph.questions.tracing import find
from provgraph.store.neo4j.browser_kit import SavedQuestion, questions, set_up
from provgraph.store.protocol import Store
from tests.questions.reporting.nights import night as last_night
from tests.questions.runs import run

ELEMENTS = 1_000_000
#: How long an answer may take, in seconds.
LIMIT = 1.0
_ROUNDS = 5
_BATCH = 500
#: Chains of three runs; how long after its beginning the night is looked at.
_CHAINS, _LATER = 1_667, timedelta(hours=27)
#: Files that are overwritten, and files that are marked.
_AGAIN, _MARKED = 600, 20
#: Question → what it is asked about: an ordinary file, one of a campaign, one that most runs read.
_ASKED = {
    "lineage_of_a_file": (night.dl3_of(7),),
    "products_of_a_bad_calibration": (
        "/data/ctao/models/c00000/energy.pkl",
        "/data/ctao/config/base.yaml",
    ),
}


def figures(elements: int = ELEMENTS) -> Iterator[Figure]:
    """Each question."""
    begin = night.START + timedelta(minutes=6 * night.observations(elements))
    with _filled(elements, begin) as driver:
        for question in questions():
            for about in _ASKED.get(question.name, (None,)):
                yield _figure(driver, question, about, elements, begin + _LATER)


def _figure(
    driver: Driver, question: SavedQuestion, about: str | None, elements: int, now: datetime
) -> Figure:
    text = question.text.replace("datetime()", f"datetime('{now.isoformat()}Z')")

    def ask() -> list[dict[str, Any]]:
        found, *_ = driver.execute_query(text, {"file": about}, routing_="r")
        return [record.data() for record in found]

    if not ask():
        raise AssertionError(f"{question.title}: nothing")
    seconds = median(timed(ask) for _ in range(_ROUNDS))
    what = f" ({about.rpartition('/')[2]})" if about else ""
    return within(f"saved question: {question.title}{what}, {elements} elements", seconds, LIMIT)


@contextmanager
def _filled(elements: int, begin: datetime) -> Iterator[Driver]:
    """A server on a store that is set up."""
    with (
        TemporaryDirectory(prefix="provgraph-bench-") as folder,
        opened(f"sqlite:///{night.sqlite_file(elements)}") as original,
        imported(original, Path(folder)) as server,
        opened(server.url) as store,
        driver_of(server) as driver,
    ):
        say("  a night, marks and overwritten files")
        _add(store, list(last_night(_CHAINS, begin)))
        _add(store, [run(f"again-{n}-{m}", m, {}, {f"/again/{n}": "out"}) for n, m in _twice()])
        _mark(store)
        say(f"  set up: {set_up(server.url)}")
        yield driver


def _twice() -> Iterator[tuple[int, int]]:
    return ((number, minute) for number in range(_AGAIN) for minute in (1, 3))


def _add(store: Store, documents: Sequence[Document]) -> None:
    for some in batches(documents, _BATCH):
        with store.writing() as transaction:
            integrate(transaction, some)


def _mark(store: Store) -> None:
    marked = [night.product_of(night.dl3_of(number)) for number in range(_MARKED)]
    for name in (*marked, "/data/ctao/models/c00000/energy.pkl", "/data/ctao/config/base.yaml"):
        invalidate(store, find(store, name), None, "bad")


if __name__ == "__main__":
    show_alone(figures, ELEMENTS)
