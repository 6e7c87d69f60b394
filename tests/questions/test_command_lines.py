"""Paths in a recorded command line become files; all else stays as it was."""

from typing import Any

import pytest

from provgraph.model.recipes import CONFIGURATION, RecipeArgument, RecipeFile
from provgraph.questions.command_lines import CommandLine, safe_name

IN = RecipeFile("in", "a.h5", None, "/data/dl1/a.h5")
IRF = RecipeFile("irf", "irf.fits", 2, "/data/irf/irf.fits")
OUT = RecipeFile("out", "b.h5", 3, "/data/dl2/b.h5")
TOOL = {"Tool.config_files": ["/data/c.yaml"]}


def line(*words: str, **more: Any) -> CommandLine:
    files = {str(file.location): file for file in more.pop("of", (IN, IRF, OUT))}
    said = {
        "tool": "tool",
        "parameters": {},
        "config_files": frozenset(),
        "written": frozenset({"/data/dl2/b.h5"}),
        **more,
    }
    return CommandLine(words, files=files, **said)


def shown(found: CommandLine) -> list[str]:
    return [each.text + (f"<{each.file.id}>" if each.file else "") for each in found.arguments]


def test_relative_paths_show_the_working_folder() -> None:
    found = line(
        "/opt/bin/tool", "-i", "dl1/a.h5", "--irf=../data/irf/irf.fits", "-o", "./dl2/b.h5"
    )
    assert found.folder == "/data"
    assert found.command == ("tool",)
    assert shown(found) == ["-i", "<in>", "--irf=<irf>", "-o", "<out>"]
    assert not found.unknown


def test_most_arguments_decide_on_the_folder() -> None:
    twins = (RecipeFile("x", "a.h5", None, "/x/a.h5"), RecipeFile("y", "a.h5", None, "/y/a.h5"))
    other = RecipeFile("o", "o.h5", None, "/y/o.h5")
    assert shown(line("tool", "a.h5", "o.h5", of=(*twins, other))) == ["<y>", "<o>"]


def test_the_one_file_of_a_base_name_is_meant() -> None:
    """A job reads a copy of a catalogued file in its scratch, and only one place is kept."""
    found = line("tool", "-i", "/scratch/a.h5", "-o", "b.h5", "--irf", "/x/b.h5")
    assert shown(found) == ["-i", "<in>", "-o", "<out>", "--irf", "/x/b.h5"]
    assert found.unknown == ("/x/b.h5",)
    twins = (IN, RecipeFile("twin", "a.h5", None, "/other/a.h5"))
    assert line("tool", "/scratch/a.h5", of=twins).unknown == ("/scratch/a.h5",)


def test_what_is_written_under_the_name_of_an_input_is_no_input() -> None:
    assert shown(line("tool", "/data/dl1/a.h5", "-o", "/x/a.h5")) == ["<in>", "-o", "a.h5"]


def test_without_paths_nothing_is_taken_for_one() -> None:
    found = line("tool", "--n", "5", "a.b", "--flag", "", "-", "x=y")
    assert (found.folder, shown(found)) == (None, ["--n", "5", "a.b", "--flag", "", "-", "x=y"])


@pytest.mark.parametrize(
    ("program", "command", "script"),
    [
        ("/opt/bin/ctapipe-merge", ("ctapipe-merge",), None),
        ("/opt/x/dl3.py", ("python", "/opt/x/dl3.py"), "/opt/x/dl3.py"),
        ("x/dl3.py", ("python", "/data/x/dl3.py"), "/data/x/dl3.py"),
        ("-c", (), None),
        ("", (), None),
    ],
)
def test_the_program(program: str, command: tuple[str, ...], script: str | None) -> None:
    found = line(program, "dl1/a.h5")
    assert (found.command, found.script) == (command, script)


