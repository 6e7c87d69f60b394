"""Which file is this? One small written history or more for each rule of docs/contract.md.

`resolved` loads each history in three ways and compares them: every example is one of rule 8 too.
"""

import pytest

from provgraph.identity.entities import Standing
from provgraph.identity.files import File, RunTimes, files_of
from provgraph.identity.resolution import resolve
from provgraph.model.records import Mention
from provgraph.model.vocabulary import RelationType
from tests.identity.examples import at, line, locations, lost, made, resolved, run, used


def test_rule_1_the_strongest_identifier_is_the_id() -> None:
    graph = resolved(run("A", 0, 1, "/raw root://h/r", "/x=P /y"))
    assert set(graph.entities) == {"file:/raw", "root://h/r", "product:P", "file:/y@A"}


def test_rule_2_a_product_is_one_entity_at_any_path() -> None:
    copied = resolved(run("A", 0, 1, "", "/x=P"), run("B", 2, 3, "/copy=P", "/y=Q"))
    assert used(copied, "B") == {"product:P"}
    assert locations(copied, "product:P") == {"file:/x", "file:/copy"}
    # A moved file: the old path is written again, the file is read at the new one.
    moved = resolved(
        run("A", 0, 1, "", "/tmp/x=P"),
        run("B", 2, 3, "/data/x=P"),
        run("C", 4, 5, "", "/tmp/x=Q"),
        run("D", 6, 7, "/data/x"),
        run("E", 6, 7, "/tmp/x"),
    )
    assert lost(moved) == {"product:P": None, "product:Q": None}
    assert used(moved, "E") == {"product:Q"}


def test_rule_2_a_made_up_id_is_no_identifier() -> None:
    graph = resolved(run("A", 0, 1, "", "/x~M"), run("B", 2, 3, "/y~M"))
    assert set(graph.entities) == {"file:/x@A", "file:/y"}


def test_rule_3_times_are_the_earliest_start_and_the_latest_end() -> None:
    graph = resolved(run("A", 2, 3, "", "/x"), run("A", 1, 5), run("B", 4, 9, "/x"))
    assert graph.entities["file:/x@A"].generated == at(5)
    never_ended = resolved(run("A", 2, None, "", "/x"))
    assert never_ended.entities["file:/x@A"].generated == at(2)


def test_rule_4_each_writer_makes_a_version() -> None:
    graph = resolved(
        run("A", 0, 1, "", "/x"),
        run("B", 2, 3, "/x"),
        run("C", 4, 5, "", "/x"),
        run("D", 6, 7, "/x"),
    )
    assert made(graph) == {"file:/x@A": "A", "file:/x@C": "C"}
    assert (used(graph, "B"), used(graph, "D")) == ({"file:/x@A"}, {"file:/x@C"})
    assert lost(graph) == {"file:/x@A": at(5), "file:/x@C": None}
    assert graph.newest == {"file:/x": "file:/x@C"}


def test_rule_4_a_run_that_reads_makes_no_version() -> None:
    graph = resolved(run("A", 0, 1, "", "/x=P"), run("B", 2, 3, "", "/x"), run("C", 4, 5, "/x=P"))
    assert made(graph) == {"product:P": "A", "file:/x@B": "B"}
    assert lost(graph) == {"product:P": None, "file:/x@B": None}


def test_rule_4_invalidated_when_the_last_place_is_lost() -> None:
    graph = resolved(
        run("A", 0, 1, "", "/x=P"),
        run("B", 2, 3, "/copy=P"),
        run("C", 4, 5, "", "/x"),
        run("D", 6, 7, "", "/copy"),
    )
    assert lost(graph)["product:P"] == at(7)


def test_rule_5a_a_nested_run_of_the_same_process() -> None:
    inner = run("inner", 2, 3, "", "/x", pid="p")
    outer = run("outer", 1, 7, "/x", pid="p")
    between = run("other", 4, 5, "", "/x")
    assert used(resolved(inner, between, outer), "outer") == {"file:/x@inner"}
    first = run("first", 1, 2, "", "/x")
    assert used(resolved(first, inner, between, outer), "outer") == {"file:/x@inner"}
    # Another process, or one that is not known, is not nested: then (c) the first one counts.
    stranger = run("inner", 3, 4, "", "/x", pid="q")
    assert used(resolved(first, stranger, outer), "outer") == {"file:/x@first"}
    unknown = run("inner", 3, 4, "", "/x", pid="p", node=None)
    assert used(resolved(first, unknown, outer), "outer") == {"file:/x@first"}


