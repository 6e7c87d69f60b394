"""The oracle itself.

Against the real chain, and against small histories whose answers were worked out by hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.identity.examples import at, line, lost, made, run, used
from tests.oracle.graph import Graph, contradictory, graph_of, upstream
from tests.oracle.places import DEFAULT_NAMESPACE, place_of, time_of
from tests.records import Said, as_log, as_scattered_log
from tests.strategies import histories, loadings

CORPUS = Path(__file__).parent / "corpus" / "ctapipe"
EXPECTED = json.loads((CORPUS / "expected_lineage.json").read_text())


# --- the real chain


def arrays(text: str) -> list[list[Any]]:
    """The whole arrays of a log, up to the first cut."""
    found, position = [], 0
    while text[position:].strip():
        position += len(text[position:]) - len(text[position:].lstrip())
        try:
            array, position = json.JSONDecoder().raw_decode(text, position)
        except json.JSONDecodeError:
            break
        found.append(array)
    return found


@pytest.fixture(scope="module")
def real() -> Graph:
    logs = sorted((CORPUS / "logs").iterdir())
    return graph_of(
        (DEFAULT_NAMESPACE, record)
        for log in logs
        for array in arrays(log.read_text("utf-8"))
        for record in array
    )


@pytest.mark.parametrize("path", EXPECTED)
def test_real_chain(real: Graph, path: str) -> None:
    activities, entities = upstream(real, real.newest[f"file:{path}"])
    assert activities == set(EXPECTED[path]["activities"])
    assert {first_place(real, id_) for id_ in entities} == set(EXPECTED[path]["entities"])


def first_place(graph: Graph, id_: str) -> str:
    """Where the chain knows an entity; copies lie in the edge logs' folders."""
    places = {
        place.removeprefix("file:")
        for place in graph.entities[id_].locations
        if place.startswith("file:")
    }
    elsewhere = (
        "/data/ctao/tmp",
        "/data/ctao/latest",
        "/data/ctao/link",
        "/data/mirror",
        "/data/ctao/archive",
    )
    (place,) = {place for place in places if not place.startswith(elsewhere)}
    return place


def test_retrained_chain_has_two_versions_at_one_path(real: Graph) -> None:
    _, entities = upstream(real, real.newest["file:/data/ctao/dl3/run02002_v2.dl3.fits"])
    assert len({first_place(real, id_) for id_ in entities}) == 44
    assert len(entities) == 46


def test_real_external_and_made_up(real: Graph) -> None:
    irf = "file:/data/ctao/irf/irf.fits@da1d4921-7e79-4504-903b-9ea17261a984"
    assert real.newest["file:/data/ctao/irf/irf.fits"] == irf
    assert real.entities[irf].generated == "2026-11-21T08:30:47.025Z"
    raw = real.entities["file:/data/ctao/dl0/gamma_run00001.simtel.zst"]
    assert (raw.generated, raw.invalidated) == (None, None)


# --- hand-made histories


def test_rule_1_and_6_ids() -> None:
    graph = graph_of(
        [
            run("A", 0, 1, "/raw root://h/r", "/x=P /y root://h/z"),
            run("B", 2, 3, "/raw", namespace="wn"),
        ]
    )
    assert set(graph.entities) == {
        "file:/raw",
        "root://h/r",
        "product:P",
        "file:/y@A",
        "root://h/z@A",
        "file://wn/raw",
    }
    assert graph.newest["file:/x"] == "product:P"
    assert graph.newest["root://h/z"] == "root://h/z@A"


def test_rule_2_product_joins_paths_and_made_up_ids_do_not() -> None:
    graph = graph_of(
        [run("A", 0, 1, "", "/x=P /t~M"), run("B", 2, 3, "/copy=P"), run("C", 4, 5, "/u~M /t~N")]
    )
    assert graph.entities["product:P"].locations == {"file:/x", "file:/copy"}
    assert used(graph, "B") == {"product:P"}
    assert used(graph, "C") == {"file:/u", "file:/t@A"}
    assert graph.newest["file:/copy"] == "product:P"


