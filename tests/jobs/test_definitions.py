"""Which definition of a job is run: the one that was approved last."""

from dataclasses import replace

import pytest

from provgraph.errors import JobRefusedError, NotFoundError
from provgraph.ingest.describing import approve, describe
from provgraph.interchange.tool_descriptions import read_descriptions
from provgraph.jobs.definitions import known_jobs, lines_of, newest_of, runnable
from provgraph.model.descriptions import ToolDescription
from provgraph.store.protocol import Store
from tests.conftest import CORPUS

(STACK,) = read_descriptions(CORPUS / "jobs" / "stack_maps_vot.xml")


def with_script(script: str, version: str = "2.1") -> ToolDescription:
    """The job with another script."""
    return replace(STACK, said={**STACK.said, "script": script}, version=version)


def test_only_what_is_approved_is_run(store: Store) -> None:
    describe(store, STACK, "Ann")
    describe(store, ToolDescription("no-job"), "Ann")
    with pytest.raises(JobRefusedError, match="nobody has approved stack_maps yet"):
        runnable(store, "stack_maps")
    approve(store, "stack_maps", "2.1", "Eve")
    assert runnable(store, "stack_maps").id == "stack_maps_2.1"
    describe(store, with_script("echo draft"), "Ann")
    assert "draft" not in runnable(store, "stack_maps").script
    assert newest_of(store, "stack_maps").number == 2
    assert list(lines_of(known_jobs(store))) == [
        "stack_maps  2.1  revision 1, approved by Eve, revision 2 is a draft"
    ]
    describe(store, with_script("echo new", "3"), "Ann")
    approve(store, "stack_maps", "3", "Eve")
    assert runnable(store, "stack_maps").script == "echo new"


def test_a_job_that_nobody_defined(store: Store) -> None:
    describe(store, STACK, "Ann")
    with pytest.raises(NotFoundError, match=r"no job of this name .*\(stack_maps\)"):
        runnable(store, "smooth")
