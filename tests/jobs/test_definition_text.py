"""A definition as somebody types it, and the line of each mistake."""

import json
from typing import Any

import pytest

from provgraph.errors import ProvGraphError
from provgraph.jobs.definition_text import definition_in, line_of

FINE = {
    "name": "count",
    "description": 'a "script": {name}',
    "parameters": {"word": {"default": "script"}, "name": {"default": "x"}},
    "used": [{"role": "text"}],
    "generated": [{"role": "report", "default": "report.txt"}],
    "executionDuration": 60,
    "script": "true",
}


def test_what_is_said_comes_back() -> None:
    assert definition_in(json.dumps(FINE)).parameters["word"] == {"default": "script"}


@pytest.mark.parametrize(
    ("said", "message", "line"),
    [
        ({"name": "a b"}, "can't be the name", '  "name"'),
        ({"script": ""}, "no script", '  "script"'),
        ({"executionDuration": "soon"}, "no number", '  "executionDuration"'),
        ({"parameters": {"name": {}, "LD_x": {}}}, "'LD_x'", '    "LD_x"'),
        ({"used": [{"role": "text"}, {"role": "text"}]}, "twice", '      "role": "text"'),
        ({"generated": [{"role": "r", "default": "/x"}]}, "r='/x'", '      "role": "r"'),
        ({"generated": [{"default": "x"}]}, "has no role", '  "generated"'),
        ({"used": "text"}, "not a list", '  "used"'),
    ],
)
def test_a_mistake_has_its_line(said: dict[str, Any], message: str, line: str) -> None:
    text = json.dumps({**FINE, **said}, indent=2)
    with pytest.raises(ProvGraphError, match=message) as caught:
        definition_in(text)
    number = line_of(text, caught.value)
    assert number is not None
    assert text.splitlines()[number - 1].startswith(line)


@pytest.mark.parametrize(
    ("text", "line"),
    [('{\n"name": "a",\n"script" "b"}', 3), ("name: a\nscript: [", None), ("[]", None), ("", None)],
)
def test_what_is_no_definition_at_all(text: str, line: int | None) -> None:
    with pytest.raises(ProvGraphError) as caught:
        definition_in(text)
    assert line_of(text, caught.value) == line
