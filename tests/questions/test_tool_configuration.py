"""Parameters become the configuration file that ctapipe reads."""

import pytest

from provgraph.model.values import Value
from provgraph.questions.tool_configuration import configuration_of, parts_of, takes_configuration


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Tool.Writer.overwrite", ["Tool", "Writer", "overwrite"]),
        ("Tool.weights.of.events", ["Tool", "weights.of.events"]),
        ("plain", ["plain"]),
        ("Tool", ["Tool"]),
    ],
)
def test_components_begin_with_a_capital(name: str, parts: list[str]) -> None:
    assert parts_of(name) == parts


def test_which_tools_take_a_configuration() -> None:
    assert takes_configuration({"Tool.config_files": ["/c.yaml"]})
    assert takes_configuration({"Tool.config_file": None})
    assert not takes_configuration({"Tool.Writer.config_files": [], "config_files": [], "x": 1})


def test_nested_without_paths_and_logs() -> None:
    parameters: dict[str, Value] = {
        "Tool.config_files": ["/c.yaml"],
        "Tool.provenance_log": "/x.log",
        "Tool.Writer.output": "/x.h5",
        "Tool.Writer.level": [["type", "*", 5.0]],
        "Tool.Writer.Source.n": None,
        "Tool.quiet": False,
    }
    assert configuration_of(parameters, lambda value: value == "/x.h5") == {
        "Tool": {
            "Writer": {"level": [["type", "*", 5.0]], "Source": {"n": None}},
            "quiet": False,
        }
    }


def test_what_ctapipe_records_as_header_words_comes_back_as_components() -> None:
    """ctapipe's DataWriter refuses its own record of these two."""
    parameters: dict[str, Value] = {
        "Tool.DataWriter.contact_info": {"NAME": "A", "EMAIL": "a@x.org"},
        "Tool.DataWriter.instrument_info": {"CLASS": "Array", "ID": "1", "SITE": "North"},
    }
    writer = {
        "Contact": {"name": "A", "email": "a@x.org"},
        "Instrument": {"class_": "Array", "id_": "1", "site": "North"},
    }
    assert configuration_of(parameters, lambda _: False) == {"Tool": {"DataWriter": writer}}
