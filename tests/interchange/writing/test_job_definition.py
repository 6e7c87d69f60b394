"""What OPUS wrote of a job comes back as it was, as VOTable and as JSON."""

from pathlib import Path

import pytest

from provgraph.interchange.tool_descriptions import read_descriptions
from provgraph.interchange.writing.job_definition import job_json, job_votable
from tests.conftest import CORPUS
from tests.ivoa import valid

VOTABLE = CORPUS / "jobs" / "stack_maps_vot.xml"


def test_a_votable_comes_back_byte_for_byte() -> None:
    (found,) = read_descriptions(VOTABLE)
    assert job_votable(found) == VOTABLE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["stack_maps_vot.xml", "count_words.json"])
def test_both_forms_say_the_same(name: str, tmp_path: Path) -> None:
    (said,) = read_descriptions(CORPUS / "jobs" / name)
    path = tmp_path / "job"
    path.write_text(job_json(said), encoding="utf-8")
    assert read_descriptions(path) == [said]
    valid(job_votable(said))
    path.write_text(job_votable(said), encoding="utf-8")
    (again,) = read_descriptions(path)
    assert again.said == said.said
    assert again.used == said.used
    assert [set(each) for each in again.generated] == [set(each) for each in said.generated]
    assert {name: each.get("default") for name, each in again.parameters.items()} == {
        name: each.get("default") for name, each in said.parameters.items()
    }


def test_the_json_has_opus_own_words() -> None:
    (found,) = read_descriptions(VOTABLE)
    text = job_json(found)
    assert '"annotation": "What stands between"' in text
    assert '"parameters_keys": [\n    "line",\n    "times"\n  ]' in text
