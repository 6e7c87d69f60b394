"""The resource description that DaCHS reads."""

import re

from click.testing import CliRunner
from lxml import etree

from provgraph.commands.main import main
from provgraph.relational_mirror.tap_tables import ANCESTRY, TAP_TABLES
from tests.interchange.writing.test_vo_classes import listed


def _description() -> etree._Element:
    done = CliRunner().invoke(main, ["schema", "--dachs"])
    assert done.exit_code == 0
    return etree.fromstring(done.stdout.encode())


def test_every_table_is_described() -> None:
    root = _description()
    assert root.get("schema") == "provenance"
    tables = {each.get("id"): each for each in root.iter("table")}
    made = [each.get("table") for each in root.iter("make")]
    expected = [each.name for each in (*TAP_TABLES, ANCESTRY)]
    assert list(tables) == made == expected
    for table in (*TAP_TABLES, ANCESTRY):
        columns = [str(each.get("name")) for each in tables[table.name].iter("column")]
        assert [each.removeprefix("quoted/") for each in columns] == [
            each.name for each in table.columns
        ]
        assert all(each.get("description") for each in tables[table.name].iter("column"))


def test_reserved_words_are_quoted_names() -> None:
    names = {str(each.get("name")) for each in _description().iter("column")}
    assert {"quoted/time", "quoted/type", "quoted/value", "quoted/default"} <= names
    assert not names & {"time", "type", "value", "default", "min", "max", "options", "location"}


def test_a_table_comes_behind_those_that_it_refers_to() -> None:
    seen: set[str] = set()
    for table in _description().iter("table"):
        seen.add(str(table.get("id")))
        assert {str(each.get("inTable")) for each in table.iter("foreignKey")} <= seen


def test_utypes_are_the_models() -> None:
    """Each attribute of the VO-DML has a column, but the keys that the model leaves to VO-DML."""
    utypes = {each.get("utype") for each in _description().iter("column")}
    attributes = {f"voprov:{each}" for each in listed() if each.sort == "attr"}
    attributes = {
        re.sub(
            "ValueEntity|Collection", "Entity", re.sub("(Value|Dataset)Desc", "EntityDesc", each)
        )
        for each in attributes
    }
    assert attributes - utypes == set()


def test_a_utype_names_one_table_or_one_column() -> None:
    """A client looks for the model's entities by utype: ``ancestry``, which is ours, has none."""
    root = _description()
    utypes = [str(each.text) for each in root.xpath("table/meta[@name='utype']")]
    utypes += [each.get("utype") for each in root.iter("column") if each.get("utype") is not None]
    assert len(utypes) == len(set(utypes))
    ours = root.xpath("table[@id='ancestry']")[0]
    assert ours.xpath("meta[@name='utype'] | column[@utype]") == []


def test_publishing_finds_something_to_publish() -> None:
    """``dachs pub`` of a description without this element does nothing, without a word."""
    assert len(_description().xpath("data[@id='import']/publish")) == 1
