"""Which rows a record has now, which of them had a key before, and which rows go."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from provgraph.relational_mirror.mapping import Link, Rows, Settings, Values, rows_of
from provgraph.relational_mirror.parameters import Block
from provgraph.relational_mirror.records import Record, content_of
from provgraph.store.journal import Subject

#: Table → the keys of a record's links, in the order of `rows_of`.
RowIds = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Kept:
    """A record as the mirror holds it, with the keys of its rows.

    Most are compared by their texts alone.

    Attributes:
        kind: what it is.
        id: the store's id.
        type: the finer kind.
        text: its content, as JSON.
        row_id: the key of an entity's row.
        packed_ids: the keys of its links.
    """

    kind: Subject
    id: str
    type: str | None
    text: str
    row_id: str | None
    packed_ids: str

    @cached_property
    def record(self) -> Record:
        """The record.

        Raises:
            ValueError: somebody has damaged it.
        """
        return Record(self.kind, self.id, content_of(self.text), self.type)

    @cached_property
    def row_ids(self) -> RowIds:
        """The keys of its links."""
        return unpacked(self.packed_ids)

    def holds(self, record: Record | None) -> bool:
        """Whether this is what the record says."""
        return record is not None and record.text == self.text and record.type == self.type


@dataclass
class Settled:
    """What becomes of the rows of one subject.

    Attributes:
        rows: its rows.
        row_ids: the keys of its links.
        gone: table → keys of rows that it has no longer.
        block: the parameters of an activity, where they are not among the rows; their links come
            before the others.
    """

    rows: Rows
    row_ids: RowIds = field(default_factory=dict)
    gone: Mapping[str, Sequence[str | int]] = field(default_factory=dict)
    block: Block | None = None


class Numbers:
    """The next keys of sequences."""

    def __init__(self, last: Mapping[str, int]) -> None:
        """Take the last key of each table."""
        self.last = dict(last)

    def take(self, table: str) -> int:
        """A new key."""
        self.last[table] += 1
        return self.last[table]


#: Table and origin → the key of a link whose record is gone: another record may state the same
#: relation now.
Freed = dict[tuple[str, str], int]


def settled(
    kept: Kept | None, record: Record | None, settings: Settings, numbers: Numbers, freed: Freed
) -> Settled:
    """Compare what the mirror holds of a subject with what the store says now.

    A link keeps its key when its values are as before, else when it comes from the same statements
    as a link that is no more: so an input keeps its key when its file becomes known by another
    name.

    Args:
        kept: None of a subject that is new.
        record: None of one that is gone.
        settings: those that either of them has.
        numbers: new keys are taken from these.
        freed: of records that were settled before.
    """
    rows = rows_of(record, settings) if record is not None else Rows()
    if kept is None:
        ids = {
            table: [_key(table, link, numbers, freed) for link in links]
            for table, links in rows.links.items()
        }
        return Settled(rows, ids)
    if kept.holds(record) and _fits(
        kept, {table: len(links) for table, links in rows.links.items()}
    ):
        return Settled(rows, kept.row_ids)
    before = rows_of(kept.record, settings)
    gone: dict[str, list[str | int]] = defaultdict(list)
    for table, old in before.plain.items():
        left = {each[0] for each in rows.plain.get(table, ())}
        gone[table] += [str(each[0]) for each in old if each[0] not in left]
    found: dict[str, Sequence[int]] = {}
    for table in dict.fromkeys((*before.links, *rows.links)):
        links = rows.links.get(table, [])
        matched, unused = _matched(
            _numbered(before.links.get(table, []), kept.row_ids.get(table, ())), links
        )
        found[table] = [
            _key(table, link, numbers, freed) if number is None else number
            for number, link in zip(matched, links, strict=True)
        ]
        gone[table] += unused
        freed.update(
            ((table, origin), number) for number, link in unused.items() for origin in link.origins
        )
    return Settled(rows, {table: ids for table, ids in found.items() if ids}, gone)


def settled_activity(
    kept: Kept | None, record: Record, block: Block, numbers: Numbers, freed: Freed
) -> Settled:
    """An activity that is new, or as it was before, whose parameters are a block."""
    rows = rows_of(record, {})
    due = {table: len(links) for table, links in rows.links.items()}
    due["wasConfiguredBy"] = due.get("wasConfiguredBy", 0) + len(block)
    if kept is not None and _fits(kept, due):
        return Settled(rows, kept.row_ids, block=block)
    ids = {"wasConfiguredBy": [numbers.take("wasConfiguredBy") for _ in range(len(block))]}
    for table, links in rows.links.items():
        ids[table] = [*ids.get(table, ()), *(_key(table, link, numbers, freed) for link in links)]
    return Settled(rows, {table: some for table, some in ids.items() if some}, block=block)


def _fits(kept: Kept, due: Mapping[str, int]) -> bool:
    """Whether the mirror has as many keys as links are due in each table."""
    has = {table: len(ids) for table, ids in kept.row_ids.items()}
    return has == {table: count for table, count in due.items() if count}


def _key(table: str, link: Link, numbers: Numbers, freed: Freed) -> int:
    """The key of a link that this record did not have before."""
    known = [(table, origin) for origin in sorted(link.origins) if (table, origin) in freed]
    return freed.pop(known[0]) if known else numbers.take(table)


def _numbered(links: Sequence[Link], ids: Sequence[int]) -> list[tuple[int, Link]]:
    return list(zip(ids, links, strict=True)) if len(ids) == len(links) else []


def _matched(
    before: list[tuple[int, Link]], links: Sequence[Link]
) -> tuple[list[int | None], dict[int, Link]]:
    """The key that each link had, and the links that are no more by their keys."""
    by_values: dict[Values, list[int]] = defaultdict(list)
    for number, link in reversed(before):
        by_values[link.values].append(number)
    ids = [by_values[link.values].pop() if by_values[link.values] else None for link in links]
    used = set(ids)
    free = {number: link for number, link in before if number not in used}
    for index, link in enumerate(links):
        if ids[index] is None:
            same = next(
                (number for number, old in free.items() if old.origins & link.origins), None
            )
            if same is not None:
                ids[index] = same
                del free[same]
    return ids, free


def packed(ids: RowIds) -> str:
    """Keys as the mirror keeps them, in runs of consecutive ones."""
    return json.dumps(
        {table: list(_runs(some)) for table, some in ids.items()}, separators=(",", ":")
    )


def unpacked(text: str) -> dict[str, list[int]]:
    """The keys again."""
    return {
        table: [number for first, last in runs for number in range(first, last + 1)]
        for table, runs in json.loads(text).items()
    }


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for index in range(1, len(numbers) + 1):
        if index == len(numbers) or numbers[index] != numbers[index - 1] + 1:
            yield numbers[start], numbers[index - 1]
            start = index
