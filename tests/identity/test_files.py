"""The files of runs: twins of several sources, nested runs, the order of runs."""

from provgraph.identity.files import RunTimes, files_of, several_speak_of, times_of, twins
from provgraph.model.identifiers import strength
from provgraph.model.records import INFERRED, Fact, Mention, Run
from provgraph.model.vocabulary import RelationType
from tests.identity.examples import made, resolved, run, used

W, R = RelationType.WAS_GENERATED_BY, RelationType.USED


def written(place: str | None, identifier: str | None, source: str) -> Mention:
    return Mention("A", W, None, place, identifier, source)


LOG = written("file://wn/tmp/x", "product:P", "ctapipe")
CATALOGUE = written("lfn:/cta/x", "guid:G", "ctadirac")


def test_two_sources_with_one_file_of_a_name_each_mean_one_file() -> None:
    shared = twins([LOG, CATALOGUE])
    assert shared.keys() == {LOG.key, CATALOGUE.key}
    (file,) = files_of([LOG, CATALOGUE], shared, {"A": RunTimes("A", "", None)})
    assert file.identifiers == ("product:P", "guid:G")
    assert file.places == ("file://wn/tmp/x", "lfn:/cta/x")


def test_each_file_has_a_key_and_its_names_in_order() -> None:
    mentions = [
        Mention(run, side, None, place, identifier, source)
        for run in "AB"
        for side in (R, W)
        for name in ("x", "y")
        for place, identifier, source in (
            (f"file:/{name}", f"product:{name}", "log"),
            (f"lfn:/{name}", f"guid:{name}", "catalogue"),
        )
    ]
    shared = {
        key: twin
        for run in "AB"
        for key, twin in twins([each for each in mentions if each.run == run]).items()
    }
    assert shared.keys() == {each.key for each in mentions}
    assert len(set(shared.values())) == 8
    files = files_of(mentions, shared, {name: RunTimes(name, "", None) for name in "AB"})
    assert len(files) == 8
    for file in files:
        assert list(file.places) == sorted(file.places)
        assert list(file.identifiers) == sorted(file.identifiers, key=strength)


def test_what_a_run_reads_twice_is_the_product_that_it_names_once() -> None:
    def said(relation: RelationType, *names: str | None) -> list[Mention]:
        log = [Mention("A", relation, None, "file:/x", name, "log") for name in names]
        return [*log, Mention("A", relation, None, "lfn:/x", "guid:G", "catalogue")]

    once = said(R, None, "product:P")
    assert twins(once).keys() == {each.key for each in once}
    assert twins(said(R, None, "product:P", "product:Q")) == {}
    assert twins(said(W, None, "product:P")) == {}
    unplaced = Mention("A", R, None, None, "product:P", "log")
    assert twins([unplaced, *said(R, None)]).keys() == {each.key for each in said(R, None)}


def test_what_a_run_writes_is_not_the_product_that_it_read_there() -> None:
    read = Mention("A", R, None, "file:/x", "product:P", "log")
    wrote, filed = written("file:/x", None, "log"), written("lfn:/x", "product:Q", "catalogue")
    assert twins([read, wrote, filed]).keys() == {wrote.key, filed.key}


def test_only_what_a_source_states_of_a_place_has_twins() -> None:
    assert twins([LOG, written("lfn:/cta/x", "guid:G", INFERRED)]) == {}
    assert twins([written(None, "product:P", "log"), written(None, "guid:G", "catalogue")]) == {}


def test_a_second_file_of_that_name_in_one_source_leaves_all_apart() -> None:
    assert twins([LOG, CATALOGUE, written("lfn:/old/x", "guid:H", "ctadirac")]) == {}


def test_inputs_and_outputs_are_no_twins() -> None:
    assert twins([LOG, Mention("A", R, None, "lfn:/cta/x", "guid:G", "ctadirac")]) == {}


def test_two_products_are_two_files() -> None:
    assert twins([LOG, written("lfn:/cta/x", "product:Q", "ctadirac")]) == {}


def test_other_names_are_no_twins() -> None:
    assert twins([LOG, written("lfn:/cta/y", "guid:G", "ctadirac")]) == {}


def test_twins_in_two_namespaces_are_one_entity() -> None:
    graph = resolved(
        run("A", 0, 1, "", "/tmp/x=P /tmp/y", namespace="wn"),
        run("A", 0, 1, "", "/data/x /data/y"),
        run("B", 2, 3, "/data/x /data/y"),
    )
    assert made(graph) == {"product:P": "A", "file://wn/tmp/y@A": "A"}
    assert used(graph, "B") == {"product:P", "file://wn/tmp/y@A"}


def test_the_order_of_runs() -> None:
    runs = [
        RunTimes("C", "2026-11-21T08:00:00.000", "2026-11-21T08:00:06.000"),
        RunTimes("A", "2026-11-21T08:00:01.000", "2026-11-21T08:00:05.000"),
        RunTimes("B", "2026-11-21T08:00:03.000", "2026-11-21T08:00:05.000"),
        RunTimes("0", "2026-11-21T08:00:01.000", "2026-11-21T08:00:05.000"),
        RunTimes("D", "2026-11-21T08:00:02.000", None),
    ]
    ordered = sorted(runs, key=lambda each: each.order)
    assert [each.id for each in ordered] == ["D", "B", "0", "A", "C"]


def test_fractions_of_different_length_are_compared_as_numbers() -> None:
    early = RunTimes("A", "2026-11-21T08:00:01.000", "2026-11-21T08:00:05.000")
    late = RunTimes("B", "2026-11-21T08:00:01.000001", "2026-11-21T08:00:05.000")
    assert late.order < early.order


def test_the_process_is_known_by_all_four_facts() -> None:
    facts = {
        Fact.HOST: ("wn1",),
        Fact.BOOT_TIME: ("b",),
        Fact.EXECUTABLE: ("python",),
        Fact.ARGUMENTS: (["x"],),
        Fact.START: ("2026-11-21T08:00:02.000", "2026-11-21T08:00:01.000"),
        Fact.END: ("2026-11-21T08:00:03.000", "2026-11-21T08:00:04.000"),
    }
    whole = times_of(Run("A", facts))
    assert (whole.start[-6:], (whole.end or "")[-6:]) == ("01.000", "04.000")
    inner = RunTimes("B", "2026-11-21T08:00:02.000", "2026-11-21T08:00:03.000", whole.process)
    assert whole.encloses(inner)
    assert not inner.encloses(whole)
    assert whole.encloses(RunTimes("C", whole.start, whole.end, whole.process))
    for name in (Fact.HOST, Fact.BOOT_TIME, Fact.EXECUTABLE, Fact.ARGUMENTS):
        assert times_of(Run("A", {k: v for k, v in facts.items() if k != name})).process is None
        assert times_of(Run("A", {**facts, name: ("other",)})).process != whole.process
    assert times_of(Run("A", {})) == RunTimes("A", "", None)


def test_what_is_inferred_is_of_no_source() -> None:
    new = {run: [Mention(run, RelationType.USED, None, "file:/x", None, "log")] for run in "AB"}
    known = {"A": {"log", INFERRED}, "B": {"catalogue"}}
    assert several_speak_of(new, known) == (["B"], {"A": [new["A"][0].key]})
