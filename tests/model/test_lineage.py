"""Answers, and which part of them is kept."""

from dataclasses import replace

import pytest

from provgraph.model.lineage import Restriction, restrict_lineage
from provgraph.model.vocabulary import Kind
from tests.model.lineage_parts import RAW, RUN, answer


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Restriction(), ["file", "run", "agent", "calibration", "raw"]),
        (Restriction(kinds=("activity",)), ["file", "run"]),
        (Restriction(kinds=("activity", "agent")), ["file", "run", "agent"]),
        (Restriction(data_levels=("DL0",)), ["file", "raw"]),
        (Restriction(data_levels=("DL9", "DL0")), ["file", "raw"]),
        (Restriction(kinds=("entity",), data_levels=("DL9",)), ["file"]),
        (Restriction(types=("DatasetEntity",)), ["file", "calibration"]),
    ],
)
def test_only_some_records_and_always_the_root(wanted: Restriction, ids: list[str]) -> None:
    nodes = [
        replace(each, type="DatasetEntity") if each.id == "calibration" else each
        for each in answer().nodes
    ]
    whole = replace(answer(), nodes=tuple(nodes))
    some = restrict_lineage(whole, wanted)
    assert [each.id for each in some.nodes] == ids
    inside = {each.key for each in some.nodes}
    assert set(some.edges) == {each for each in whole.edges if {each.source, each.target} <= inside}
    assert (some.whole or some) == whole
    assert (some.restriction or Restriction()) == wanted


def test_a_node_at_another_distance_is_else_the_same() -> None:
    for node in answer().nodes:
        assert node.at(7) == replace(node, distance=7)
    assert answer().root.at(7) is not answer().root


def test_nodes_of_one_kind() -> None:
    assert [each.id for each in answer().of_kind(Kind.ENTITY)] == ["file", "calibration", "raw"]


def test_a_node_shows_its_name_and_no_hidden_attributes() -> None:
    plain = replace(RAW, attributes={"prov.id": ("x",), "n": (1,)})
    assert (plain.label, replace(plain, name="raw.fits").label) == ("raw", "raw.fits")
    assert plain.shown_attributes == {"n": 1}


def test_a_run_takes_the_time_from_its_start_to_its_end() -> None:
    began = replace(RUN, start_time="2026-01-01T00:00:00.500Z")
    assert began.duration is None
    assert replace(began, end_time="2026-01-01T00:01:00.000Z").duration == 59.5
