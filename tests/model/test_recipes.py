"""A recipe as plain data, and its gaps for people."""

import json
from dataclasses import replace

from provgraph.model.recipes import RecipeGap, gap_lines
from tests.writers.recipes import HOSTILE, recipe


def test_as_plain_data() -> None:
    found = json.loads(json.dumps(recipe().document()))
    assert list(found) == ["target", "product", "steps", "inputs", "gaps", "software"]
    assert found["product"] == {
        "id": "product:2",
        "name": "m.h5",
        "step": 2,
        "location": "/data/m.h5",
        "sha256": None,
    }
    assert found["steps"][0]["arguments"][3] == {"text": HOSTILE, "file": None}
    assert found["gaps"][0] == {"what": "gone", "id": "x"}


def test_gaps_are_told_once_and_on_one_line() -> None:
    gaps = (RecipeGap("a", "1"), RecipeGap("b\nc"), RecipeGap("a", "2"), RecipeGap("a", "3"))
    assert gap_lines(replace(recipe(), gaps=gaps)) == ["a (1 and 2 more)", "b\\nc"]


def test_it_is_runnable_when_each_command_is_known() -> None:
    whole = recipe()
    assert whole.is_runnable
    assert not replace(whole, steps=(replace(whole.steps[0], command=()),)).is_runnable


def test_what_is_made() -> None:
    assert recipe().title == "/data/m.h5"
    assert replace(recipe(), product=None).title == "product:2"