def test_rule_3_first_claim_in_the_order_of_runs_is_accepted() -> None:
    # Equal ends: the later start comes first; C would be first by id alone.
    graph = graph_of(
        [run("A", 1, 5, "", "/a=P"), run("C", 3, 5, "", "/c=P"), run("D", 0, 6, "", "/d=P")]
    )
    assert made(graph) == {"product:P": "C", "file:/a@A": "A", "file:/d@D": "D"}
    same = graph_of([run("A", 3, None, "", "/a=P"), run("C", 3, 3, "", "/c=P")])
    assert made(same) == {"product:P": "A", "file:/c@C": "C"}


def test_rule_3_claims_of_products_read_before_are_turned_down() -> None:
    graph = graph_of(
        [run("A", 0, 1, "/a=P"), run("B", 2, 3, "", "/x=P"), run("C", 4, 5, "/y=Q", "/y=Q")]
    )
    assert made(graph) == {"file:/x@B": "B", "file:/y@C": "C"}
    assert graph.entities["product:P"].generated is None
    # A reader which ends when the claimant starts did not end before it; one which never ended
    # neither.
    assert made(graph_of([run("A", 0, 2, "/a=P"), run("B", 2, 3, "", "/x=P")])) == {
        "product:P": "B"
    }
    assert made(graph_of([run("A", 0, None, "/a=P"), run("B", 2, 3, "", "/x=P")])) == {
        "product:P": "B"
    }


def test_rule_3_one_run_two_paths_and_two_products() -> None:
    graph = graph_of([run("A", 0, 1, "", "/x=P /y=P /z=Q /z=R /z"), run("B", 2, 3, "/z")])
    assert graph.entities["product:P"].locations == {"file:/x", "file:/y"}
    assert graph.newest["file:/z"] == "product:R"
    assert used(graph, "B") == {"product:R"}
    assert lost(graph) == {
        "product:P": None,
        "file:/z@A": at(1),
        "product:Q": at(1),
        "product:R": None,
    }


def test_rule_4_versions_and_invalidation() -> None:
    graph = graph_of(
        [
            run("A", 0, 1, "", "/x"),
            run("B", 2, 3, "", "/x=P"),
            run("C", 4, 5, "/copy=P"),
            run("D", 6, 7, "", "/x"),
            run("E", 8, 9, "", "/copy"),
        ]
    )
    assert lost(graph) == {
        "file:/x@A": at(3),
        "product:P": at(9),  # lost /x at 7, /copy at 9
        "file:/x@D": None,
        "file:/copy@E": None,
    }
    assert graph.newest == {"file:/x": "file:/x@D", "file:/copy": "file:/copy@E"}


def test_rule_4_a_sighting_makes_no_version_but_holds_the_place() -> None:
    graph = graph_of([run("A", 0, 1, "", "/x=P"), run("B", 2, 3, "", "/x"), run("C", 4, 5, "/x=P")])
    assert graph.newest["file:/x"] == "file:/x@B"
    assert lost(graph) == {"product:P": None, "file:/x@B": None}
    # In-place: read and written by one run at one moment, the read comes first.
    inplace = graph_of([run("A", 3, 3, "/x=Q", "/x=P")])
    assert lost(inplace) == {"product:Q": at(3), "product:P": None}
    assert lost(graph_of([run("A", 3, 4, "/x", "/x")])) == {"file:/x": at(4), "file:/x@A": None}


def test_rule_5a_nested_activities() -> None:
    told = [
        run("in1", 2, 3, "", "/x", pid="p"),
        run("in2", 4, 5, "", "/x", pid="p"),
        run("other", 5, 6, "", "/x"),
        run("outer", 1, 7, "/x", pid="p"),
    ]
    assert used(graph_of(told), "outer") == {"file:/x@in2"}
    unknown = [
        run("in1", 2, 3, "", "/x", pid="p", node=None),
        run("in2", 4, 5, "", "/x", pid="p", node=None),
        run("outer", 1, 7, "/x", pid="p", node=None),
    ]
    assert used(graph_of(unknown), "outer") == {
        "file:/x@in1"
    }  # an unknown host is no match: by (c) the first


