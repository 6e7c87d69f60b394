"""Names of boxes: what several have in common, and times as people say them."""

import pytest

from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind
from provgraph.pictures.flowchart.names import common_name, pattern, span_of, title_of


def test_a_record_is_called_by_its_name_its_file_or_its_id() -> None:
    file = Node(b"1", "file:/data/a.h5", Kind.ENTITY, location="/data/b.h5")
    assert title_of(file) == "b.h5"
    assert title_of(Node(b"1", "file:/data/a.h5", Kind.ENTITY, "c.h5")) == "c.h5"
    assert title_of(Node(b"1", "run-1", Kind.ACTIVITY)) == "run-1"
    assert title_of(Node(b"1", "1", Kind.ENTITY, "a\nb\u202e")) == r"a\nb\u202e"


@pytest.mark.parametrize(
    ("names", "common"),
    [
        (["a.h5"], "a.h5"),
        (["a.h5", "a.h5"], "a.h5"),
        (["run01.h5", "run02.h5", "run13.h5"], "run*.h5"),
        (["aa", "aaa"], "aa*"),
        (["abab", "ab"], "ab*"),
        (["x", "y"], "*"),
        ([" ", " "], "(no name)"),
    ],
)
def test_several_names_as_one(names: list[str], common: str) -> None:
    assert common_name(names) == common


def test_numbers_and_uuids_do_not_tell_files_of_a_series_apart() -> None:
    assert pattern("run00012.dl1.h5") == "run*.dl*.h*"
    assert pattern("5a620a10-d7a4-41b7-9814-f9e5bac5287f_x2") == "*_x*"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.0394, "0.039 s"),
        (12.5, "13 s"),
        (60, "1 min"),
        (150, "3 min"),
        (3_600, "1 h"),
        (86_399, "24 h"),
        (1_234 * 3_600, "1230 h"),
        (-2, "-2 s"),
        (None, None),
    ],
)
def test_spans_of_time(seconds: float | None, text: str | None) -> None:
    assert span_of(seconds) == text
