"""The sources that names mean, their bytes and their checksums."""

import gzip
import hashlib
import os
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provgraph.errors import LoadError, SettingsError
from provgraph.ingest.reading.archives import is_archive
from provgraph.ingest.reading.bundles import is_bundle
from provgraph.ingest.reading.parts import FilePart
from provgraph.ingest.reading.sources import (
    SMALL,
    Source,
    address_of,
    check_names,
    checksum,
    checksum_of,
    expanded,
    is_plain,
    opened,
    stamp_of,
)

LOG = b'[{"activity_uuid": "A"}]'


def source(path: Path) -> Source:
    return Source(str(path), path)


def sources(name: str | Source) -> list[Source]:
    with ExitStack() as copies:
        return list(expanded(name, copies))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A file, and a folder with a job and with a file that is none of a job's."""
    (tmp_path / "b.log").write_bytes(LOG)
    job = tmp_path / "a" / "17"
    job.mkdir(parents=True)
    (job / "provDict.txt").write_bytes(LOG)
    (job / "stdout.txt").write_bytes(b"x")
    (tmp_path / "a" / "c.txt").write_bytes(b"c")
    return tmp_path


def test_a_folder_gives_its_files_and_jobs_in_order(folder: Path) -> None:
    found = sources(str(folder))
    assert [each.path for each in found] == [folder / "a/17", folder / "a/c.txt", folder / "b.log"]
    assert {each.folder for each in found} == {str(folder)}


def test_a_folder_that_is_a_job_was_named_itself(folder: Path) -> None:
    (job,) = sources(str(folder / "a" / "17"))
    assert (job.path, job.folder) == (folder / "a" / "17", None)
    assert is_bundle(job.path)
    assert not is_bundle(folder)


def test_what_is_not_there_is_a_source_that_cannot_be_read(tmp_path: Path) -> None:
    (missing,) = sources(str(tmp_path / "missing"))
    assert checksum_of(missing) is None
    with pytest.raises(LoadError, match="No such file"), opened(missing):
        pass


def test_an_empty_folder_is_a_source_without_a_file(tmp_path: Path) -> None:
    (empty,) = sources(str(tmp_path))
    with pytest.raises(LoadError, match="no file in the folder"), opened(empty):
        pass


def test_an_empty_name_is_refused(tmp_path: Path) -> None:
    check_names(["-", str(tmp_path)])
    with pytest.raises(SettingsError, match="a source without name"):
        check_names(["x", ""])


def test_a_url_of_postgresql_is_a_database_without_its_password() -> None:
    (found,) = sources("postgresql://me:hunter2@h/db?schema=s")
    assert found.database is not None
    assert (found.name, found.database.schema) == ("postgresql://h/db?schema=s", "s")
    assert "hunter2" not in repr(found)
    (file,) = sources("mysql://h/db")
    assert file.database is None


