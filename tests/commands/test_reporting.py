"""A report is printed, or written to files."""

import json

import pytest

from tests.commands.shell import Shell

DAY = ("--since", "2026-11-21", "--until", "2026-11-22")


def test_a_day_is_printed_and_written(full_shell: Shell) -> None:
    printed = full_shell("report", *DAY)
    assert printed.returncode == 0
    assert printed.stdout.startswith("2026-11-21 00:00:00 to 2026-11-22 00:00:00 (UTC)\n")
    assert "ctapipe-process" in printed.stdout
    written = full_shell("report", *DAY, "-o", "day.html", "-o", "day.json", "-o", "day.txt")
    assert (written.returncode, written.stdout) == (0, "")
    assert "wrote day.html" in written.stderr
    assert (full_shell.folder / "day.txt").read_text() == printed.stdout
    said = json.loads((full_shell.folder / "day.json").read_text())
    assert f"  {said['runs']['runs']} (" in printed.stdout
    assert said["runs"]["failed"] == said["failures"]["total"] > 0
    assert said["mirror"] is None
    page = (full_shell.folder / "day.html").read_text()
    assert page.count("<svg") == 3
    as_json = full_shell("report", *DAY, "--json", "--limit", "1")
    found = json.loads(as_json.stdout)
    assert len(found["failures"]["nodes"]) == 1
    assert found["failures"]["total"] == said["failures"]["total"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("-o", "report.pdf"), "ends in .html, .json or .txt"),
        (("--since", "soon"), "1d, 12h, 30m, 2w"),
        (("--until", "soon"), "write a time as"),
        (("--mirror", "mysql://x"), "a mirror is postgresql://"),
        (("-o", "nowhere/report.json"), "can't be written"),
    ],
)
def test_what_makes_no_sense_is_refused(
    full_shell: Shell, arguments: tuple[str, ...], why: str
) -> None:
    refused = full_shell("report", *arguments)
    assert refused.returncode == 2 or "written" in why
    assert refused.returncode
    assert why in refused.stderr
    assert not refused.stdout


def test_there_is_nothing_to_report_on_before_anything_is_loaded(newcomer: Shell) -> None:
    nothing = newcomer("report")
    assert nothing.returncode == 2
    assert "there is no store at" in nothing.stderr
    assert not newcomer.store.exists()
