"""What a filter may be."""

import pytest

from provgraph.model.filters import NAMED_KINDS, Filter, PageRequest, Version


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


def test_the_first_page_is_behind_nothing() -> None:
    assert PageRequest().after is None
