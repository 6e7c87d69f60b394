"""What the environment says about a server."""

import pytest

from provgraph.errors import SettingsError
from provgraph.server_settings import LogForm, ServingLimits, is_traced, log_form, serving_limits


def test_each_limit_of_a_server_is_a_setting() -> None:
    assert serving_limits({}) == ServingLimits()
    assert serving_limits({"PROVGRAPH_LIMIT_DEPTH": "3", "PROVGRAPH_LIMIT_RATE": "0"}).depth == 3
    for said in ("0", "-1", "many", "1.5", "²"):
        with pytest.raises(SettingsError, match="PROVGRAPH_LIMIT_DEPTH"):
            serving_limits({"PROVGRAPH_LIMIT_DEPTH": said})


def test_how_a_server_tells_of_itself() -> None:
    assert log_form({}) is log_form({"PROVGRAPH_LOG": ""}) is LogForm.TEXT
    assert log_form({"PROVGRAPH_LOG": "json"}) is LogForm.JSON
    with pytest.raises(SettingsError, match="PROVGRAPH_LOG=xml is no form of a log"):
        log_form({"PROVGRAPH_LOG": "xml"})
    assert [is_traced({"PROVGRAPH_TRACES": said}) for said in ("", "off", "on")] == [0, 0, 1]
    with pytest.raises(SettingsError, match="say on or off"):
        is_traced({"PROVGRAPH_TRACES": "yes"})
