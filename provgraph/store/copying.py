"""What every store can do for a copy: give all that it holds, and be filled with it.

A copy takes records as they are and decides nothing again. It goes part by part, in pieces, each
with a cursor behind its last record: who was stopped goes on from there. The records of a part:

==================== ===========================================================================
part                 a record
==================== ===========================================================================
``RUNS``             `provgraph.model.records.Run`
``AGENTS``           `provgraph.model.records.Agent`
``DESCRIPTIONS``     `provgraph.model.records.Description`
``ENTITIES``         `provgraph.store.records.EntityRecord`
``STATED``           `provgraph.model.records.StatedEntity`
``NAMED_ENTITIES``   an entity and the tuple of what is stated of its own names
``SETTINGS``         `provgraph.model.records.Settings`
``MENTIONS``         `provgraph.store.records.StoredMention`
``SETTINGS_OF``      the id of a run and the key of its settings
``CONFIG_FILES_OF``  the id of a run and the place of a configuration file
``RELATIONS``        `provgraph.store.records.StoredRelation`
``LOADS``            `provgraph.store.records.LoadRecord`
``ASSERTIONS``       `provgraph.store.records.Assertion`
==================== ===========================================================================
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol, Self

from provgraph.model.values import canonical_json

#: How many records one piece has, and one transaction writes.
PIECE = 2_000


class StorePart(StrEnum):
    """A part of what a store holds."""

    RUNS = "runs"
    AGENTS = "agents"
    DESCRIPTIONS = "descriptions"
    ENTITIES = "entities"
    STATED = "stated"
    NAMED_ENTITIES = "named entities"
    SETTINGS = "settings"
    MENTIONS = "mentions"
    SETTINGS_OF = "settings of runs"
    CONFIG_FILES_OF = "configuration files of runs"
    RELATIONS = "relations"
    LOADS = "loads"
    ASSERTIONS = "assertions"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some records of one part.

    Attributes:
        records: as the part has them.
        after: the cursor behind the last of them, for `Original.pieces`.
    """

    records: Sequence[Any]
    after: str


@dataclass(frozen=True, slots=True)
class CopyState:
    """How far a copy is; the copy itself keeps it.

    Attributes:
        source: the address of the original, without password.
        source_id: the original's `Original.store_id`.
        seen: what the original held when the copy was begun, as a checksum.
        version: of the provgraph that began the copy.
        part: the part that is being written.
        after: the cursor behind the last record of it that is written.
        records: how many records of all parts are written.
    """

    source: str
    source_id: str | None
    seen: str
    version: str
    part: StorePart
    after: str = ""
    records: int = 0

    def packed(self) -> str:
        """The state as JSON, for the store to keep."""
        return canonical_json(asdict(self))

    @classmethod
    def unpacked(cls, text: str) -> Self:
        """The state that a store kept.

        Args:
            text: as `packed` made it.
        """
        fields = json.loads(text)
        return cls(**{**fields, "part": StorePart(fields["part"])})


class Original(Protocol):
    """A store that is copied.

    Attributes:
        store_id: as `provgraph.store.views.Journal.store_id`.
        is_snapshot: whether all that is read is of one moment.
    """

    store_id: str | None
    is_snapshot: bool

    def turn(self) -> int:
        """How many transactions are visible now."""

    def pieces(self, part: StorePart, after: str) -> Iterator[Piece]:
        """All records of a part, each once, in the store's own fixed order.

        Args:
            part: which.
            after: where to go on; "" for the beginning.

        Yields:
            Piece after piece, none of them large.
        """


class Filling(Protocol):
    """A store that becomes a copy.

    Until it is finished nobody else can use it: who asks or loads gets an `UnfinishedCopyError`.

    Attributes:
        address: where it is, without password; people read it.
        parts: which parts it takes, in this order.
    """

    address: str
    parts: tuple[StorePart, ...]

    def state(self) -> CopyState | None:
        """What was kept last; None of a store that is no unfinished copy."""

    def is_empty(self) -> bool:
        """Whether the store holds nothing: no record, and no load."""

    def begin(self, state: CopyState) -> None:
        """Make the empty store an unfinished copy.

        Args:
            state: to keep.

        Raises:
            StoreError: the store is not empty; somebody was quicker.
        """

    def add(self, part: StorePart, records: Sequence[Any], state: CopyState) -> None:
        """Write records that are not there yet, and the state, both or nothing.

        Args:
            part: which part the records are of.
            records: any number of them.
            state: to keep.

        Raises:
            StoreError: another process has written to the copy since the last call.
        """

    def clear(self, state: CopyState) -> None:
        """Take out all that was written; the store stays an unfinished copy.

        Args:
            state: to keep.
        """

    def finish(self) -> None:
        """Make the store whole, with an id of its own and a new journal."""


class Copies(Protocol):
    """A store as the original and as the copy."""

    def original(self) -> AbstractContextManager[Original]:
        """All that the store holds, read piece by piece while others may write.

        Returns:
            A context manager; reading ends with the block.
        """

    def filling(self) -> AbstractContextManager[Filling]:
        """The store as a copy that is to be written; nothing is made before `Filling.begin`.

        Returns:
            A context manager; writing ends with the block.
        """
