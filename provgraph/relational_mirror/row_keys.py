"""The keys of rows to which the rows of other records refer.

The key of an entity's row is its bare GUID when the entity has one, and so may differ from what its
id alone tells. The key of a numbered description is in the mirror.
"""

from collections.abc import Iterable, Mapping

from provgraph.interchange.store_reader import StoreReader
from provgraph.relational_mirror.mapping.keys import row_id
from provgraph.relational_mirror.mapping.rows import Reference, Value
from provgraph.relational_mirror.mirrored_records import MirroredRecords
from provgraph.relational_mirror.records import Record
from provgraph.relational_mirror.row_changes import RowChanges
from provgraph.store.journal import Subject

_GUIDS_REMEMBERED = 200_000
_NUMBERED_KINDS = (Subject.PARAMETER_DESCRIPTION, Subject.CONFIG_FILE_DESCRIPTION)


class RowKeys:
    """Finds the keys that references mean."""

    def __init__(self, mirrored: MirroredRecords) -> None:
        """Begin with nothing.

        Args:
            mirrored: the mirror, with the keys of numbered descriptions.
        """
        self._mirrored = mirrored
        self._numbers: dict[Reference, int] = {}
        #: Of all entities that were read the keys that the id does not tell; None while not all
        #: entities are read, or when there are too many.
        self._guids: dict[str, str] | None = None

    def expect_all_entities(self) -> None:
        """Remember the keys of entities: all of them are read before what refers to them."""
        self._guids = {}

    def note(
        self, kind: Subject, records: Iterable[Record], changes: Mapping[str, RowChanges]
    ) -> None:
        """Remember the keys of rows that are written now.

        Args:
            kind: of the records.
            records: of the store.
            changes: id of a record → its rows.
        """
        if kind in _NUMBERED_KINDS:
            for identifier, each in changes.items():
                for ids in each.row_ids.values():
                    self._numbers[Reference(kind, identifier)] = ids[0]
        if kind is Subject.ENTITY:
            self._note_entities(records)

    def _note_entities(self, records: Iterable[Record]) -> None:
        if self._guids is None:
            return
        self._guids |= _guids((each.id, each.content["identifiers"]) for each in records)
        if len(self._guids) > _GUIDS_REMEMBERED:
            self._guids = None

    def cells(self, reader: StoreReader, changes: Iterable[RowChanges]) -> dict[Reference, Value]:
        """Find the keys of all rows that are referred to.

        Args:
            reader: of the store.
            changes: rows with references.

        Returns:
            reference → the key; None where there is no such row.
        """
        references = {
            value
            for each in changes
            for row in each.rows.all_values()
            for value in row
            if isinstance(value, Reference)
        }
        guids = self._guids
        if guids is None:
            hiding = {each.id for each in references if _may_hide(each)}
            known = reader.known_entities(list(hiding)).values()
            guids = _guids((each.id, each.identifiers) for each in known)
        return {
            each: (guids.get(each.id) or row_id(Subject.ENTITY, each.id))
            if each.kind is Subject.ENTITY
            else self._number(each)
            for each in references
        }

    def _number(self, reference: Reference) -> int | None:
        """The key of a numbered description."""
        if reference not in self._numbers:
            mirrored = self._mirrored.read(reference.kind, [reference.id]).get(reference.id)
            row_ids = {} if mirrored is None else mirrored.row_ids
            ids = [number for some in row_ids.values() for number in some]
            if not ids:
                return None
            self._numbers[reference] = ids[0]
        return self._numbers[reference]


def _may_hide(reference: Reference) -> bool:
    """Whether the entity may have a GUID that its id does not tell: a stronger name alone can."""
    return reference.kind is Subject.ENTITY and _is_stronger_name(reference.id)


def _is_stronger_name(identifier: str) -> bool:
    return identifier.startswith("product:")


def _guids(entities: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Id → key of those entities whose key is not the one that the id alone would give."""
    return {
        identifier: row_id(Subject.ENTITY, identifier, others)
        for identifier, others in entities
        if _is_stronger_name(identifier) and any(each.startswith("guid:") for each in others)
    }
