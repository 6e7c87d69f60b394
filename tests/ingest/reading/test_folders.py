"""What lies in a folder and may be loaded."""

import os
from pathlib import Path

from provgraph.ingest.reading.folders import found_in, may_be_read


def test_folders_are_walked_and_some_passed_over(tmp_path: Path) -> None:
    for name in ("b.log", "a/17/provDict.txt", "a/17/stdout.txt", "a/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    names = {path.name for path in found_in(tmp_path)}
    assert names == {"b.log", "provDict.txt", "stdout.txt", "c.txt"}
    kept = found_in(tmp_path, lambda name: name == "17")
    assert {path.name for path in kept} == {"b.log", "c.txt"}
    # The folder of a job is one source.
    assert tmp_path / "a/17" in found_in(tmp_path, jobs=True)


def test_files_and_folders_may_be_read_and_pipes_not(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "x").write_bytes(b"x")
    found = {name: may_be_read(tmp_path / name) for name in ("x", "pipe", "missing", ".")}
    assert found == {"x": True, "pipe": False, "missing": False, ".": True}
