"""The rows of one record, before they are written.

A row is a tuple of cells in the order of its table's columns. A cell that names another record's
row is a `Reference` until the row is written, for only then the key of that row is known.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provgraph.relational_mirror.records import Content
from provgraph.store.journal import Subject

Value = str | int | None


@dataclass(frozen=True, slots=True)
class Reference:
    """The key of another record's row; it is looked up when the row is written.

    Attributes:
        kind: what the other record is.
        id: its id in the store.
    """

    kind: Subject
    id: str


#: The cells of a row.
Values = tuple[Value | Reference, ...]
#: The key of settings in hexadecimal → their content.
Settings = Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class Link:
    """A row whose key a sequence supplies.

    Attributes:
        values: its cells but the key, in the order of the table.
        origins: texts that stand for what it was made from. By these a row is known again, and
            keeps its key, when its values become others.
    """

    values: Values
    origins: frozenset[str] = frozenset()


@dataclass
class Rows:
    """The rows of one record.

    Attributes:
        plain: table → rows with their key first.
        links: table → rows without their key, which a sequence supplies.
    """

    plain: dict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, list[Link]] = field(default_factory=lambda: defaultdict(list))

    def all_values(self) -> Iterator[Values]:
        """The cells of all rows, row by row; of links without their key."""
        for rows in self.plain.values():
            yield from rows
        for links in self.links.values():
            yield from (link.values for link in links)
