"""What holds for every command: messages, exit codes, output."""

import json
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import click
import pytest

from provgraph.commands.main import COMMANDS
from provgraph.commands.options import DOCUMENTS, FORMATS, chosen_format
from provgraph.commands.running import at_most, note, write_out
from provgraph.errors import ProvGraphError
from provgraph.store.neo4j import connection
from tests.commands.shell import DL3, Shell


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("load", "absent.log"), 1, "can't be read: No such file or directory"),
        (("load", "/etc/hostname"), 1, "not a format that provgraph reads"),
        (("load", "x", "--format", "odd"), 2, "'odd' is no format"),
        (("load", "x", "--namespace", "a/b"), 2, "can't be a namespace"),
        (("stats", "--store", "odd://u:secret@host/x"), 2, "is no store"),
        (("load", "x", "--store", "sqlite:////proc/none/x.db"), 1, "check the path"),
        (("stats", "--store", "postgresql://u:secret@127.0.0.1:1/x"), 3, "can't be reached"),
        (("stats", "--store", "bolt://u:secret@127.0.0.1:1/x"), 3, "is the server up"),
        (("serve", "--host", "0.0.0.0"), 2, "--insecure"),
        (("what-produced",), 2, "Missing argument"),
    ],
)
def test_errors_say_what_to_do(
    newcomer: Shell,
    arguments: tuple[str, ...],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "FIRST_RETRY_SECONDS", 0.2)
    done = newcomer(*arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr + done.stdout


READING = {
    "common": ("x", "y"),
    "describe": ("--show", "x"),
    "diff": ("x", "y"),
    "digest": (),
    "export": (),
    "forget": ("0123abcd",),
    "impact": ("x",),
    "invalidate": ("x", "--reason", "r"),
    "jobs": ("list",),
    "lineage": ("x",),
    "loads": (),
    "path": ("x", "y"),
    "report": (),
    "rerun": ("x",),
    "search": ("--invalid",),
    "serve": ("--port", "0"),
    "show": ("x",),
    "stats": (),
    "sync": ("--to", "postgresql://nobody@127.0.0.1:1/x"),
    "tainted": (),
    "validate": (),
    "versions": ("x",),
    "what-produced": ("x",),
}
#: Those that load or name their stores themselves, and some that need no store.
_OTHERS = {"backup", "copy", "demo", "load", "neo4j", "restore", "schema", "tokens", "watch"}


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - _OTHERS))
def test_a_question_makes_no_store(newcomer: Shell, command: str) -> None:
    done = newcomer(command, *READING[command])
    assert (done.returncode, done.stdout) == (2, "")
    assert f"there is no store at {newcomer.store}" in done.stderr
    assert "`provgraph load SOURCE…`" in done.stderr
    assert list(newcomer.folder.iterdir()) == []


def test_a_name_that_nothing_bears(full_shell: Shell) -> None:
    done = full_shell("what-produced", "nothing.h5")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing here is called 'nothing.h5'" in done.stderr


def test_a_traceback_only_for_who_asks(newcomer: Shell) -> None:
    for arguments in (("--debug", "show", "nobody"), ("show", "nobody", "--debug")):
        done = newcomer(*arguments)
        assert done.returncode == 2
        assert "Traceback" in done.stderr