def test_rule_5b_the_version_that_stood_there_at_the_start() -> None:
    graph = resolved(
        run("A", 0, 1, "", "/x"),
        run("B", 2, 3, "", "/x"),
        run("C", 4, 6, "", "/x"),
        run("at", 3, 9, "/x"),
        run("before", 2, 9, "/x"),
    )
    assert used(graph, "at") == {"file:/x@B"}  # "not after the reader's start"
    assert used(graph, "before") == {"file:/x@A"}


def test_rule_5c_the_first_version_written_meanwhile() -> None:
    graph = resolved(run("A", 1, 2, "", "/x"), run("B", 3, 4, "", "/x"), run("reader", 0, 9, "/x"))
    assert used(graph, "reader") == {"file:/x@A"}


def test_rule_5d_an_external_file() -> None:
    graph = resolved(run("A", 0, 1, "/x"), run("B", 2, 3, "", "/x"))
    assert used(graph, "A") == {"file:/x"}
    assert graph.entities["file:/x"].generated is None
    assert lost(graph) == {"file:/x": at(3), "file:/x@B": None}


def test_rule_5_only_runs_before_the_reader_count() -> None:
    # Both end at 3. The later start comes first, so W does not come before its reader R.
    assert used(resolved(run("W", 1, 3, "", "/x"), run("R", 3, 3, "/x")), "R") == {"file:/x"}
    assert used(resolved(run("W", 1, 3, "", "/x"), run("R", 3, 4, "/x")), "R") == {"file:/x@W"}
    # Of runs with the same times the smaller id comes first, also within one process.
    reader, first = run("R", 1, 5, "/x", pid="p"), run("A", 2, 3, "", "/x")
    for name, met in (("Q", "file:/x@Q"), ("S", "file:/x@A")):
        same = run(name, 1, 5, "", "/x", pid="p")
        assert used(resolved(first, same, reader), "R") == {met}


def test_rule_5_of_a_reader_that_ended_before_its_start_the_end_counts() -> None:
    """Clocks go wrong. What was written after the end of a run was not read by it."""
    writers = [run(name, start, start + 1, "", "/x") for name, start in (("A", 0), ("B", 2))]
    assert used(resolved(*writers, run("R", 5, 2, "/x")), "R") == {"file:/x@A"}


def test_rule_5_late_names() -> None:
    graph = resolved(run("A", 0, 1, "", "/x"), run("R", 2, 3, "/x=P"), run("S", 4, 5, "/x"))
    assert made(graph) == {"product:P": "A"}
    assert used(graph, "S") == {"product:P"}


def test_rule_5_the_earliest_reader_names_a_version() -> None:
    graph = resolved(
        run("A", 0, 1, "", "/x"), run("late", 3, 4, "/x=P"), run("early", 2, 9, "/x=Q")
    )
    assert made(graph) == {"product:Q": "A"}
    assert used(graph, "late") == {"product:P"}


def test_rule_5_the_first_of_several_versions_gets_the_name() -> None:
    graph = resolved(
        run("A", 0, 1, "", "/x"), run("B", 0, 2, "", "/y"), run("R", 3, 4, "/y=P /x=P")
    )
    assert made(graph) == {"product:P": "A", "file:/y@B": "B"}


def test_rule_5_a_reader_that_ended_later_leaves_the_external_file_to_the_others() -> None:
    """The record of a run's end comes late: only now is it known that a writer came before."""
    others = (run("S", 0, 1, "/x"), run("W", 2, 3, "", "/x"))
    graph = resolved(run("R", 0, 1, "/x"), *others, run("R", 0, 9))
    assert (used(graph, "R"), used(graph, "S")) == ({"file:/x@W"}, {"file:/x"})


def test_rule_5_a_claimed_product_is_no_late_name() -> None:
    graph = resolved(run("A", 0, 1, "", "/x"), run("B", 2, 3, "", "/z=P"), run("R", 4, 5, "/x=P"))
    assert made(graph) == {"file:/x@A": "A", "product:P": "B"}


def test_rule_5_names_of_a_path_that_nobody_wrote_to() -> None:
    one = resolved(run("A", 0, 1, "/x"), run("B", 2, 3, "/x=P"))
    assert used(one, "A") == {"product:P"}
    two = resolved(run("A", 0, 1, "/x"), run("B", 2, 3, "/x=P"), run("C", 4, 5, "/x=Q"))
    assert used(two, "A") == {"file:/x"}


