"""``provgraph validate`` as a user meets it.

Real ctapipe logs, and the same with something wrong in them.
"""

import gzip
import json
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any

import pytest

from provgraph.loaders.protocol import Problem
from provgraph.prov.statements import ProvStatement, ProvType
from provgraph.store.neo4j import connection
from provgraph.validation import sources
from provgraph.validation.sources import check_sources
from tests.commands.shell import Shell
from tests.conftest import CORPUS, LOGS
from tests.validation.histories import moment

Record = dict[str, Any]
WRITER, READER = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def record(
    identifier: str,
    start: str,
    stop: str | None,
    reads: tuple[str, ...] = (),
    writes: tuple[str, ...] = (),
) -> Record:
    """A run of a real log with other times and files.

    ``name=P`` is a file whose header names product P.
    """
    (first, *_), _ = json.JSONDecoder().raw_decode(
        (LOGS / "run02001.provlog").read_text(encoding="utf-8")
    )
    files = {
        "input": [_file(each, identifier) for each in reads],
        "output": [_file(each, identifier) for each in writes],
    }
    times = {"start": {"time_utc": start}, "stop": {"time_utc": stop}}
    return {**first, "activity_uuid": identifier, **files, **times}


def _file(named: str, run: str) -> Record:
    name, _, product = named.partition("=")
    meta = {"CTA PRODUCT ID": product, "CTA ACTIVITY ID": run} if product else None
    return {"role": "DL1/Event", "url": f"/data/{name}", "reference_meta": meta}


def validated(shell: Shell, *records: Record) -> tuple[int, list[Record]]:
    """The exit code and the findings of one log a record."""
    for number, each in enumerate(records):
        (shell.folder / f"{number}.provlog").write_text(json.dumps([each]), encoding="utf-8")
    done = shell("validate", "--json", *(f"{number}.provlog" for number in range(len(records))))
    assert " checked: " in done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_the_real_chain(shell: Shell) -> None:
    done = shell("validate", str(LOGS))
    assert done.stdout == ""
    assert done.returncode == 1  # two logs are cut off, which is told
    assert done.stderr.count("cut off or damaged") == 2
    assert "0 errors" in done.stderr
    assert not shell.store.exists()


def test_real_jobs(shell: Shell) -> None:
    done = shell("validate", str(CORPUS / "ctaprov" / "bundles"))
    assert (done.returncode, done.stdout) == (0, "")


def test_an_end_before_the_start(shell: Shell) -> None:
    code, found = validated(
        shell, record(WRITER, "2026-01-01T10:00:00.000", "2026-01-01T09:55:00.000")
    )
    assert code == 1
    (finding,) = found
    name = "ctapipe-process"
    assert finding["message"] == f"run {name} ({WRITER}) ended 5 min 00 s before it started"
    assert (finding["gravity"], finding["constraint"], finding["seconds"]) == ("error", 30, 300.0)
    assert finding["records"] == [WRITER]
    assert finding["time"] == "2026-01-01T09:55:00.000Z"
    assert Path(finding["source"]).name == "0.provlog"
    assert Path(finding["source"]).is_absolute()


def test_times_in_the_future(shell: Shell) -> None:
    code, found = validated(
        shell, record(WRITER, "2191-01-01T10:00:00.000", "2191-01-01T10:05:00.000")
    )
    assert code == 0
    assert [(each["gravity"], each["name"]) for each in found] == [
        ("warning", "time-in-the-future")
    ]


def test_what_a_run_read_before_another_one_claims_it_is_another_file(shell: Shell) -> None:
    code, found = validated(
        shell,
        record(WRITER, "2026-01-01T10:00:03.000", "2026-01-01T10:05:00.000", (), ("f.h5=p1",)),
        record(READER, "2026-01-01T09:00:00.000", "2026-01-01T10:00:00.000", ("f.h5=p1",)),
    )
    assert (code, found) == (0, [])  # docs/contract.md, rule 3: the claim is turned down


def test_two_runs_that_made_what_the_other_read(shell: Shell) -> None:
    code, found = validated(
        shell,
        record(
            WRITER, "2026-01-01T10:00:00.000", "2026-01-01T10:05:00.000", ("g.h5=p2",), ("f.h5=p1",)
        ),
        record(
            READER, "2026-01-01T10:00:00.000", "2026-01-01T10:05:00.000", ("f.h5=p1",), ("g.h5=p2",)
        ),
    )
    assert code == 0
    assert [(each["name"], set(each["records"])) for each in found] == [
        ("lineage-cycle", {WRITER, READER, "product:p1", "product:p2"})
    ]
    assert found[0]["message"].startswith(
        "file f.h5 (product:p1) was made from itself: f.h5 → ctapipe-process → g.h5"
    )


def test_the_store_is_checked_without_a_source(shell: Shell) -> None:
    assert shell("validate").returncode == 2
    (shell.folder / "x.provlog").write_text(
        json.dumps([record(WRITER, "2026-01-01T10:00:00.000", "2026-01-01T09:55:00.000")]),
        encoding="utf-8",
    )
    shell("load", "x.provlog")
    done = shell("validate")
    assert done.returncode == 1
    assert done.stdout.startswith("error    run ctapipe-process (")
    assert done.stdout.endswith("  [30 start-precedes-end]\n")
    assert done.stderr == "1 statement checked: 1 error, 0 warnings\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nowhere.provlog",), 2, "nothing to check"),
        (("--namespace", "scratch"), 2, "--namespace are for sources"),
        (("--format", "strange", "x"), 2, "'strange' is no format"),
        (("--store", "neo4j://neo4j@127.0.0.1:1/neo4j"), 3, "is the server up"),
    ],
)
def test_errors_say_what_to_do(
    shell: Shell,
    arguments: tuple[str, ...],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "FIRST_RETRY_SECONDS", 0.2)
    done = shell("validate", *arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


class Documents:
    """A loader of documents that say that a run ended before it started."""

    name, reads = "documents", "documents"

    def recognises(self, head: bytes) -> bool:
        return head.startswith(b"document")

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Problem]:
        raise AssertionError("it is not loaded")

    def statements(self, stream: BufferedReader) -> Iterator[ProvStatement | Problem]:
        yield ProvStatement(ProvType.ACTIVITY, stream.read().decode(), (moment(9), moment(3)))
        yield Problem("line 2", "can't be read")


def test_documents_are_checked_each_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "loader_for", lambda head, format_name: Documents())
    for name in ("document1", "document2"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    checked = list(check_sources([str(tmp_path)]))
    assert [each.sources for each in checked] == [
        (str(tmp_path / "document1"),),
        (str(tmp_path / "document2"),),
    ]
    assert all(each.problems[0][1].where == "line 2" for each in checked)
    messages = [
        finding.message for each in checked if each.verdict for finding in each.verdict.findings
    ]
    assert messages == [
        f"run {name} ended 6.0 s before it started" for name in ("document1", "document2")
    ]


def test_standard_input_and_gzip(shell: Shell) -> None:
    log = json.dumps(
        [record(WRITER, "2026-01-01T10:00:00.000", "2026-01-01T09:55:00.000")]
    ).encode()
    (shell.folder / "x.provlog.gz").write_bytes(gzip.compress(log))
    for done in (shell("validate", "-", stdin=log), shell("validate", "x.provlog.gz")):
        assert done.returncode == 1
        assert "ended 5 min 00 s before it started" in done.stdout