def test_the_store_stands_before_the_command_or_behind_it(full_shell: Shell) -> None:
    url, nowhere = f"sqlite:///{full_shell.store}", "sqlite://"
    before = full_shell("--store", url, "stats", "--json", PROVGRAPH_STORE=nowhere)
    behind = full_shell("stats", "--json", "--store", url, PROVGRAPH_STORE=nowhere)
    assert before.stdout == behind.stdout
    assert json.loads(before.stdout)["activities"] == 86


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_error(full_shell: Shell) -> None:
    command = f"{sys.executable} -m provgraph.commands.main export | head -c 10"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env={**os.environ, "PROVGRAPH_STORE": f"sqlite:///{full_shell.store}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stdout) == 10
    assert "Traceback" not in done.stderr


def test_a_message_shows_what_could_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    note("first\nsecond \x1b[31m")
    assert capsys.readouterr().err == "provgraph: first\nsecond \\x1b[31m\n"


def test_a_result_goes_to_a_file(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    write_out([b"a", b"b"], tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"ab"
    assert capsysbinary.readouterr() == (b"", f"wrote {tmp_path / 'out'}\n".encode())
    write_out([b"a", b"b"], None)
    assert capsysbinary.readouterr().out == b"ab"
    write_out(["ä", b"b"], None)
    assert capsysbinary.readouterr().out == b"\xc3\xa4b"
    with pytest.raises(ProvGraphError, match="can't be written: No such file"):
        write_out([b"a"], tmp_path / "none" / "out")


@pytest.mark.slow
def test_a_block_that_takes_too_long_ends_the_process() -> None:
    code = (
        "import threading\n"
        "from provgraph.commands.running import at_most\n"
        "with at_most(0.1): threading.Event().wait()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 3
    assert "not done within 0.1 s" in done.stderr


def test_a_block_without_a_limit_or_within_it_goes_on() -> None:
    with at_most(None), at_most(60):
        pass


def test_the_ending_of_a_name_chooses_the_format() -> None:
    assert chosen_format(None, Path("all.json"), DOCUMENTS, "prov-json") == ("prov-json")
    assert chosen_format("turtle", Path("all.json"), DOCUMENTS, "-") == "turtle"
    assert chosen_format(None, Path("-"), FORMATS, "text") == "text"
    with pytest.raises(click.UsageError, match=r"the endings are .*\.xml"):
        chosen_format(None, Path("all.csv"), DOCUMENTS, "prov-json")


IMAGE = ("what-produced", DL3, "--depth", "2")


@pytest.mark.parametrize(("form", "beginning"), [("png", b"\x89PNG\r\n\x1a\n"), ("pdf", b"%PDF-")])
def test_an_image_goes_to_a_file_and_to_a_pipe_only_when_asked(
    form: str, beginning: bytes, full_shell: Shell, tmp_path: Path
) -> None:
    out = tmp_path / f"lineage.{form}"
    done = full_shell(*IMAGE, "-o", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    assert out.read_bytes().startswith(beginning)
    asked = (*IMAGE, "--format", form)
    unasked = full_shell(*asked)
    assert (unasked.returncode, unasked.stdout) == (2, "")
    assert f"a {form.upper()} is no text: name a file for it with -o FILE" in unasked.stderr
    assert piped(full_shell, *asked, "-o", "-") == out.read_bytes()
    with (tmp_path / "redirected").open("wb") as file:
        subprocess.run(command_of(full_shell, *asked), stdout=file, check=True)
    assert (tmp_path / "redirected").read_bytes() == out.read_bytes()


def command_of(shell: Shell, *arguments: str) -> list[str]:
    provgraph = str(Path(sys.executable).parent / "provgraph")
    return [provgraph, "--store", f"sqlite:///{shell.store}", *arguments]


def piped(shell: Shell, *arguments: str) -> bytes:
    return subprocess.run(command_of(shell, *arguments), capture_output=True, check=True).stdout


QUIET = {"NO_COLOR": "1", "COLUMNS": "", "LINES": "", "PAGER": ""}


def on_terminal(
    shell: Shell,
    *arguments: str,
    columns: int = 80,
    lines: int = 1000,
    variables: Mapping[str, str] = QUIET,
) -> tuple[int, str, str]:
    """The exit code, and what a terminal of this size and stderr get."""
    ours, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (lines, columns))
    environment = {**os.environ, "TERM": "xterm", **variables}
    environment = {key: value for key, value in environment.items() if value}
    shown = b""
    with subprocess.Popen(
        command_of(shell, *arguments),
        stdin=terminal,
        stdout=terminal,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        os.close(terminal)
        with suppress(OSError):  # how Linux says that nobody has the terminal open any more
            while part := os.read(ours, 65536):
                shown += part
        os.close(ours)
        assert process.stderr is not None
        message = process.stderr.read().decode()
    return process.returncode, shown.decode().replace("\r\n", "\n"), message


@pytest.mark.parametrize("form", [("png", "-o", "-"), ("png",), ("pdf", "-o", "-")])
def test_an_image_is_not_for_a_terminal(full_shell: Shell, form: tuple[str, ...]) -> None:
    code, shown, message = on_terminal(full_shell, *IMAGE, "--format", *form)
    assert (code, shown) == (2, "")
    assert "name a file for it with -o FILE" in message


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_text_fits_the_terminal(full_shell: Shell, columns: int) -> None:
    code, shown, _ = on_terminal(full_shell, "what-produced", DL3, columns=columns)
    assert code == 0
    assert max(map(len, shown.splitlines())) <= columns
    whole = full_shell("what-produced", DL3).stdout
    assert max(map(len, whole.splitlines())) > columns
    assert shown.splitlines()[0] == whole.splitlines()[0]
    code, shown, _ = on_terminal(full_shell, "show", DL3, columns=columns)
    assert max(map(len, shown.splitlines())) <= columns


def test_colours_and_a_pager_are_for_terminals(full_shell: Shell) -> None:
    _, coloured, _ = on_terminal(
        full_shell, "what-produced", DL3, variables={**QUIET, "NO_COLOR": ""}
    )
    assert "\x1b[" in coloured
    assert "\x1b[" not in full_shell("what-produced", DL3).stdout
    pager = {**QUIET, "PAGER": "sed s/^/paged:/"}
    _, short, _ = on_terminal(full_shell, "what-produced", DL3, "--depth", "1", variables=pager)
    assert "paged:" not in short
    _, long, _ = on_terminal(full_shell, "what-produced", DL3, lines=10, variables=pager)
    assert all(line.startswith("paged:") for line in long.splitlines())
    assert long.replace("paged:", "") == on_terminal(full_shell, "what-produced", DL3)[1]
