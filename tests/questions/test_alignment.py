"""Which runs of two histories are counterparts."""

from collections.abc import Iterator

import pytest

from provgraph.model.lineage import Direction
from provgraph.questions.alignment import align
from provgraph.questions.histories import History
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.questions.runs import put, run


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    opened = open_store("sqlite://")
    # Two nights: one has a step between calibration and merging, the other none.
    put(
        opened,
        run("calibrate-1", 0, {"/raw/1": "DL0"}, {"/1/dl1": "DL1"}),
        run("clean-1", 1, {"/1/dl1": "DL1"}, {"/1/clean": "DL1"}),
        run("merge-1", 2, {"/1/clean": "DL1"}, {"/1/dl2": "DL2"}),
        run("calibrate-2", 10, {"/raw/2": "DL0"}, {"/2/dl1": "DL1"}),
        run("merge-2", 11, {"/2/dl1": "DL1"}, {"/2/dl2": "DL2"}),
        # Two simulations, told apart by what they read.
        run("simulate-1", 20, {"/in/gamma": "cards"}, {"/3/gamma": "DL0"}),
        run("simulate-2", 21, {"/in/proton": "cards"}, {"/3/proton": "DL0"}),
        run("train-1", 22, {"/3/gamma": "signal", "/3/proton": "background"}, {"/3/model": ""}),
        run("simulate-3", 30, {"/in/proton": "cards"}, {"/4/proton": "DL0"}),
        run("simulate-4", 31, {"/in/gamma": "cards"}, {"/4/gamma": "DL0"}),
        run("train-2", 32, {"/4/gamma": "signal", "/4/proton": "background"}, {"/4/model": ""}),
    )
    yield opened
    opened.close()


def counterparts(store: Store, a: str, b: str) -> dict[str, str]:
    """Run of the first history → run of the second."""
    first, second = (history(store, path) for path in (a, b))
    return {first.runs[k].id: second.runs[other].id for k, other in align(first, second).items()}


def history(store: Store, path: str) -> History:
    return History(lineage(store, find(store, path), Direction.UPSTREAM), frozenset())


def test_runs_of_one_tool_are_counterparts_and_a_step_of_one_side_has_none(store: Store) -> None:
    assert counterparts(store, "/1/dl2", "/2/dl2") == {
        "merge-1": "merge-2",
        "calibrate-1": "calibrate-2",
    }


def test_of_several_runs_those_that_go_back_to_the_same_are_counterparts(store: Store) -> None:
    assert counterparts(store, "/3/model", "/4/model") == {
        "train-1": "train-2",
        "simulate-1": "simulate-4",
        "simulate-2": "simulate-3",
    }


@pytest.mark.parametrize(("a", "b"), [("/1/dl2", "/2/dl2"), ("/3/model", "/4/model")])
def test_the_other_way_round_the_pairs_are_exchanged(store: Store, a: str, b: str) -> None:
    ours = counterparts(store, a, b)
    assert counterparts(store, b, a) == {other: mine for mine, other in ours.items()}


def test_a_run_that_led_to_both_is_its_own_counterpart(store: Store) -> None:
    assert counterparts(store, "/1/clean", "/1/dl2") == {
        "clean-1": "clean-1",
        "calibrate-1": "calibrate-1",
    }
