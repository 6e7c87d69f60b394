"""Batches of rows, as lines of COPY, and what takes them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from provgraph.relational_mirror.lines import copy_line
from provgraph.relational_mirror.mapping.rows import Reference, Value
from provgraph.relational_mirror.mirrored_records import packed
from provgraph.relational_mirror.parameters import ParameterBlock
from provgraph.relational_mirror.records import Record
from provgraph.relational_mirror.row_changes import RowChanges, entity_row_id
from provgraph.relational_mirror.tables import RECORD


@dataclass
class Batch:
    """Rows of some subjects, as lines by table.

    Attributes:
        lines: table → its rows.
        gone: owner, table and key of rows that are no more.
        owners: the keys of the subjects.
        parameters: those of activities with the keys of their links, for a sink that sums up.
        held: how many records the mirror holds as they are, for a sink that sums up.
    """

    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    gone: list[tuple[bytes, str, str]] = field(default_factory=list)
    owners: list[bytes] = field(default_factory=list)
    parameters: list[tuple[ParameterBlock, Sequence[int]]] = field(default_factory=list)
    held: int = 0

    @property
    def size(self) -> int:
        """How many rows there are."""
        return sum(map(len, self.lines.values()))


class Sink(Protocol):
    """Where rows go."""

    #: Whether the rows of subjects that are as before are wanted too.
    takes_unchanged: bool
    #: Whether the sink takes the parameters of an activity together, and records that the mirror
    #: holds as a number.
    sums_up: bool

    def prefix(self, owner: bytes) -> str:
        """Tell what stands in each line of a subject before the cells.

        Args:
            owner: the key of the subject.

        Returns:
            The beginning of the lines; "" for none.
        """

    def write(self, batch: Batch) -> None:
        """Take rows.

        Args:
            batch: of rows; all rows of a subject are in one.
        """


def add_to_batch(
    batch: Batch,
    sink: Sink,
    owner: bytes,
    record: Record | None,
    changes: RowChanges,
    cells: Mapping[Reference, Value],
) -> None:
    """Add the rows of one subject.

    Args:
        batch: the rows are added here.
        sink: for which the batch is.
        owner: the key of the subject.
        record: what the mirror is to keep of the subject; None for nothing.
        changes: the subject's rows.
        cells: the key of the row that each reference means.
    """
    prefix = sink.prefix(owner)

    def text(values: Iterable[Value | Reference]) -> str:
        return prefix + copy_line(
            [cells[value] if isinstance(value, Reference) else value for value in values]
        )

    batch.owners.append(owner)
    for table, rows in changes.rows.plain.items():
        batch.lines[table] += map(text, rows)
    _add_links(batch, sink, prefix, changes, text)
    batch.gone += [(owner, table, str(key)) for table, keys in changes.gone.items() for key in keys]
    if record is not None:
        batch.lines[RECORD].append(prefix + record_line(record, changes))


def _add_links(
    batch: Batch,
    sink: Sink,
    prefix: str,
    changes: RowChanges,
    text: Callable[[Iterable[Value | Reference]], str],
) -> None:
    """Add the rows whose keys sequences supply; the keys of a block's links come first."""
    ids = dict(changes.row_ids)
    block = changes.block
    if block is not None:
        all_ids = ids.get("wasConfiguredBy", ())
        numbers, ids["wasConfiguredBy"] = all_ids[: len(block)], all_ids[len(block) :]
        if sink.sums_up:
            batch.parameters.append((block, numbers))
        else:
            batch.lines["parameters"] += block.rows(prefix)
            batch.lines["wasConfiguredBy"] += block.links(prefix, numbers)
    for table, links in changes.rows.links.items():
        batch.lines[table] += [
            text((number, *link.values)) for number, link in zip(ids[table], links, strict=True)
        ]


def record_line(record: Record, changes: RowChanges) -> str:
    """Write a record as a line of COPY, with all columns of table ``record``.

    Args:
        record: of the store.
        changes: the rows of the record.

    Returns:
        The line.
    """
    return copy_line(
        (
            f"\\x{record.key.hex()}",
            record.kind.value,
            record.id,
            record.type,
            entity_row_id(record),
            record.text,
            packed(changes.row_ids),
        )
    )
