"""The keys that references mean."""

from collections.abc import Iterable, Iterator
from typing import cast

import pytest

from provgraph.ingest.deciding.integration import integrate
from provgraph.interchange.store_reader import StoreReader
from provgraph.model.records import Document, Mention, Run
from provgraph.model.vocabulary import RelationType
from provgraph.relational_mirror.mapping.rows import Link, Reference, Rows, Value
from provgraph.relational_mirror.mirrored_records import MirroredRecord, MirroredRecords
from provgraph.relational_mirror.row_changes import RowChanges
from provgraph.relational_mirror.row_keys import RowKeys
from provgraph.store.journal import Subject
from provgraph.store.protocol import Store
from tests.relational_mirror.contents import entity

PRODUCT = Reference(Subject.ENTITY, "product:P")
DESCRIPTION = Reference(Subject.PARAMETER_DESCRIPTION, "cut")
UNKNOWN = Reference(Subject.PARAMETER_DESCRIPTION, "unknown")


class OneDescription:
    """A mirror that holds the description of one parameter."""

    def read(self, kind: Subject, ids: Iterable[str]) -> dict[str, MirroredRecord]:
        held = MirroredRecord(kind, "cut", None, "{}", None, '{"parameterDescriptions":[[4,4]]}')
        return {each: held for each in ids if each == "cut"}


@pytest.fixture
def reader(memory: Store) -> Iterator[StoreReader]:
    """Of a store with a product that has a GUID."""
    made = RelationType.WAS_GENERATED_BY
    log = Mention("run", made, "data", "file:/x", "product:P", "log")
    catalogue = Mention("run", made, "data", "file:/x", "guid:AB-1", "catalogue")
    with memory.writing() as transaction:
        integrate(transaction, (Document(Run("run", {}), (log, catalogue)),))
    with memory.viewing() as view:
        yield StoreReader(view)


def keys() -> RowKeys:
    return RowKeys(cast(MirroredRecords, OneDescription()))


def cells(row_keys: RowKeys, reader: StoreReader, *references: Reference) -> list[Value]:
    rows = Rows()
    rows.links["used"] = [Link(references)]
    found = row_keys.cells(reader, [RowChanges(rows)])
    return [found[each] for each in references]


def test_the_key_of_a_product_is_its_guid(reader: StoreReader) -> None:
    assert cells(keys(), reader, PRODUCT) == ["AB-1"]
    bare = Reference(Subject.ENTITY, "guid:X")
    assert cells(keys(), reader, bare) == ["X"]


def test_entities_that_were_read_before_are_not_read_again(reader: StoreReader) -> None:
    row_keys = keys()
    row_keys.expect_all_entities()
    row_keys.note(Subject.ENTITY, [entity("product:P", identifiers=["guid:NEW"])], {})
    assert cells(row_keys, reader, PRODUCT) == ["NEW"]


def test_the_key_of_a_numbered_description_is_in_the_mirror_or_new(reader: StoreReader) -> None:
    row_keys = keys()
    assert cells(row_keys, reader, DESCRIPTION, UNKNOWN) == [4, None]
    new = RowChanges(Rows(), {"parameterDescriptions": [9]})
    row_keys.note(Subject.PARAMETER_DESCRIPTION, [], {"unknown": new})
    assert cells(row_keys, reader, UNKNOWN) == [9]
