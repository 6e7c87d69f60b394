"""CSV: the rows that scripts rely on."""

import csv
import io
from dataclasses import replace

from hypothesis import given, settings

from provgraph.model.derived import Invalidation
from provgraph.model.lineage import Lineage
from provgraph.writers.csv import COLUMNS
from provgraph.writers.csv import write as write_csv
from provgraph.writers.registry import WRITERS
from tests.lineages import (
    activity,
    entity,
    lineage,
    lineages,
)

#: A run that ends before it starts has a negative duration, which is a number and no formula.
TEXTS = frozenset(COLUMNS) - {"duration"}


@settings(max_examples=150, deadline=None)
@given(lineages())
def test_csv_reads_back_without_formulas(lineage: Lineage) -> None:
    rows = list(csv.reader(io.StringIO(WRITERS["csv"](lineage), newline=""), strict=True))
    assert len(rows) == 1 + len(lineage.nodes)
    assert {len(row) for row in rows} == {len(COLUMNS)}
    texts = [cell for row in rows for name, cell in zip(COLUMNS, row, strict=True) if name in TEXTS]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in texts)


def test_csv_row() -> None:
    run = replace(activity("r", '=cmd|"x",y', "2026-11-21 08:00:00", None), data_level=None)
    header, row = csv.reader(io.StringIO(write_csv(lineage([run], [])), newline=""))
    assert tuple(header) == COLUMNS
    assert row[:10] == [
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


def test_the_first_columns_are_those_of_version_0_1() -> None:
    first = "id,kind,name,location,distance,dataLevel,status,startTime,endTime,version"
    assert ",".join(COLUMNS[:10]) == first


def test_a_mark_a_list_and_attributes_are_cells() -> None:
    marked = replace(
        entity("/data/x", made="2026-11-21 08:00:00", run="r"),
        locations=("/data/x", "/copy/x"),
        invalidation=Invalidation("2026-12-01T00:00:00.000Z", "=moon", None),
        tainted=("a", "b"),
        more=True,
        attributes={"n": (1,), "t": ("x", "y")},
    )
    header, row = csv.reader(io.StringIO(write_csv(lineage([marked], [])), newline=""))
    cells = dict(zip(header, row, strict=True))
    assert {name: cells[name] for name in ("locations", "tainted", "more", "attributes")} == {
        "locations": "/data/x; /copy/x",
        "tainted": "a; b",
        "more": "true",
        "attributes": '{"n":1,"t":["x","y"]}',
    }
    assert [cells[f"invalidation.{part}"] for part in ("time", "reason", "by")] == [
        "2026-12-01T00:00:00.000Z",
        "'=moon",
        "",
    ]
