"""The tree that people read."""

import re
from dataclasses import replace
from typing import Any

import pytest

from provgraph.model.derived import Invalidation
from provgraph.model.lineage import Direction, Lineage, Restriction, restrict_lineage
from provgraph.model.summary import EndReason, LineageEnd, LineageSummary, SuspectedInput
from provgraph.model.vocabulary import Kind
from provgraph.writers.screen import Screen, columns
from provgraph.writers.text import write
from tests.lineages import (
    chain,
    entity,
    impact_of_model,
    lineage,
    two_steps,
)


def test_a_file_without_known_producer() -> None:
    text = write(lineage([entity("/data/raw.zst")], []))
    assert text.splitlines() == [
        "What produced /data/raw.zst?",
        "Nothing known.",
        "",
        "/data/raw.zst  (no known run made it)",
    ]


def test_a_file_that_nothing_used() -> None:
    assert "/data/raw.zst  (no known run used it)\n" in write(
        lineage([entity("/data/raw.zst")], [], Direction.DOWNSTREAM)
    )


def test_it_is_not_claimed_that_nobody_made_a_file_where_the_answer_is_cut() -> None:
    whole = two_steps()
    assert "no known run" in write(whole)
    assert "no known run" not in write(replace(whole, truncated=True, nodes=whole.nodes[:3]))
    one_step = replace(
        whole,
        depth=2,
        nodes=tuple(replace(node, distance=min(node.distance, 2)) for node in whole.nodes),
    )
    text = write(one_step)
    assert "no known run" not in text
    assert "(within 2 relations)" in text
    assert text.endswith(
        "The walk stopped after 2 relations, as asked; there may be more (--depth).\n"
    )


def test_a_cut_answer_says_so() -> None:
    lines = write(replace(two_steps(), truncated=True)).splitlines()
    assert lines[1].endswith("[cut short, see the end]")
    assert lines[-1] == "Cut short: these are the nearest 8 records; there are more behind them."


def test_a_filtered_answer_is_a_list() -> None:
    whole = two_steps()
    text = write(
        replace(whole, edges=(), nodes=tuple(n for n in whole.nodes if n.kind is Kind.ACTIVITY))
    )
    assert "Found, without the relations between them:\n   ctapipe-apply-models" in text
    assert "no known run" not in text


def test_a_filter_narrows_only_what_is_listed() -> None:
    whole = impact_of_model()
    none = write(restrict_lineage(whole, Restriction(data_levels=("DL0", "DL1"))))
    head, counts, levels, listed, _, root = none.splitlines()
    assert [head, counts, levels] == write(whole).splitlines()[:3]
    assert levels == "1 DL2"
    assert listed == "4 records, none of them DL0 or DL1"
    assert "no known run" not in root
    some = write(restrict_lineage(whole, Restriction(kinds=("entity",), data_levels=("DL2",))))
    assert some.splitlines()[3] == "4 records, 1 of them entity and DL2; only these are listed"
    assert "Found, without the relations between them:\n   /data/dl2/run02001_full" in some


def test_a_filter_on_an_answer_without_records() -> None:
    nothing = lineage([entity("/data/raw.zst")], [], Direction.DOWNSTREAM)
    text = write(restrict_lineage(nothing, Restriction(kinds=("agent",))))
    assert text.splitlines()[1:] == ["Nothing known.", "", "/data/raw.zst  (no known run used it)"]


def test_a_list_still_knows_who_made_what() -> None:
    """The run that made a file is not listed; nobody may conclude that there is none."""
    files = write(restrict_lineage(two_steps(), Restriction(kinds=("entity",))))
    assert "4 files (3 of them made by no known run)" in files
    assert "\n   /data/config/base.yaml\n" in files


def test_both_ways_is_two_trees() -> None:
    up, down = two_steps(), impact_of_model()
    both = replace(
        down,
        direction=Direction.BOTH,
        nodes=tuple({node.key: node for node in (*up.nodes, *down.nodes)}.values()),
        edges=tuple(dict.fromkeys((*up.edges, *down.edges))),
    )
    text = write(both)
    assert text.startswith("What led to /data/models/energy.pkl, and what came of it?\n")
    led, came = text.split("What came of it:")
    assert "└─ made by ctapipe-train-energy-regressor" in led
    assert "└─ used by ctapipe-apply-models" in came


def test_names_cannot_steer_the_terminal() -> None:
    text = write(lineage([entity("/data/\x1b]0;owned\x07\n\u202etxt.exe")], []))
    assert "/data/\\x1b]0;owned\\x07\\n\\u202etxt.exe" in text


def test_the_title_repeats_what_was_asked() -> None:
    assert write(two_steps(), "run02001_full.dl2.h5").splitlines()[0] == (
        "What produced run02001_full.dl2.h5?"
    )
    assert write(two_steps(), "a\x1b[31m").splitlines()[0] == "What produced a\\x1b[31m?"


@pytest.mark.parametrize("width", [200, 100, 80, 60, 40, 25])
@pytest.mark.parametrize("example", [two_steps(), impact_of_model(), chain(40)])
def test_no_line_is_wider_than_the_terminal(example: Lineage, width: int) -> None:
    text = write(example, "run02001_full.dl2.h5", Screen(width))
    assert max(map(columns, text.splitlines())) <= width
    assert "\x1b" not in text


