"""One command of a recipe, and what can't be rebuilt of it."""

from dataclasses import replace
from typing import Any

import pytest

from provgraph.model.records import Agent, Document, End, StatedRelation
from provgraph.model.vocabulary import Kind, RelationType
from tests.questions.recipes import gaps, made, step
from tests.questions.runs import run


def test_a_file_that_is_changed_in_place() -> None:
    found = made("/x", step("b-1", 2, "/x", "/x"), step("a-1", 1, "/raw", "/x"))
    first, second = found.steps
    assert second.changed == ((first.outputs[0], second.outputs[0]),)
    assert [each.file for each in second.arguments if each.file] == [second.outputs[0]] * 2


def test_what_is_not_recorded_is_told() -> None:
    found = made("/x", run("a-1", 1, {"/raw": "in"}, {"/x": "out"}, status="error"))
    assert gaps(found) == [
        ("Its command line isn't recorded: write it yourself.", "a-1"),
        ("It ended with the status error: it may fail again.", "a-1"),
        ("The version of its tool isn't recorded.", "a-1"),
        ("The versions of its packages aren't recorded.", "a-1"),
    ]
    assert not found.is_runnable


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"arguments": ["-c", "/x"]}, "Its program was typed in or came through a pipe"),
        ({"arguments": ["tool", "--token", "***", "/raw", "/x"]}, "Secrets are not kept"),
        ({"arguments": ["tool", "/raw", "/o/p", "/x"]}, "It names /o/p, which nobody noted"),
        ({"arguments": ["tool", "/x"]}, "No argument names its input /raw"),
        ({"system.environment.TZ": "CET"}, 'The environment had TZ="CET".'),
    ],
)
def test_what_can_not_be_rebuilt_of_a_command(facts: dict[str, Any], told: str) -> None:
    found = made("/x", step("a-1", 1, "/raw", "/x", **facts))
    assert any(gap.what.startswith(told) for gap in found.gaps)


def test_a_command_line_that_is_one_text() -> None:
    found = made("/x", step("a-1", 1, "/raw", "/x", arguments="tool '/raw' -o /x --say 'a b'"))
    (only,) = found.steps
    assert [each.text or (each.file and each.file.location) for each in only.arguments] == [
        *("/raw", "-o", "/x", "--say", "a b")
    ]


def test_an_input_that_was_overwritten_since() -> None:
    found = made("/x", step("a-1", 1, "/raw", "/x"), step("b-1", 5, "/other", "/raw"))
    (gone,) = (gap for gap in found.gaps if gap.id == "file:/raw")
    assert gone.what.startswith("This input is no longer at /raw since 2027-01-01T00:06")


def test_an_input_elsewhere() -> None:
    found = made("/x", step("a-1", 1, "root://host/raw", "/x"))
    (only,) = found.gaps
    assert only.what == "This input is elsewhere: fetch it, and put its path there."


def test_an_output_that_no_argument_names_is_looked_for_in_the_folder_of_the_run() -> None:
    words = ["tool", "in/raw"]
    found = made("/w/out/x", step("a-1", 1, "/w/in/raw", "/w/out/x", arguments=words))
    assert found.product is not None
    assert found.product.name == "out/x"


def test_paths_in_a_scratch_of_its_own() -> None:
    """A worker's run names ``/scratch/x``; provgraph knows ``file://wn042/scratch/x``."""
    words = ["tool", "in.h5", "-o", "/scratch/out.h5"]
    document = step("a-1", 1, "/scratch/in.h5", "/scratch/out.h5", arguments=words)
    mentions = (
        replace(each, place=str(each.place).replace("file:", "file://wn042"))
        for each in document.mentions
    )
    found = made("out.h5", replace(document, mentions=tuple(mentions)))
    (only,) = found.steps
    assert [each.file for each in only.arguments] == [only.inputs[0], None, only.outputs[0]]
    assert only.outputs[0].name == "out.h5"


def test_who_answers_for_a_file_is_no_cause_of_it() -> None:
    answers = StatedRelation(
        RelationType.WAS_ATTRIBUTED_TO, End(Kind.ENTITY, "file:/raw"), End(Kind.AGENT, "CTAO")
    )
    document = step("a-1", 1, "/raw", "/x")
    found = made("/x", document, Document(agents=(Agent("CTAO"),), relations=(answers,)))
    assert found.gaps == ()
