"""What led to a file, and what was made from it, as a user asks at the command line."""

import json
import re
from pathlib import Path
from typing import Any

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
    fields = {"root", "direction", "depth", "truncated", "summary", "nodes", "edges"}
    assert set(answer) == fields
    assert answer["summary"]["complete"]
    fields = {"relation", "source", "target", "role", "time", "location", "inferred"}
    assert set(answer["edges"][0]) == fields
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
    assert re.fullmatch(r"\d+ DL\d(, \d+ DL\d)*", lines[2])
    assert lines[3] == "Complete: every way leads back to raw data (7) or configuration (10)."
    assert "inferred): /data/ctao/irf/cuts.fits (by ctapipe-compute-irf" in lines[4]
    assert lines[7].startswith("└─ made by create-dl3 0.28.0  completed")


@pytest.mark.parametrize("name", ["svg", "dot", "mermaid", "csv"])
def test_pictures_to_a_file(full_shell: Shell, name: str, tmp_path: Path) -> None:
    out = tmp_path / f"lineage.{name}"
    done = full_shell("what-produced", DL3, "--format", name, "-o", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    assert "run02001.dl3.fits" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("ending", "beginning"),
    [
        ("svg", "<svg"),
        ("JSON", "{"),
        ("csv", "id,kind,"),
        ("gv", "digraph"),
        ("mmd", "---\ntitle"),
        ("txt", "What produced"),
        ("provn", "document"),
        ("ttl", "@prefix"),
    ],
)
def test_the_ending_of_a_file_names_its_format(
    full_shell: Shell, ending: str, beginning: str, tmp_path: Path
) -> None:
    out = tmp_path / f"answer.{ending}"
    assert full_shell("what-produced", DL3, "-o", str(out)).returncode == 0
    assert out.read_text(encoding="utf-8").startswith(beginning)


def test_an_unknown_ending_is_refused(full_shell: Shell, tmp_path: Path) -> None:
    done = full_shell("what-produced", DL3, "-o", str(tmp_path / "answer.docx"))
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "no format has the ending .docx" in done.stderr
    given = full_shell("what-produced", DL3, "-o", str(tmp_path / "a.docx"), "--format", "json")
    assert given.returncode == 0


def test_pictures_are_drawn_as_asked(full_shell: Shell) -> None:
    def dot(*options: str) -> str:
        return full_shell("what-produced", DL3, "--format", "dot", *options).stdout

    flowchart = dot("--no-fold")
    assert flowchart.count("fillcolor") == 61
    assert "rankdir=LR" in flowchart
    assert "⚙ 3" in flowchart
    assert "parameters of" not in flowchart
    folded = dot("--down", "--configuration")
    assert " × 2" in folded
    assert "rankdir=TB" in folded
    assert "parameters of" in folded
    plain = dot("--w3c")
    assert plain.count("fillcolor") == 71
    assert "rankdir=TB" in plain
    asked = dot("--w3c", "--across", "--configuration", "--link", "https://example.org/{id}")
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
    drawn = newcomer("what-produced", "run02001.dl3.fits", "--format", "svg").stdout
    assert drawn == (DOCS / "how-to" / "pictures" / "flowchart.svg").read_text(encoding="utf-8")
    options = newcomer("what-produced", "--help").stdout
    assert all(option in options for option in re.findall(r"`(--[a-z-]+)", page))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--across",), "--across/--down: only for pictures, --format svg, png, pdf, dot, mermaid"),
        (
            ("--format", "csv", "--no-agents", "--no-fold"),
            "--agents/--no-agents, --fold/--no-fold: only for pictures",
        ),
        (("--format", "svg", "--link", "javascript:{id}"), "boxes can't link to 'javascript:{id}'"),
        (("--format", "svg", "--w3c", "--fold"), "the W3C's diagrams show every record"),
        (("--format", "json", "--w3c"), "--w3c: only for pictures"),
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


RAW = "/data/ctao/dl0/gamma_run02001.simtel.zst"


def test_the_answer_says_what_its_filter_left_out(full_shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "answer.txt"
    assert full_shell("impact", RAW, "--data-level", "DL5", "-o", str(out)).returncode == 0
    assert "records, none of them DL5\n" in out.read_text(encoding="utf-8")
    assert "Nothing known" not in out.read_text(encoding="utf-8")
    several = ("--data-level", "dl2", "--data-level", "DL3")
    answer = json.loads(full_shell("impact", RAW, *several, "--format", "json").stdout)
    levels = {node["dataLevel"] for node in shown(full_shell, answer)}
    assert levels == {"DL2", "DL3"}
    assert answer["filter"]["dataLevel"] == ["DL2", "DL3"]
    assert answer["filter"]["found"] > answer["filter"]["listed"] == len(answer["nodes"]) - 1
    picture = full_shell("impact", RAW, "--data-level", "DL5", "--format", "mermaid").stdout
    assert "records, none of them DL5" in picture
    table = full_shell("impact", RAW, "--data-level", "DL5", "--format", "csv")
    assert "records, none of them DL5" in table.stderr


def shown(shell: Shell, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of an answer behind its root, as ``show`` shows them."""
    ids = [node["id"] for node in answer["nodes"][1:]]
    return [json.loads(shell("show", each, "--json").stdout) for each in ids]


@pytest.mark.parametrize(
    ("option", "unknown", "known"),
    [("--data-level", "DL9", "DL6"), ("--kind", "run", "activity"), ("--type", "File", "Plan")],
)
def test_a_filter_refuses_unknown_words(
    full_shell: Shell, option: str, unknown: str, known: str
) -> None:
    done = full_shell("impact", RAW, option, unknown)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"'{unknown}'" in done.stderr
    assert f"'{known}'" in done.stderr


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
    assert "no load knows" in told.stderr
    assert json.loads(newcomer("stats", "--json").stdout)["entities"] == 0
    # What was made from it no header tells.
    assert newcomer("impact", counts).returncode == 2
    old = newcomer("what-produced", str(PRODUCTS / "run02001.dl3.fits"))
    assert "load that run's log" in old.stderr
