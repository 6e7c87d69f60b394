"""What a filter may be."""

import pytest

from provgraph.model.filters import NAMED_KINDS, Filter, PageRequest, Version


def test_a_filter_needs_a_condition() -> None:
    with pytest.raises(ValueError, match="needs a condition"):
        Filter()
    with pytest.raises(ValueError, match="needs a condition"):
        Filter(kinds=NAMED_KINDS)


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
