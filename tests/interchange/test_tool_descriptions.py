"""Descriptions from files: JSON, YAML, OPUS's JSON; and what is none."""

import json
from pathlib import Path
from typing import Any

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.tool_descriptions import read_descriptions

YAML = """
name: merge
version: 2
description: Joins files.
doculink: https://example.org/merge
parameters:
  Merger.overwrite: {valueType: boolean, default: false, description: Whether to overwrite.}
  Merger.level: How hard to compress.
used:
  - {role: DL2/Event, multiplicity: "1..*"}
generated:
  DL2/Event: The joined file.
configFiles:
  - name: merge.yaml
"""
OPUS = {
    "name": "add",
    "annotation": "Adds a text to a file.",
    "version": "1",
    "doculink": "",
    "parameters": {"text": {"datatype": "xs:string", "required": True, "default": "!"}},
    "parameters_keys": ["text"],
    "used": {"input": {"role": "", "content_type": "text/plain", "annotation": "A text."}},
    "generated": {"output": {"content_type": "text/plain"}},
    "script": "cat $input",
    "executionDuration": "20",
}


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "d"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_yaml(tmp_path: Path) -> None:
    (found,) = read_descriptions(write(tmp_path, YAML))
    assert found.document() == {
        "name": "merge",
        "version": "2",
        "description": "Joins files.",
        "doculink": "https://example.org/merge",
        "parameters": {
            "Merger.overwrite": {
                "valueType": "boolean",
                "default": False,
                "description": "Whether to overwrite.",
            },
            "Merger.level": {"description": "How hard to compress."},
        },
        "used": [{"role": "DL2/Event", "multiplicity": "1..*"}],
        "generated": [{"role": "DL2/Event", "description": "The joined file."}],
        "configFiles": [{"name": "merge.yaml"}],
    }


def test_a_description_reads_back_what_it_writes(tmp_path: Path) -> None:
    (found,) = read_descriptions(write(tmp_path, YAML))
    (again,) = read_descriptions(write(tmp_path, "\ufeff" + json.dumps(found.document())))
    assert again.document() == found.document()


def test_the_json_of_opus(tmp_path: Path) -> None:
    (found,) = read_descriptions(write(tmp_path, json.dumps(OPUS)))
    assert found.document() == {
        "name": "add",
        "version": "1",
        "description": "Adds a text to a file.",
        "parameters": {"text": {"valueType": "xs:string", "required": True, "default": "!"}},
        "used": [{"role": "input", "contentType": "text/plain", "description": "A text."}],
        "generated": [{"role": "output", "contentType": "text/plain"}],
        "script": "cat $input",
        "executionDuration": 20,
    }
    listed = {"jobnames": ["add"], "details": {"add": OPUS}}
    assert read_descriptions(write(tmp_path, json.dumps(listed))) == [found]


def test_several_in_one_file(tmp_path: Path) -> None:
    found = read_descriptions(write(tmp_path, '[{"name": "a"}, {"name": "b", "version": "1"}]'))
    assert [each.base for each in found] == ["a", "b_1"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "an object with a name"),
        ("5", "an object with a name"),
        ("{", "it is no JSON"),
        ("a: [", "it is neither JSON nor YAML"),
        ("!!python/object/apply:os.system [id]", "it is neither JSON nor YAML"),
        (b"\xff\xfe", "no text in UTF-8"),
        ("version: 1", "needs the name of the tool"),
        ("name: x\nparameters: 5", "parameters is int, not a list or an object"),
        ("name: x\nparameters: [5]", "one of the parameters is int, not an object"),
        ("name: x\nused: [{description: y}]", "one of the used has no role"),
        ("[" * 100_000, "it nests too deep"),
        ("<a/>", "no RESOURCE in it is an ActivityDescription"),
        ("<a", "it is no XML"),
    ],
)
def test_what_is_no_description(content: Any, told: str, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=told):
        read_descriptions(write(tmp_path, content))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="No such file"):
        read_descriptions(tmp_path / "x")
