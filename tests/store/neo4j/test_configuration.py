"""Settings and configuration files as properties: parameters come back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provgraph.model.records import SOFTWARE, Settings
from provgraph.model.values import Value
from provgraph.store.neo4j import configuration
from tests.store.neo4j.properties import same, values


@given(st.text(), values, st.booleans())
def test_parameters_come_back_the_same(name: str, value: Value, is_package: bool) -> None:
    properties = configuration.parameter_properties(name, value, is_package)
    found = configuration.parameter_of(
        {key: each for key, each in properties.items() if each is not None}
    )
    assert found[0] == name
    assert same(found[1], value)


@pytest.mark.parametrize(
    ("value", "kind", "held"),
    [
        (True, "boolean", True),
        (1, "integer", 1),
        (1.0, "number", 1.0),
        ("x", "string", "x"),
        (None, "null", "null"),
        ([1, 2], "array", [1, 2]),
        ([1, "x"], "array", '[1,"x"]'),
        ({"a": 1}, "object", '{"a":1}'),
    ],
)
def test_a_parameter_says_its_type(value: Value, kind: str, held: Value) -> None:
    properties = configuration.parameter_properties("p", value, is_package=False)
    assert (properties["valueType"], properties["value"]) == (kind, held)


def test_a_parameter_that_many_settings_have_keeps_its_type() -> None:
    first, again = (configuration.parameter_properties("p", [1.0, -0.0], False) for _ in range(2))
    assert first == again
    assert first is not again
    assert configuration.parameter_properties("p", [1, 0], False)["value"] == [1, 0]
    assert configuration.parameter_properties("p", 0.0, False) != (
        configuration.parameter_properties("p", -0.0, False)
    )
    long = "x" * 5_000
    assert configuration.parameter_properties("p", long, False)["value"] == long


def test_a_parameter_is_shared_only_when_name_value_and_type_are_the_same() -> None:
    cases: list[tuple[str, Value, bool]] = [
        ("a", 1, False),
        ("b", 1, False),
        ("a", True, False),
        ("a", "1", False),
    ]
    cases += [("a", "1", True), ("a", 1, False)]
    ids = [configuration.parameter_properties(*each)["id"] for each in cases]
    assert len(set(ids)) == 5
    assert ids[0] == ids[-1]


@pytest.mark.parametrize(
    ("name", "kind", "value_type"),
    [
        (SOFTWARE, "software environment", configuration.PACKAGE_VERSION),
        ("Tool", "configuration", "string"),
    ],
)
def test_settings_say_what_they_are(name: str, kind: str, value_type: str) -> None:
    settings = Settings(name, {"numpy": "1.26.4"})
    properties = configuration.settings_properties(settings)
    assert properties == {"id": settings.key.hex(), "name": name, "type": kind}
    [parameter] = configuration.parameters_of(settings)
    assert (parameter["name"], parameter["valueType"]) == ("numpy", value_type)


def test_a_configuration_file_is_called_by_its_base_name() -> None:
    assert configuration.config_file_properties("file:/data/base.yaml") == {
        "id": "file:/data/base.yaml",
        "name": "base.yaml",
        "location": "/data/base.yaml",
    }