def test_rule_5b_5c_5d() -> None:
    told = [
        run("A", 0, 1, "", "/x"),
        run("B", 2, 3, "", "/x"),
        run("C", 4, 6, "", "/x"),
        run("b", 3, 9, "/x"),
        run("bb", 2, 9, "/x"),
        run("c", 0, 9, "/x"),
        run("d", 0, 0, "/x"),
        run("e", 0, None, "/x"),
    ]
    graph = graph_of(told)
    assert used(graph, "b") == {"file:/x@B"}
    assert used(graph, "bb") == {"file:/x@A"}
    assert used(graph, "c") == {"file:/x@A"}  # started before all of them: the first
    assert used(graph, "d") == used(graph, "e") == {"file:/x"}
    assert lost(graph)["file:/x"] == at(1)
    # A version at the reader's very start counts when its run comes before the reader in the order
    # of runs.
    assert used(graph_of([run("w", 1, 3, "", "/x"), run("a", 3, 3, "/x")]), "a") == {"file:/x"}
    assert used(graph_of([run("w", 1, 3, "", "/x"), run("a", 3, 4, "/x")]), "a") == {"file:/x@w"}


def test_rule_5_late_names() -> None:
    graph = graph_of(
        [
            run("A", 0, 1, "", "/x"),
            run("B", 0, 2, "", "/y"),
            run("r2", 4, 6, "/x=Q /y=P"),
            run("r1", 3, 7, "/x=P"),
            run("r3", 8, 9, "/x /y"),
        ]
    )
    # r1 started first, so /x@A is P; P was also named for /y@B, which is later: that one stays
    # known by its path.
    assert made(graph) == {"product:P": "A", "file:/y@B": "B"}
    assert used(graph, "r2") == {"product:P", "product:Q"}
    assert used(graph, "r3") == {"product:P", "file:/y@B"}
    assert graph.entities["product:P"].locations == {"file:/x", "file:/y"}
    claimed = graph_of(
        [run("A", 0, 1, "", "/x"), run("B", 2, 3, "", "/z=P"), run("C", 4, 5, "/x=P")]
    )
    assert made(claimed) == {"file:/x@A": "A", "product:P": "B"}


def test_rule_5_names_given_by_readers_of_a_path_without_versions() -> None:
    graph = graph_of([run("A", 0, 1, "/x"), run("B", 2, 3, "/x=P"), run("C", 4, 5, "/y /y=P /y=Q")])
    assert used(graph, "A") == {"product:P"}
    assert used(graph, "C") == {"product:P", "product:Q", "file:/y"}
    written = graph_of([run("A", 0, 1, "/x"), run("B", 2, 3, "/x=P"), run("C", 4, 5, "", "/x")])
    assert used(written, "A") == {"file:/x"}  # the path has a version, though a later one
    same_run = graph_of(
        [run("A", 0, 1, "", "/x"), run("B", 2, 3, "", "/z=P"), run("C", 4, 5, "/x /x=P")]
    )
    assert used(same_run, "C") == {"product:P"}


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("/data/x", "file://wn/data/x"),
        ("//data//./a/../x/", "file://wn/data/x"),
        ("/cwd/file:/data/x", "file://wn/data/x"),
        ("/cwd/file:x", "file://wn/cwd/x"),
        ("/cwd/file:../x", "file://wn/x"),
        ("file:///data/x", "file://wn/data/x"),
        ("/cwd/root:/host/x", "root://host/x"),
        ("root://host//a//b/../x", "root://host/a/x"),
    ],
)
def test_rule_7_urls(url: str, place: str) -> None:
    assert place_of("wn", url).text == place


