"""Rows as lines of COPY."""

import pytest

from provgraph.relational_mirror.lines import cells_of, copy_line

HOSTILE = ["a\tb", "line\nbreak", "back\\slash", "\r\b\f\v", "\\N", "", "é 🔭"]


def test_null_numbers_and_texts() -> None:
    assert copy_line(["a", None, 3]) == "a\t\\N\t3\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_is_read_as_it_was_written(text: str) -> None:
    line = copy_line([text, None, "plain"])
    assert line.count("\t") == 2
    assert line.count("\n") == 1
    assert cells_of(line) == [text, None, "plain"]
