"""What a filter may be."""

import pytest

from provgraph.model.filters import NAMED_KINDS, Filter, PageRequest, Search, Version


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(identifiers=()),
        Filter(base_name=""),
        Filter(version=Version("file:/x", "run")),
    ],
)
def test_one_condition_does(wanted: Filter) -> None:
    assert wanted.kinds == NAMED_KINDS


def test_conditions_are_of_runs_or_of_files() -> None:
    assert Search(tools=("t",)).of_runs
    assert not Search(tools=("t",)).of_files
    assert Search(under="/").of_files
    assert not Search("text", since="2026-01-01").of_runs


def test_the_first_page_is_behind_nothing() -> None:
    assert PageRequest().after is None
