"""Archives of logs: their members are sources, and no archive does harm."""

import gzip
import io
import os
import pickle
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from provgraph.ingest.loading import load
from provgraph.ingest.reading import archives
from provgraph.ingest.reading.archives import is_archive, unpacked_archive
from provgraph.ingest.reading.sources import Source, expanded
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import CORPUS, LOGS

LOG = LOGS / "dl3_run02001.provlog"
FILES = {
    "job/merge.provenance.log": LOG.read_bytes(),
    "job/stdout.log": b"nothing of ours\n" * 1000,
    "job/inner.provlog.gz": gzip.compress((LOGS / "dl3_run02002.provlog").read_bytes()),
}


def tar(path: Path, files: Mapping[str, bytes] = FILES, mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def plain_tar(path: Path, files: Mapping[str, bytes] = FILES) -> Path:
    return tar(path, files, "w")


def zipped(path: Path, files: Mapping[str, bytes] = FILES) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def memory() -> Iterator[Store]:
    store = open_store("sqlite://")
    yield store
    store.close()


def sources(name: Path) -> list[Source]:
    with ExitStack() as stack:
        return list(expanded(str(name), stack))


@pytest.mark.parametrize("pack", [tar, plain_tar, zipped])
def test_the_members_of_an_archive_are_sources_by_their_names(
    pack: Callable[[Path], Path], memory: Store, tmp_path: Path
) -> None:
    # The name of the archive does not matter.
    archive = pack(tmp_path / "ctapipe.log_and_prov")
    reports = list(load(memory, [str(archive)]))
    assert [(report.source, report.status) for report in reports] == [
        (f"{archive}!job/merge.provenance.log", "loaded"),
        (f"{archive}!job/inner.provlog.gz", "loaded"),
    ]
    # The same log by itself is known.
    assert [report.status for report in load(memory, [str(LOG)])] == ["unchanged"]
    assert {report.status for report in load(memory, [str(archive)])} == {"unchanged"}


def test_an_archive_in_a_folder_and_through_processes(store: Store, tmp_path: Path) -> None:
    tar(tmp_path / "a.tgz")
    zipped(tmp_path / "b.zip", {"empty.provlog": b"[]", "x.txt": b"x"})
    reports = list(load(store, [str(tmp_path)], jobs=2))
    assert [report.status for report in reports] == ["loaded"] * 3
    (refused,) = load(store, [str(zipped(tmp_path / "c.zip", {"x.txt": b"x"}))])
    assert (refused.status, refused.source) == ("refused", str(tmp_path / "c.zip"))
    assert "it holds 1 file, none of a format" in refused.problems[0].what


@pytest.mark.parametrize("folder", ["", "48153007/"])
def test_the_folder_of_a_job_in_an_archive_is_the_job(
    folder: str, memory: Store, tmp_path: Path
) -> None:
    job = sorted((CORPUS / "ctaprov" / "bundles").iterdir())[0]
    files = {f"{folder}{path.name}": path.read_bytes() for path in job.iterdir()}
    files["other/stdout.log"] = b"x"
    archive = tar(tmp_path / "job.tgz", files)
    (report,) = load(memory, [str(archive)])
    name = f"{archive}!{folder.rstrip('/')}" if folder else str(archive)
    assert (report.source, report.format, report.status) == (name, "ctadirac", "loaded")
    # The job by its folder is the same source.
    assert [each.status for each in load(memory, [str(job)])] == ["unchanged"]


def test_what_looks_like_a_job_and_has_no_log_is_none(memory: Store, tmp_path: Path) -> None:
    found = sources(tar(tmp_path / "a.tgz", {"JOBID": b"17", "x.log": b"nothing of ours"}))
    assert [each.name.rpartition("!")[2] for each in found] == ["JOBID", "x.log"]
    assert all(each.path.is_file() for each in found)


def test_what_is_unpacked_is_gone_with_its_sources(tmp_path: Path) -> None:
    found = sources(tar(tmp_path / "a.tgz"))
    paths = [each.path for each in found]
    assert all(path.is_file() for path in paths)
    assert pickle.loads(pickle.dumps(found[0])) == found[0]
    assert paths[0].is_file()
    del found
    assert not any(path.exists() for path in paths)
    assert not paths[0].parent.exists()


def test_no_path_leaves_the_archive_and_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.provlog"
    secret.write_bytes(LOG.read_bytes())
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in (("soft", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE)):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = kind, str(secret)
            archive.addfile(link)
        for name, kind in (("pipe", tarfile.FIFOTYPE), ("null", tarfile.CHRTYPE)):
            device = tarfile.TarInfo(name)
            device.type = kind
            archive.addfile(device)
        for name in ("../../evil.provlog", "/etc/evil.provlog"):
            member = tarfile.TarInfo(name)
            member.size = 2
            archive.addfile(member, io.BytesIO(b"[]"))
    found = sources(path)
    assert [each.name for each in found] == [
        f"{path}!../../evil.provlog",
        f"{path}!/etc/evil.provlog",
    ]
    assert len({each.path.parent for each in found}) == 1
    assert [each.path.name for each in found] == ["0", "1"]
    soft = zipfile.ZipInfo("soft")
    soft.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zip_archive:
        zip_archive.writestr(soft, str(secret))
    assert not unpacked_archive(tmp_path / "a.zip").members


@pytest.mark.parametrize("pack", [tar, zipped])
def test_a_bomb_is_refused_as_a_whole(
    pack: Callable[[Path, Mapping[str, bytes]], Path], memory: Store, tmp_path: Path
) -> None:
    bomb = pack(tmp_path / "bomb", {"a.provlog": LOG.read_bytes(), "zeros": bytes(80 << 20)})
    tracemalloc.start()
    try:
        (report,) = load(memory, [str(bomb)])
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()
    assert (report.status, report.source) == ("refused", str(bomb))
    assert "unpacks to more than 64 MiB" in report.problems[0].what


def test_too_many_members_are_refused(
    memory: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    many = {f"{number}.provlog": b"[]" for number in range(4)}
    for pack in (tar, zipped):
        (report,) = load(memory, [str(pack(tmp_path / "many", many))])
        assert "more than 3 members" in report.problems[0].what


def test_a_long_header_is_refused(memory: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.tgz"
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 30
    path.write_bytes(gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + bytes(5 << 20)))
    (report,) = load(memory, [str(path)])
    assert (report.status, "too long" in report.problems[0].what) == ("refused", True)


@pytest.mark.parametrize("pack", [tar, plain_tar])
def test_what_stands_before_the_damage_is_loaded(
    pack: Callable[[Path], Path], memory: Store, tmp_path: Path
) -> None:
    whole = pack(tmp_path / "whole").read_bytes()
    cut = tmp_path / "cut.tgz"
    log = FILES["job/merge.provenance.log"]
    second = 512 + -(-len(log) // 512) * 512
    data = gzip.decompress(whole) if pack is tar else whole
    broken = data[:second] + b"\xff" * 512 + data[second + 512 :]
    for damaged in (data[: second + 700], broken):
        cut.write_bytes(gzip.compress(damaged) if pack is tar else damaged)
        found = sources(cut)
        assert found[0].name == f"{cut}!job/merge.provenance.log"
        assert found[-1].name == str(cut)
        assert found[-1].problem is not None
        assert "damaged behind" in found[-1].problem
    assert [report.status for report in load(memory, [str(cut)])] == ["loaded", "refused"]


def test_damaged_archives_never_raise(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for pack in (tar, plain_tar, zipped):
        whole = pack(tmp_path / "whole").read_bytes()
        for at in range(0, 3000, 97):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
            if is_archive(path):
                unpacked_archive(path)
            path.write_bytes(whole[:at])
            if is_archive(path):
                unpacked_archive(path)


def test_an_encrypted_member_is_told(memory: Store, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.provlog": b"[]"})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    (report,) = load(memory, [str(path)])
    assert "encrypted" in report.problems[0].what


@pytest.mark.parametrize(
    "content", [b"", b"x" * 600, bytes(1024), gzip.compress(b"x", mtime=0), b"\x1f\x8b"]
)
def test_what_is_no_archive(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    assert not is_archive(path)
    assert not is_archive(LOG)
    assert not is_archive(Path(os.devnull))
