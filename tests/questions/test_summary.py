"""What a lineage opens with: how far it reaches, and what speaks against trusting it."""

from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import ANY, Mock, call

import pytest

from provgraph.ingest.invalidation import invalidate
from provgraph.model.lineage import Direction, Lineage, Restriction, restrict_lineage
from provgraph.model.records import Document, End, Mention, Settings, StatedRelation
from provgraph.model.summary import EndReason, LineageSummary, SuspectedInput
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.summary import summary_of, with_summary
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.questions.runs import put, run

USED, MADE = RelationType.USED, RelationType.WAS_GENERATED_BY
DL3 = "/data/ctao/dl3/run02002_v2.dl3.fits"
IRF = "da1d4921-7e79-4504-903b-9ea17261a984"
CUTS = "file:/data/ctao/irf/cuts.fits@dfa0e86a-46c8-47eb-9867-231a1f0788d1"


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store("sqlite://")
    yield opened
    opened.close()


def summed(store: Store, name: str, direction: Direction = Direction.UPSTREAM) -> LineageSummary:
    return summary_of(store, lineage(store, find(store, name), direction))


def whys(summary: LineageSummary) -> dict[str, str]:
    return {end.id: end.why.value for end in summary.ends}


def test_a_real_history_is_complete_and_shows_the_cuts_file_that_nobody_noted(
    corpus: Store,
) -> None:
    found = summed(corpus, DL3)
    assert found.complete
    ends = whys(found)
    assert {path for path, why in ends.items() if why == "raw"} == {
        path for path in ends if path.endswith(".simtel.zst")
    }
    assert {path for path, why in ends.items() if why == "external"} == found.configuration
    assert found.versions["ctapipe-process"] == ("0.28.0",)
    assert SuspectedInput(IRF, "/data/ctao/irf/cuts.fits", CUTS) in found.suspected
    recorded = lineage(corpus, find(corpus, DL3)).edges
    assert not any(edge.role == "suspected" or edge.inferred for edge in recorded)


def test_a_cut_answer_is_not_complete_and_says_where_it_was_cut(corpus: Store) -> None:
    cut = lineage(corpus, find(corpus, DL3), depth=3)
    found = summary_of(corpus, cut)
    assert not found.complete
    more = {node.id for node in cut.nodes if node.more}
    assert more == {end.id for end in found.ends if end.why is EndReason.CUT} != set()


def test_a_filter_narrows_nothing_of_what_is_said(corpus: Store) -> None:
    whole = lineage(corpus, find(corpus, DL3))
    listed = restrict_lineage(whole, Restriction(kinds=("agent",)))
    assert with_summary(corpus, listed).summary == summary_of(corpus, whole)


def test_why_a_way_ends(store: Store) -> None:
    put(
        store,
        run("sim-1", 0, {}, {"/raw/a": "DL0/Event"}),
        run("daq-1", 0, {"/r0": "R0/Event"}, {"/raw/b": "DL0/Event"}),
        run("made-1", 1, {}, {"/calibration": "model"}),
        run(
            "top-1",
            2,
            {"/raw/a": "x", "/raw/b": "x", "/calibration": "x", "/lost": "x"},
            {"/t": ""},
        ),
    )
    found = summed(store, "/t")
    assert whys(found) == {
        "file:/lost": "external",
        "sim-1": "raw",
        "made-1": "unrecorded",
        "file:/r0": "raw",
    }
    assert not found.complete
    assert summed(store, "/raw/b").complete
    assert summed(store, "/raw/a").complete


def test_configuration_is_known_by_its_role_and_by_what_the_run_says(store: Store) -> None:
    put(
        store,
        replace(
            run("a-1", 0, {"/raw": "DL0/Event", "/set": "any", "/c": "Configuration"}, {"/x": ""}),
            config_files=("file:/set",),
        ),
        run("b-1", 2, {"/x": "x", "/set": "data"}, {"/y": ""}),
    )
    assert summed(store, "/x").complete
    found = summed(store, "/y")  # one of the two read it as data
    assert not found.complete
    assert found.configuration == {"file:/c"}


