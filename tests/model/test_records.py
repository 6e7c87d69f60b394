"""Facts of runs, and the keys by which records are known."""

import pytest

from provgraph.model.records import (
    LEVEL_KEYS,
    Document,
    End,
    Fact,
    Mention,
    Run,
    Settings,
    StatedRelation,
    build_quickly,
    data_level,
    end_of,
    first_text,
    key_of,
    start_of,
    status_of,
)
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import Kind, RelationType

T1, T2 = "2026-11-21T08:00:01.000", "2026-11-21T08:00:02.000"
MENTION = Mention(
    "run-1", RelationType.USED, "DL1", "file:/x", "product:P", "ctapipe default", T1, {"n": (1.5,)}
)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({Fact.STATUS: ("completed", "error", "interrupted")}, "error"),
        ({Fact.STATUS: ("completed", "interrupted")}, "interrupted"),
        ({Fact.STATUS: ("running",), Fact.END: (T1,)}, "completed"),
        ({Fact.STATUS: ("a tool's own name",)}, "running"),
        ({}, "running"),
    ],
)
def test_the_gravest_stated_status_counts(facts: Attributes, status: str) -> None:
    assert status_of(facts) == status


def test_a_run_that_only_its_product_tells_of_may_have_ended() -> None:
    facts: Attributes = {Fact.START: (T1,), Fact.IN_HEADER: (True,)}
    assert status_of(facts) == "unknown"
    assert status_of({**facts, Fact.END: (T2,)}) == "completed"


def test_the_earliest_start_and_the_latest_end_count() -> None:
    facts: Attributes = {Fact.START: (T2, T1), Fact.END: (T1, T2), Fact.NAME: (5, "x")}
    assert (start_of(facts), end_of(facts), first_text(facts, Fact.NAME)) == (T1, T2, "5")
    assert (start_of({}), end_of({}), first_text({}, Fact.NAME)) == (None, None, None)


@pytest.mark.parametrize(
    ("header", "roles", "level"),
    [
        (("DL1_IMAGES,DL2",), ["DL3/Event"], "DL2"),
        ((), ["DL1/Event", None, "DL2/Event"], "DL2"),
        (("nothing",), ["DL1/Event"], "DL1"),
        ((), ["DL12", "IDL2"], None),
        ((), [None], None),
    ],
)
def test_the_highest_level_in_the_header_else_among_the_roles(
    header: tuple[str, ...], roles: list[str | None], level: str | None
) -> None:
    for key in LEVEL_KEYS:
        assert data_level({key: header} if header else {}, roles) == level


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
