"""A spool holds logs whole, and nobody who may write to it makes it show what is not its own."""

import errno
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from provgraph.collecting.delivery import deliver
from provgraph.collecting.spool import (
    STALE,
    is_item,
    label_of,
    put_in_spool,
    remove_leftovers,
    waiting_items,
)
from provgraph.errors import SpoolError
from provgraph.store.protocol import Store
from tests.collecting.items import WHOLE, aside


def test_an_item_holds_the_bytes_and_what_is_known_of_them(tmp_path: Path) -> None:
    item = aside(tmp_path / "spool", WHOLE[0], "/scratch/run.provlog", "neo4j://u@h:7687/d")
    assert (item / "run.provlog").read_bytes() == WHOLE[0].read_bytes()
    label = json.loads((item / "item.json").read_text())
    assert (label["source"], label["namespace"], label["store"]) == (
        "/scratch/run.provlog",
        "scratch",
        "neo4j://u@h:7687/d",
    )
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "source", ["-", "item.json", "why.txt", "..", "x" * 300, "a\nb", ".hidden"]
)
def test_every_name_can_be_put_aside(source: str, tmp_path: Path, store: Store) -> None:
    aside(tmp_path, WHOLE[0], source)
    (report,) = deliver(store, tmp_path)
    assert (report.status, report.source) == ("loaded", source)
    assert waiting_items(tmp_path) == []


def _relabelled(item: Path, **values: object) -> None:
    label = json.loads((item / "item.json").read_text())
    (item / "item.json").write_text(json.dumps({**label, **values}))