def test_what_only_leads_back_to_itself_is_not_complete(store: Store) -> None:
    a, b = (End(Kind.ENTITY, f"product:{name}") for name in "ab")
    derived = [StatedRelation(RelationType.WAS_DERIVED_FROM, *ends) for ends in ((a, b), (b, a))]
    put(store, Document(relations=tuple(derived)))
    found = summed(store, "product:a")
    assert (found.complete, found.ends) == (False, ())


def test_failed_runs_versions_and_invalid_files(store: Store) -> None:
    put(
        store,
        run("step-1", 0, {"/raw": "DL0/Event"}, {"/a": ""}, version="1.0", status="error"),
        run("step-2", 2, {"/a": ""}, {"/b": ""}, version="1.10"),
        run("step-3", 4, {"/b": ""}, {"/c": ""}, version="1.9"),
    )
    invalidate(store, find(store, "/a"), None, "moonlight", "Ada")
    found = summed(store, "/c")
    assert found.failed == ("step-1",)
    assert found.versions == {"step": ("1.0", "1.10", "1.9")}
    assert found.invalid == ("file:/a@step-1",)
    near = lineage(store, find(store, "/c"), depth=1)
    assert summary_of(store, near).invalid == ("file:/a@step-1",)  # beyond the cut
    assert (found.complete, found.rewritten) == (True, ())


def test_files_that_were_rewritten(store: Store) -> None:
    put(
        store,
        run("make-1", 0, {}, {"/p": ""}),
        run("append-1", 2, {"/p": ""}, {"/p": "", "/log": ""}),
        run("late-1", 10, {}, {"/q": ""}),
    )
    assert summed(store, "/p").rewritten == ("file:/p@make-1",)
    # The new version at the path is no part of what led to the other output.
    assert summed(store, "/log").rewritten == ("file:/p@make-1",)
    assert summed(store, "/p@make-1", Direction.DOWNSTREAM).rewritten == ("file:/p@make-1",)


def test_a_file_that_was_read_after_it_was_overwritten(store: Store) -> None:
    """A run that names a product and no path reads it, wherever it stood."""
    made = Mention("make-1", MADE, None, "file:/p", "product:1", "x")
    read = Mention("read-1", USED, None, None, "product:1", "x")
    end = Mention("read-1", MADE, None, "file:/end", None, "x")
    put(
        store,
        replace(run("make-1", 0, {}, {}), mentions=(made,)),
        replace(run("read-1", 9, {}, {}), mentions=(read, end)),
    )
    assert summed(store, "/end").rewritten == ()
    put(store, run("other-1", 12, {}, {"/p": ""}))
    assert summed(store, "/end").rewritten == ()
    put(store, run("other-2", 2, {}, {"/p": ""}))
    assert summed(store, "/end").rewritten == ("product:1",)


def test_suspected_are_files_that_stood_there_and_that_nobody_noted(store: Store) -> None:
    put(
        store,
        run("make-1", 0, {}, {"/d/cuts": ""}),
        run("make-2", 30, {}, {"/d/cuts": ""}),
        run("make-3", 30, {}, {"/d/later": ""}),
        run("other-1", 0, {"/d/ext.h5": "", "/d/old": ""}, {}),
        run(
            "use-1",
            10,
            {"/d/sub/in": "DL0/Event"},
            {"/d/old": ""},
            Settings("T", {"T.in": ["/d/sub/in"], "T.cuts": ["/d/./cuts"], "T.later": "/d/later"}),
            arguments=["tool", "sub/in", "--x=ext.h5", "-o", "./old", "--none=/d/none"],
        ),
    )
    assert set(summed(store, "/d/old").suspected) == {
        SuspectedInput("use-1", "/d/cuts", "file:/d/cuts@make-1"),
        SuspectedInput("use-1", "/d/ext.h5", "file:/d/ext.h5"),
    }


