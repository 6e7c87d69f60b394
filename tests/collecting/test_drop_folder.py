"""Which files of a folder have come to rest; time passes by setting the files' times."""

import os
import time
from pathlib import Path

import pytest

from provgraph.collecting.drop_folder import Candidate, DropFolder

INTERVAL, PATIENCE = 10.0, 100.0


def written(path: Path, age: float = 1.0, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (time.time() - age,) * 2)
    return path


def watched(folder: Path, *, only_once: bool = False) -> DropFolder:
    return DropFolder(folder, INTERVAL, PATIENCE, only_once=only_once)


def test_a_file_is_offered_when_two_looks_see_the_same(tmp_path: Path) -> None:
    path = written(tmp_path / "sub" / "a.log")
    folder = watched(tmp_path)
    assert folder.files_at_rest() == []
    assert folder.files_at_rest() == folder.files_at_rest() == [Candidate(path, is_old=False)]


def test_a_file_that_changes_between_two_looks_is_left(tmp_path: Path) -> None:
    path = written(tmp_path / "a.log")
    folder = watched(tmp_path)
    for text in ("xx", "xxx", "xxxx"):
        assert folder.files_at_rest() == []
        written(path, text=text)
    assert folder.count_left() == 1


def test_what_is_done_is_offered_again_only_when_it_changes(tmp_path: Path) -> None:
    path = written(tmp_path / "a.log")
    folder = watched(tmp_path)
    folder.files_at_rest()
    (candidate,) = folder.files_at_rest()
    folder.mark_done(candidate)
    assert (folder.files_at_rest(), folder.count_left()) == ([], 0)
    written(path, text="longer")
    assert folder.files_at_rest() == []
    assert [each.path for each in folder.files_at_rest()] == [path]


def test_an_unfinished_file_is_offered_again_when_it_changes_or_is_old(tmp_path: Path) -> None:
    path = written(tmp_path / "a.log")
    folder = watched(tmp_path)
    folder.files_at_rest()
    (candidate,) = folder.files_at_rest()
    folder.mark_unfinished(candidate)
    assert (folder.files_at_rest(), folder.count_left()) == ([], 1)
    written(path, age=PATIENCE + 1)
    assert folder.files_at_rest() == []
    assert folder.files_at_rest() == [Candidate(path, is_old=True)]


@pytest.mark.parametrize(
    ("age", "is_offered"), [(1.0, False), (-50.0, False), (INTERVAL + 1, True)]
)
def test_a_single_look_goes_by_the_age(age: float, is_offered: bool, tmp_path: Path) -> None:
    written(tmp_path / "a.log", age)
    assert bool(watched(tmp_path, only_once=True).files_at_rest()) == is_offered


def test_what_is_no_log_by_its_name_or_kind_is_passed_over(tmp_path: Path) -> None:
    for name in (
        ".a.log",
        "a.tmp",
        "a.part",
        ".git/a.log",
        "20261121T142501-9f86d081.waiting/a.log",
        "refused/20261121T142501-9f86d081.refused/a.log",
    ):
        written(tmp_path / name, PATIENCE)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    written(tmp_path / "refused" / "mine.log", PATIENCE)
    (tmp_path / "link.log").symlink_to(tmp_path / "refused" / "mine.log")
    found = watched(tmp_path, only_once=True).files_at_rest()
    assert [each.path.relative_to(tmp_path).as_posix() for each in found] == [
        "link.log",
        "refused/mine.log",
    ]
