"""The keys of rows."""

from provgraph.relational_mirror.mapping.keys import (
    LONGEST_KEY,
    end_key,
    row_id,
    shortened,
    unused_key,
)
from provgraph.relational_mirror.mapping.rows import Reference
from provgraph.store.journal import Subject


def test_the_row_of_an_entity_bears_the_bare_guid_where_there_is_one() -> None:
    assert row_id(Subject.ENTITY, "guid:AB-1") == "AB-1"
    assert row_id(Subject.ENTITY, "product:P", ["guid:B", "guid:A", "lfn:/x"]) == "A"
    assert row_id(Subject.ENTITY, "file:/x@run") == "file:/x@run"
    assert row_id(Subject.AGENT, "guid:AB-1") == "guid:AB-1"


def test_very_long_keys_are_shortened_and_stay_different() -> None:
    long, other = "é" * LONGEST_KEY + "1", "é" * LONGEST_KEY + "2"
    assert len(shortened(long).encode()) <= LONGEST_KEY
    assert shortened(long) != shortened(other)
    assert shortened(long).startswith("éé")
    assert shortened("x" * LONGEST_KEY) == "x" * LONGEST_KEY


def test_a_key_that_is_taken_gets_a_number() -> None:
    taken: set[str] = set()
    assert [unused_key("a", taken) for _ in range(3)] == ["a", "a (2)", "a (3)"]
    assert taken == {"a", "a (2)", "a (3)"}


def test_an_entity_at_the_end_of_a_relation_is_looked_up_later() -> None:
    assert end_key(Subject.ENTITY, "product:P") == Reference(Subject.ENTITY, "product:P")
    assert end_key(Subject.AGENT, "CTAO") == "CTAO"
