"""The list of what is to be made again, in three formats."""

import csv
import io
import json
from dataclasses import replace

from provgraph.writers.products import write_csv, write_json, write_text
from tests.model.test_products import LINEAGE


def test_text_lists_products_by_level_with_their_proofs() -> None:
    assert write_text(LINEAGE) == (
        "3 products made from bad\n"
        "\nDL3: 1\n  z\n    bad → c (c) → z\n"
        "\nDL1: 1\n  x\n    bad → a (a) → x\n"
        "\nof no data level: 1\n  y\n    bad → d (d) → y\n"
    )
    assert "the answer is cut" in write_text(replace(LINEAGE, truncated=True))


def test_a_name_can_not_break_the_text() -> None:
    root = replace(LINEAGE.root, name="bad\n\x1b[31m")
    assert "\x1b" not in write_text(replace(LINEAGE, root=root))


def test_json_names_the_maker_and_each_step() -> None:
    found = json.loads(write_json(LINEAGE))
    assert (found["root"], found["truncated"]) == ("bad", False)
    first = found["products"][0]
    assert (first["id"], first["dataLevel"], first["run"], first["tool"]) == ("z", "DL3", "c", "c")
    assert first["proof"] == [
        {"id": "bad", "kind": "entity", "name": "bad", "relation": None},
        {"id": "c", "kind": "activity", "name": "c", "relation": "used"},
        {"id": "z", "kind": "entity", "name": "z", "relation": "wasGeneratedBy"},
    ]


def test_csv_has_a_row_a_product() -> None:
    rows = list(csv.DictReader(io.StringIO(write_csv(LINEAGE))))
    assert [(row["id"], row["run"], row["steps"], row["proof"]) for row in rows] == [
        ("z", "c", "2", "bad; c; z"),
        ("x", "a", "2", "bad; a; x"),
        ("y", "d", "2", "bad; d; y"),
    ]