def test_what_matters_stays_on_a_narrow_terminal() -> None:
    """A file by its end, a run by its name, its status and an id that can be asked for."""
    lines = write(two_steps(), None, Screen(64)).splitlines()
    made = next(line for line in lines if "─ made by" in line)
    assert "ctapipe-apply-models" in made
    assert "(1ca17bea)" in made
    assert any("run02001.dl1.h5" in line for line in lines)


def test_a_pipe_gets_whole_ids() -> None:
    assert "(1ca17bea-0a22-45e3-a8a9-2cc53a6179af)" in write(two_steps())


def test_colours_are_for_screens_that_have_them() -> None:
    coloured = write(impact_of_model(), None, Screen(120, has_colours=True))
    assert "\x1b[1;31merror\x1b[0m" in coloured
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert plain == write(impact_of_model(), None, Screen(120))


def marked(whole: Lineage, name: str, **changes: Any) -> Lineage:
    """The lineage with a change to the record of this name."""
    nodes = tuple(replace(node, **changes) if node.name == name else node for node in whole.nodes)
    root = next(node for node in nodes if node.key == whole.root.key)
    return replace(whole, nodes=nodes, root=root)


BAD = Invalidation("2026-11-28T10:00:00Z", "trained on\nmoonlight data", "me")


def test_an_invalid_file_is_marked_where_it_stands_and_in_the_head() -> None:
    lines = write(marked(two_steps(), "energy.pkl", invalidation=BAD)).splitlines()
    assert "made from 1 invalid file" in lines[:5]
    (line,) = (line for line in lines if "INVALID" in line)
    assert "energy.pkl" in line
    assert "INVALID since 2026-11-28 10:00:00: trained on\\nmoonlight data" in line
    assert "overwritten 2026-11-22" in line  # another fact, which stays
    assert "INVALID" not in write(two_steps())


def test_an_invalid_run_and_what_was_made_from_it() -> None:
    run = marked(
        two_steps(), "ctapipe-train-energy-regressor", invalidation=replace(BAD, reason=None)
    )
    text = write(run)
    assert "made from 1 invalid run\n" in text
    assert "INVALID since 2026-11-28 10:00:00  as ml-models" in text
    tainted = marked(two_steps(), "run02001_full.dl2.h5", tainted=("a", "b"))
    assert write(tainted).count("made from 2 invalid records") == 2
    below = write(marked(impact_of_model(), "run02001_full.dl2.h5", invalidation=BAD))
    assert "\n1 invalid record among what was made from it\n" in below


def test_a_mark_stays_on_a_narrow_terminal() -> None:
    text = write(marked(two_steps(), "energy.pkl", invalidation=BAD), None, Screen(70))
    assert "INVALID since" in text


def test_a_record_with_more_behind_it_says_so() -> None:
    text = write(marked(two_steps(), "run02001.dl1.h5", more=True))
    (line,) = (line for line in text.splitlines() if "(more behind it)" in line)
    assert "run02001.dl1.h5" in line


def test_a_file_is_shown_by_the_path_that_each_run_named() -> None:
    whole = two_steps()
    edges = tuple(
        replace(edge, location="/scratch/energy.pkl")
        if edge.role == "reconstructor"
        else replace(edge, location="/data/models/energy.pkl" if edge.role == "ml-models" else None)
        for edge in whole.edges
    )
    moved = replace(whole, edges=edges)
    lines = write(moved).splitlines()
    (used,) = (line for line in lines if "used /scratch/energy.pkl" in line)
    assert "now at /data/models/energy.pkl" in used
    gone = write(marked(moved, "energy.pkl", location=None))
    assert "now at" not in gone


def test_the_summary_says_how_far_the_answer_reaches_and_what_speaks_against_it() -> None:
    plain = two_steps()
    dl2, apply, *_, train, training = plain.nodes
    found = LineageSummary(
        complete=False,
        ends=(
            LineageEnd("file:/data/config/base.yaml", EndReason.EXTERNAL),
            LineageEnd(training.id, EndReason.EXTERNAL),
            LineageEnd(train.id, EndReason.CUT),
        ),
        failed=(apply.id,),
        invalid=(training.id,),
        versions={"a": ("1",), "b": ("1", "2")},
        rewritten=(dl2.id,),
        suspected=(SuspectedInput(train.id, "/data/x\n", "file:/data/x\n"),),
        configuration=frozenset({"file:/data/config/base.yaml"}),
    )
    text = write(replace(plain, summary=found))
    assert text.splitlines()[3:9] == [
        "Not complete. Made by no known run: "
        + (training.location or "")
        + f"; Cut here: {train.name} ({train.id})",
        f"Did not end well: {apply.name} ({apply.id})",
        f"Invalid: {training.location}",
        "Several versions: b 1, 2",
        f"Overwritten by its reader, or before it was read: {dl2.location}",
        "Named in a configuration, not recorded as an input (inferred): /data/x\\n "
        f"(by {train.name} ({train.id}))",
    ]
    goals = replace(found, complete=True, ends=(LineageEnd("a", EndReason.RAW),))
    assert "Complete: every way leads back to raw data (1) or configuration (1)." in write(
        replace(plain, summary=goals)
    )