def test_rule_5_what_a_run_names_at_a_path_elsewhere() -> None:
    graph = resolved(
        run("W", 0, 1, "", "/x"), run("V", 0, 1, "", "/z=P"), run("A", 2, 3, "/x /x=P")
    )
    assert used(graph, "A") == {"product:P"}
    several = resolved(run("A", 2, 3, "/x /x=P /x=Q"))
    assert used(several, "A") == {"product:P", "product:Q", "file:/x"}


def test_rule_7_a_namespace_is_a_file_system_of_its_own() -> None:
    graph = resolved(
        run("A", 0, 1, "", "/tmp/x", namespace="wn1"),
        run("B", 2, 3, "/tmp/x"),
        run("C", 2, 3, "/cwd/file:/tmp/x", namespace="wn1"),
    )
    assert used(graph, "B") == {"file:/tmp/x"}
    assert used(graph, "C") == {"file://wn1/tmp/x@A"}


def test_rule_9_one_run_told_several_times() -> None:
    graph = resolved(run("A", 2, 3, "/raw", "/x"), run("A", 2, 3, "/raw", "/x /y"))
    assert made(graph) == {"file:/x@A": "A", "file:/y@A": "A"}
    assert used(graph, "A") == {"file:/raw"}


def test_rule_9_one_file_in_two_roles() -> None:
    namespace, record = run("A", 0, 1)
    record = {**record, "input": [line("/x=P", "first"), line("/x=P", "second")]}
    graph = resolved((namespace, record))
    assert set(graph.entities) == {"product:P"}
    assert {role for *_, role in graph.edges} == {"first", "second"}


RUNS = {
    name: RunTimes(name, f"2026-11-21T08:00:0{start}.000", f"2026-11-21T08:00:0{start + 1}.000")
    for name, start in (("A", 0), ("B", 2))
}


def entities_of(*mentions: Mention) -> list[str]:
    """The entity of each mention, without a store."""
    assignments = resolve(files_of(mentions, {}, RUNS)).assignments
    return [assignments[mention.key].entity for mention in mentions]


@pytest.mark.parametrize(
    ("name", "place", "second"),
    [
        ("prov:x", None, "prov:x"),
        ("prov:x", "file:/x", "file:/x@B"),
        ("guid:G", None, "guid:G@B"),
        ("guid:G", "file:/x", "file:/x@B"),
    ],
)
def test_rule_3_what_a_document_says_of_a_making_without_a_path_stays_as_said(
    name: str, place: str | None, second: str
) -> None:
    made = RelationType.WAS_GENERATED_BY
    found = entities_of(*(Mention(each, made, None, place, name) for each in "AB"))
    assert found == [name, second]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("file:/a", "file:/b"),
        ("file:/a", "file://zone/a"),
        ("file://a/b", "file://b/a"),
        ("file://a/z/x", "file://a-b/c"),
        ("file://a/c", "file:/b"),
        ("root://h/x", "file://A/a"),
    ],
)
def test_rule_5_of_versions_of_one_run_the_first_by_namespace_and_path_gets_the_name(
    first: str, second: str
) -> None:
    made, read = RelationType.WAS_GENERATED_BY, RelationType.USED
    for places in ((first, second), (second, first)):
        versions = [Mention("A", made, None, place) for place in places]
        names = [Mention("B", read, None, place, "product:P") for place in places]
        found = dict(zip(places, entities_of(*versions, *names), strict=False))
        assert found == {first: "product:P", second: f"{second}@A"}


