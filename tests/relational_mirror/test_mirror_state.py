"""What a mirror knows of itself."""

from dataclasses import replace

from provgraph.ingest.loading import load
from provgraph.relational_mirror.connection import connected, cursor_of
from provgraph.relational_mirror.mapping.mappers import VERSION
from provgraph.relational_mirror.mirror_state import (
    LastTurn,
    MirroredStore,
    MirrorState,
    last_turn,
    read_state,
    reason_to_rebuild,
    write_state,
)
from provgraph.relational_mirror.syncing import sync
from provgraph.store.protocol import Store
from tests.conftest import LOGS

STORE = MirroredStore("an id", "sqlite:////night.db")


def reason(store: Store, state: MirrorState | None) -> str:
    with store.viewing() as view:
        return str(reason_to_rebuild(state, view))


def state_now(store: Store) -> MirrorState:
    with store.viewing() as view:
        return MirrorState(last_turn(view), VERSION, {}, STORE)


def test_the_journal_is_enough_for_a_mirror_of_the_same_store(loaded: Store) -> None:
    state = state_now(loaded)
    assert reason(loaded, state) == "None"
    list(load(loaded, [str(LOGS / "train_energy.provlog")]))
    assert reason(loaded, state) == "None"


def test_why_all_is_copied(loaded: Store) -> None:
    state = state_now(loaded)
    assert reason(loaded, None) == "first sync"
    assert "another version" in reason(loaded, replace(state, mapping=VERSION + 1))


def test_a_state_is_read_as_it_was_written(loaded: Store, mirror_url: str) -> None:
    sync(loaded, mirror_url)
    state = MirrorState(LastTurn(7, b"mark"), 3, {"used": 9}, STORE)
    with connected(mirror_url, None) as connection, connection.begin():
        cursor = cursor_of(connection)
        found = read_state(cursor)
        assert found is not None
        assert (found.last, found.mapping) == (state_now(loaded).last, VERSION)
        write_state(cursor, "public", state)
        assert read_state(cursor) == state
