"""The rows of parameters and configuration files."""

from provgraph.model.records import SOFTWARE
from provgraph.relational_mirror.mapping.configuration import (
    ODD_CONFIG_FILES,
    ODD_PARAMETERS,
    add_config_files,
    add_parameters,
)
from provgraph.relational_mirror.mapping.rows import Reference, Rows
from provgraph.store.journal import Subject
from tests.relational_mirror.contents import activity

SETTINGS = {"k": {"name": "T", "values": {"T.b": 1, "T.a": "x"}}}


def test_parameters_are_named_after_their_activity_and_sorted() -> None:
    rows = Rows()
    add_parameters(activity(settings=["k"]), "run", SETTINGS, rows)
    assert rows.plain["parameters"] == [
        ("run_T.a", "T.a", "x", None),
        ("run_T.b", "T.b", "1", None),
    ]
    assert [link.values for link in rows.links["wasConfiguredBy"]] == [
        ("Parameter", "run", None, "run_T.a"),
        ("Parameter", "run", None, "run_T.b"),
    ]


def test_versions_of_software_are_no_parameters() -> None:
    rows = Rows()
    software = {"k": {"name": SOFTWARE, "values": {"numpy": "1.26"}}}
    add_parameters(activity(settings=["k"]), "run", software, rows)
    assert not rows.plain["parameters"]


def test_a_parameter_with_two_values_is_there_twice() -> None:
    rows = Rows()
    settings = {key: {"name": "T", "values": {"T.a": key}} for key in ("1", "2")}
    add_parameters(activity(settings=["1", "2"]), "run", settings, rows)
    assert [row[:3] for row in rows.plain["parameters"]] == [
        ("run_T.a", "T.a", "1"),
        ("run_T.a (2)", "T.a", "2"),
    ]


def test_described_and_odd_parameters() -> None:
    rows = Rows()
    record = activity(
        settings=["k"],
        described={"parameters": {"T.a": "d"}},
        facts={ODD_PARAMETERS: [{"name": "T.b", "id": "own", "artefactType": "Odd"}]},
    )
    add_parameters(record, "run", SETTINGS, rows)
    assert rows.plain["parameters"] == [
        ("run_T.a", "T.a", "x", Reference(Subject.PARAMETER_DESCRIPTION, "d")),
        ("own", "T.b", "1", None),
    ]
    assert rows.links["wasConfiguredBy"][1].values == ("Odd", "run", None, "own")


def test_a_second_configuration_file_of_a_name_is_named_by_its_path() -> None:
    rows = Rows()
    record = activity(
        configFiles=["file:/c/x.yaml", "file:/d/x.yaml"],
        facts={ODD_CONFIG_FILES: [{"place": "file:/d/x.yaml", "comment": "second"}]},
    )
    add_config_files(record, "run", rows)
    assert rows.plain["configFiles"] == [
        ("run_x.yaml", "x.yaml", "/c/x.yaml", None, None),
        ("run_/d/x.yaml", "x.yaml", "/d/x.yaml", "second", None),
    ]
    assert rows.links["wasConfiguredBy"][0].values == ("ConfigFile", "run", "run_x.yaml", None)
