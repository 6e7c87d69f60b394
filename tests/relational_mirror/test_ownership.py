"""A mirror belongs to one store: no other, and no earlier state of it, may empty it."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from provgraph.errors import MirrorError, NoStoreError
from provgraph.ingest.forgetting import forget
from provgraph.ingest.loading import load
from provgraph.relational_mirror.ownership import identified
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.verification import verify
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.relational_mirror.conftest import RowsByTable, ask, do, rows_in
from tests.store.relational.test_stand_ins import make_older as make_older_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with two real logs."""
    add(tmp_path / "night.db", "irf", "train_energy")
    return tmp_path / "night.db"


def add(path: Path, *names: str) -> None:
    with opened(path) as store:
        list(load(store, [str(LOGS / f"{name}.provlog") for name in names[:1]]))
        list(load(store, [str(LOGS / f"{name}.provlog") for name in names[1:]]))


def opened(path: Path) -> "closing[Store]":
    return closing(open_store(f"sqlite:///{path}"))


@pytest.fixture
def mirrored(path: Path, mirror_url: str) -> RowsByTable:
    """The rows of a mirror of the store."""
    with opened(path) as store:
        sync(store, mirror_url)
    return rows_in(mirror_url)


def assert_refused(path: Path, mirror: str, *said: str) -> None:
    """No sync but one that is told to changes anything, and the message says what to do."""
    before, state = rows_in(mirror), ask(mirror, "SELECT * FROM provgraph.mirror")
    columns = ask(mirror, "SELECT * FROM provgraph.alembic_version")
    with opened(path) as store:
        for full, dry_run in ((False, False), (True, False), (False, True)):
            with pytest.raises(MirrorError) as raised:
                sync(store, mirror, full=full, dry_run=dry_run)
            for each in (*said, str(path), mirror.rpartition("@")[2], "--full --replace"):
                assert each in str(raised.value)
    assert rows_in(mirror) == before
    assert ask(mirror, "SELECT * FROM provgraph.mirror") == state
    assert ask(mirror, "SELECT * FROM provgraph.alembic_version") == columns


def assert_takes_over(path: Path, mirror: str) -> None:
    with opened(path) as store:
        assert sync(store, mirror, full=True, replace=True).why == "asked for"
        assert verify(store, mirror).differences == []
        assert sync(store, mirror).mode == "incremental"


@pytest.mark.usefixtures("mirrored")
def test_another_store_is_refused_until_told_to_take_over(
    tmp_path: Path, path: Path, mirror_url: str
) -> None:
    other = tmp_path / "other.db"
    add(other, "merge")
    assert_refused(other, mirror_url, f"is of the store at sqlite:///{path} (id ", "and not of")
    with opened(other) as store, pytest.raises(MirrorError, match="and not of"):
        verify(store, mirror_url)
    assert_takes_over(other, mirror_url)
    assert_refused(path, mirror_url, f"is of the store at sqlite:///{other} (id ")


@pytest.mark.usefixtures("mirrored")
def test_an_empty_store_is_refused_as_any_other(tmp_path: Path, mirror_url: str) -> None:
    with opened(tmp_path / "empty.db") as store:
        store.make()
    assert_refused(tmp_path / "empty.db", mirror_url, "and not of")


@pytest.mark.usefixtures("mirrored")
def test_a_store_that_is_not_there_is_not_made(tmp_path: Path, mirror_url: str) -> None:
    for ask_for in (sync, verify):
        with opened(tmp_path / "none.db") as store, pytest.raises(NoStoreError):
            ask_for(store, mirror_url)
    assert [each.name for each in tmp_path.iterdir()] == ["night.db"]