def test_a_pipe_is_copied_while_it_is_needed(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as writer, ExitStack() as copies:
        writer.submit(pipe.write_bytes, LOG)
        (found,) = expanded(str(pipe), copies)
        assert found.name == str(pipe)
        with opened(found) as stream:
            assert stream.read() == LOG
    assert not found.path.exists()
    with pytest.raises(LoadError, match="a device or a pipe"), opened(source(pipe)):
        pass


def test_bytes_are_decompressed_whatever_the_name(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(gzip.compress(LOG))
    with opened(source(tmp_path / "x")) as stream:
        assert stream.read() == LOG
    (tmp_path / "y").write_bytes(LOG)
    with opened(source(tmp_path / "y")) as stream:
        assert stream.read() == LOG


def test_of_a_broken_archive_what_could_be_unpacked_is_read(tmp_path: Path) -> None:
    data = bytes(range(256)) * 4096
    packed = gzip.compress(os.urandom(1 << 18) + data)
    (tmp_path / "x").write_bytes(packed[: len(packed) * 9 // 10])
    pieces: list[bytes] = []

    def read() -> None:
        with opened(source(tmp_path / "x")) as stream:
            while piece := stream.read1(1 << 12):
                pieces.append(piece)

    with pytest.raises(LoadError, match="can't be read"):
        read()
    assert sum(map(len, pieces)) > 1 << 16


def _tar(name: str) -> bytes:
    content = BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo(name))
    return content.getvalue()


def _zip() -> bytes:
    content = BytesIO()
    zipfile.ZipFile(content, "w").close()
    return content.getvalue()


#: What is unpacked, or of which only the header counts.
NOT_PLAIN = [
    _tar('{"activity_uuid": "' + 80 * "x"),
    _zip(),
    gzip.compress(LOG, mtime=0),
    b"SIMPLE  =                    T",
    b"\x89HDF\r\n\x1a\n",
    b"# %ECSV 1.0\n",
    b' {"ctao_metadata_version": "1"}',
]


@pytest.mark.parametrize("content", NOT_PLAIN)
def test_what_is_unpacked_or_has_a_header_is_not_plain(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    assert not is_plain(path)


@given(st.binary(), st.sampled_from([b"", LOG, *NOT_PLAIN]), st.binary(max_size=4))
def test_a_plain_file_is_neither_archive_nor_bundle(
    tmp_path_factory: pytest.TempPathFactory, before: bytes, middle: bytes, behind: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(before + middle + behind)
    assert not is_plain(path) or not (is_archive(path) or is_bundle(path))


def test_a_log_is_plain(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\xef\xbb\xbf" + LOG.replace(b"A", "\u00c5\u2028".encode()))
    assert is_plain(path)
    assert not is_plain(tmp_path)


def test_a_part_of_a_file_is_a_source(tmp_path: Path) -> None:
    (path := tmp_path / "x").write_bytes(b"before" + LOG + b"behind")
    part = Source("y", path, part=FilePart(6, len(LOG)))
    (found,) = sources(part)
    with opened(found) as stream:
        assert stream.read() == LOG
    with opened(found) as stream:
        stream.seek(5)
        assert stream.read() == LOG[5:]
    whole = checksum_of(found)
    assert whole is not None
    assert (whole.sha256, whole.size) == (hashlib.sha256(LOG).hexdigest(), len(LOG))
    assert whole.stamp == stamp_of(path)


def test_checksums_are_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(LOG)
    whole, part = checksum(path), checksum(path, 5)
    assert whole is not None
    assert part is not None
    assert (whole.sha256, whole.size) == (hashlib.sha256(LOG).hexdigest(), len(LOG))
    assert (part.sha256, part.size) == (hashlib.sha256(LOG[:5]).hexdigest(), 5)
    assert whole == checksum_of(source(path))
    assert checksum(tmp_path) is None


def test_the_stamp_changes_with_the_file_and_with_each_file_of_a_job(folder: Path) -> None:
    job = folder / "a" / "17"
    before = stamp_of(job)
    (job / "stdout.txt").write_bytes(b"more")
    assert stamp_of(job) == before
    (job / "provDict.txt").write_bytes(LOG + b"\n")
    assert stamp_of(job) != before
    assert stamp_of(folder / "missing") is None


def test_the_bytes_of_a_small_text_are_at_hand_with_its_checksum(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for content, at_hand in ((LOG, LOG), (LOG * SMALL, None), (gzip.compress(LOG), None)):
        path.write_bytes(content)
        found = checksum_of(source(path))
        assert found == checksum(path)
        assert found is not None
        assert found.content == at_hand
        with opened(source(path), found.content) as stream:
            assert stream.peek(len(LOG))[: len(LOG)] == LOG


def test_the_address_of_a_file_is_its_absolute_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a/x.ttl", "./a/x.ttl", "b/../a/x.ttl", "a/x.ttl.gz"):
        for shown in (name, os.path.abspath(name)):
            found = address_of(Source(shown, Path(name)), "00" * 32)
            assert found == (tmp_path / "a/x.ttl").as_uri()


def test_the_address_of_what_is_no_file_follows_from_its_content(tmp_path: Path) -> None:
    piped = Source("-", tmp_path / "copy")
    assert address_of(piped, "00" * 32).startswith("arcp://ni,sha-256;")
    told = Source("x.ttl", tmp_path / "copy", address="file:///data/x.ttl")
    assert address_of(told, "00" * 32) == "file:///data/x.ttl"


def test_a_name_that_is_no_text_is_kept_as_one() -> None:
    assert Source("a\udcffb", Path("x")).stored_name == "a\\udcffb"