def _instead(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


def _is_a_file(item: Path) -> None:
    shutil.rmtree(item)
    item.write_text("")


def _is_a_link(item: Path) -> None:
    item.symlink_to(item.rename(item.with_name("real")))


SPOILT: dict[str, Callable[[Path], object]] = {
    "no bytes": lambda item: (item / "run.provlog").unlink(),
    "bytes elsewhere": lambda item: _relabelled(item, content="../../secret"),
    "bytes in the folder above": lambda item: _relabelled(item, content=".."),
    "bytes without name": lambda item: _relabelled(item, content=""),
    "bytes of no possible name": lambda item: _relabelled(item, content="a\0b"),
    "bytes of no writable name": lambda item: _relabelled(item, content="\ud800"),
    "bytes named by a number": lambda item: _relabelled(item, content=5),
    "bytes in a folder": lambda item: _instead(item / "run.provlog", Path.mkdir),
    "bytes from a pipe": lambda item: _instead(item / "run.provlog", os.mkfifo),
    "a source that is a number": lambda item: _relabelled(item, source=5),
    "a format that is a list": lambda item: _relabelled(item, format=[]),
    "a format that is none": lambda item: _relabelled(item, format="odd"),
    "a namespace that is a number": lambda item: _relabelled(item, namespace=5),
    "a namespace that can't be stored": lambda item: _relabelled(item, namespace="\ud800x"),
    "a namespace that is none": lambda item: _relabelled(item, namespace="a/b"),
    "a store that is missing": lambda item: _relabelled(item, store=None),
    "an address that is a number": lambda item: _relabelled(item, address=5),
    "an address that is none": lambda item: _relabelled(item, address="data/x"),
    "no label": lambda item: (item / "item.json").unlink(),
    "junk for a label": lambda item: (item / "item.json").write_text("{"),
    "a label in another encoding": lambda item: (item / "item.json").write_bytes(
        b'{"source": "\xff"}'
    ),
    "a label that is a list": lambda item: (item / "item.json").write_text("[]"),
    "a label nested deeply": lambda item: (item / "item.json").write_text("[" * 60_000),
    "a label without end": lambda item: _instead(
        item / "item.json", lambda path: path.symlink_to("/dev/zero")
    ),
    "a label far too long": lambda item: _relabelled(item, more="x" * 100_000),
    "a label from a pipe": lambda item: _instead(item / "item.json", os.mkfifo),
    "a label in a folder": lambda item: _instead(item / "item.json", Path.mkdir),
    "a file": _is_a_file,
    "a link": _is_a_link,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_damaged_item_is_refused_and_keeps_no_other_back(
    spoil: Callable[[Path], object], tmp_path: Path, store: Store
) -> None:
    aside(tmp_path, WHOLE[0], "other")
    damaged = aside(tmp_path, WHOLE[1])
    spoil(damaged)
    assert sorted(report.status for report in deliver(store, tmp_path)) == ["loaded", "refused"]
    (kept,) = (tmp_path / "refused").iterdir()
    assert {path.name for path in kept.iterdir()} == {"why.txt", damaged.name}
    assert waiting_items(tmp_path) == []
    assert list(deliver(store, tmp_path)) == []


# --- others may write to the spool
# ------------------------------------------------------------------------------------------


def test_a_document_keeps_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its names are relative to where it was, not to the spool."""
    monkeypatch.chdir(tmp_path)
    document = Path("d.ttl")
    document.write_text("<e1> a <http://www.w3.org/ns/prov#Entity> .")
    for content in (document, b""):
        item = put_in_spool(
            tmp_path / "spool", content, "d.ttl", namespace="default", format_name=None, store="x"
        )
        expected = (tmp_path / "d.ttl").as_uri() if content == document else None
        assert label_of(item).address == expected
    label = json.loads((item / "item.json").read_text())
    del label["address"]
    (item / "item.json").write_text(json.dumps(label))
    assert label_of(item).address is None, "earlier versions wrote none"


def test_the_reason_for_a_refusal_overwrites_no_file(tmp_path: Path, store: Store) -> None:
    (tmp_path / "mine").write_text("precious")
    item = aside(tmp_path / "spool", b"junk")
    (item / "why.txt").symlink_to(tmp_path / "mine")
    other = aside(tmp_path / "spool", b"junk")
    (other / "why.txt").mkdir()
    for name in (item.stem, other.stem):
        guessed = tmp_path / "spool" / "refused" / f"{name}.refused"
        guessed.mkdir(parents=True)
        (guessed / "why.txt").symlink_to(tmp_path / "mine")
    assert [report.status for report in deliver(store, tmp_path / "spool")] == ["refused"] * 2
    assert (tmp_path / "mine").read_text() == "precious"
    assert waiting_items(tmp_path / "spool") == []


def test_refused_items_are_moved_to_no_folder_that_a_link_leads_to(
    tmp_path: Path, store: Store
) -> None:
    spool = tmp_path / "spool"
    aside(spool, b"junk")
    (tmp_path / "mine").mkdir()
    (spool / "refused").symlink_to(tmp_path / "mine")
    with pytest.raises(SpoolError, match="can't be taken from the spool"):
        list(deliver(store, spool))
    assert list((tmp_path / "mine").iterdir()) == []
    assert len(waiting_items(spool)) == 1


def test_nothing_is_left_in_the_refused_when_an_item_can_not_be_moved(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside(tmp_path, b"junk")

    def rename(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(SpoolError, match="Permission denied"):
        list(deliver(store, tmp_path))
    assert list((tmp_path / "refused").iterdir()) == []


@pytest.mark.parametrize("name", ["item.json", "run.provlog"])
def test_an_item_shows_no_file_that_it_links_to(name: str, tmp_path: Path, store: Store) -> None:
    item = aside(tmp_path / "spool", WHOLE[0])
    private = (item / name).rename(tmp_path / "private")
    (item / name).symlink_to(private)
    (report,) = deliver(store, tmp_path / "spool")
    assert (report.status, list(store.loads())) == ("refused", [])
    assert private.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("name", ["item.json", "run.provlog"])
def test_an_item_shows_no_file_of_another_owner(name: str, tmp_path: Path, store: Store) -> None:
    item = aside(tmp_path, WHOLE[0])
    os.chown(item, 65534, -1)
    for path in item.iterdir():
        os.chown(path, -1 if path.name == name else 65534, -1)
    (report,) = deliver(store, tmp_path)
    assert (report.status, list(store.loads())) == ("refused", [])
    assert "does not belong to the owner of the item" in report.problems[0].what


def test_a_spool_that_can_not_be_written_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        SpoolError, match=r"the spool .*file/spool can't be made: Not a directory; choose another"
    ):
        aside(tmp_path / "file" / "spool", b"x")


def test_nothing_half_written_is_left_when_the_source_vanishes(tmp_path: Path) -> None:
    with pytest.raises(SpoolError, match="No such file"):
        aside(tmp_path, tmp_path / "absent")
    assert list(tmp_path.iterdir()) == []


def test_what_killed_processes_left_is_taken_away_after_a_day(tmp_path: Path) -> None:
    item = aside(tmp_path, WHOLE[0])
    old, fresh = (tmp_path / f".{item.stem}.{state}" for state in ("writing", "done"))
    for each in (old, fresh):
        shutil.copytree(item, each)
    yesterday = time.time() - STALE - 1
    for each in (old, item):
        os.utime(each, (yesterday, yesterday))
    remove_leftovers(tmp_path)
    assert set(tmp_path.iterdir()) == {item, fresh}


def test_leftovers_in_a_folder_that_is_not_there_are_none(tmp_path: Path) -> None:
    remove_leftovers(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()


def test_an_item_is_known_by_its_name(tmp_path: Path) -> None:
    assert is_item(aside(tmp_path, WHOLE[0]).name)
    assert not is_item("20261121.waiting")
