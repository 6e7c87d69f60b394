"""Blocks of parameters are what the rows of the mapping would be."""

from collections import Counter

import pytest

from provgraph.relational_mirror.checksums import RowGroup, groups_in_lines
from provgraph.relational_mirror.lines import copy_line
from provgraph.relational_mirror.mapping.configuration import ODD_PARAMETERS, add_parameters
from provgraph.relational_mirror.mapping.keys import LONGEST_KEY
from provgraph.relational_mirror.mapping.rows import Rows, Value
from provgraph.relational_mirror.parameters import ParameterBlocks
from provgraph.relational_mirror.records import Record
from tests.relational_mirror.contents import activity

SETTINGS = {
    "k": {"name": "T", "values": {"T.a": "x\ty", "T.none": None, "T.größe": 1.5}},
    "l": {"name": "U", "values": {"U.list": [1, "\\"]}},
    "again": {"name": "T", "values": {"T.a": "other"}},
}
RUN = activity("run\t1", settings=["k", "l"])


def mapped(record: Record) -> Rows:
    rows = Rows()
    add_parameters(record, record.id, SETTINGS, rows)
    return rows


def text(row: tuple[object, ...]) -> str:
    cells: list[Value] = [each if isinstance(each, str | int) else None for each in row]
    return copy_line(cells)


def test_the_lines_of_a_block_are_those_of_its_rows() -> None:
    block = ParameterBlocks().block_of(RUN, SETTINGS)
    assert block is not None
    rows = mapped(RUN)
    assert len(block) == 4
    assert list(block.rows("")) == [text(row) for row in rows.plain["parameters"]]
    assert list(block.links("", range(1, 5))) == [
        text((number, *link.values)) for number, link in enumerate(rows.links["wasConfiguredBy"], 1)
    ]
    assert all(line.startswith("owner\t") for line in block.rows("owner\t"))


def test_the_sums_of_a_block_are_those_of_its_lines() -> None:
    block = ParameterBlocks().block_of(RUN, SETTINGS)
    assert block is not None
    numbers = [7, 3, 9, 12]
    lines = {
        "parameters": block.rows(""),
        "wasConfiguredBy": [
            text((number, *link.values))
            for number, link in zip(numbers, mapped(RUN).links["wasConfiguredBy"], strict=True)
        ],
    }
    summed: Counter[tuple[str, str]] = Counter()
    for table, some in lines.items():
        for group in groups_in_lines(table, some):
            summed[group.table, group.prefix] += group.total
    assert summed == {(each.table, each.prefix): each.total for each in block.sums(numbers)}
    assert all(isinstance(each, RowGroup) and each.rows == 4 for each in block.sums(numbers))


@pytest.mark.parametrize(
    "record",
    [
        activity(settings=["k", "again"]),
        activity(settings=["k"], described={"parameters": {"T.a": "d"}}),
        activity(settings=["k"], facts={ODD_PARAMETERS: []}),
        activity("x" * LONGEST_KEY, settings=["k"]),
    ],
    ids=["two values", "described", "odd", "long"],
)
def test_parameters_that_are_not_plain_are_no_block(record: Record) -> None:
    assert ParameterBlocks().block_of(record, SETTINGS) is None


def test_settings_that_are_shared_are_written_once() -> None:
    blocks = ParameterBlocks()
    one = blocks.block_of(activity("a", settings=["k"]), SETTINGS)
    other = blocks.block_of(activity("b", settings=["k"]), SETTINGS)
    assert one is not None
    assert other is not None
    assert one.ends is other.ends
