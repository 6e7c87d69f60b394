"""Ids and references of descriptions."""

from collections.abc import Iterator
from typing import Any

from provgraph.loaders.ctaprov.descriptions import DescribedRows
from provgraph.loaders.ctaprov.layout import TableLayout
from provgraph.model.vocabulary import DescriptionType
from tests.loaders.ctaprov.tables import descriptions, layout


def test_descriptions_are_found_by_key_and_by_id() -> None:
    found = descriptions(layout(), {"id": "t_1", "name": "t", "version": "1"})
    assert found.id("activityDescriptions", "t_1") == "t_1"
    assert found.id("activityDescriptions", "other") is None
    assert found.id("activityDescriptions", None) is None
    assert found.version("t_1") == "1"
    assert found.is_known("activityDescriptions", "t_1")
    assert not found.is_known("parameterDescriptions", "t_1")


def test_rows_with_numbers_for_ids_are_called_by_what_tells_them_apart() -> None:
    number, text = "integer", "text"
    tables = TableLayout(
        "public",
        {
            "activityDescriptions": {"id": number, "name": text, "version": text},
            "entityDescriptions": {"id": number, "name": text, "classType": text},
            "datasetDescriptions": {"id": number, "contentType": text},
            "usageDescriptions": {
                **{"id": number, "role": text},
                **{"activityDescription_id": number, "entityDescription_id": number},
            },
        },
    )
    answers: Iterator[list[dict[str, Any]]] = iter(
        [
            [{"id": 7, "name": "tool", "version": "1"}],
            [{"id": 3, "name": "events", "classType": "datasetDescription"}, {"id": 4}],
            [{"id": 3, "contentType": "fits"}],
            [{"id": 9, "role": "in", "activityDescription_id": 7, "entityDescription_id": 3}],
        ]
    )
    rows = DescribedRows(tables, lambda _: iter(next(answers)))
    found = [each for document in rows.documents() for each in document.descriptions]
    assert [(each.id, each.type) for each in found] == [
        ("tool_1", DescriptionType.ACTIVITY),
        ("events", DescriptionType.DATASET),
        ("entityDescriptions 4", DescriptionType.ENTITY),
        ("events", DescriptionType.DATASET),
        ("tool_1_in_events", DescriptionType.USAGE),
    ]
    assert found[-1].attributes["activityDescription"] == ("tool_1",)
    assert found[3].attributes == {"contentType": ("fits",)}
