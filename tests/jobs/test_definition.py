"""Which descriptions can be run, and which values their parameters may have."""

from typing import Any

import pytest

from provgraph.errors import JobRefusedError
from provgraph.interchange.tool_descriptions import read_descriptions
from provgraph.jobs.definition import JobParameter, definition_of
from provgraph.model.descriptions import ToolDescription
from tests.conftest import CORPUS

(STACK,) = read_descriptions(CORPUS / "jobs" / "stack_maps_vot.xml")


def job(**said: Any) -> ToolDescription:
    """A description of a job, with some of it said."""
    facts = {"script": "true", **said.pop("said", {})}
    return ToolDescription(**{"name": "job", "said": facts, **said})


def test_a_votable_of_opus_can_be_run() -> None:
    found = definition_of("stack_maps_2.1", STACK)
    assert (found.name, found.version, found.duration, found.quote) == ("stack_maps", "2.1", 30, 5)
    assert found.script.startswith("cat $map > $stack\necho")
    assert (found.contact_name, found.contact_email) == ("Ann Other", "ann@example.org")
    assert found.names == ["line", "times", "map", "stack"]
    assert (found.inputs["map"].role, found.inputs["map"].default) == ("counts", "map.txt")
    assert (found.outputs["stack"].role, found.outputs["stack"].default) == ("stack", "stack.txt")
    assert not found.parameters["times"].required


def test_a_parameter_that_is_a_file_is_an_input() -> None:
    found = definition_of(
        "x", job(parameters={"map": {"xtype": "application/octet-stream", "required": "false"}})
    )
    assert (found.parameters, found.inputs["map"].required) == ({}, False)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": "a/b"}, "'a/b' can't be the name of a job"),
        ({"name": ".."}, "can't be the name of a job"),
        ({"said": {"script": " "}}, "its description has no script"),
        ({"said": {"script": 5}}, "its description has no script"),
        ({"said": {"script": "a\0b"}}, "a text of at most 1 MiB"),
        ({"said": {"executionDuration": "soon"}}, "executionDuration=soon is no number"),
        ({"said": {"quote": "9" * 5_000}}, "is no number of seconds"),
        ({"parameters": {"PATH": {}}}, "'PATH' can't be a variable"),
        ({"parameters": {"LD_PRELOAD": {}}}, "'LD_PRELOAD' can't be a variable"),
        ({"parameters": {"BASH_ENV": {}}}, "'BASH_ENV' can't be a variable"),
        ({"parameters": {"a;b": {}}}, "'a;b' can't be a variable"),
        ({"parameters": {"phase": {}}}, "'phase' can't be a variable"),
        ({"parameters": {"a": {}}, "used": [{"role": "a"}]}, "stands in it twice"),
        ({"generated": [{"role": "a", "default": "../x"}]}, "is no name of a file"),
        ({"generated": [{"role": "a", "default": "/etc/x"}]}, "is no name of a file"),
    ],
)
def test_what_can_not_be_run(said: dict[str, Any], told: str) -> None:
    with pytest.raises(JobRefusedError, match=told):
        definition_of("x", job(**said))


@pytest.mark.parametrize(
    ("type_name", "text", "value"),
    [
        ("int", "7", 7),
        ("xs:double", "0.5", 0.5),
        ("boolean", "True", True),
        ("xs:string", "$(rm -rf /)", "$(rm -rf /)"),
    ],
)
def test_a_value_has_its_type(type_name: str, text: str, value: object) -> None:
    assert JobParameter("n", type_name).read(text) == value


@pytest.mark.parametrize(
    ("parameter", "text", "told"),
    [
        (JobParameter("n", "int"), "many", "a value of the type int"),
        (JobParameter("n", "boolean"), "maybe", "a value of the type boolean"),
        (JobParameter("n", "int", minimum=1), "0", "at least 1"),
        (JobParameter("n", "double", maximum="2.5"), "3", "at most 2.5"),
        (JobParameter("n", "char", options=("a", "b")), "c", "choose one of a, b"),
    ],
)
def test_a_value_that_can_not_be(parameter: JobParameter, text: str, told: str) -> None:
    with pytest.raises(JobRefusedError, match=told):
        parameter.read(text)
