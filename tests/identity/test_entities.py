"""An entity as the resolution makes it, and which run made a product: an example a rule."""

import pytest

from provgraph.identity.entities import Standing, bearer_of, resolved_entity
from provgraph.identity.files import RunTimes
from tests.identity.examples import made, resolved, run

T1, T2, T3 = (f"2026-11-21T08:00:0{second}.000" for second in (1, 2, 3))


def test_identifiers_are_sorted_by_strength_with_the_places_among_them() -> None:
    entity = resolved_entity(
        "product:P",
        {"guid:G", "product:P"},
        [Standing("lfn:/x", 1, T2, None), Standing("file:/x", 1, T1, T3)],
        RunTimes("A", T1, T2),
        {"file:/x@A"},
    )
    assert entity.identifiers == ("product:P", "guid:G", "lfn:/x", "file:/x")
    assert [standing.place for standing in entity.standings] == ["lfn:/x", "file:/x"]
    assert (entity.generated_at, entity.invalidated_at) == (T2, None)
    assert entity.stated_names == ("product:P", "guid:G", "file:/x@A")


def test_an_external_file_has_no_generation_time() -> None:
    entity = resolved_entity("file:/x", set(), [Standing("file:/x", 0, "", T3)], None, ["file:/x"])
    assert (entity.generated_at, entity.invalidated_at) == (None, T3)
    assert entity.stated_names == ("file:/x",)


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


def test_a_weak_name_means_one_entity() -> None:
    """Run A made P and Q at ``/x``, and perhaps another file there."""
    assert bearer_of("file:/x@A", {"product:P", "product:Q"}) == "product:Q"
    assert bearer_of("file:/x@A", {"product:P", "file:/x@A"}) == "file:/x@A"
