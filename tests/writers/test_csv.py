"""CSV: the rows that scripts rely on."""

import csv
import io
from dataclasses import replace

from hypothesis import given, settings

from provgraph.model.lineage import Lineage
from provgraph.writers.csv import COLUMNS
from provgraph.writers.csv import write as write_csv
from provgraph.writers.registry import WRITERS
from tests.lineages import (
    activity,
    lineage,
    lineages,
)


@settings(max_examples=150, deadline=None)
@given(lineages())
def test_csv_reads_back_without_formulas(lineage: Lineage) -> None:
    rows = list(csv.reader(io.StringIO(WRITERS["csv"](lineage), newline=""), strict=True))
    assert len(rows) == 1 + len(lineage.nodes)
    assert {len(row) for row in rows} == {10}
    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row
    )


def test_csv_row() -> None:
    run = replace(activity("r", '=cmd|"x",y', "2026-11-21 08:00:00", None), data_level=None)
    header, row = csv.reader(io.StringIO(write_csv(lineage([run], [])), newline=""))
    assert tuple(header) == COLUMNS
    assert row == [
        "r",
        "activity",
        '\'=cmd|"x",y',
        "",
        "0",
        "",
        "completed",
        "2026-11-21T08:00:00.000Z",
        "",
        "0.28.0",
    ]
