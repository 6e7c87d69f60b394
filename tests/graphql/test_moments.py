"""A field of Query answers from an earlier moment, and so does all that is below it."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from provgraph.graphql import batching
from provgraph.graphql.batching import MOST_EARLIER
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.graphql.conftest import Ask, asked, served
from tests.store.test_contract import run
from tests.store.test_contract_moments import load_at

EARLY, LATE = "2026-03-01T00:00:00.000", "2026-03-05T00:00:00.000"
READERS = "usedBy { activity { id parameters { name } } } descendants { nodes { id } }"


@pytest.fixture
def store() -> Iterator[Store]:
    """A file that one run had read at first, and two read in the end; then it was overwritten."""
    with closing(open_store("sqlite://")) as opened:
        first = run("a", 10, 11, ("/x",), ("/y",))
        load_at(opened, "early", EARLY, [run("m", 1, 2, (), ("/x",)), first])
        load_at(
            opened,
            "late",
            LATE,
            [run("b", 12, 13, ("/x",), ("/z",)), run("n", 20, 21, (), ("/x",))],
        )
        yield opened


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer["errors"]]


def test_the_fields_below_answer_from_the_same_moment(ask: Ask) -> None:
    answer = ask(
        f'{{ now: entity(id: "/x@m") {{ {READERS} }} '
        f'then: entity(id: "/x", asOf: "2026-03-02") {{ id {READERS} }} '
        'made: whatProduced(file: "/x", asOf: "2026-03-02") { nodes { id } summary { complete } } '
        'loads(asOf: "2026-03-02") { totalCount } stats(asOf: "2026-03-02") { activities } '
        'activities(asOf: "2026-03-02", filter: {text: "tool"}) { nodes { id generated { '
        "entity { id } } } } }"
    )
    found = answer["data"]
    assert sorted(each["activity"]["id"] for each in found["now"]["usedBy"]) == ["a", "b"]
    assert found["then"]["id"] == "file:/x@m"
    assert [each["activity"]["id"] for each in found["then"]["usedBy"]] == ["a"]
    reached = [each["id"] for each in found["then"]["descendants"]["nodes"]]
    assert reached == ["file:/x@m", "a", "file:/y@a"]
    assert [each["id"] for each in found["made"]["nodes"]] == ["file:/x@m", "m"]
    assert (found["loads"]["totalCount"], found["stats"]["activities"]) == (1, 2)
    assert [each["id"] for each in found["activities"]["nodes"]] == ["a", "m"]


def test_a_path_means_what_stood_there_then(ask: Ask) -> None:
    query = 'query($at: DateTime) { entity(id: "/x", at: $at) { id } versions(path: "/x") { id } }'
    found = [ask(query, at=at)["data"] for at in (None, "2026-01-01T00:00:15Z")]
    assert [each["entity"]["id"] for each in found] == ["file:/x@n", "file:/x@m"]
    assert [each["id"] for each in found[0]["versions"]] == ["file:/x@m", "file:/x@n"]
    alone = ask('{ versions(path: "/x", at: "2026-01-01T00:00:15Z") { id } }')["data"]["versions"]
    assert alone == [{"id": "file:/x@m"}]
    assert codes(ask(query, at="2025-01-01")) == ["NOT_FOUND"]


def test_what_makes_no_sense_or_too_much_is_refused(
    store: Store, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = ask('{ stats(asOf: "yesterday") { activities } }')
    assert "write a time as" in wrong["errors"][0]["message"]
    many = " ".join(
        f'a{number}: entity(id: "/x", asOf: "2026-03-02") {{ id }}'
        for number in range(MOST_EARLIER + 1)
    )
    answer = ask(f"{{ {many} }}")
    assert codes(answer) == ["BAD_USER_INPUT"]
    assert answer["data"]["a0"] == {"id": "file:/x@m"}
    monkeypatch.setattr(batching, "MOST_REBUILT", 1)
    with served(store) as client:
        large = asked(client, '{ entity(id: "/x", asOf: "2026-03-02") { id } }')
    assert codes(large) == ["BAD_USER_INPUT"]
    assert "at most 1 are made again" in large["errors"][0]["message"]
