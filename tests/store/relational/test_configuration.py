"""Settings as rows; `test_records.py` has the way back."""

from types import SimpleNamespace
from typing import Any, cast

from provgraph.model.records import Settings
from provgraph.model.values import Value
from provgraph.store.relational import configuration


def test_settings_of_before_say_the_same() -> None:
    row: Any = SimpleNamespace(name="s", parameters='{"a":1.5}')
    assert configuration.settings_of(row) == Settings("s", {"a": 1.5})


def test_only_what_has_a_slash_may_name_a_path() -> None:
    values: dict[str, Value] = {
        "a": "/data/x",
        "b": 1,
        "c": ["y", {"z": "d/e"}],
        "padding": "-" * 100,
    }
    kept = cast("bytes", configuration.settings_row(Settings("s", values), 1)["parameters"])
    assert configuration.path_parameters_of(kept) == {"a": "/data/x", "c": ["y", {"z": "d/e"}]}
    assert configuration.path_parameters_of('{"a":"x"}') == {}
