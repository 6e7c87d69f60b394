"""What led to a file, and what was made from it, as a user asks at the command line."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.shell import DL3, Shell
from tests.conftest import CORPUS, PRODUCTS

EXPECTED = json.loads((CORPUS / "ctapipe" / "expected_lineage.json").read_text())
DOCS = Path(__file__).parents[2] / "docs"


def test_what_produced_as_json(full_shell: Shell) -> None:
    answer = json.loads(full_shell("what-produced", DL3, "--format", "json").stdout)
    runs = {node["id"] for node in answer["nodes"] if node["kind"] == "activity"}
    assert runs == set(EXPECTED[DL3]["activities"])
    assert (
        answer["root"] == answer["nodes"][0]["id"] == "product:70de1f24-6744-4ced-99bb-c74834735e51"
    )
    assert set(answer) == {"root", "direction", "depth", "truncated", "nodes", "edges"}
    assert set(answer["edges"][0]) == {"relation", "source", "target", "role", "time"}
    first_run = answer["nodes"][1]
    assert (first_run["startTime"], first_run["status"]) == (
        "2026-11-21T08:30:55.925Z",
        "completed",
    )


def test_every_way_to_name_a_file(full_shell: Shell) -> None:
    ways = (
        DL3,
        f"file:{DL3}",
        "run02001.dl3.fits",
        "product:70de1f24-6744-4ced-99bb-c74834735e51",
        "70de1f24-6744-4ced-99bb-c74834735e51",
        str(PRODUCTS / "run02001.dl3.fits"),
        f"{DL3}@2f40ac73-6c59-489f-b40f-081b9bcac17d",
    )
    roots = [
        json.loads(full_shell("what-produced", way, "--depth", "0", "--format", "json").stdout)[
            "root"
        ]
        for way in ways
    ]
    assert set(roots) == {"product:70de1f24-6744-4ced-99bb-c74834735e51"}


def test_the_tree_reads_from_the_file_down(full_shell: Shell) -> None:
    lines = full_shell("what-produced", DL3).stdout.splitlines()
    assert lines[0] == f"What produced {DL3}?"
    assert lines[1].startswith("27 runs, 43 files")
    assert lines[4].startswith("└─ made by create-dl3 0.28.0  completed")


@pytest.mark.parametrize("name", ["svg", "dot", "mermaid", "csv"])
def test_pictures_to_a_file(full_shell: Shell, name: str, tmp_path: Path) -> None:
    out = tmp_path / f"lineage.{name}"
    done = full_shell("what-produced", DL3, "--format", name, "-o", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    assert "run02001.dl3.fits" in out.read_text(encoding="utf-8")


def test_a_png_goes_to_a_file_or_a_pipe(full_shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "lineage.png"
    done = full_shell("what-produced", DL3, "--format", "png", "--depth", "2", "-o", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    assert out.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert (
        piped(full_shell, "what-produced", DL3, "--format", "png", "--depth", "2")
        == out.read_bytes()
    )


def piped(full_shell: Shell, *arguments: str) -> bytes:
    command = [
        str(Path(sys.executable).parent / "provgraph"),
        "--store",
        f"sqlite:///{full_shell.store}",
        *arguments,
    ]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_a_png_is_not_for_a_terminal(full_shell: Shell) -> None:
    ours, terminal = pty.openpty()
    command = [
        str(Path(sys.executable).parent / "provgraph"),
        "--store",
        f"sqlite:///{full_shell.store}",
        "what-produced",
        DL3,
        "--format",
        "png",
    ]
    done = subprocess.run(command, stdout=terminal, stderr=subprocess.PIPE, check=False)
    os.close(terminal)
    os.close(ours)
    assert done.returncode == 2
    assert b"name a file for it with -o FILE" in done.stderr


def test_pictures_are_drawn_as_asked(full_shell: Shell) -> None:
    plain = full_shell("what-produced", DL3, "--format", "dot", "--no-fold").stdout
    assert plain.count("fillcolor") == 71
    assert "rankdir=TB" in plain
    assert " × 2" in full_shell("what-produced", DL3, "--format", "dot").stdout
    asked = full_shell(
        "what-produced",
        DL3,
        "--format",
        "dot",
        "--across",
        "--fold",
        "--configuration",
        "--link",
        "https://example.org/{id}",
    ).stdout
    assert "rankdir=LR" in asked
    assert "shape=note" in asked
    assert 'URL="https://example.org/product%3A70de1f24-6744-4ced-99bb-c74834735e51"' in asked


def test_the_page_on_pictures_shows_what_the_command_prints(newcomer: Shell) -> None:
    page = (DOCS / "how-to" / "pictures.md").read_text(encoding="utf-8")
    newcomer.store.parent.mkdir()
    newcomer("demo", "--store", f"sqlite:///{newcomer.store}")
    printed = newcomer(
        "what-produced", "/data/ctao/dl2/gamma_train.dl2.h5", "--format", "mermaid", "--fold"
    ).stdout
    assert f"```mermaid\n{printed}```" in page
    options = newcomer("what-produced", "--help").stdout
    assert all(option in options for option in re.findall(r"`(--[a-z-]+)", page))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--across",), "--across/--down: only for pictures, --format svg, png, dot, mermaid"),
        (
            ("--format", "csv", "--no-agents", "--no-fold"),
            "--agents/--no-agents, --fold/--no-fold: only for pictures",
        ),
        (("--format", "svg", "--link", "javascript:{id}"), "boxes can't link to 'javascript:{id}'"),
    ],
)
def test_what_makes_no_sense_of_a_picture_is_wrong_usage(
    full_shell: Shell, options: tuple[str, ...], message: str
) -> None:
    done = full_shell("what-produced", DL3, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in " ".join(done.stderr.split())


def test_impact_lists_only_what_is_asked_for(full_shell: Shell) -> None:
    done = full_shell(
        "impact",
        "/data/ctao/dl0/gamma_run02001.simtel.zst",
        "--kind",
        "entity",
        "--data-level",
        "DL3",
        "--format",
        "json",
    )
    names = {node["name"] for node in json.loads(done.stdout)["nodes"]}
    assert names == {"gamma_run02001.simtel.zst", "run02001.dl3.fits"}


def test_ambiguous_names_list_the_candidates(full_shell: Shell) -> None:
    done = full_shell("what-produced", "run00001.dl2.h5")
    assert done.returncode == 2
    assert "product:5924761e-d648-4587-828a-e9f374c9768c" in done.stderr


def test_a_product_that_no_load_knows_answers_with_its_own_header(newcomer: Shell) -> None:
    newcomer("load", str(CORPUS / "ctapipe" / "logs" / "edge_empty.provlog"))
    counts = str(CORPUS / "ctao" / "dl4" / "counts.ecsv")
    told = newcomer("what-produced", counts)
    assert told.returncode == 0
    assert "made by bin-events 0.32.0" in told.stdout
    assert "No load knows" in told.stderr
    assert json.loads(newcomer("stats", "--json").stdout)["entities"] == 0
    # What was made from it no header tells.
    assert newcomer("impact", counts).returncode == 2
    old = newcomer("what-produced", str(PRODUCTS / "run02001.dl3.fits"))
    assert "load that run's log" in old.stderr
