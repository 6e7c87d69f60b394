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
    about = (("a", "1"), ("b\nc", None), ("a", "2"), ("a", "3"), ("d", "4"), ("e", "5"), ("e", "6"))
    gaps = tuple(RecipeGap(what, name) for what, name in about)
    assert gap_lines(replace(recipe(), gaps=gaps)) == [
        "a (1 and 2 more)",
        "b\\nc",
        "d (4)",
        "e (5 and 1 more)",
    ]


def test_it_is_runnable_when_each_command_is_known() -> None:
    whole = recipe()
    assert whole.is_runnable
    assert not replace(whole, steps=(replace(whole.steps[0], command=()),)).is_runnable


def test_what_is_made() -> None:
    assert recipe().title == "/data/m.h5"
    unknown = replace(recipe(), product=None)
    assert (unknown.title, unknown.document()["product"]) == ("product:2", None)


def test_the_software_of_each_environment_is_a_file_for_pip() -> None:
    software: tuple[dict[str, str], ...] = (
        {"python": "3.11.7", "numpy": "2.0", "a\nb": "1\n"},
        {"ctapipe": "0.28.0"},
        {},
    )
    assert replace(recipe(), software=software).requirements() == {
        "requirements-1.txt": "numpy==2.0\na\\nb==1\\n\n",
        "requirements-2.txt": "ctapipe==0.28.0\n",
        "requirements-3.txt": "",
    }
