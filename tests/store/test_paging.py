"""Cursors say where a record stands, and are of one order."""

import pytest

from provgraph.model.filters import SortOrder
from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind
from provgraph.store.paging import Cursor, searched_page


@pytest.mark.parametrize("value", ["", "2026-01-01T00:00:00.000", 'a "name" ☃'])
def test_a_cursor_is_read_back(value: str) -> None:
    cursor = Cursor(SortOrder.NAME, value, bytes(range(16)))
    assert Cursor.of(str(cursor), SortOrder.NAME) == cursor
    with pytest.raises(ValueError, match="no cursor of a search by time"):
        Cursor.of(str(cursor), SortOrder.TIME)


def test_the_first_page_has_no_cursor() -> None:
    assert Cursor.of(None, SortOrder.TIME) is None


def test_a_record_that_is_taken_back_meanwhile_is_left_out() -> None:
    cursors = [Cursor(SortOrder.TIME, "", bytes([number] * 16)) for number in range(3)]
    node = Node(b"k" * 16, "r", Kind.ACTIVITY, "r")
    page = searched_page([(node, cursors[0]), (None, cursors[1]), (node, cursors[2])], 2, 5)
    assert [each.cursor for each in page.found] == [str(cursors[0])]
    assert (page.after, page.total) == (str(cursors[1]), 5)