def test_a_file_that_influenced_a_run_is_not_suspected(store: Store) -> None:
    named = Settings("T", {"T.in": "/d/ext"})
    put(
        store,
        run("other-1", 0, {"/d/ext": ""}, {}),
        run("use-1", 10, {"/raw": "DL0/Event"}, {"/d/end": ""}, named),
    )
    suspected = (SuspectedInput("use-1", "/d/ext", "file:/d/ext"),)
    assert summed(store, "/d/end").suspected == suspected
    ends = End(Kind.ACTIVITY, "use-1"), End(Kind.ENTITY, "file:/d/ext")
    put(store, Document(relations=(StatedRelation(RelationType.WAS_INFLUENCED_BY, *ends),)))
    assert summed(store, "/d/end").suspected == ()


def test_a_whole_lineage_is_told_by_one_walk(corpus: Store) -> None:
    """With the recalls that are marked, so that nobody has to ask for them."""
    asked = Mock(wraps=corpus)
    walked = lineage(asked, find(corpus, DL3))
    assert [name for name, *_ in asked.method_calls] == ["walk"]
    asked.walk = Mock(return_value=replace(walked, recalls=None))
    asked.reset_mock()
    lineage(asked, walked.root)
    assert [name for name, *_ in asked.method_calls] == ["walk", "recalls"]


def test_a_summary_asks_for_the_named_files_and_for_no_more_than_the_walk_has(
    corpus: Store,
) -> None:
    """Only where such a file is found is there more to be asked."""
    asked = Mock(wraps=corpus)
    walked = lineage(corpus, find(corpus, DL3))
    found = summary_of(asked, walked)
    assert [name for name, *_ in asked.method_calls] == ["paths_in", "files_at", "edges_of"]
    asked.reset_mock()
    assert summary_of(asked, lineage(corpus, find(corpus, DL3), depth=0)).suspected == ()
    assert [name for name, *_ in asked.method_calls] == ["paths_in"]
    asked.reset_mock()
    assert summary_of(asked, replace(walked, setups=None)) == found
    assert asked.method_calls[0] == call.setups_of(ANY)


def test_what_a_run_writes_is_not_suspected(store: Store) -> None:
    written = {"T.output_path": "/o/a", "T.log_file": "/o/log", "T.second": "/o/b", "T.conf": "/c"}
    put(
        store,
        run("old-1", 0, {}, {"/o/a": "", "/o/b": "", "/o/log": ""}),
        run("old-2", 0, {"/c": ""}, {}),
        replace(
            run("use-1", 10, {}, {"/o/end": "", "/o/b": ""}, Settings("T", written)),
            config_files=("file:/c",),
        ),
    )
    assert summed(store, "/o/end").suspected == ()


def test_a_lineage_to_effects_has_no_ends(corpus: Store) -> None:
    found = summed(corpus, "/data/ctao/dl0/gamma_run00001.simtel.zst", Direction.DOWNSTREAM)
    assert (found.complete, found.ends, found.suspected) == (True, (), ())
    assert found.versions["create-dl3"] == ("0.28.0",)


def test_of_both_ways_the_ends_are_those_of_the_origin(corpus: Store) -> None:
    name = "/data/ctao/dl2/run02002.dl2.h5"
    both, upstream = (summed(corpus, name, way) for way in (Direction.BOTH, Direction.UPSTREAM))
    assert (both.ends, both.complete) == (upstream.ends, True)
    assert "create-dl3" in both.versions.keys() - upstream.versions.keys()


def test_an_agent_and_a_file_alone(corpus: Store) -> None:
    raw = find(corpus, "/data/ctao/dl0/gamma_run00001.simtel.zst")
    assert summary_of(corpus, lineage(corpus, raw)).complete
    empty = Lineage(raw, Direction.UPSTREAM, None, False, (), ())
    assert not summary_of(corpus, empty).complete
