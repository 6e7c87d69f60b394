"""Descriptions of tools as records, and the ids of these."""

import pytest

from provgraph.model.descriptions import (
    Said,
    ToolDescription,
    base_id,
    decides_what_runs,
    is_required,
    names_of,
    options_of,
    part_id,
    revision_id,
    text_of,
)
from provgraph.model.records import Description
from provgraph.model.values import Value
from provgraph.model.vocabulary import DescriptionType, Kind

MERGE = ToolDescription(
    name="merge",
    version="2",
    said={"description": "Joins files."},
    parameters={"Merger.overwrite": {"default": False}},
    used=({"role": "DL2"},),
    generated=({"role": "DL2"},),
    config_files=({"name": "c.yaml"},),
)


def test_ids() -> None:
    assert (base_id("merge", "2"), base_id("merge", None)) == ("merge_2", "merge")
    assert (revision_id("merge_2", 1), revision_id("merge_2", 2)) == ("merge_2", "merge_2#2")
    assert part_id("merge_2#2", "n") == "merge_2#2_n"


@pytest.mark.parametrize(
    ("parameter", "names"),
    [
        ("T.A.B.x", ["T.A.B.x", "A.B.x", "B.x"]),
        ("T.x", ["T.x"]),
        ("x", ["x"]),
    ],
)
def test_names_by_which_a_parameter_may_be_described(parameter: str, names: list[str]) -> None:
    assert names_of(parameter) == names


def test_records_of_a_revision() -> None:
    tool, *parts = MERGE.records(3, "Ann", "2027-01-01T00:00:00.000")
    assert (tool.id, tool.type) == ("merge_2#3", DescriptionType.ACTIVITY)
    assert tool.attributes == {
        "name": ("merge",),
        "version": ("2",),
        "description": ("Joins files.",),
        "revision": (3,),
        "describedBy": ("Ann",),
        "describedAt": ("2027-01-01T00:00:00.000",),
        "contentHash": (MERGE.content,),
        "parts": (
            {
                Kind.PARAMETER_DESCRIPTION: ["merge_2#3_Merger.overwrite"],
                Kind.USAGE_DESCRIPTION: ["merge_2#3_DL2"],
                Kind.GENERATION_DESCRIPTION: ["merge_2#3_DL2"],
                Kind.CONFIG_FILE_DESCRIPTION: ["merge_2#3_c.yaml"],
            },
        ),
    }
    assert [(each.id, each.type) for each in parts] == [
        ("merge_2#3_Merger.overwrite", DescriptionType.PARAMETER),
        ("merge_2#3_DL2", DescriptionType.USAGE),
        ("merge_2#3_DL2", DescriptionType.GENERATION),
        ("merge_2#3_c.yaml", DescriptionType.CONFIG_FILE),
    ]
    assert parts[0].attributes == {
        "name": ("Merger.overwrite",),
        "default": (False,),
        "activityDescription": ("merge_2#3",),
    }


def test_as_plain_data() -> None:
    assert MERGE.document() == {
        "name": "merge",
        "version": "2",
        "description": "Joins files.",
        "parameters": {"Merger.overwrite": {"default": False}},
        "used": [{"role": "DL2"}],
        "generated": [{"role": "DL2"}],
        "configFiles": [{"name": "c.yaml"}],
    }
    assert ToolDescription("x").document() == {"name": "x"}
    assert MERGE.content != ToolDescription("merge", "2").content


@pytest.mark.parametrize(
    ("said", "is_needed"),
    [({}, True), ({"required": "False"}, False), ({"required": False}, False)],
)
def test_who_denies_nothing_requires(said: Said, is_needed: bool) -> None:
    assert is_required(said) is is_needed


@pytest.mark.parametrize(
    ("said", "options"),
    [({}, []), ({"options": "a,b"}, ["a", "b"]), ({"options": [1, "b"]}, [1, "b"])],
)
def test_options_are_a_list_or_a_text(said: Said, options: list[Value]) -> None:
    assert options_of(said) == options


def test_values_as_scripts_have_them() -> None:
    assert [text_of(each) for each in (None, True, 1.5, "x")] == ["", "true", "1.5", "x"]


def test_a_tool_of_which_only_the_name_is_known_has_no_parts() -> None:
    (tool,) = ToolDescription("x").records(1, None, "2027-01-01T00:00:00.000")
    assert set(tool.attributes) == {"name", "revision", "describedAt", "contentHash"}
    _, unnamed = ToolDescription("x", used=({},)).records(1, None, "2027-01-01T00:00:00.000")
    assert unnamed.id == "x_"


@pytest.mark.parametrize(
    ("name", "is_decided"),
    [("script", True), ("approvedBy", True), ("approvedAt", True), ("description", False)],
)
def test_a_script_or_an_approval_decides_what_runs(name: str, is_decided: bool) -> None:
    said = Description("merge", DescriptionType.ACTIVITY, {"name": ("merge",), name: ("x",)})
    assert decides_what_runs(said) is is_decided
