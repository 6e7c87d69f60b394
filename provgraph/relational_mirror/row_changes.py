"""Which rows a record has now, which of them had a key before, and which rows go."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provgraph.relational_mirror.mapping.keys import row_id
from provgraph.relational_mirror.mapping.mappers import rows_of
from provgraph.relational_mirror.mapping.rows import Link, Rows, Settings, Values
from provgraph.relational_mirror.mirrored_records import MirroredRecord, RowIds, packed
from provgraph.relational_mirror.parameters import ParameterBlock
from provgraph.relational_mirror.records import Record
from provgraph.relational_mirror.row_numbers import RowNumbers
from provgraph.store.journal import Subject

#: Table and origin → the key of a link whose record is gone: another record may state the same
#: relation now.
FreeKeys = dict[tuple[str, str], int]


@dataclass
class RowChanges:
    """What becomes of the rows of one subject.

    Attributes:
        rows: the rows that the subject has now.
        row_ids: the keys of its links, in the order of the rows.
        gone: table → keys of rows that the subject has no longer.
        block: the parameters of an activity, where they are not among the rows. Of table
            ``wasConfiguredBy`` the keys of the block's links come before the others.
    """

    rows: Rows
    row_ids: RowIds = field(default_factory=dict)
    gone: Mapping[str, Sequence[str | int]] = field(default_factory=dict)
    block: ParameterBlock | None = None


def row_changes(
    mirrored: MirroredRecord | None,
    record: Record | None,
    settings: Settings,
    numbers: RowNumbers,
    free_keys: FreeKeys,
) -> RowChanges:
    """Compare what the mirror holds of a subject with what the store says now.

    Rows keep their generated keys from one sync to the next (docs/contract.md, The ctaprov mirror).
    A link keeps its key when its values are as before, else when it comes from the same statements
    as a link that is no more: so an input keeps its key when its file becomes known by another
    name.

    Args:
        mirrored: what the mirror holds; None of a subject that is new.
        record: what the store says; None of a subject that is gone.
        settings: those that either of them has.
        numbers: new keys are taken from these.
        free_keys: of records that were compared before; keys are taken from these and added.

    Returns:
        The rows of the subject and the keys of rows that go.
    """
    rows = rows_of(record, settings) if record is not None else Rows()
    if mirrored is None:
        ids = {
            table: [_new_key(table, link, numbers, free_keys) for link in links]
            for table, links in rows.links.items()
        }
        return RowChanges(rows, ids)
    expected = {table: len(links) for table, links in rows.links.items()}
    if mirrored.holds(record) and _has_keys(mirrored, expected):
        return RowChanges(rows, mirrored.row_ids)
    before = rows_of(mirrored.record, settings)
    gone = _gone_rows(before, rows)
    ids = {}
    for table in dict.fromkeys((*before.links, *rows.links)):
        links = rows.links.get(table, [])
        old_links = _numbered(before.links.get(table, []), mirrored.row_ids.get(table, ()))
        matched, unused = _matched(old_links, links)
        ids[table] = [
            _new_key(table, link, numbers, free_keys) if number is None else number
            for number, link in zip(matched, links, strict=True)
        ]
        gone[table] += unused
        free_keys.update(
            ((table, origin), number) for number, link in unused.items() for origin in link.origins
        )
    return RowChanges(rows, {table: some for table, some in ids.items() if some}, gone)


def block_changes(
    mirrored: MirroredRecord | None,
    record: Record,
    block: ParameterBlock,
    numbers: RowNumbers,
    free_keys: FreeKeys,
) -> RowChanges:
    """Compare an activity, whose parameters are a block, with what the mirror holds.

    Args:
        mirrored: the same activity as the mirror holds it; None when it is new.
        record: the activity.
        block: its parameters.
        numbers: new keys are taken from these.
        free_keys: of records that were compared before; keys are taken from these.

    Returns:
        The rows of the activity; none goes.
    """
    rows = rows_of(record, {})
    expected = {table: len(links) for table, links in rows.links.items()}
    expected["wasConfiguredBy"] = expected.get("wasConfiguredBy", 0) + len(block)
    if mirrored is not None and _has_keys(mirrored, expected):
        return RowChanges(rows, mirrored.row_ids, block=block)
    ids = {"wasConfiguredBy": [numbers.take("wasConfiguredBy") for _ in range(len(block))]}
    for table, links in rows.links.items():
        new = (_new_key(table, link, numbers, free_keys) for link in links)
        ids[table] = [*ids.get(table, ()), *new]
    return RowChanges(rows, {table: some for table, some in ids.items() if some}, block=block)


def entity_row_id(record: Record) -> str | None:
    """The key of an entity's row, which the mirror keeps with the record.

    Args:
        record: of any kind.

    Returns:
        The key; None of other records than entities.
    """
    if record.kind is not Subject.ENTITY:
        return None
    return row_id(record.kind, record.id, record.content["identifiers"])


def is_up_to_date(
    mirrored: MirroredRecord | None, record: Record | None, changes: RowChanges
) -> bool:
    """Whether the mirror's row of a record is right in all of its columns.

    Args:
        mirrored: what the mirror holds of a subject.
        record: what the store says of it.
        changes: what follows from both.

    Returns:
        False also where one of the two is missing.
    """
    if mirrored is None or record is None or not mirrored.holds(record):
        return False
    right = (entity_row_id(record), packed(changes.row_ids))
    return (mirrored.row_id, mirrored.packed_ids) == right


def _has_keys(mirrored: MirroredRecord, expected: Mapping[str, int]) -> bool:
    """Whether the mirror has as many keys as links are expected in each table."""
    has = {table: len(ids) for table, ids in mirrored.row_ids.items()}
    return has == {table: count for table, count in expected.items() if count}


def _gone_rows(before: Rows, now: Rows) -> dict[str, list[str | int]]:
    """Table → the keys of rows that are no more, of rows that have their own key."""
    gone: dict[str, list[str | int]] = defaultdict(list)
    for table, old in before.plain.items():
        left = {each[0] for each in now.plain.get(table, ())}
        gone[table] += [str(each[0]) for each in old if each[0] not in left]
    return gone


def _new_key(table: str, link: Link, numbers: RowNumbers, free_keys: FreeKeys) -> int:
    """The key of a link that this record did not have before."""
    known = [(table, origin) for origin in sorted(link.origins) if (table, origin) in free_keys]
    return free_keys.pop(known[0]) if known else numbers.take(table)


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
    unused = {number: link for number, link in before if number not in used}
    for index, link in enumerate(links):
        if ids[index] is None:
            same = next(
                (number for number, old in unused.items() if old.origins & link.origins), None
            )
            if same is not None:
                ids[index] = same
                del unused[same]
    return ids, unused
