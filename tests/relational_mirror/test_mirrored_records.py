"""Records as the mirror holds them."""

import pytest

from provgraph.interchange.store_reader import StoreReader
from provgraph.relational_mirror.connection import connected, cursor_of
from provgraph.relational_mirror.mirrored_records import (
    MirroredRecord,
    MirroredRecords,
    packed,
    unpacked,
)
from provgraph.relational_mirror.records import Record
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.tables import OWN_SCHEMA
from provgraph.store.journal import Subject
from provgraph.store.protocol import Store
from tests.relational_mirror.contents import entity


def mirrored(record: Record, text: str | None = None) -> MirroredRecord:
    return MirroredRecord(
        record.kind, record.id, record.type, text or record.text, "G", '{"used":[[1,2]]}'
    )


@pytest.mark.parametrize("keys", [[1, 2, 3], [5], [3, 2, 1], [1, 2, 9, 10, 4]])
def test_keys_are_read_as_they_were_written(keys: list[int]) -> None:
    assert unpacked(packed({"used": keys})) == {"used": keys}


def test_consecutive_keys_are_kept_as_runs() -> None:
    assert packed({"used": [3, 4, 5, 9]}) == '{"used":[[3,5],[9,9]]}'


def test_a_record_is_held_when_content_and_type_are_the_same() -> None:
    assert mirrored(entity()).holds(entity())
    assert not mirrored(entity()).holds(entity(kind="ValueEntity"))
    assert not mirrored(entity()).holds(entity(attributes={"x": [1]}))
    assert not mirrored(entity()).holds(None)
    assert mirrored(entity()).row_ids == {"used": [1, 2]}


@pytest.mark.parametrize("text", ["{", "{}", "[]", "null"])
def test_a_record_that_is_damaged_is_not_readable(text: str) -> None:
    assert mirrored(entity()).is_readable
    assert not mirrored(entity(), text).is_readable


def test_what_a_sync_wrote_is_read_again(loaded: Store, mirror_url: str) -> None:
    sync(loaded, mirror_url)
    with loaded.viewing() as view:
        ids = [each for page in StoreReader(view, 100).pages(Subject.ACTIVITY) for each in page]
    with connected(mirror_url, None) as connection:
        records = MirroredRecords(cursor_of(connection), OWN_SCHEMA)
        found = records.read(Subject.ACTIVITY, [*ids, "nobody"])
        assert records.read(Subject.ACTIVITY, []) == {}
    assert found.keys() == set(ids)
    assert all(each.is_readable for each in found.values())
