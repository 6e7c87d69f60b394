"""What people look for in stores of 10^6 elements, by words and by each condition: the first page.

``python -m bench.finding ELEMENTS`` measures stores of another size.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from bench import night
from bench.measure import Figure, medians, say, show_alone, within
from bench.servers import STORES, empty
from provgraph.ingest.invalidation import invalidate
from provgraph.model.filters import NAMED_KINDS, PageRequest, ParameterValue, Search, SortOrder
from provgraph.model.values import utc
from provgraph.model.vocabulary import Kind
from provgraph.questions.searching import search
from provgraph.questions.tracing import find
from provgraph.store.protocol import Store

ELEMENTS = 1_000_000
#: How long the first page of 20 records may take, in seconds.
LIMIT = 0.020
ROUNDS = 30
_BATCH = 2_000
_PAGE = PageRequest(20)
#: Kinds of records, and what is looked for.
_Case = tuple[tuple[Kind, ...], Search]


def figures(elements: int = ELEMENTS) -> Iterator[Figure]:
    """Each condition on each kind of store."""
    for kind in STORES:
        say(f"finding on {kind}")
        with empty(kind) as (_, store):
            night.fill(store, elements, batch=_BATCH)
            invalidate(store, find(store, night.product_of(night.dl3_of(1))), None, "bad")
            cases = _cases(night.observations(elements))
            asking = {name: _asking(store, name, case) for name, case in cases.items()}
            for name, seconds in medians(asking, ROUNDS).items():
                yield within(f"search {name}, {elements} elements, {kind}", seconds, LIMIT)


def _cases(observations: int) -> dict[str, _Case]:
    """One for each condition; of the wide ones a part of the whole store is found."""
    middle = night.dl3_of(observations // 2).rpartition("/")[2]
    day = night.START + timedelta(minutes=observations * 3)
    files, runs = (Kind.ENTITY,), (Kind.ACTIVITY,)
    return {
        "for the name of a file": (NAMED_KINDS, Search(middle)),
        "for the beginning of names": (NAMED_KINDS, Search(middle[:8])),
        "for a word of all files": (NAMED_KINDS, Search("ctao")),
        "for a word of few files": (files, Search("config")),
        "by data level": (files, Search(data_levels=("DL3",))),
        "by type": (files, Search(types=("DatasetEntity",))),
        "by tool and version": (runs, Search(tools=("ctapipe-process",), versions=("0.28.0",))),
        "by status": (runs, Search(statuses=("completed",))),
        "by host": (runs, Search(hosts=("wn042",))),
        "by a parameter": (runs, Search(parameters=(ParameterValue("min_telescopes", "1"),))),
        "by time": (NAMED_KINDS, Search(since=_utc(day), until=_utc(day + timedelta(days=1)))),
        "by folder": (files, Search(under="/data/ctao/dl3")),
        "for files that stood somewhere at the beginning": (
            files,
            Search(at=_utc(night.START + timedelta(hours=1))),
        ),
        "for files that stood somewhere half-way": (files, Search(at=_utc(day))),
        "for files of no known run": (files, Search(external=True)),
        "for files of no known run below a folder": (
            files,
            Search(external=True, under="/data/ctao/dl0"),
        ),
        "for invalid records": (NAMED_KINDS, Search(invalid=True)),
        "for overwritten files": (files, Search(overwritten=True)),
        "for files of a tool": (files, Search(tools=("create-dl3",))),
    }


def _utc(moment: datetime) -> str:
    return utc(moment.isoformat())


def _asking(store: Store, name: str, case: _Case) -> Callable[[int], object]:
    """The question; it has an answer, but for overwritten files, of which there are none."""
    kinds, wanted = case

    def ask(_: int) -> None:
        found = search(store, wanted, kinds, SortOrder.TIME, _PAGE).found
        if bool(found) is wanted.overwritten:
            raise AssertionError(f"search {name}: {len(found)}")

    return ask


if __name__ == "__main__":
    show_alone(figures, ELEMENTS)
