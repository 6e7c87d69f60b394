"""The keys that sequences supply."""

from provgraph.relational_mirror.connection import connected, cursor_of
from provgraph.relational_mirror.row_numbers import (
    RowNumbers,
    read_last_numbers,
    write_last_numbers,
)
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.tables import NUMBERED
from provgraph.store.protocol import Store
from tests.relational_mirror.conftest import ask, do


def test_keys_are_counted_by_table() -> None:
    numbers = RowNumbers({"used": 7, "wasGeneratedBy": 0})
    assert [numbers.take("used"), numbers.take("used"), numbers.take("wasGeneratedBy")] == [8, 9, 1]
    assert numbers.last == {"used": 9, "wasGeneratedBy": 1}


def test_keys_that_others_took_are_not_given_again(memory: Store, mirror_url: str) -> None:
    sync(memory, mirror_url)
    do(
        mirror_url,
        "INSERT INTO used (id) VALUES (41)",
        """SELECT setval('"wasGeneratedBy_id_seq"', 17)""",
    )
    with connected(mirror_url, None) as connection, connection.begin():
        cursor = cursor_of(connection)
        last = read_last_numbers(cursor, "public")
        assert (last["used"], last["wasGeneratedBy"], last["wasDerivedFrom"]) == (41, 17, 0)
        assert set(last) == set(NUMBERED)
        numbers = RowNumbers(last)
        numbers.take("used")
        write_last_numbers(cursor, "public", numbers)
    assert ask(mirror_url, "SELECT nextval('used_id_seq')") == [(43,)]
