"""One walk for many products finds what a lineage of each of them says."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from provgraph.ingest.loading import load
from provgraph.model.filters import Filter, PageRequest, Search, SortOrder
from provgraph.model.lineage import Direction, Node, is_raw
from provgraph.model.vocabulary import Kind
from provgraph.questions.reporting.origins import without_raw
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.questions.runs import put, run


def has_raw(store: Store, product: Node) -> bool:
    """Whether any record that led to a product is raw data, by its lineage."""
    found = lineage(store, product, Direction.UPSTREAM)
    roles: dict[bytes, list[str]] = {}
    for edge in found.edges:
        roles.setdefault(edge.target, []).append(edge.role or "")
    return any(
        node.kind is Kind.ENTITY and is_raw(node, roles.get(node.key, ()))
        for node in found.nodes[1:]
    )


@pytest.fixture(scope="module")
def part() -> Iterator[Store]:
    """Some of the real logs: of some products it is not known what they were made from."""
    names = ("run00001", "run00002", "merge", "apply_run02001", "dl3_run02001")
    with closing(open_store("sqlite://")) as opened:
        list(load(opened, [str(LOGS / f"{name}.provlog") for name in names]))
        yield opened


@pytest.mark.parametrize("knows", [False, True])
def test_real_products_are_as_their_lineages_say(part: Store, knows: bool) -> None:
    wanted = Filter(search=Search(since="2000-01-01T00:00:00.000"), kinds=(Kind.ENTITY,))
    found = part.find(wanted, SortOrder.TIME, PageRequest(10_000)).found
    products = [each.node for each in found if each.node.data_level not in (None, "DL0")]
    lacking = without_raw(part, products, products if knows else ())
    assert lacking == [each for each in products if not has_raw(part, each)]
    assert 0 < len(lacking) < len(products)


def test_raw_data_is_known_by_its_role_too() -> None:
    with closing(open_store("sqlite://")) as store:
        put(
            store,
            run("a", 0, {"/r0": "R0/Event"}, {"/1": "DL1/Event"}),
            run("b", 2, {"/dark": "calibration"}, {"/2": "DL1/Event"}),
            run("c", 4, {"/1": "DL1/Event", "/2": "DL1/Event"}, {"/3": "DL2/Event"}),
        )
        products = [find(store, path) for path in ("/3", "/2", "/1")]
        assert [each.location for each in without_raw(store, products, ())] == ["/2"]


def test_a_circle_has_no_raw_data_and_an_end() -> None:
    with closing(open_store("sqlite://")) as store:
        put(
            store,
            run("a", 0, {"/2": "DL2"}, {"/1": "DL1"}),
            run("b", 0, {"/1": "DL1"}, {"/2": "DL2"}),
        )
        products = [find(store, "/1"), find(store, "/2")]
        assert without_raw(store, products, ()) == products
