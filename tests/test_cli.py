"""The commands as a user meets them: real processes in an empty folder."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from provgraph.commands.main import main
from tests.conftest import CORPUS, LOGS, PRODUCTS

EXPECTED = json.loads((CORPUS / "ctapipe" / "expected_lineage.json").read_text())
DOCS = Path(__file__).parents[1] / "docs"
DL3 = "/data/ctao/dl3/run02001.dl3.fits"


class Shell:
    """A user in an empty folder with a store of her own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "data" / "store.db"

    def __call__(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "PROVGRAPH_STORE": f"sqlite:///{self.store}",
        }
        command = [str(Path(sys.executable).parent / "provgraph"), *arguments]
        done = subprocess.run(
            command, input=stdin, capture_output=True, cwd=self.folder, env=environment, check=False
        )
        return subprocess.CompletedProcess(
            command, done.returncode, done.stdout.decode(), done.stderr.decode()
        )


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A shell whose store holds all real logs."""
    shell = Shell(tmp_path_factory.mktemp("user"))
    loaded = shell("load", str(LOGS), "--json")
    assert loaded.returncode == 1  # two logs are cut off
    reports = [json.loads(line) for line in loaded.stdout.splitlines()]
    assert len(reports) == 47
    assert {report["status"] for report in reports} == {"loaded", "partial"}
    return shell


@pytest.fixture
def newcomer(tmp_path: Path) -> Shell:
    """A shell with nothing loaded."""
    return Shell(tmp_path)


def test_what_produced_as_json(shell: Shell) -> None:
    answer = json.loads(shell("what-produced", DL3, "--format", "json").stdout)
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


def test_every_way_to_name_a_file(shell: Shell) -> None:
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
        json.loads(shell("what-produced", way, "--depth", "0", "--format", "json").stdout)["root"]
        for way in ways
    ]
    assert set(roots) == {"product:70de1f24-6744-4ced-99bb-c74834735e51"}


def test_the_tree_reads_from_the_file_down(shell: Shell) -> None:
    lines = shell("what-produced", DL3).stdout.splitlines()
    assert lines[0] == f"What produced {DL3}?"
    assert lines[1].startswith("27 runs, 43 files")
    assert lines[4].startswith("└─ made by create-dl3 0.28.0  completed")


@pytest.mark.parametrize("name", ["svg", "dot", "mermaid", "csv"])
def test_pictures_to_a_file(shell: Shell, name: str, tmp_path: Path) -> None:
    out = tmp_path / f"lineage.{name}"
    done = shell("what-produced", DL3, "--format", name, "-o", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    assert "run02001.dl3.fits" in out.read_text(encoding="utf-8")


def test_a_png_goes_to_a_file_or_a_pipe(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "lineage.png"
    done = shell("what-produced", DL3, "--format", "png", "--depth", "2", "-o", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    assert out.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert piped(shell, "what-produced", DL3, "--format", "png", "--depth", "2") == out.read_bytes()


def piped(shell: Shell, *arguments: str) -> bytes:
    command = [
        str(Path(sys.executable).parent / "provgraph"),
        "--store",
        f"sqlite:///{shell.store}",
        *arguments,
    ]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_a_png_is_not_for_a_terminal(shell: Shell) -> None:
    ours, terminal = pty.openpty()
    command = [
        str(Path(sys.executable).parent / "provgraph"),
        "--store",
        f"sqlite:///{shell.store}",
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


def test_pictures_are_drawn_as_asked(shell: Shell) -> None:
    plain = shell("what-produced", DL3, "--format", "dot", "--no-fold").stdout
    assert plain.count("fillcolor") == 71
    assert "rankdir=TB" in plain
    assert " × 2" in shell("what-produced", DL3, "--format", "dot").stdout
    asked = shell(
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
    shell: Shell, options: tuple[str, ...], message: str
) -> None:
    done = shell("what-produced", DL3, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in " ".join(done.stderr.split())


def test_impact_lists_only_what_is_asked_for(shell: Shell) -> None:
    done = shell(
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


def test_show_explains_every_match(shell: Shell) -> None:
    shown = json.loads(shell("show", "/data/ctao/models/energy.pkl", "--json").stdout)
    assert shown["id"] == "file:/data/ctao/models/energy.pkl@ac2355f2-77c1-4ea9-8ecc-29e9f094ad37"
    assert {each["rule"] for each in shown["joined"]} == {"version", "stood"}
    assert all(each["because"] for each in shown["joined"])
    text = shell("show", "5a620a10-d7a4-41b7-9814-f9e5bac5287f").stdout
    assert "TrainEnergyRegressor.CrossValidator.n_cross_validations = 2" in text
    assert "numpy = " in text


def test_stats_digest_and_schema(shell: Shell) -> None:
    counts = json.loads(shell("stats", "--json").stdout)
    assert (counts["activities"], counts["entities"]) == (86, 105)
    digest = shell("digest").stdout.strip()
    assert len(digest) == 64
    assert "type Query" in shell("schema").stdout


def test_standard_input_and_gzip(newcomer: Shell) -> None:
    data = (LOGS / "merge.provlog").read_bytes()
    report = json.loads(newcomer("load", "-", "--json", stdin=data).stdout)
    assert (report["source"], report["format"], report["status"], report["activities"]) == (
        "-",
        "ctapipe",
        "loaded",
        2,
    )
    again = json.loads(newcomer("load", str(LOGS / "merge.provlog"), "--json").stdout)
    assert (again["status"], again["load"]) == ("unchanged", report["load"])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("what-produced", "nothing.h5"), 2, "nothing here is called 'nothing.h5'"),
        (("load", "absent.log"), 1, "can't be read: No such file or directory"),
        (("load", "/etc/hostname"), 1, "not a format that provgraph reads"),
        (("load", "x", "--format", "odd"), 2, "'odd' is no format"),
        (("load", "x", "--namespace", "a/b"), 2, "can't be a namespace"),
        (("stats", "--store", "odd://u:secret@host/x"), 2, "is no store"),
        (("stats", "--store", "sqlite:////proc/none/x.db"), 1, "check the path"),
        (("stats", "--store", "postgresql://u:secret@127.0.0.1:1/x"), 3, "can't be reached"),
        (("stats", "--store", "bolt://u:secret@127.0.0.1:1/x"), 3, "is the server up"),
        (("serve", "--host", "0.0.0.0"), 2, "--insecure"),
        (("what-produced",), 2, "Missing argument"),
    ],
)
def test_errors_say_what_to_do(
    newcomer: Shell, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = newcomer(*arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr + done.stdout


def test_ambiguous_names_list_the_candidates(shell: Shell) -> None:
    done = shell("what-produced", "run00001.dl2.h5")
    assert done.returncode == 2
    assert "product:5924761e-d648-4587-828a-e9f374c9768c" in done.stderr


def test_the_store_is_for_its_owner_only(shell: Shell) -> None:
    assert shell.store.stat().st_mode & 0o077 == 0


def test_the_demonstration(newcomer: Shell) -> None:
    done = newcomer("demo")
    assert done.returncode == 0
    assert "27 runs, 43 files" in done.stdout
    assert "provgraph serve" in done.stdout
    assert "--format svg" in done.stdout


def test_every_command_has_help(newcomer: Shell) -> None:
    listed = [
        line.split()[0]
        for line in newcomer("--help").stdout.split("Commands:")[1].splitlines()
        if line.strip()
    ]
    assert sorted(listed) == sorted(main.commands)
    for command in listed:
        assert newcomer(command, "--help").stdout.startswith("Usage: ")


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_a_store_without_loads_says_so(newcomer: Shell, option: tuple[str, ...]) -> None:
    done = newcomer("loads", *option)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "",
        "provgraph: nothing is loaded yet\n",
    )


def test_a_load_is_listed_and_taken_back(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    before = newcomer("digest").stdout
    newcomer("load", str(LOGS / "run02002.provlog"))
    listed = [json.loads(line) for line in newcomer("loads", "--json").stdout.splitlines()]
    assert [Path(load["source"]).name for load in listed] == [
        "run02001.provlog",
        "run02002.provlog",
    ]
    for load, line in zip(listed, newcomer("loads").stdout.splitlines(), strict=True):
        assert all(load[key] in line for key in ("id", "time", "status", "source"))
    forgotten = newcomer("forget", listed[1]["id"][:8])
    assert (forgotten.returncode, listed[1]["source"] in forgotten.stdout) == (0, True)
    assert newcomer("digest").stdout == before
    again = newcomer("forget", listed[1]["id"])
    assert (again.returncode, "provgraph loads" in again.stderr) == (2, True)


def test_a_file_is_marked_as_invalid(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    before = newcomer("digest").stdout
    file = "/data/ctao/dl2/run02001.dl2.h5"
    marked = newcomer("invalidate", file, "--at", "2026-11-20T12:00", "--reason", "withdrawn")
    assert marked.returncode == 0
    shown = json.loads(newcomer("show", file, "--json").stdout)
    assert (shown["invalidatedAtTime"], shown["attributes"]["invalidationReason"]) == (
        "2026-11-20T12:00:00.000Z",
        "withdrawn",
    )
    takes_back = marked.stdout.split("`")[1].split()
    assert takes_back[:2] == ["provgraph", "forget"]
    assert newcomer(*takes_back[1:]).returncode == 0
    assert newcomer("digest").stdout == before
    assert newcomer("invalidate", file, "--at", "yesterday", "--reason", "x").returncode == 2
    assert newcomer("invalidate", "nothing.h5", "--reason", "x").returncode == 2
