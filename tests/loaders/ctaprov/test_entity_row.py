"""What an entity's row is called, where it is, and what is stated of it."""

from typing import Any

import pytest

from provgraph.loaders.ctaprov.entity_row import EntityRow, has_entity
from provgraph.model.vocabulary import EntityType
from tests.loaders.ctaprov.tables import DATABASE, layout


def entity(ids: str = "text", **columns: Any) -> EntityRow:
    row = {f"entity.{name}": value for name, value in columns.items() if name != "guid"}
    row["datasetEntities.ctadirac_guid"] = columns.get("guid")
    return EntityRow(layout(ids), DATABASE, row)


@pytest.mark.parametrize(
    ("columns", "identifier", "place"),
    [
        ({"id": "G", "name": "/vo/x"}, "guid:G", "lfn:/vo/x"),
        ({"id": "other", "guid": "G", "name": "/vo/x"}, "guid:G", "lfn:/vo/x"),
        ({"id": "G", "name": "x"}, "guid:G", None),
        ({"id": "V", "classType": "value", "name": "status"}, "V", None),
        ({"id": "product:P", "name": "/data/x"}, "product:P", "lfn:/data/x"),
        ({"id": "file:/data/x", "name": "x"}, None, "file:/data/x"),
        ({"id": "file:/data/x@RUN", "name": "x"}, None, "file:/data/x"),
        ({"id": "file:/data/x@y", "name": "x@y"}, None, "file:/data/x@y"),
        ({"ids": "integer", "id": 5, "name": "/vo/x"}, f"prov:{DATABASE}#entities/5", "lfn:/vo/x"),
        ({"ids": "integer", "id": 5, "guid": "G", "name": "/vo/x"}, "guid:G", "lfn:/vo/x"),
    ],
)
def test_names_and_places(
    columns: dict[str, Any], identifier: str | None, place: str | None
) -> None:
    found = entity(**columns)
    assert (found.identifier, found.place) == (identifier, place)
    assert found.id == (identifier or columns["id"])


def test_what_is_stated_of_a_file() -> None:
    found = entity(
        id="X",
        guid="G",
        name="/vo/x",
        classType="dataset",
        location="{A,B}",
        generatedAtTime="2026-11-21 08:00:00",
        size="5",
    )
    stated = found.stated()
    assert (stated.identifier, stated.type) == ("guid:G", EntityType.DATASET)
    assert stated.attributes == {
        "size": ("5",),
        "ctaprovId": ("X",),
        "lfn": ("/vo/x",),
        "storageElements": (["A", "B"],),
        "generatedAtTime": ("2026-11-21T08:00:00.000",),
    }


def test_an_unknown_class_is_kept() -> None:
    assert entity(id="X", classType="odd").stated().attributes["classType"] == ("odd",)
    assert entity(id="X", classType="value").type is EntityType.VALUE


def test_a_row_may_lead_to_no_entity() -> None:
    assert has_entity(layout(), {"entity.id": "X"})
    assert not has_entity(layout(), {"entity.id": None})
