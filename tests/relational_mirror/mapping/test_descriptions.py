"""The rows of descriptions."""

import pytest

from provgraph.model.vocabulary import DescriptionType
from provgraph.relational_mirror.mapping.descriptions import (
    add_entity_description,
    description_mapper,
    numbered_description_mapper,
)
from provgraph.relational_mirror.mapping.rows import Rows
from provgraph.relational_mirror.records import Record
from provgraph.store.journal import Subject


def usage(multiplicity: object) -> Record:
    content = {
        "attributes": {"role": ("data",), "multiplicity": (multiplicity,)},
        "refersTo": {"activityDescription": "tool_1.0"},
    }
    return Record(Subject.USAGE_DESCRIPTION, "u", content)


COLUMNS = ("role", "multiplicity", "activityDescription_id", "entityDescription_id")


@pytest.mark.parametrize(
    ("multiplicity", "cell"), [(2, 2), ("-1", -1), ("many", None), (10**12, None)]
)
def test_a_column_is_an_attribute_a_number_or_another_description(
    multiplicity: object, cell: int | None
) -> None:
    rows = Rows()
    description_mapper("usageDescriptions", *COLUMNS)(usage(multiplicity), {}, rows)
    assert rows.plain["usageDescriptions"] == [("u", "data", cell, "tool_1.0", None)]


def test_a_numbered_description_keeps_its_key_by_its_id() -> None:
    rows = Rows()
    content = {"attributes": {"name": ("T.cut",)}, "refersTo": {}}
    record = Record(Subject.PARAMETER_DESCRIPTION, "p", content)
    numbered_description_mapper("parameterDescriptions", "name")(record, {}, rows)
    (link,) = rows.links["parameterDescriptions"]
    assert link.values == ("T.cut",)
    assert link.origins == {"p"}


@pytest.mark.parametrize(
    ("kind", "class_type", "table"),
    [
        (DescriptionType.DATASET, "datasetDescription", "datasetDescriptions"),
        (DescriptionType.VALUE, "valueDescription", "valueDescriptions"),
        (DescriptionType.ENTITY, "entityDescription", None),
    ],
)
def test_the_class_of_what_is_described(
    kind: DescriptionType, class_type: str, table: str | None
) -> None:
    rows = Rows()
    content = {"attributes": {"name": ("events",)}, "refersTo": {}}
    record = Record(Subject.ENTITY_DESCRIPTION, "events", content, kind.value)
    add_entity_description(record, {}, rows)
    assert rows.plain.pop("entityDescriptions") == [
        ("events", "events", None, None, None, class_type)
    ]
    assert set(rows.plain) == ({table} if table else set())
