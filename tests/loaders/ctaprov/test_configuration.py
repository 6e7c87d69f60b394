"""What configured a run, put together from its rows."""

from typing import Any

from provgraph.loaders.ctaprov.configuration import ConfigurationRows, RunConfiguration
from provgraph.model.records import Mention
from provgraph.model.vocabulary import RelationType
from tests.loaders.ctaprov.tables import descriptions, layout


def configured(*rows: dict[str, Any], reads: tuple[str, ...] = ()) -> RunConfiguration:
    tables = layout()
    mentions = [Mention("RUN", RelationType.USED, None, place, None, "") for place in reads]
    return ConfigurationRows(tables, descriptions(tables)).of_run("RUN", "tool_1", rows, mentions)


def parameter(name: str, value: str, **more: Any) -> dict[str, Any]:
    usual = {"parameters.id": f"RUN_{name}", "artefactType": "Parameter"}
    return {**usual, "parameters.name": name, "parameters.value": value, **more}


def file(name: str, location: str | None) -> dict[str, Any]:
    return {
        "configFiles.id": f"RUN_{name}",
        "artefactType": "ConfigFile",
        "configFiles.name": name,
        "configFiles.location": location,
    }


def test_usual_parameters_are_settings_and_nothing_else() -> None:
    found = configured(parameter("a", "1"), parameter("password", "hunter2"))
    assert [each.values for each in found.settings] == [{"a": "1", "password": "***"}]
    assert found.facts == {}


def test_what_settings_cannot_hold_is_kept_as_facts() -> None:
    rows = [parameter("a", "1"), parameter("a", "2"), parameter("b", "1", **{"parameters.id": "X"})]
    found = configured(*rows)
    assert [each.values for each in found.settings] == [{"a": "1", "b": "1"}]
    assert found.facts == {
        "ctaprov.parameters": ({"id": "X", "name": "b"}, {"name": "a", "value": "2"})
    }


def test_a_configuration_file_is_the_file_that_the_run_read_there() -> None:
    row = file("x.yaml", "/c/x.yaml")
    assert configured(row, reads=("file://wn/c/x.yaml",)).files == ["file://wn/c/x.yaml"]
    assert configured(row).files == ["lfn:/c/x.yaml"]
    two = ("file://a/c/x.yaml", "file://b/c/x.yaml")
    assert configured(row, reads=two).files == ["lfn:/c/x.yaml"]
    assert configured(file("x.yaml", None)).files == ["lfn:/x.yaml"]


def test_the_name_and_location_of_a_file_are_kept_where_its_place_does_not_say_them() -> None:
    assert configured(file("x.yaml", "/c/x.yaml")).facts == {}
    facts = configured(file("mine", "/c/x.yaml")).facts
    kept = {"place": "lfn:/c/x.yaml", "name": "mine", "location": "/c/x.yaml"}
    assert facts == {"ctaprov.configFiles": (kept,)}


def test_a_row_that_leads_nowhere_is_kept() -> None:
    empty = dict.fromkeys(layout().columns["wasConfiguredBy"])
    row = {**empty, "artefactType": "Parameter", "activity_id": "RUN", "parameter_id": "lost"}
    facts = configured(row).facts
    assert facts == {
        "open.wasConfiguredBy": ({"artefactType": "Parameter", "parameter_id": "lost"},)
    }
