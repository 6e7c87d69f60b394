"""VOTables of a store."""

import json
import subprocess
import sys
from contextlib import closing
from io import BytesIO

import pytest
from astropy.io.votable import parse
from astropy.table import Table

from provgraph.ingest.loading import load
from provgraph.interchange.export import export
from provgraph.interchange.writing import votable
from provgraph.model.records import End
from provgraph.model.vocabulary import DescriptionType, Kind
from provgraph.prov.marks import MARK
from provgraph.prov.names import own_attribute_uri, uri_of_end
from provgraph.prov.statements import SLOTS, XSD, Literal, ProvStatement, ProvType, Slot
from provgraph.store.registry import open_store
from tests.conftest import CORPUS
from tests.interchange.corpus import put
from tests.interchange.writing.test_vo_classes import listed, model_document
from tests.ivoa import valid

_EX = "http://example.org/"


def _tables(content: str) -> dict[str, Table]:
    valid(content)
    found = parse(BytesIO(content.encode())).iter_tables()
    return {table.name: table.to_table() for table in found}


def test_a_votable_has_a_table_for_each_class() -> None:
    with closing(open_store("sqlite://")) as jobs:
        list(load(jobs, [str(CORPUS / "ctaprov" / "bundles")]))
        tables = _tables("".join(export(jobs, "votable")))
        counts = jobs.stats()
    assert len(tables["activity"]) == counts["activities"]
    assert len(tables["agent"]) == counts["agents"]
    assert {"id", "name", "location", "attributes"} <= set(tables["entity"].colnames)
    assert {"activity", "entity", "time", "role"} <= set(tables["used"].colnames)


def test_what_the_model_has_no_column_for_is_json() -> None:
    pairs = ((_EX + "tag", Literal("1", XSD + "int")), (_EX + "tag", Literal("a\x01b")))
    statement = ProvStatement(ProvType.ENTITY, _EX + "e1", (), pairs)
    (row,) = _tables("".join(votable.write([statement])))["entity"]
    assert row["id"] == "ns1:e1"
    assert json.loads(row["attributes"]) == {"ns1:tag": [1, "a\x01b"]}


#: The classes and attributes of the IVOA Provenance DM 1.0 that VOTables of a store have.
_MODEL = {
    "Activity": "id name startTime endTime comment informant activityDescription",
    "ActivityDescription": "name version description docurl type subtype",
    "Agent": "id name type comment email affiliation phone address url",
    "Collection": "entity",
    "ConfigFileDescription": "name contentType description",
    "DatasetDescription": "name description docurl type contentType",
    "Entity": (
        "id name location generatedAtTime invalidatedAtTime comment usedEntity entityDescription"
    ),
    "EntityDescription": "name description docurl type",
    "GenerationDescription": "role description type multiplicity entityDescription",
    "ParameterDescription": ("name valueType unit ucd utype min max default options description"),
    "UsageDescription": "role description type multiplicity entityDescription",
    "Used": "role time entity usageDescription",
    "ValueDescription": "name description docurl type valueType unit ucd utype",
    "ValueEntity": "value",
    "WasAssociatedWith": "role agent",
    "WasAttributedTo": "role agent",
    "WasGeneratedBy": "role activity generationDescription",
}


def _one_of_each(kind: ProvType) -> ProvStatement:
    slots = tuple(
        "2026-01-01T01:00:00+01:00" if slot is Slot.TIME else f"{_EX}x" for slot in SLOTS[kind]
    )
    return ProvStatement(kind, f"{_EX}{kind.value}", slots)


def test_only_what_is_of_the_model_bears_a_utype() -> None:
    described = [
        ProvStatement(
            ProvType.ENTITY,
            uri_of_end(End(kind.kind, "d")),
            (),
            ((own_attribute_uri(MARK + "type"), Literal(kind.value)),),
        )
        for kind in DescriptionType
    ]
    content = "".join(votable.write([*map(_one_of_each, ProvType), *described]))
    valid(content)
    allowed = {f"voprov:{name}" for name in _MODEL} | {
        f"voprov:{name}.{each}"
        for name, attributes in _MODEL.items()
        for each in attributes.split()
    }
    utypes = set()
    for table in parse(BytesIO(content.encode())).iter_tables():
        utypes |= {table.utype, *(field.utype for field in table.fields)}
        for field in table.fields:
            assert field.arraysize == "*"
            assert (field.xtype == "timestamp") == field.name.lower().endswith("time")
    assert utypes - {None} == allowed - {"voprov:ValueEntity"}


def test_times_are_written_in_utc() -> None:
    content = "".join(votable.write([_one_of_each(ProvType.USAGE)]))
    (row,) = _tables(content)["used"]
    assert row["time"] == "2026-01-01T00:00:00.000Z"


def test_a_description_has_its_own_table_and_keeps_its_multiplicity() -> None:
    statement = ProvStatement(
        ProvType.ENTITY,
        uri_of_end(End(Kind.USAGE_DESCRIPTION, "d")),
        (),
        (
            (own_attribute_uri(MARK + "type"), Literal("UsageDescription")),
            (own_attribute_uri("multiplicity"), Literal("1..*")),
        ),
    )
    tables = _tables("".join(votable.write([statement])))
    assert list(tables) == ["usageDescription"]
    assert tables["usageDescription"][0]["multiplicity"] == "1..*"


def test_every_member_of_the_model_has_a_place() -> None:
    """But the compositions, which are relations from the other side."""
    with closing(open_store("sqlite://")) as store:
        assert put(store, model_document(full=True)) == []
        tables = _tables("".join(export(store, "votable")))
        content = "".join(export(store, "votable"))
    found = parse(BytesIO(content.encode()))
    utypes = {field.utype for table in found.iter_tables() for field in table.fields}
    inherited = {"DatasetDescription", "ValueDescription"}
    wanted = {
        f"voprov:{each}"
        for each in listed()
        if each.sort != "comp" and not (each.name == "id" and each.owner in inherited)
    }
    assert wanted - utypes == set()
    (parameter,) = tables["parameter"]
    assert parameter["parameterDescription"].endswith(":ParameterDescription")
    assert {row["artefactType"] for row in tables["wasConfiguredBy"]} == {
        "Parameter",
        "Configfile",
    }
    (usage,) = tables["usageDescription"]
    assert usage["activityDescription"].endswith(":ActivityDescription")
    assert usage["entityDescription"].endswith(":EntityDescription")


_ROWS_OF_ALL_LENGTHS = """
from provgraph.interchange.writing import votable
from provgraph.prov.statements import SLOTS, ProvStatement, ProvType

slots = (None,) * len(SLOTS[ProvType.ENTITY])
for length in range(300):
    identifier = "http://example.org/" + "x" * length
    "".join(votable.write([ProvStatement(ProvType.ENTITY, identifier, slots)]))
"""


@pytest.mark.slow
def test_a_row_of_any_length_stays_within_memory() -> None:
    """With Python's development mode, which looks at the ends of all blocks of memory."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", _ROWS_OF_ALL_LENGTHS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "OUCH" in done.stderr) == (0, False), done.stderr
