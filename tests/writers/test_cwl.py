"""The workflow is valid CWL, and nothing that a source says is an expression in it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from provgraph.writers.cwl import write
from provgraph.writers.recipes import Rerun
from tests import services
from tests.conftest import missing
from tests.services import ServiceUnavailable
from tests.services.environments import python_with
from tests.writers.recipes import HOSTILE, RAW, recipe

CWLTOOL = Path(services.__file__).with_name("cwltool.txt")


def workflow(*, apart: bool = False) -> Any:
    return json.loads(write(recipe(), apart=apart))


def test_steps_and_what_flows_between_them() -> None:
    found = workflow()
    assert (found["cwlVersion"], found["class"]) == ("v1.2", "Workflow")
    assert found["inputs"]["input_1"]["doc"] == RAW.id
    assert found["inputs"]["input_1"]["default"]["location"].startswith("file:///r/a%27b%22c")
    assert found["outputs"] == {"product": {"type": "File", "outputSource": "step_2/output_1"}}
    assert found["steps"]["step_1"]["in"] == {"argument_3": "input_1"}
    assert found["steps"]["step_2"]["in"] == {"other_1": "step_1/output_1"}
    assert found["doc"].splitlines()[1:3] == ["What can't be rebuilt:", "- gone (x and 1 more)"]


def test_arguments_are_inputs_in_their_order() -> None:
    tool = workflow()["steps"]["step_1"]["run"]
    assert tool["baseCommand"] == ["tool"]
    inputs = tool["inputs"]
    assert [each["inputBinding"]["position"] for each in inputs.values()] == list(range(1, 8))
    assert inputs["argument_3"] == {
        "type": "File",
        "inputBinding": {"position": 3, "prefix": "--in=", "separate": False},
    }
    assert inputs["argument_4"]["default"] == HOSTILE
    assert json.loads(inputs["argument_2"]["default"]["contents"])["Tool"]["x"] == HOSTILE
    packages = tool["hints"]["SoftwareRequirement"]["packages"]
    assert packages["python"] == {"version": ["3.11.7"]}


def test_configuration_in_a_file_of_its_own() -> None:
    inputs = workflow(apart=True)["steps"]["step_1"]["run"]["inputs"]
    assert inputs["argument_2"]["default"] == {"class": "File", "location": "01-tool.json"}
    assert list(Rerun(recipe()).files("cwl"))[:2] == ["rerun.cwl", "01-tool.json"]


def test_a_file_that_is_changed_in_place_is_a_copy() -> None:
    tool = workflow()["steps"]["step_2"]["run"]
    (entry,) = tool["requirements"]["InitialWorkDirRequirement"]["listing"]
    assert entry == {"entry": "$(inputs.other_1)", "entryname": "m.h5", "writable": True}


def test_only_our_own_expressions_stand_where_cwl_looks_for_one() -> None:
    looked_at = [
        (tool["baseCommand"], tool.get("requirements"), tool["outputs"])
        for tool in (step["run"] for step in workflow()["steps"].values())
    ]
    assert json.dumps(looked_at).count("$") == 1  # $(inputs.other_1)


@pytest.fixture(scope="module")
def cwltool() -> str:
    """A Python with cwltool, which wants an older prov than provgraph does."""
    try:
        return str(python_with(CWLTOOL))
    except ServiceUnavailable as error:
        missing(error)
        raise


@pytest.mark.slow
@pytest.mark.parametrize("apart", [False, True])
def test_cwltool_finds_it_valid(tmp_path: Path, cwltool: str, apart: bool) -> None:
    files = Rerun(recipe()).files("cwl") if apart else {"rerun.cwl": write(recipe())}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [cwltool, "-m", "cwltool", "--validate", "rerun.cwl"],
        cwd=tmp_path,
        env={"PATH": os.defpath, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "is valid CWL" in done.stdout) == (0, True), done.stderr
