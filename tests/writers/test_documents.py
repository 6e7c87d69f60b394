"""JSON and CSV: the shapes that scripts rely on."""

import csv
import io
import json
from dataclasses import replace

from provgraph.writers.csv import COLUMNS
from provgraph.writers.csv import write as write_csv
from provgraph.writers.json import write as write_json
from tests.writers.examples import activity, entity, lineage, two_steps


def test_json_has_the_keys_of_the_contract() -> None:
    answer = json.loads(write_json(two_steps()))
    assert list(answer) == ["root", "direction", "depth", "truncated", "nodes", "edges"]
    assert set(answer["nodes"][0]) == {
        "id",
        "kind",
        "name",
        "distance",
        "location",
        "locations",
        "identifiers",
        "startTime",
        "endTime",
        "status",
        "version",
        "attributes",
    }
    assert set(answer["edges"][0]) == {"relation", "source", "target", "role", "time"}
    assert (
        answer["root"] == answer["nodes"][0]["id"] == "product:5a4a9d13-a646-4ef6-acc4-ab1dc521c011"
    )
    assert answer["nodes"][1]["startTime"] == "2026-11-21T08:30:27.500Z"
    assert answer["nodes"][1]["attributes"] == {"exit_code": 0, "weight": "nan"}


def test_json_keeps_characters_as_they_are() -> None:
    text = write_json(lineage([replace(entity("/data/x"), location="/data/é日本\ud800.h5")], []))
    assert "é日本\\ud800" in text
    assert json.loads(text)["nodes"][0]["location"] == "/data/é日本\ud800.h5"


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
