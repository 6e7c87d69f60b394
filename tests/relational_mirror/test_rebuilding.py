"""A full sync replaces the tables, keeps their grants and never disturbs a reader."""

import threading

import psycopg
import pytest

from provgraph.errors import MirrorError
from provgraph.ingest.loading import load
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.verification import verify
from provgraph.store.protocol import Store
from tests.conftest import LOGS
from tests.relational_mirror.conftest import ask, do, rows_in


def test_full_keeps_grants(loaded: Store, mirror_url: str) -> None:
    sync(loaded, mirror_url)
    do(
        mirror_url,
        'DROP ROLE IF EXISTS "Reader\'s"',
        'CREATE ROLE "Reader\'s"',
        'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "Reader\'s" WITH GRANT OPTION',
        "GRANT SELECT ON activities TO PUBLIC",
        'GRANT UPDATE (role) ON used TO "Reader\'s"',
        'GRANT USAGE ON SEQUENCE used_id_seq TO "Reader\'s"',
    )
    query = (
        "SELECT relname, relacl::text, (SELECT string_agg(attacl::text, ' ') FROM pg_attribute "
        "WHERE attrelid = c.oid) "
        "FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') "
        "ORDER BY 1"
    )
    before = ask(mirror_url, query)
    sync(loaded, mirror_url, full=True)
    assert ask(mirror_url, query) == before
    do(mirror_url, 'DROP OWNED BY "Reader\'s"', 'DROP ROLE "Reader\'s"')


def test_readers_never_see_a_mirror_that_is_half_full(loaded: Store, mirror_url: str) -> None:
    sync(loaded, mirror_url)
    rows = {table: len(some) for table, some in rows_in(mirror_url).items()}
    done = threading.Event()
    seen: list[dict[str, int]] = []

    def read() -> None:
        with psycopg.connect(mirror_url) as connection:
            while not done.is_set():
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                counts = {}
                for table in ("wasConfiguredBy", "activities", "used"):
                    ((counts[table],),) = connection.execute(
                        f'SELECT count(*) FROM "{table}"'.encode()
                    ).fetchall()
                connection.commit()
                seen.append(counts)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(3):
            sync(loaded, mirror_url, full=True)
    finally:
        done.set()
        reader.join()
    assert seen
    assert all(counts == {table: rows[table] for table in counts} for counts in seen)


def test_a_view_that_others_built_stops_full_alone(loaded: Store, mirror_url: str) -> None:
    sync(loaded, mirror_url)
    do(
        mirror_url,
        "CREATE SCHEMA theirs",
        "CREATE VIEW theirs.v AS SELECT * FROM public.activities",
    )
    with pytest.raises(MirrorError, match="drop what others built"):
        sync(loaded, mirror_url, full=True)
    list(load(loaded, [str(LOGS / "train_energy.provlog")]))
    sync(loaded, mirror_url)
    assert verify(loaded, mirror_url).differences == []