def test_rule_9_one_activity_told_twice() -> None:
    graph = graph_of(
        [run("A", 2, 3, "/x", "/y"), run("A", 1, None, "", "/y /z"), run("B", 3, 4, "/y")]
    )
    assert used(graph, "A") == {"file:/x"}
    assert graph.entities["file:/z@A"].generated == at(3)
    assert used(graph, "B") == {"file:/y@A"}


def test_rule_9_one_file_under_two_names() -> None:
    told = [
        run("A", 0, 1, "/tmp/in", "/tmp/x=P /tmp/y", namespace="wn"),
        run("A", 0, 1, "/data/in", "/data/x /data/y"),
        run("B", 2, 3, "/data/x /data/y"),
        run("C", 2, 3, "/tmp/in", namespace="wn"),
    ]
    graph = graph_of(told)
    # Of two ids the smaller text, and `//` sorts before `/d`.
    assert used(graph, "A") == used(graph, "C") == {"file://wn/tmp/in"}
    assert made(graph) == {"product:P": "A", "file://wn/tmp/y@A": "A"}
    assert used(graph, "B") == {"product:P", "file://wn/tmp/y@A"}
    assert graph.entities["product:P"].locations == {"file:/data/x", "file://wn/tmp/x"}
    twice = graph_of([*told, run("A", 0, 1, "", "/more/x")])
    assert made(twice)["file:/data/x@A"] == "A"
    assert twice.entities["product:P"].locations == {"file://wn/tmp/x"}


def test_rule_9_roles() -> None:
    _, record = run("A", 0, 1)
    record["input"] = [line("/x=P", "first"), line("/x=P", "second")]
    graph = graph_of([("default", record)])
    assert graph.edges == {
        ("used", "A", "product:P", "first"),
        ("used", "A", "product:P", "second"),
    }


def test_times_are_utc_with_their_fraction() -> None:
    assert time_of("2026-11-21T08:29:38.045").text == "2026-11-21T08:29:38.045Z"
    assert time_of("2026-11-21T10:29:38+02:00").text == "2026-11-21T08:29:38.000Z"
    assert time_of("2026-11-21 08:29:38.1234567Z").text == "2026-11-21T08:29:38.1234567Z"
    assert time_of("2026-11-21T08:29:38.1") < time_of("2026-11-21T08:29:38.12")


# --- laws that hold on every history


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), histories())
def test_rule_8_any_order_any_split_any_repetition(
    data: st.DataObject, history: list[Said]
) -> None:
    batches = data.draw(loadings(history))
    assert all(len({namespace for namespace, _ in batch}) == 1 for batch in batches)
    assert graph_of(said for batch in batches for said in batch) == graph_of(history)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_every_entity_has_one_maker_and_a_sound_life(history: list[Said]) -> None:
    graph = graph_of(history)
    generations = {
        (source, target)
        for relation, source, target, _ in graph.edges
        if relation == "wasGeneratedBy"
    }
    assert len({source for source, _ in generations}) == len(generations)
    assert {source for source, _ in generations} == {
        e.id for e in graph.entities.values() if e.generated
    }
    assert set(graph.newest.values()) <= set(graph.entities)
    assert set(graph.newest) == {
        place for entity in graph.entities.values() for place in entity.locations
    }
    assert {end for _, source, target, _ in graph.edges for end in (source, target)} >= set(
        graph.entities
    )


def test_logs_are_what_was_said() -> None:
    records = [record for _, record in [run("A", 0, 1), run("B", 2, 3), run("C", 4, 5)]]
    assert arrays(as_log(records).decode()) == [records]
    assert arrays(as_scattered_log(records, [1, 0, 1]).decode()) == [
        records[:1],
        [],
        records[1:2],
        records[2:],
    ]


def test_contradiction_is_seen() -> None:
    one, other = run("A", 0, 1, "", "/x=P"), run("A", 0, 1, "", "/y/x=Q", namespace="wn")
    assert contradictory([one, other])
    assert not contradictory([one, run("A", 0, 1, "", "/y/x", namespace="wn")])