def test_configuration_files_become_one() -> None:
    config = frozenset({"/data/c.yaml", "/data/d.yaml"})
    parameters = {**TOOL, "Tool.n": 1, "Tool.input": "/data/dl1/a.h5", "Tool.log_file": "/l"}
    found = line(
        *("tool", "-c", "c.yaml", "--config=d.yaml", "-i", "dl1/a.h5"),
        parameters=parameters,
        config_files=config,
    )
    assert shown(found) == ["--config", "<configuration>", "-i", "<in>"]
    assert found.arguments[1] == RecipeArgument(file=CONFIGURATION)
    assert found.configuration == {"Tool": {"n": 1}}


def test_configuration_files_of_other_tools_stay() -> None:
    config = RecipeFile("c", "c.yaml", None, "/data/c.yaml")
    found = line("tool", "-c", "c.yaml", of=(config,), config_files=frozenset({"/data/c.yaml"}))
    assert shown(found) == ["-c", "<c>"]


def test_files_that_only_parameters_name_become_arguments() -> None:
    parameters = {
        **TOOL,
        "Tool.cuts": "/data/irf/irf.fits",
        "Tool.inputs": ["/data/dl1/a.h5", "dl2/b.h5"],
        "Tool.table": "/data/unnoted.fits",
        "Tool.tmp_dir": "/scratch/x y",
        "Tool.provenance_log": "/data/p.log",
    }
    found = line("tool", "dl2/b.h5", parameters=parameters)
    assert shown(found)[2:] == [
        "--Tool.cuts=<irf>",
        "--Tool.inputs=<in>",
        "--Tool.table=/data/unnoted.fits",
        "--Tool.tmp_dir=x_y",
        "<out>",
    ]
    assert found.unknown == ("/data/unnoted.fits",)
    assert found.configuration == {}


def test_a_folder_of_inputs_gives_way_to_the_files_in_it() -> None:
    """ctapipe-merge refuses a file that its arguments and its configuration both name."""
    parameters = {**TOOL, "Tool.input_dir": "/data/dl1", "Tool.input_files": ["/data/dl1/a.h5"]}
    found = line("tool", "-i", "dl1", "-o", "dl2/b.h5", parameters=parameters)
    assert shown(found)[2:] == ["--Tool.input_files=<in>", "-o", "<out>"]


def test_what_is_written_never_goes_where_it_was() -> None:
    found = line(
        *("tool", "-i", "dl1/a.h5", "--outdir", "/data/dl2", "--log-file=log/x.log"),
        *("-o", "/data/unnoted.h5"),
        written=frozenset({"/data/dl2/b.h5"}),
    )
    assert shown(found) == ["-i", "<in>", "--outdir", ".", "--log-file=x.log", "-o", "unnoted.h5"]
    assert found.own_folders == ("/data/dl2",)


def test_paths_that_nobody_noted_are_told() -> None:
    found = line("tool", "dl1/a.h5", "--table", "cal/t.fits", "root://host/x", "a b/c", "-x/y")
    assert found.unknown == ("/data/cal/t.fits", "root://host/x")
    assert shown(found)[2] == "/data/cal/t.fits"


def test_a_command_line_that_is_not_recorded() -> None:
    assert line().command == ()
    found = line(parameters={**TOOL, "Tool.input": "/data/dl1/a.h5"})
    assert found.command == ("tool",)
    assert shown(found) == ["--config", "<configuration>", "--Tool.input=<in>"]


def test_masked_secrets_are_noticed() -> None:
    assert line("tool", "--password", "***").masked
    assert line(parameters={"Tool.x": {"a": [1, "***"]}}).masked
    assert not line("tool", "x").masked


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("run 1.dl2.h5", "run_1.dl2.h5"),
        ("-rf $(x)`y`", "rf_x_y_"),
        ("..", "unnamed"),
        ("é\n'\"", "unnamed"),
        ("a" * 300 + ".h5", "a" * 197 + ".h5"),
    ],
)
def test_names_are_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe
