"""Jobs from the queue to their end, on this machine."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep, time

import pytest

from provgraph.jobs.engines.local import LocalEngine
from provgraph.jobs.folder import JobFolder
from provgraph.jobs.records import Phase
from tests.jobs.conftest import Clerk, is_executing


def test_a_script_finds_its_variables_and_nothing_else(
    make_clerk: Callable[..., Clerk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVGRAPH_STORE_PASSWORD", "secret")
    clerk = make_clerk()
    clerk.define(
        'env > "$report"; pwd; echo oops >&2; cp /proc/$PPID/environ around',
        parameters={"text": {"default": "x"}, "flag": {"valueType": "boolean", "default": True}},
        generated=[{"role": "report", "default": "report.txt"}],
    )
    done = clerk.wait(clerk.ask(text="$(touch /tmp/x) 'a' \"b\"\n;c", PHASE="RUN"))
    assert (done.phase, done.message) == (Phase.COMPLETED, None)
    work = clerk.desk.folder(done).work
    found = clerk.text(done, "work/report.txt")
    assert "text=$(touch /tmp/x) 'a' \"b\"\n;c\n" in found
    names = {line.partition("=")[0] for line in found.splitlines() if "=" in line}
    shell = {"_", "SHLVL", "OLDPWD"}
    own = {"text", "flag", "report"}
    assert names - shell == {"PATH", "LANG", "HOME", "TMPDIR", "PWD", *own}
    assert clerk.text(done, "control/stdout") == f"{work}\n"
    assert clerk.text(done, "control/stderr") == "oops\n"
    assert clerk.text(done, "work/around") == ""  # the wrapper has no secrets, either
    (result,) = clerk.desk.jobs.results(done.id)
    assert (result.name, result.file, result.size) == ("report", "report.txt", len(found))


@pytest.mark.parametrize(
    ("script", "phase", "message"),
    [
        ("exit 3", Phase.ERROR, "the script ended with 3"),
        ("kill -9 $$", Phase.ERROR, "the script was ended by signal 9"),
        ("sleep 60", Phase.ABORTED, "it took longer than the 1 s that it may take"),
        ("head -c 9000 /dev/zero > a; cp a b; sleep 60", Phase.ERROR, "wrote more"),
    ],
)
def test_how_a_script_ends(
    script: str,
    phase: Phase,
    message: str,
    make_clerk: Callable[..., Clerk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clerk = make_clerk(output=10_000)
    done = clerk.run(script, said={"executionDuration": 1 if "took" in message else 50})
    assert done.phase is phase
    assert message in str(done.message)
    assert done.started is not None
    assert done.ended is not None
    assert done.started <= done.ended


def test_an_end_ends_all_processes(clerk: Clerk) -> None:
    clerk.define("setsid sleep 1000 & echo $! > a; sleep 1000 & echo $! > b; wait")
    job = clerk.wait(clerk.ask(), is_executing)
    work = clerk.desk.folder(job).work
    clerk.wait(job, lambda _: all((work / n).exists() and (work / n).stat().st_size for n in "ab"))
    clerk.desk.abort(job.id)
    done = clerk.wait(job)
    assert done.phase is Phase.ABORTED
    for name in "ab":
        with pytest.raises(ProcessLookupError):
            os.kill(int((work / name).read_text()), 0)


def test_what_waits_is_aborted_without_a_start(make_clerk: Callable[..., Clerk]) -> None:
    clerk = make_clerk(slots=1)
    clerk.define("sleep 1000")
    first, second = clerk.ask(), clerk.ask()
    clerk.wait(first, is_executing)
    clerk.desk.abort(second.id)
    done = clerk.wait(second)
    assert (done.phase, done.started) == (Phase.ABORTED, None)
    clerk.desk.destroy(first.id)
    gone = clerk.wait(first, lambda job: job.phase is Phase.ARCHIVED)
    assert gone.ended is not None
    assert not clerk.desk.folder(first).path.exists()


def test_slots_and_owners(make_clerk: Callable[..., Clerk]) -> None:
    """Of three slots one owner has one, so the other comes before the first one's second job."""
    clerk = make_clerk(slots=3, by_owner=1)
    clerk.define("sleep 1000")
    first, second = clerk.ask(owner="alice"), clerk.ask(owner="alice")
    third = clerk.ask(owner="bob")
    for each in (first, third):
        clerk.wait(each, is_executing)
    waiting = clerk.desk.jobs.find(second.id)
    assert waiting is not None
    assert (waiting.phase, waiting.handle) == (Phase.QUEUED, None)
    for each in (first, second, third):
        clerk.desk.abort(each.id)
    for each in (first, second, third):
        clerk.wait(each)


def test_a_server_that_is_gone_finds_the_truth_again(make_clerk: Callable[..., Clerk]) -> None:
    """A job that ended, one that runs, and one that was about to be handed over."""
    first = make_clerk(slots=3)
    first.define("test -e go && exit 4; until test -e go; do sleep 0.02; done; exit 5")
    ended, running = first.ask(), first.ask()
    for each in (ended, running):
        first.wait(each, is_executing)
    first.desk.close()  # what is not told to end goes on; so it is after SIGKILL
    (first.desk.folder(ended).work / "go").touch()
    _wait_until(lambda: first.desk.folder(ended).ended() is not None)
    second = make_clerk(slots=3, start=False)
    second.desk.jobs.change(running.id, handle="")  # as if the handle had not been noted
    begun = second.ask()
    second.desk.jobs.change(begun.id, handle="")
    (second.desk.folder(begun).work / "go").touch()
    second.desk.start()
    assert second.wait(ended).message == "the script ended with 5"
    again = second.wait(running, lambda job: bool(job.handle))
    assert again.phase is Phase.EXECUTING
    (second.desk.folder(running).work / "go").touch()
    assert second.wait(running).message == "the script ended with 5"
    assert second.wait(begun).message == "the script ended with 4"


def test_a_job_whose_wrapper_is_killed(clerk: Clerk) -> None:
    clerk.define("sleep 1000")
    job = clerk.wait(clerk.ask(), is_executing)
    started = clerk.desk.folder(job).started()
    assert started is not None
    os.kill(started["pid"], signal.SIGKILL)
    done = clerk.wait(job)
    assert (done.phase, done.message) == (
        Phase.ERROR,
        "it ended without a word, as when its machine stops",
    )
    _wait_until(lambda: not Path(f"/proc/{started['group']}").exists())


def test_a_job_is_marked_before_it_is_handed_over(make_clerk: Callable[..., Clerk]) -> None:
    """Who is killed in between leaves a mark, so that the next one looks before it repeats."""
    marks: list[object] = []

    class Watched(LocalEngine):
        def submit(self, folder: JobFolder, options: dict[str, str]) -> str:
            job = clerk.desk.jobs.find(folder.path.name)
            marks.append(job and job.handle)
            return super().submit(folder, options)

    clerk = make_clerk(Watched())
    assert clerk.run("true").phase is Phase.COMPLETED
    assert marks == [""]


def test_a_job_is_begun_once(clerk: Clerk) -> None:
    """Handed over twice, the script runs once."""
    clerk.define("echo x >> /proc/self/cwd/count; sleep 0.2")
    job = clerk.wait(clerk.ask(), is_executing)
    folder = clerk.desk.folder(job)
    clerk.desk._runner._engine.submit(folder, {})
    done = clerk.wait(job)
    assert done.phase is Phase.COMPLETED
    assert clerk.text(done, "work/count") == "x\n"


def test_no_result_leads_out_of_the_work_folder(clerk: Clerk, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    clerk.define(
        f"ln -s {secret} a.txt; ln -s {tmp_path} far; echo b > b.txt",
        generated=[
            {"role": "all", "default": "*.txt"},
            {"role": "far", "default": "far/secret.txt"},
        ],
    )
    done = clerk.wait(clerk.ask())
    assert [(each.name, each.file) for each in clerk.desk.jobs.results(done.id)] == [
        ("all", "b.txt")
    ]


def test_files_are_removed_when_their_time_comes(clerk: Clerk) -> None:
    done = clerk.run("true")
    clerk.desk.jobs.change(done.id, destruction="2020-01-01T00:00:00.000Z")
    clerk.wait(done, lambda job: job.phase is Phase.ARCHIVED)
    assert not clerk.desk.folder(done).path.exists()


def test_what_a_killed_server_left_is_removed(
    make_clerk: Callable[..., Clerk], tmp_path: Path
) -> None:
    clerk = make_clerk(start=False)
    old, half, new = (tmp_path / "jobs" / f"upload-{name}" for name in ("old", "half", "new"))
    for each in (old, half, new):
        each.mkdir()
        (each / "0").write_bytes(b"x")
    a_day_ago = time() - 90_000
    for path in (old / "0", old, half):
        os.utime(path, (a_day_ago, a_day_ago))
    clerk.desk.start()
    clerk.run("true")
    assert not old.exists()
    assert {each.parent for each in (tmp_path / "jobs").glob("upload-*/0")} == {half, new}


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + 60
    while not is_so():
        assert monotonic() < deadline
        sleep(0.01)


def test_json_of_the_wrapper_is_whole(clerk: Clerk) -> None:
    done = clerk.run("exit 0")
    ended = json.loads(clerk.text(done, "control/ended.json"))
    assert (ended["code"], ended["why"]) == (0, None)
