"""Rows keep their keys from one sync to the next."""

from provgraph.relational_mirror.mapping.rows import Settings
from provgraph.relational_mirror.mirrored_records import MirroredRecord, packed
from provgraph.relational_mirror.parameters import ParameterBlocks
from provgraph.relational_mirror.records import Record
from provgraph.relational_mirror.row_changes import (
    FreeKeys,
    RowChanges,
    block_changes,
    entity_row_id,
    is_up_to_date,
    row_changes,
)
from provgraph.relational_mirror.row_numbers import RowNumbers
from provgraph.relational_mirror.tables import NUMBERED
from tests.relational_mirror.contents import activity, entity, mention, relation

SETTINGS: Settings = {"k": {"name": "T", "values": {"T.a": 1, "T.b": 2}}}
FILE, OTHER = ["entity", "guid:G"], ["entity", "guid:H"]


def numbers(last: int = 0) -> RowNumbers:
    return RowNumbers(dict.fromkeys(NUMBERED, last))


def as_mirrored(record: Record, changes: RowChanges) -> MirroredRecord:
    return MirroredRecord(
        record.kind,
        record.id,
        record.type,
        record.text,
        entity_row_id(record),
        packed(changes.row_ids),
    )


def test_new_rows_get_new_keys() -> None:
    record = activity(mentions=[mention("used", "guid:A"), mention("used", "guid:B")])
    changes = row_changes(None, record, {}, numbers(10), {})
    assert changes.row_ids == {"used": [11, 12]}
    assert changes.gone == {}


def test_a_row_keeps_its_key_and_one_that_is_gone_is_named() -> None:
    before = activity(mentions=[mention("used", "guid:A"), mention("used", "guid:B")])
    mirrored = as_mirrored(before, row_changes(None, before, {}, numbers(10), {}))
    now = activity(mentions=[mention("used", "guid:B"), mention("used", "guid:C")])
    changes = row_changes(mirrored, now, {}, numbers(20), {})
    # The second statement differs from the first in its file alone, so it goes on with its key.
    assert changes.row_ids["used"] == [12, 11]
    record = activity(mentions=[mention("used", "guid:B")])
    assert row_changes(mirrored, record, {}, numbers(20), {}).gone["used"] == [11]


def test_an_input_keeps_its_key_when_its_file_becomes_known_by_another_name() -> None:
    by_path = mention("used", "file:/x@a", place="file:/x")
    before = activity(mentions=[by_path])
    mirrored = as_mirrored(before, row_changes(None, before, {}, numbers(), {}))
    now = activity(mentions=[by_path | {"entity": "guid:X"}])
    changes = row_changes(mirrored, now, {}, numbers(5), {})
    assert changes.row_ids == {"used": [1]}


def test_what_is_gone_goes_with_all_its_rows() -> None:
    before = activity(status="completed", mentions=[mention("used", "guid:A")])
    mirrored = as_mirrored(before, row_changes(None, before, {}, numbers(), {}))
    changes = row_changes(mirrored, None, {}, numbers(5), {})
    assert changes.row_ids == {}
    assert changes.gone == {
        "activities": ["run"],
        "entities": ["run_status"],
        "valueEntities": ["run_status"],
        "used": [1],
        "wasGeneratedBy": [1],
    }


def test_a_relation_that_another_record_states_now_keeps_its_key() -> None:
    derivation = relation("wasDerivedFrom", FILE, OTHER)
    before = entity("guid:G", relations=[derivation])
    free_keys: FreeKeys = {}
    mirrored = as_mirrored(before, row_changes(None, before, {}, numbers(), {}))
    row_changes(mirrored, None, {}, numbers(5), free_keys)
    now = entity("guid:GG", relations=[derivation])
    assert row_changes(None, now, {}, numbers(5), free_keys).row_ids == {"wasDerivedFrom": [1]}
    assert free_keys == {}


def test_the_keys_of_a_block_come_before_the_others() -> None:
    record = activity(settings=["k"], configFiles=["file:/c.yaml"])
    block = ParameterBlocks().block_of(record, SETTINGS)
    assert block is not None
    changes = block_changes(None, record, block, numbers(), {})
    assert changes.row_ids == {"wasConfiguredBy": [1, 2, 3]}
    mirrored = as_mirrored(record, changes)
    again = block_changes(mirrored, record, block, numbers(9), {})
    assert again.row_ids == changes.row_ids
    assert is_up_to_date(mirrored, record, again)


def test_a_mirrors_record_with_a_wrong_column_is_not_up_to_date() -> None:
    record = entity("product:P", identifiers=["guid:G"])
    changes = row_changes(None, record, {}, numbers(), {})
    right = as_mirrored(record, changes)
    wrong = MirroredRecord(right.kind, right.id, right.type, right.text, "H", right.packed_ids)
    assert right.row_id == "G"
    assert is_up_to_date(right, record, changes)
    assert not is_up_to_date(wrong, record, changes)
    assert not is_up_to_date(None, record, changes)
    assert entity_row_id(activity()) is None