@pytest.mark.parametrize(
    ("at_a", "at_b", "met"),
    [
        (("stood", 0, 1), ("nested", 5, 6), "file:/b@nested"),
        (("meanwhile", 5, 6), ("stood", 0, 1), "file:/b@stood"),
        (("nested", 5, 6), ("nested too", 6, 7), "file:/b@nested too"),
        (("stood", 0, 1), ("stood too", 2, 3), "file:/b@stood too"),
        (("meanwhile", 6, 7), ("meanwhile too", 5, 6), "file:/b@meanwhile too"),
        (("nested", 5, 6), ("nested", 5, 6), "file:/b@nested"),
        (("stood", 0, 1), ("stood", 0, 1), "file:/b@stood"),
        (("meanwhile", 5, 6), ("meanwhile", 5, 6), "file:/a@meanwhile"),
    ],
)
@pytest.mark.parametrize("reads", [("file:/a", "file:/b"), ("file:/b", "file:/a")])
def test_rule_5_of_versions_met_at_two_places_of_a_file_the_best_counts(
    at_a: tuple[str, int, int], at_b: tuple[str, int, int], met: str, reads: tuple[str, ...]
) -> None:
    """Nested before standing before meanwhile; of the first two the last one, else the first."""

    def times(name: str, start: int, end: int) -> RunTimes:
        process = name.split(maxsplit=1)[0]
        return RunTimes(name, at(start).rstrip("Z"), at(end).rstrip("Z"), process)

    writes = [
        File(times(*each), True, (), (place,), ())
        for place, each in (("file:/a", at_a), ("file:/b", at_b))
    ]
    reader = times("nested R", 4, 9)
    mention = Mention("nested R", RelationType.USED, None, "file:/a")
    found = resolve([*writes, File(reader, False, (), reads, (mention,))])
    assert found.assignments[mention.key].entity == met


def test_rule_9_an_external_file_of_two_places_is_one_entity() -> None:
    reads = [Mention("B", RelationType.USED, None, place) for place in ("file:/a", "lfn:/x")]
    found = resolve(files_of(reads, dict.fromkeys((each.key for each in reads), b"twin"), RUNS))
    assert {each.entity for each in found.assignments.values()} == {"lfn:/x"}
    (entity,) = found.entities.values()
    assert entity.former == ("file:/a", "lfn:/x")
    assert entity.standings == tuple(Standing(place, 0, "", None) for place in entity.former)


def test_rule_9_a_version_of_two_places_has_two_ids_and_stands_where_its_readers_see_it() -> None:
    made, read = RelationType.WAS_GENERATED_BY, RelationType.USED
    wrote = [Mention("A", made, None, place) for place in ("file:/a", "lfn:/x")]
    seen = [Mention("B", read, None, place) for place in ("file:/a", "file:/copy")]
    twin_of = {each.key: each.run.encode() for each in (*wrote, *seen)}
    (entity,) = resolve(files_of([*wrote, *seen], twin_of, RUNS)).entities.values()
    places = {each.place for each in entity.standings}
    assert places == {"file:/a", "lfn:/x", "file:/copy"}
    # Of places where nobody wrote all sightings have the same rank, the lowest.
    assert Standing("file:/copy", 0, RUNS["B"].start, None) in entity.standings
    assert set(entity.identifiers) == {"file:/a@A", "lfn:/x@A", *places}


def test_rule_3_of_two_makings_that_a_document_states_the_earlier_one_tells_the_time() -> None:
    """Neither is accepted as a claim, since both runs read the entity as well."""
    relations = (RelationType.WAS_GENERATED_BY, RelationType.USED)
    for runs in ("AB", "BA"):
        said = [Mention(run, each, None, None, "prov:x") for run in runs for each in relations]
        (entity,) = resolve(files_of(said, {}, RUNS)).entities.values()
        assert entity.generated_at == RUNS["A"].end


def test_rule_6_what_is_stated_of_a_former_name_makes_no_other_entity() -> None:
    wrote = Mention("A", RelationType.WAS_GENERATED_BY, None, "file:/x", "product:P")
    stated = ("file:/x@A", "product:Q", "file:/never/written")
    found = resolve(files_of([wrote], {}, RUNS), stated).entities
    assert {name: each.former for name, each in found.items()} == {
        "product:P": ("file:/x@A",),
        "product:Q": (),
        "file:/never/written": ("file:/never/written",),
    }


def test_rule_3_the_file_of_a_claim_that_is_turned_down_is_meant_by_its_own_id() -> None:
    """A made P. At the path where B says so, too, B also made R."""
    made = RelationType.WAS_GENERATED_BY
    said = [
        Mention("A", made, None, "file:/p", "product:P"),
        Mention("B", made, "one", "file:/x", "product:P"),
        Mention("B", made, "two", "file:/x", "product:R"),
    ]
    found = resolve(files_of(said, {}, RUNS)).entities
    assert {name: each.former for name, each in found.items()} == {
        "product:P": ("file:/p@A",),
        "product:R": (),
        "file:/x@B": ("file:/x@B",),
    }
