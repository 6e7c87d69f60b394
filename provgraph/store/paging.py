"""Pages of a search: where one ends and the next begins, the same in every store."""

import base64
import json
import re
from collections.abc import Sequence
from typing import NamedTuple, Self

from typing_extensions import override

from provgraph.model.filters import SortOrder
from provgraph.model.lineage import Node
from provgraph.store.records import Found, FoundPage

_KEY = re.compile("[0-9a-f]{32}")


class Cursor(NamedTuple):
    """Where a record stands in the order of a search.

    Attributes:
        order: by time or by name.
        value: the record's time or name.
        key: of the record, by which equals are ordered.
    """

    order: SortOrder
    value: str
    key: bytes

    @classmethod
    def of(cls, text: str | None, order: SortOrder) -> Self | None:
        """Read the cursor of a page.

        Args:
            text: as an earlier page gave it; None for the first page.
            order: of the answer.

        Returns:
            The cursor; None for the first page.

        Raises:
            ValueError: no search in this order gave it.
        """
        if text is None:
            return None
        try:
            found = json.loads(base64.urlsafe_b64decode(text))
        except ValueError:
            found = None
        match found:
            case [str(named), str(value), str(key)] if named == order.value and _KEY.fullmatch(key):
                return cls(order, value, bytes.fromhex(key))
        raise ValueError(f"{text!r} is no cursor of a search by {order.value}")

    @override
    def __str__(self) -> str:
        """The cursor as callers get it."""
        said = json.dumps([self.order.value, self.value, self.key.hex()])
        return base64.urlsafe_b64encode(said.encode()).decode()


def searched_page(
    rows: Sequence[tuple[Node | None, Cursor]], size: int, total: int | None
) -> FoundPage:
    """One page of a search.

    Args:
        rows: in the order of the answer, one more than the page holds where more follow. A record
            that somebody took back meanwhile is None.
        size: how many the page holds.
        total: how many there are on all pages; None where nobody asked.

    Returns:
        The page.
    """
    some = rows[:size]
    found = (Found(node, cursor=str(cursor)) for node, cursor in some if node is not None)
    return FoundPage(tuple(found), str(some[-1][1]) if 0 < size < len(rows) else None, total)
