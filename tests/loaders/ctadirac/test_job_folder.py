"""The folder of a job as one stream."""

import gzip
from io import BufferedReader, BytesIO
from pathlib import Path

import pytest

from provgraph.errors import LoadError
from provgraph.loaders.ctadirac import job_folder
from provgraph.loaders.ctadirac.job_folder import files_of, is_job_folder, packed, unpacked

LOG = b'[{"activity_uuid": "A"}]'


def stream(data: bytes) -> BufferedReader:
    return BufferedReader(BytesIO(data))


def written(folder: Path, **files: bytes) -> Path:
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("files", "is_job"),
    [
        ({"provDict__txt": b""}, True),
        ({"JOBID": b"1", "x__provlog": LOG}, True),
        ({"job__json": b"{}", "x__log": LOG}, True),
        ({"x__log": LOG}, False),
        ({"JOBID": b"1", "x__log": b"no activity"}, False),
        ({"JOBID": b"1", "x__txt": LOG}, False),
        ({}, False),
    ],
)
def test_what_makes_a_folder_that_of_a_job(
    files: dict[str, bytes], is_job: bool, tmp_path: Path
) -> None:
    assert is_job_folder(written(tmp_path, **files)) == is_job


def test_what_is_packed_comes_out_again(tmp_path: Path) -> None:
    folder = written(tmp_path, JOBID=b"17\n", provDict__txt=LOG, stdout__txt=b"x")
    (folder / "a.log.gz").write_bytes(gzip.compress(LOG + b"\n"))
    assert [path.name for path in files_of(folder)] == ["JOBID", "a.log.gz", "provDict.txt"]
    files = unpacked(stream(b"".join(packed(folder))))
    assert files.provenance == {"a.log.gz": LOG + b"\n", "provDict.txt": LOG}
    assert files.about == {"JOBID": b"17\n"}


def test_damage_and_size_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"".join(packed(written(tmp_path, provDict__txt=LOG)))
    with pytest.raises(LoadError, match=r"cut off within provDict\.txt"):
        unpacked(stream(data[:-1]))
    with pytest.raises(LoadError, match="no packed job folder"):
        unpacked(stream(data[1:]))
    with pytest.raises(LoadError, match="no packed job folder"):
        unpacked(stream(data.replace(b" 24\n", b" x\n")))
    monkeypatch.setattr(job_folder, "LARGEST_FILE", 23)
    with pytest.raises(LoadError, match="load that log by itself"):
        unpacked(stream(data))


def test_an_archive_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_folder, "LARGEST_FILE", 1000)
    bomb = gzip.compress(b"activity_uuid" + b" " * 10_000)
    folder = written(tmp_path, JOBID=b"1", provDict__txt=bomb)
    with pytest.raises(LoadError, match="larger than"):
        unpacked(stream(b"".join(packed(folder))))
