"""Which run made a product (docs/contract.md, rule 3)."""

import pytest

from tests.identity.examples import made, resolved, run


def test_the_first_claim_in_the_order_of_runs_is_accepted() -> None:
    graph = resolved(run("B", 2, 3, "", "/y=P"), run("A", 0, 1, "", "/x=P"))
    assert made(graph) == {"product:P": "A", "file:/y@B": "B"}


def test_of_runs_that_ended_together_the_later_start_comes_first_then_the_smaller_id() -> None:
    starts = resolved(run("A", 1, 5, "", "/a=P"), run("C", 3, 5, "", "/c=P"))
    assert made(starts) == {"file:/a@A": "A", "product:P": "C"}
    ids = resolved(run("B", 1, 5, "", "/b=P"), run("A", 1, 5, "", "/a=P"))
    assert made(ids) == {"product:P": "A", "file:/b@B": "B"}


def test_a_product_among_the_runs_own_inputs_is_not_made_by_it() -> None:
    graph = resolved(run("A", 0, 1, "/in=P", "/out=P"))
    assert made(graph) == {"file:/out@A": "A"}
    assert graph.entities["product:P"].generated is None


@pytest.mark.parametrize(
    ("ended", "maker"),
    [
        (1, {"file:/x@B": "B"}),
        (2, {"product:P": "B"}),  # the moment at which B started: not before that
        (3, {"product:P": "B"}),
        (None, {"product:P": "B"}),  # never ended
    ],
)
def test_a_product_that_was_read_before_is_not_made_now(
    ended: int | None, maker: dict[str, str]
) -> None:
    assert made(resolved(run("R", 0, ended, "/a=P"), run("B", 2, 4, "", "/x=P"))) == maker


def test_a_claim_turned_down_leaves_the_product_to_the_next_one() -> None:
    graph = resolved(
        run("A", 0, 4, "/in=P", "/a=P"), run("B", 1, 5, "", "/b=P"), run("C", 1, 6, "", "/c=P")
    )
    assert made(graph) == {"file:/a@A": "A", "product:P": "B", "file:/c@C": "C"}


def test_one_product_at_two_paths_and_two_products_at_one() -> None:
    graph = resolved(run("A", 0, 1, "", "/x=P /y=P /z=Q /z=R"))
    assert set(graph.entities["product:P"].locations) == {"file:/x", "file:/y"}
    assert graph.newest["file:/z"] == "product:R"  # the greater id stands there last
