"""A recipe in each form."""

import json

import pytest

from provgraph.writers.recipes import RECIPE_WRITERS, Rerun
from tests.writers.recipes import recipe


def test_script_and_workflow() -> None:
    found = Rerun(recipe())
    assert (found.target, len(found.gaps)) == ("product:2", 3)
    assert found.script.startswith("#!/usr/bin/env bash\n")
    assert json.loads(found.workflow)["class"] == "Workflow"


@pytest.mark.parametrize("form", RECIPE_WRITERS)
def test_files(form: str) -> None:
    files = Rerun(recipe()).files(form)
    assert list(files) == [
        *(f"rerun.{form}", "01-tool.json", "02-other.json", "requirements-1.txt")
    ]
    assert json.loads(files["02-other.json"]) == {"n": 1}
    assert files["requirements-1.txt"].startswith("numpy==2.0\n")
    assert len(files["requirements-1.txt"].splitlines()) == 2
