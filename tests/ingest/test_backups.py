"""A backup of each store is a file that each store can be made of again."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from provgraph.errors import NewerStoreError, ProvGraphError, SettingsError, StoreError
from provgraph.ingest.backups import Written, back_up, restore
from provgraph.ingest.forgetting import forget
from provgraph.ingest.invalidation import invalidate
from provgraph.ingest.loading import load
from provgraph.questions.tracing import find
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.store.relational.duplicates import duplicate
from provgraph.store.relational.store import RelationalStore
from tests.conftest import LOGS
from tests.store.relational.test_stand_ins import make_older

RUN = str(LOGS / "run02001.provlog")


def filled(store: Store) -> None:
    """Runs in a store, and a mark."""
    list(load(store, [RUN]))
    invalidate(store, find(store, "run02001.dl2.h5"), None, "bad pointing", "Ann")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store that is filled."""
    path = tmp_path_factory.mktemp("backups") / "night.db"
    with closing(open_store(f"sqlite:///{path}")) as store:
        filled(store)
    return path


@pytest.fixture
def original(night: Path, tmp_path: Path) -> Iterator[Store]:
    """The same store, for one test."""
    opened = open_store(f"sqlite:///{copyfile(night, tmp_path / 'night.db')}")
    yield opened
    opened.close()


def test_each_store_is_backed_up_and_restored(store: Store, store_url: str, tmp_path: Path) -> None:
    filled(store)
    file = tmp_path / "night.backup"
    due = Written(digest(store.scan()), is_compared=True)
    assert back_up(store_url, store, file) == due
    assert file.stat().st_mode & 0o777 == 0o600
    assert not [each for each in os.listdir(tmp_path) if each.startswith((".", "night.backup-"))]

    url = f"sqlite:///{tmp_path / 'again.db'}"
    with closing(open_store(url)) as again:
        assert restore(file, url, again) == due
        assert_goes_on(again, store)


def test_each_store_is_made_of_a_backup(original: Store, store_url: str, tmp_path: Path) -> None:
    file = tmp_path / "night.backup"
    due = back_up(f"sqlite:///{tmp_path / 'night.db'}", original, file)
    with closing(open_store(store_url)) as target:
        assert restore(file, store_url, target) == due
        assert_goes_on(target, original)


def assert_goes_on(restored: Store, original: Store) -> None:
    """What was loaded is known, and can be taken back."""
    assert restored.stats() == original.stats()
    (report,) = load(restored, [RUN])
    assert report.status == "unchanged"
    assert find(restored, "run02001.dl2.h5").invalidation is not None
    assert report.load is not None
    forget(restored, report.load)
    assert restored.stats()["activities"] < original.stats()["activities"]


def test_a_backup_can_be_asked(original: Store, tmp_path: Path) -> None:
    back_up(f"sqlite:///{tmp_path / 'night.db'}", original, tmp_path / "x")
    (tmp_path / "x").chmod(0o400)
    with closing(open_store(f"sqlite:///{tmp_path / 'x'}")) as saved:
        assert saved.stats() == original.stats()


def test_who_loads_meanwhile_is_told_of(
    original: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backup is of one moment, and nothing was compared that differs with good reason."""
    before = digest(original.scan())

    def late(source: Path, target: Path) -> None:
        duplicate(source, target)
        list(load(original, [str(LOGS / "irf.provlog")]))

    monkeypatch.setattr("provgraph.ingest.backups.duplicate", late)
    written = back_up(f"sqlite:///{tmp_path / 'night.db'}", original, tmp_path / "x")
    assert written == Written(before, is_compared=False)
    assert digest(original.scan()) != before


def test_a_copy_that_differs_is_refused(
    original: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(source: Path, target: Path) -> None:
        duplicate(source, target)
        with closing(sqlite3.connect(target)) as connection, connection:
            connection.execute("DELETE FROM relation WHERE rowid = 1")
            connection.execute("DELETE FROM activity WHERE rowid = 1")

    monkeypatch.setattr("provgraph.ingest.backups.duplicate", lossy)
    with pytest.raises(StoreError, match=r"is not what .* holds"):
        back_up(f"sqlite:///{tmp_path / 'night.db'}", original, tmp_path / "x")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("leftover", ["x", "x-wal", "x-shm"])
def test_nothing_is_replaced(original: Store, tmp_path: Path, leftover: str) -> None:
    """A log of changes that an older file has left would be played into the new one."""
    (tmp_path / leftover).write_text("mine")
    with pytest.raises(SettingsError, match="is there already"):
        back_up(f"sqlite:///{tmp_path / 'night.db'}", original, tmp_path / "x")
    back_up(f"sqlite:///{tmp_path / 'night.db'}", original, tmp_path / "backup")
    url = f"sqlite:///{tmp_path / 'x'}"
    with (
        closing(open_store(url)) as target,
        pytest.raises(SettingsError, match="is there already"),
    ):
        restore(tmp_path / "backup", url, target)
    assert (tmp_path / leftover).read_text() == "mine"


def test_a_stopped_backup_of_a_server_goes_on_and_a_whole_leftover_is_no_hindrance(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    filled(store)

    class StoppedError(Exception):
        """The process ends."""

    def stop(_: int) -> None:
        raise StoppedError

    file, part = tmp_path / "x", tmp_path / ".x.part"
    if not store_url.startswith("sqlite:///"):
        with pytest.raises(StoppedError):
            back_up(store_url, store, file, stop)
        assert part.exists()
        assert not file.exists()
        assert back_up(store_url, store, file).is_compared
        file.rename(part)
    else:
        part.write_text("a leftover")
    assert back_up(store_url, store, file).digest == digest(store.scan())


def damaged(path: Path) -> None:
    """A file of which a page is overwritten."""
    content = bytearray(path.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda path: path.write_text("no database, and long enough to be one" * 30), "no|not"),
        (lambda path: path.write_text(""), "is no backup"),
        (damaged, "damaged|malformed"),
        (lambda path: path.unlink(), "there is no backup at"),
    ],
)
def test_what_is_no_backup_is_refused(
    original: Store, tmp_path: Path, spoil: Any, why: str
) -> None:
    file, url = tmp_path / "x", f"sqlite:///{tmp_path / 'new.db'}"
    back_up(f"sqlite:///{tmp_path / 'night.db'}", original, file)
    spoil(file)
    with closing(open_store(url)) as target, pytest.raises(ProvGraphError, match=why):
        restore(file, url, target)
    assert not (tmp_path / "new.db").exists()


def test_an_older_store_is_backed_up_and_restored(original: Store, tmp_path: Path) -> None:
    """The backup stays older; the next writer brings what was restored up to date."""
    assert isinstance(original, RelationalStore)
    due = digest(original.scan())
    with original._database.reading() as engine:
        make_older(engine, "0008")
    url, again = f"sqlite:///{tmp_path / 'night.db'}", f"sqlite:///{tmp_path / 'again.db'}"
    with closing(open_store(url)) as older:
        assert back_up(url, older, tmp_path / "x").digest == due
    with closing(open_store(again)) as target:
        assert restore(tmp_path / "x", again, target).digest == due
        assert not target.is_current()
        list(load(target, [str(LOGS / "irf.provlog")]))
        assert target.is_current()


def test_a_backup_of_a_newer_provgraph_is_refused(original: Store, tmp_path: Path) -> None:
    file, url = tmp_path / "x", f"sqlite:///{tmp_path / 'new.db'}"
    back_up(f"sqlite:///{tmp_path / 'night.db'}", original, file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with closing(open_store(url)) as target, pytest.raises(NewerStoreError):
        restore(file, url, target)
