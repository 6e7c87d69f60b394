"""Facts of runs, and the keys by which records are known."""

from collections.abc import Iterator

import pytest

from provgraph.model.records import (
    Document,
    End,
    Mention,
    Run,
    Settings,
    StatedRelation,
    batches,
    build_quickly,
    first_text,
    key_of,
)
from provgraph.model.values import fingerprint
from provgraph.model.vocabulary import Kind, RelationType

T1, T2 = "2026-11-21T08:00:01.000", "2026-11-21T08:00:02.000"
MENTION = Mention(
    "run-1", RelationType.USED, "DL1", "file:/x", "product:P", "ctapipe default", T1, {"n": (1.5,)}
)


def test_keys_are_the_same_for_ever() -> None:
    relation = StatedRelation(
        RelationType.WAS_DERIVED_FROM,
        End(Kind.ENTITY, "prov:b"),
        End(Kind.ENTITY, "prov:a"),
        None,
        T1,
    )
    settings = Settings("Tool", {"a": 1, "b": [True, None], "é": 0.1})
    assert {
        "entity": key_of(Kind.ENTITY, "file:/data/é").hex(),
        "mention": MENTION.key.hex(),
        "relation": relation.key.hex(),
        "settings": settings.key.hex(),
    } == KEYS


#: Keys are in the stores of users: when one of these changes, every store must be made anew.
KEYS = {
    "entity": "a21ed7483c61a284aa449de95fd04da6",
    "mention": "55abbc1651dd232ffb2bf98899e198d3",
    "relation": "dfbf0b78e808fc4b477bb761bbe37a73",
    "settings": "f38ef83da93582ebb5e7427eaf1d066c",
}


@pytest.mark.parametrize("size", [1, 255, 256, 10_000])
def test_ids_of_any_length_have_keys_made_alike(size: int) -> None:
    name = "x" * size
    assert key_of(Kind.ENTITY, name) == fingerprint(Kind.ENTITY, name)


def test_the_first_value_of_a_fact_is_its_text() -> None:
    assert [first_text({"n": (5, 7)}, name) for name in ("n", "m")] == ["5", None]


def test_a_key_tells_mentions_apart() -> None:
    other = Mention(MENTION.run, MENTION.relation, MENTION.role, MENTION.place)
    assert other.key != MENTION.key
    assert other.with_key(b"known").key == b"known"


def test_what_a_mention_says() -> None:
    assert (MENTION.names, MENTION.is_output, MENTION.base_name) == (
        ["file:/x", "product:P"],
        False,
        "x",
    )
    unplaced = Mention("r", RelationType.WAS_GENERATED_BY, identifier="guid:G")
    assert (unplaced.names, unplaced.is_output, unplaced.base_name) == (["guid:G"], True, None)


def test_quickly_built_records_are_like_others() -> None:
    quick = build_quickly(Mention, run="r", relation=RelationType.USED, attributes={})
    assert quick == Mention("r", RelationType.USED)
    assert quick.key == Mention("r", RelationType.USED).key
    assert build_quickly(Document, run=Run("r", {})) == Document(Run("r", {}))


def test_the_items_come_in_their_order_and_the_last_batch_may_be_shorter() -> None:
    assert list(batches("abcde", 2)) == [["a", "b"], ["c", "d"], ["e"]]


def test_a_full_last_batch_is_followed_by_no_empty_one() -> None:
    assert list(batches([1, 2, 3, 4], 2)) == [[1, 2], [3, 4]]
    assert list(batches([], 2)) == []
    assert list(batches("ab", 1)) == [["a"], ["b"]]


def test_items_are_read_only_when_they_are_needed() -> None:
    read: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(10):
            read.append(number)
            yield number

    assert next(batches(numbers(), 3)) == [0, 1, 2]
    assert read == [0, 1, 2]


@pytest.mark.parametrize("size", [0, -1])
def test_a_batch_holds_at_least_one_item(size: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        list(batches([1], size))


MADE, USED = RelationType.WAS_GENERATED_BY, RelationType.USED


@pytest.mark.parametrize(
    ("relation", "identifier", "twin", "expected"),
    [
        (USED, None, None, False),
        (USED, "product:P", None, True),
        (USED, None, b"twin", True),
        (MADE, None, None, True),
    ],
)
def test_only_plain_reads_change_nothing_for_others(
    relation: RelationType, identifier: str | None, twin: bytes | None, expected: bool
) -> None:
    mention = Mention("r", relation, None, "file:/x", identifier)
    assert mention.is_structural(twin) is expected
