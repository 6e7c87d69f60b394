"""VOTables of a store."""

import json
from contextlib import closing
from io import BytesIO

from astropy.io.votable import parse
from astropy.table import Table

from provgraph.ingest.loading import load
from provgraph.interchange.export import export
from provgraph.interchange.writing import votable
from provgraph.prov.statements import XSD, Literal, ProvStatement, ProvType
from provgraph.store.registry import open_store
from tests.conftest import CORPUS

_EX = "http://example.org/"


def _tables(content: str) -> dict[str, Table]:
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
