"""ctapipe's own tools are described by their traits."""

import pytest

from provgraph.loaders import ctapipe_tools
from provgraph.loaders.ctapipe_tools import installed_tools
from provgraph.model.descriptions import ToolDescription

pytest.importorskip("ctapipe", reason="ctapipe is in the test environment (requirements/test.lock)")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def merge() -> ToolDescription:
    """The tool that is imported in the least time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ctapipe_tools, "_modules", lambda: ["ctapipe.tools.merge", "no.module"])
        (found,) = installed_tools()
    return found


def test_a_tool(merge: ToolDescription) -> None:
    assert (merge.name, merge.said) == (
        "ctapipe-merge",
        {"description": "Merge multiple ctapipe HDF5 files into one"},
    )
    assert merge.version is not None
    assert merge.version.startswith("0.")
    assert merge.config_files[0]["name"] == "configuration"


def test_its_parameters(merge: ToolDescription) -> None:
    overwrite = merge.parameters["HDF5Merger.overwrite"]
    assert (overwrite["valueType"], overwrite["default"]) == ("boolean", False)
    assert str(overwrite["description"]).startswith("If true, the ``output_path`` is overwritten")
    level = merge.parameters["MergeTool.log_level"]
    assert level["default"] == 30
    assert "INFO" in str(level["options"])
    assert merge.parameters["MergeTool.provenance_log"]["computedDefault"] is True
    assert "default" not in merge.parameters["MergeTool.input_dir"]
    assert merge.parameters["MergeTool.input_files"]["default"] == []


def test_defaults_are_written_as_logs_write_them() -> None:
    """Values for one telescope type or another, enumerations, bounds."""
    from ctapipe.image.cleaning import TailcutsImageCleaner  # noqa: PLC0415
    from ctapipe.io import SimTelEventSource  # noqa: PLC0415

    def said(owner: type, name: str) -> dict[str, object]:
        trait = owner.class_traits()[name]  # type: ignore[attr-defined]
        return dict(ctapipe_tools._said(owner, name, trait))

    picture = said(TailcutsImageCleaner, "picture_threshold_pe")
    assert picture["default"] == [["type", "*", 10.0]]
    focal_length = said(SimTelEventSource, "focal_length_choice")
    assert (focal_length["default"], focal_length["options"]) == (1, [1, 2])
    assert said(SimTelEventSource, "calib_scale")["valueType"] == "double"


def test_the_commands_of_ctapipe_are_found() -> None:
    assert {"ctapipe.tools.merge", "ctapipe.tools.process"} <= set(ctapipe_tools._modules())