def test_a_store_put_back_from_a_backup_is_refused(
    tmp_path: Path, path: Path, mirror_url: str
) -> None:
    backup = shutil.copy(path, tmp_path / "backup.db")
    add(path, "merge")
    with opened(path) as store:
        sync(store, mirror_url)
    shutil.copy(backup, path)
    assert_refused(path, mirror_url, "has seen 3 transactions, and", "has 2: it was emptied, or")
    add(path, "run02001")
    assert_refused(path, mirror_url, "does not explain: it was put back to an earlier state, and")
    add(path, "run02002")
    assert_refused(path, mirror_url, "does not explain")
    assert_takes_over(path, mirror_url)


def test_what_the_journal_explains_is_followed_to_the_end(path: Path, mirror_url: str) -> None:
    with opened(path) as store:
        sync(store, mirror_url)
        for each in store.loads():
            forget(store, each.id)
        sync(store, mirror_url)
    assert not any(rows_in(mirror_url).values())


def test_a_store_may_move(
    tmp_path: Path, path: Path, mirror_url: str, mirrored: RowsByTable
) -> None:
    moved = path.rename(tmp_path / "moved.db")
    with opened(moved) as store:
        assert sync(store, mirror_url).mode == "incremental"
    assert rows_in(mirror_url) == mirrored
    assert ask(mirror_url, "SELECT store_at FROM provgraph.mirror") == [(f"sqlite:///{moved}",)]


def make_older(mirror: str) -> None:
    """Let a mirror be as a provgraph made it that did not remember the store."""
    do(
        mirror,
        "ALTER TABLE provgraph.mirror DROP COLUMN store, DROP COLUMN store_at",
        "UPDATE provgraph.alembic_version SET version_num = '0001'",
    )


@pytest.mark.usefixtures("mirrored")
def test_an_older_mirror_is_adopted_by_the_store_that_explains_it(
    tmp_path: Path, path: Path, mirror_url: str
) -> None:
    make_older(mirror_url)
    other = tmp_path / "other.db"
    add(other, "merge")
    assert_refused_before_the_mirror_is_brought_up_to_date(other, mirror_url, "has 1: it is anoth")
    add(other, "run02001", "run02002")
    assert_refused_before_the_mirror_is_brought_up_to_date(other, mirror_url, "does not explain")
    add(path, "merge")
    with opened(path) as store:
        assert sync(store, mirror_url).mode == "incremental"
        assert ask(mirror_url, "SELECT store FROM provgraph.mirror") == [(identified(store).id,)]
    assert_refused(other, mirror_url, "and not of")


def assert_refused_before_the_mirror_is_brought_up_to_date(
    path: Path, mirror: str, said: str
) -> None:
    assert_refused(path, mirror, said)
    assert ask(mirror, "SELECT version_num FROM provgraph.alembic_version") == [("0001",)]


def test_a_mirror_that_forgot_its_store_is_refused_while_it_holds_rows(
    path: Path, mirror_url: str, mirrored: RowsByTable
) -> None:
    do(mirror_url, "DELETE FROM provgraph.mirror")
    assert_refused(path, mirror_url, "does not say of which store it is")
    assert any(mirrored.values())
    assert_takes_over(path, mirror_url)


@pytest.mark.usefixtures("mirrored")
def test_a_store_of_an_older_provgraph_gets_its_id_and_keeps_its_mirror(
    path: Path, mirror_url: str
) -> None:
    make_older(mirror_url)
    with opened(path) as store:
        store.make()
        engine = store._database.writer()  # type: ignore[attr-defined]
        make_older_store(engine, "0004")
    with opened(path) as store:
        assert sync(store, mirror_url).mode == "incremental"
    with opened(path) as store:
        [(known,)] = ask(mirror_url, "SELECT store FROM provgraph.mirror")
        assert known == identified(store).id


def test_every_store_has_an_id_of_its_own_which_stays(store: Store, store_url: str) -> None:
    first = identified(store)
    assert first.id
    list(load(store, [str(LOGS / "irf.provlog")]))
    assert identified(store) == first
    if store_url != "sqlite://":
        with closing(open_store(store_url)) as again:
            assert identified(again) == first
    with closing(open_store("sqlite://")) as other:
        assert identified(other).id != first.id
    assert "secret" not in first.address
