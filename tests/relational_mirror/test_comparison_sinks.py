"""Sinks of a comparison."""

from provgraph.relational_mirror.batch import Batch
from provgraph.relational_mirror.comparison_sinks import LineSink, SummingSink
from provgraph.relational_mirror.parameters import ParameterBlocks
from provgraph.relational_mirror.row_sums import TableSums
from provgraph.relational_mirror.tables import RECORD
from tests.relational_mirror.contents import activity


def batch(**lines: list[str]) -> Batch:
    found = Batch()
    found.lines.update(lines)
    return found


def test_the_row_of_a_tool_is_handed_over_once() -> None:
    taken: list[tuple[str, list[str]]] = []
    sink = LineSink(lambda table, lines: taken.append((table, list(lines))))
    for _ in range(2):
        sink.write(batch(activityDescriptions=["tool\n", "tool\n"], used=["1\n"]))
    assert taken == [
        ("activityDescriptions", ["tool\n"]),
        ("used", ["1\n"]),
        ("activityDescriptions", []),
        ("used", ["1\n"]),
    ]


def test_blocks_are_summed_up_as_their_lines_are() -> None:
    settings = {"k": {"name": "T", "values": {"T.a": 1, "T.b": "x"}}}
    block = ParameterBlocks().block_of(activity(settings=["k"]), settings)
    assert block is not None
    together, singly = TableSums(), TableSums()
    as_block = Batch(parameters=[(block, [4, 5])], held=3)
    SummingSink(together).write(as_block)
    # Table wasConfiguredBy: id, artefactType, activity_id, configFile_id, parameter_id.
    SummingSink(singly).write(
        batch(parameters=list(block.rows("")), wasConfiguredBy=list(block.links("", [4, 5])))
    )
    for table in ("parameters", "wasConfiguredBy"):
        assert together.of(table) == singly.of(table)
    assert together.counts[RECORD] == 3
