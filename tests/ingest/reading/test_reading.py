"""One source: its documents, its problems, its counts."""

import hashlib
import json
from pathlib import Path

import pytest

from provgraph.errors import SettingsError, UnknownFormatError
from provgraph.ingest.reading import reading as module
from provgraph.ingest.reading.reading import Distinct, Reading, format_of, read_whole
from provgraph.ingest.reading.sources import Source, checksum, checksum_of
from provgraph.model.records import Document
from tests.loaders.examples import record


def read(path: Path, format_name: str | None = None) -> tuple[Reading, list[Document]]:
    source = Source(str(path), path)
    return read_whole(Reading(source, checksum(path), format_name=format_name), "default")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "x.provlog"
    runs = [record("A", input=[{"url": "/x"}, {"url": "/y"}]), record("B", input=[{"url": "/x"}])]
    path.write_text(json.dumps(runs))
    return path


def test_a_whole_log_is_loaded_and_counted(log: Path) -> None:
    reading, documents = read(log)
    assert [each.run.id for each in documents if each.run] == ["A", "B"]
    assert (reading.status, reading.format_name, reading.problems) == ("loaded", "ctapipe", [])
    assert reading.counts == {"activities": 2, "entities": 2, "agents": 0, "relations": 3}
    assert reading.read_to == log.stat().st_size - 1
    assert reading.sha256 == getattr(checksum(log), "sha256", None)


def test_a_part_that_cannot_be_read_makes_it_partial(log: Path) -> None:
    log.write_bytes(log.read_bytes()[:-20])
    reading, documents = read(log)
    assert (reading.status, len(documents), len(reading.problems)) == ("partial", 1, 1)


def test_without_one_record_it_is_refused(log: Path) -> None:
    log.write_bytes(log.read_bytes()[:60])
    assert read(log)[0].status == "refused"


def test_what_no_loader_reads_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\x89PNG")
    reading, _ = read(tmp_path / "x")
    assert (reading.is_ours, reading.status) == (False, "refused")
    assert reading.problems[0].where == "the whole source"


def test_a_format_that_is_named_goes_before_the_content(log: Path) -> None:
    assert read(log, "prov-json")[0].status == "refused"
    assert format_of(Source("x", log)) == "ctapipe"
    assert format_of(Source("x", log), "prov-n") == "prov-n"
    with pytest.raises(SettingsError, match="no format"):
        format_of(Source("x", log), "nothing")
    log.write_bytes(b"?")
    with pytest.raises(UnknownFormatError):
        format_of(Source("x", log))


def test_a_file_that_changes_meanwhile_has_no_checksum(log: Path) -> None:
    reading = Reading(Source(str(log), log), checksum(log))
    for _ in reading.read("default"):
        log.write_bytes(log.read_bytes() + b"\n")
    assert (reading.checksum, reading.sha256) == (None, "")


def test_a_small_log_is_read_as_it_was_when_its_checksum_was_taken(log: Path) -> None:
    before = log.read_bytes()
    reading = Reading(Source(str(log), log), checksum_of(Source(str(log), log)))
    log.write_bytes(b"[]")
    assert len(list(reading.read("default"))) == 2
    assert reading.checksum is not None
    assert (reading.sha256, reading.checksum.content) == (hashlib.sha256(before).hexdigest(), None)
    again = reading.again(None)
    assert not list(again.read("default"))
    assert again.checksum is None


def test_what_was_read_depends_on_the_address_where_names_are_relative(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("1.ttl", "2.ttl", "3.ttl")]
    for path, name in zip(paths, ("<e1>", "<e1>", "<urn:e1>"), strict=True):
        path.write_text(f"{name} a <http://www.w3.org/ns/prov#Entity> .")
    one, same, full = (read(path)[0] for path in paths)
    assert one.has_relative_names
    assert one.sha256 == same.sha256
    assert len({one.content_sha256, same.content_sha256, one.sha256}) == 3
    assert full.content_sha256 == full.sha256
    assert one.again(None).content_sha256 == one.content_sha256


def test_too_many_problems_are_counted(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LISTED_PROBLEMS", 3)
    log.write_text(json.dumps([record(start=None)] * 10))
    reading, _ = read(log)
    assert len(reading.problems) == 3
    assert reading.listed_problems[-1].what == "7 more problems"
    assert len(reading.listed_problems) == 4


@pytest.mark.parametrize("gathered", [1, 3, 1000])
def test_names_are_counted_once(gathered: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_GATHERED", gathered)
    found = Distinct()
    for some in (["a", "b"], [], ["b", "c", "d"], ["a", "e"]):
        found.add(some)
    assert len(found) == 5
