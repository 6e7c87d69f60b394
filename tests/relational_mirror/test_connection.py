"""The connection to a mirror's database, and errors in provgraph's words."""

import psycopg
import pytest

from provgraph.errors import MirrorError, SettingsError, UnreachableError
from provgraph.relational_mirror.connection import (
    configure_session,
    connected,
    cursor_of,
    lock,
)


@pytest.mark.parametrize(
    "url", ["sqlite:///secret.db", "postgresql://u:secret@host/db?sslmode=require", "secret"]
)
def test_a_url_that_makes_no_sense_is_not_repeated(url: str) -> None:
    with (
        pytest.raises(SettingsError, match="a mirror is postgresql://") as raised,
        connected(url, None),
    ):
        pass
    assert "secret" not in str(raised.value)


def test_a_server_that_is_not_there_can_be_tried_again() -> None:
    url = "postgresql://someone:secret@127.0.0.1:1/mirror"
    with pytest.raises(UnreachableError, match="can't be reached") as raised, connected(url, None):
        pass
    assert "secret" not in str(raised.value)


def test_an_error_of_the_server_says_what_to_do(mirror_url: str) -> None:
    with (
        pytest.raises(MirrorError, match=r"failed: .*nowhere.*`provgraph sync --full`"),
        connected(mirror_url, None) as connection,
    ):
        cursor_of(connection).execute("SELECT * FROM nowhere")


def test_the_session_writes_times_in_one_form(mirror_url: str) -> None:
    with connected(mirror_url, None) as connection, connection.begin():
        cursor = cursor_of(connection)
        cursor.execute("SET datestyle = 'German'; SET timezone = 'Asia/Tokyo'")
        configure_session(cursor)
        query = "SELECT timestamptz '2026-01-01 00:00:00+00'::text"
        assert cursor.execute(query).fetchone() == ("2026-01-01 00:00:00+00",)


def test_the_lock_is_held_to_the_end_of_the_transaction(mirror_url: str) -> None:
    taking = "SELECT pg_try_advisory_xact_lock(hashtext('provgraph mirror'))"
    with connected(mirror_url, None) as connection:
        with connection.begin(), psycopg.connect(mirror_url) as other:
            lock(cursor_of(connection))
            assert other.execute(taking).fetchone() == (False,)
        with psycopg.connect(mirror_url) as other:
            assert other.execute(taking).fetchone() == (True,)
