"""Batches of rows for staging tables, new tables and sums."""

from provgraph.relational_mirror.batch import Batch, add_to_batch, record_line
from provgraph.relational_mirror.comparison_sinks import LineSink, SummingSink
from provgraph.relational_mirror.lines import cells_of
from provgraph.relational_mirror.mapping.rows import Reference
from provgraph.relational_mirror.parameters import ParameterBlocks
from provgraph.relational_mirror.row_changes import block_changes, row_changes
from provgraph.relational_mirror.row_numbers import RowNumbers
from provgraph.relational_mirror.row_sums import TableSums
from provgraph.relational_mirror.tables import NUMBERED, RECORD_COLUMNS
from provgraph.store.journal import Subject
from tests.relational_mirror.contents import activity, entity, mention

SETTINGS = {"k": {"name": "T", "values": {"T.a": 1, "T.b": 2}}}
RUN = activity(
    settings=["k"], configFiles=["file:/c.yaml"], mentions=[mention("used", "product:P")]
)
CELLS = {Reference(Subject.ENTITY, "product:P"): "AB-1"}


def batch_for(sink: LineSink) -> Batch:
    block = ParameterBlocks().block_of(RUN, SETTINGS)
    assert block is not None
    changes = block_changes(None, RUN, block, RowNumbers(dict.fromkeys(NUMBERED, 0)), {})
    batch = Batch()
    add_to_batch(batch, sink, RUN.key, RUN, changes, CELLS)
    return batch


def test_references_become_the_keys_that_they_mean() -> None:
    batch = batch_for(LineSink(lambda _, __: None))
    assert batch.lines["used"] == ["1\tdata\t\\N\trun\tAB-1\t\\N\n"]
    assert batch.owners == [RUN.key]


def test_the_links_of_a_block_come_first() -> None:
    lines = batch_for(LineSink(lambda _, __: None)).lines["wasConfiguredBy"]
    assert [(cells_of(line)[0], cells_of(line)[1]) for line in lines] == [
        ("1", "Parameter"),
        ("2", "Parameter"),
        ("3", "ConfigFile"),
    ]


def test_a_sink_that_sums_up_gets_blocks_and_no_lines_of_them() -> None:
    batch = batch_for(SummingSink(TableSums()))
    ((block, numbers),) = batch.parameters
    assert (len(block), list(numbers)) == (2, [1, 2])
    assert "parameters" not in batch.lines
    assert len(batch.lines["wasConfiguredBy"]) == 1


def test_a_record_that_is_gone_leaves_the_keys_of_its_rows() -> None:
    changes = row_changes(None, None, {}, RowNumbers({}), {})
    changes.gone = {"used": [3]}
    batch = Batch()
    add_to_batch(batch, LineSink(lambda _, __: None), b"owner", None, changes, {})
    assert batch.gone == [(b"owner", "used", "3")]
    assert batch.size == 0


def test_a_line_of_a_record_has_all_columns() -> None:
    record = entity("product:P", identifiers=["guid:G"])
    changes = row_changes(None, record, {}, RowNumbers({}), {})
    cells = dict(zip(RECORD_COLUMNS, cells_of(record_line(record, changes)), strict=True))
    assert cells["key"] == f"\\x{record.key.hex()}"
    assert (cells["kind"], cells["id"], cells["row_id"]) == ("entity", "product:P", "G")
    assert cells["content"] == record.text
