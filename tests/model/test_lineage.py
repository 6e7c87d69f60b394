"""Answers, and which part of them is kept."""

from dataclasses import replace

import pytest

from provgraph.model.lineage import (
    Node,
    Restriction,
    display_name,
    is_known_by_path,
    is_raw,
    listed_part,
    restrict_lineage,
)
from provgraph.model.vocabulary import Kind
from tests.model.lineage_parts import FILE, RAW, RUN, answer


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


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Restriction(), ""),
        (
            Restriction(kinds=("entity", "agent")),
            "4 records, 3 of them entity or agent; only these are listed",
        ),
        (
            Restriction(kinds=("entity",), data_levels=("DL0",)),
            "4 records, 1 of them entity and DL0; only these are listed",
        ),
        (Restriction(data_levels=("DL9",)), "4 records, none of them DL9"),
    ],
)
def test_an_answer_says_which_part_it_lists(wanted: Restriction, said: str) -> None:
    assert listed_part(restrict_lineage(answer(), wanted)) == said


def test_of_a_single_record_found_it_is_said_too_and_of_none_nothing() -> None:
    only_runs = Restriction(kinds=("activity",))
    one = replace(answer(), nodes=(FILE, RUN))
    said = "1 record, 1 of them activity; only these are listed"
    assert listed_part(restrict_lineage(one, only_runs)) == said
    assert listed_part(restrict_lineage(replace(one, nodes=(FILE,)), only_runs)) == ""
    assert listed_part(replace(one, restriction=only_runs)) == ""


@pytest.mark.parametrize(
    ("node", "name"),
    [
        (replace(RUN, name="merge", location="/x"), "merge"),
        (replace(FILE, name="x", location="/b/x", locations=("/b/x", "/a/x")), "/b/x"),
        (replace(FILE, name="x", locations=("/c/x", "/b/x", "/a/x")), "/a/x"),
        (replace(FILE, id="file:/x@R", name="x"), "file:/x@R"),
        (replace(FILE, id="prov:x", name="plot"), "plot"),
        (replace(FILE, id="prov:x"), "prov:x"),
    ],
)
def test_what_a_person_calls_a_record(node: Node, name: str) -> None:
    assert display_name(node) == name


def test_only_a_file_is_known_by_its_path() -> None:
    known = [replace(each, id="file:/x") for each in (FILE, RUN)]
    assert [is_known_by_path(each) for each in (*known, FILE)] == [True, False, False]


@pytest.mark.parametrize(
    ("level", "header", "roles", "raw"),
    [
        ("DL0", None, [], True),
        ("DL1", "R0", ["R0"], False),
        (None, "X_R0_Y", [], True),
        (None, None, ["DL0_R0_EVENT"], True),
        (None, "R01", ["R1", "PR0"], False),
        (None, None, [], False),
    ],
)
def test_raw_data_is_of_level_dl0_or_said_to_be_r0(
    level: str | None, header: str | None, roles: list[str], raw: bool
) -> None:
    attributes = {"CTA PRODUCT DATA LEVELS": (header,)} if header else {}
    assert is_raw(replace(FILE, data_level=level, attributes=attributes), roles) is raw
