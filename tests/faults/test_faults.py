"""Nothing is lost and nothing is half there, whatever happens to a loader or its store.

One trial of each fault; ``make soak-faults`` makes a hundred.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from typing import Any, NamedTuple

import pytest

from provgraph.store.registry import open_store
from tests.conftest import STRUCK_NEO4J, missing
from tests.faults.material import Material, gather
from tests.faults.targets import Target, neo4j_target, opened, postgresql_target, sqlite_target
from tests.faults.trials import FAULTS, Course, trial, undisturbed
from tests.services import PostgresServer, ServiceUnavailable

pytestmark = pytest.mark.slow

#: A trial that comes too late, on a machine that is busy with other things, is made again.
ATTEMPTS = 10
#: Told from the others by little that provgraph does, and slow: these are left to the campaign.
ONLY_IN_CAMPAIGN = {
    *(("interrupt", store) for store in ("PostgreSQL", "Neo4j")),
    *(("terminate", store) for store in ("PostgreSQL", "Neo4j")),
    ("reset", "Neo4j"),
    ("silence", "Neo4j"),
    ("disk", "Neo4j"),
}


class Place(NamedTuple):
    """A store, and how an undisturbed loader proceeds there."""

    target: Target
    course: Course


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return gather(tmp_path_factory.mktemp("material"))


@pytest.fixture(scope="module")
def places(
    request: pytest.FixtureRequest, material: Material
) -> Iterator[Callable[[str, bool], Place]]:
    """Stores, each opened once, when the first trial needs it."""
    with ExitStack() as stack:

        @cache
        def place(store: str, small: bool) -> Place:
            target = stack.enter_context(_opened(request, store, small))
            return Place(target, undisturbed(target, material))

        yield place


def _opened(request: pytest.FixtureRequest, store: str, small: bool) -> Any:
    if small:
        return opened(store, small)
    if store == "PostgreSQL":
        return postgresql_target(request.getfixturevalue("postgres_server"))
    if store == "Neo4j":
        return neo4j_target(request.getfixturevalue("neo4j_server"))
    return sqlite_target()


def _trials() -> Iterator[Any]:
    marks = {"SQLite": [], "PostgreSQL": [pytest.mark.postgresql], "Neo4j": [pytest.mark.neo4j]}
    for name, fault in FAULTS.items():
        for store in fault.stores:
            if (name, store) not in ONLY_IN_CAMPAIGN:
                group = f"faults-{store}-{'small' if fault.on_small_disk else 'ordinary'}-disk"
                if store == "Neo4j" and not fault.on_small_disk:
                    group = STRUCK_NEO4J
                yield pytest.param(
                    store,
                    name,
                    id=f"{name}-{store}",
                    marks=[*marks[store], pytest.mark.xdist_group(group)],
                )


@pytest.mark.parametrize(("store", "name"), list(_trials()))
def test_fault(
    places: Callable[[str, bool], Place], store: str, name: str, material: Material
) -> None:
    try:
        place = places(store, FAULTS[name].on_small_disk)
    except ServiceUnavailable as error:
        missing(error)
    for seed in range(ATTEMPTS):
        outcome = trial(name, place.target, material, place.course, seed)
        assert outcome.complaints == []
        if outcome.was_hit:
            return
    pytest.fail(f"the fault never came while a loader was at work, in {ATTEMPTS} attempts")


@pytest.mark.postgresql
def test_the_answer_is_lost_when_the_first_loader_makes_the_tables(
    postgres_server: PostgresServer,
) -> None:
    with postgresql_target(postgres_server) as target:
        target.empty()
        assert target.proxy is not None
        target.proxy.lose_answer_to(1)
        with closing(open_store(target.loader_url)) as store:
            store.make()
            assert not any(store.stats().values())
        assert target.proxy.answer_lost.is_set()
