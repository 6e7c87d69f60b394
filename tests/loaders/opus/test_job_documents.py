"""Jobs as runs, files as entities: what becomes of each row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provgraph.loaders.opus.job_documents import documents
from provgraph.loaders.opus.sqlite import opened
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Agent, Document, Mention, Settings
from provgraph.model.vocabulary import RelationType
from provgraph.prov.names import VOPROV
from tests.loaders.opus.databases import (
    BASE,
    CHAIN,
    SECRET,
    TABLES_2017,
    TABLES_2025,
    Content,
    file,
    job,
    result,
    sqlite_file,
)

RUN = f"{BASE}/uws/smooth"


@pytest.fixture
def where(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


def read(
    where: Path, content: Content = CHAIN, tables: str = TABLES_2025
) -> tuple[dict[str, Document], list[Document], list[Problem]]:
    """The documents of runs by the last part of their ids, the others, and the problems."""
    sqlite_file(where, content, tables)
    with opened(where) as found:
        made = list(documents(found))
    runs = {
        each.run.id.rpartition("/")[2]: each
        for each in made
        if isinstance(each, Document) and each.run is not None
    }
    others = [each for each in made if isinstance(each, Document) and each.run is None]
    return runs, others, [each for each in made if isinstance(each, Problem)]


def facts(document: Document) -> dict[str, Any]:
    assert document.run is not None
    return {name: value for name, (value,) in document.run.facts.items()}


def mentions(document: Document) -> list[tuple[str, str | None, str | None]]:
    return [
        (each.relation.value, each.role, (each.identifier or each.place or "").rpartition("=")[2])
        for each in document.mentions
    ]


def test_jobs_are_runs(where: Path) -> None:
    runs, _, problems = read(where)
    assert problems == []
    assert list(runs) == ["aa", "bb", "cc", "dd"], "a job that waits was not run"
    assert facts(runs["aa"]) == {
        "name": "smooth",
        "status": "completed",
        "phase": "COMPLETED",
        "startTime": "2026-11-21T08:30:00.000",
        "endTime": "2026-11-21T08:31:00.000",
        "runId": "night",
        "executionDuration": 20,
        "processId": 7,
        "quote": 120,
    }
    assert facts(runs["bb"])["status"] == "error"
    assert facts(runs["bb"])["error"] == "exit 3; password=***"
    assert facts(runs["cc"])["status"] == "interrupted"
    assert "startTime" not in facts(runs["cc"])
    assert facts(runs["dd"]).keys() == {"name", "startTime"}, "it may still end in any way"


def test_names_are_those_of_opus_documents(where: Path) -> None:
    runs, files, _ = read(where)
    run = runs["aa"]
    assert run.run is not None
    assert run.run.id == f"{RUN}/aa"
    assert run.agents == (Agent(f"{BASE}/user/ann", "ann"),)
    (owner,) = run.relations
    assert (owner.relation, owner.role) == (RelationType.WAS_ASSOCIATED_WITH, "owner")
    assert [each.entities[0].identifier for each in files] == [
        f"prov:{BASE}/store/?ID={name}" for name in ("err", "in", "mid")
    ]
    assert run.mentions[0] == Mention(
        run.run.id, RelationType.USED, "map", None, f"prov:{BASE}/store/?ID=in", "prov"
    )


def test_inputs_and_outputs(where: Path) -> None:
    runs, _, _ = read(where)
    assert mentions(runs["aa"]) == [("used", "map", "in"), ("wasGeneratedBy", "out", "mid")]
    # A result that the job read already is no new one.
    assert mentions(runs["bb"]) == [("used", "map", "mid"), ("wasGeneratedBy", "log", "err")]


def test_parameters_without_those_that_only_name_files(where: Path) -> None:
    runs, _, _ = read(where)
    values = {"width": "0.5", "api_key": "***"}
    assert runs["aa"].settings == (Settings("parameters", values),)
    assert runs["bb"].settings == ()


def test_files(where: Path) -> None:
    _, files, _ = read(where)
    error, _, middle = files
    path = "/srv/opus/results/aa/mid.fits"
    assert middle.entities[0].attributes == {
        "prov:label": ("mid.fits",),
        "prov:location": (path, f"{BASE}/store?ID=mid"),
        f"{VOPROV}result_name": ("out",),
    }
    (derived,) = error.relations
    assert derived.relation is RelationType.WAS_DERIVED_FROM
    assert derived.target.id.endswith("=mid")


def test_no_token_is_read(where: Path) -> None:
    runs, files, _ = read(where)
    assert SECRET not in repr((runs, files))


def test_an_old_database(where: Path) -> None:
    content: Content = {
        "jobs": [job("aa")],
        "job_results": [result("aa", "out"), result("aa", "table"), result("aa", "stdout")],
        "entities": [
            file("e1", jobid="aa", result_name="out", file_path="/data/r"),
            file("e2", jobid="gone"),
        ],
    }
    runs, files, problems = read(where, content, TABLES_2017)
    assert problems == []
    assert mentions(runs["aa"]) == [
        ("wasGeneratedBy", "out", "e1"),
        ("wasGeneratedBy", "table", f"{RUN}/aa/table"),
    ]
    assert files[0].entities[0].attributes["prov:location"][0] == "/data/r/e1.fits"


def test_jobs_without_results_are_named_by_the_newest_server(where: Path) -> None:
    old = {"jobid": "aa", "name": "stdout", "url": "http://old.org/rest/smooth/aa/stdout"}
    jobs = [
        job("aa", creation_time="2025-01-01T00:00:00"),
        job("bb", creation_time="2026-01-01T00:00:00"),
        job("cc", "ABORTED", creation_time="2024-01-01T00:00:00"),
    ]
    content: Content = {"jobs": jobs, "job_results": [old, result("bb", "stdout")]}
    runs, _, _ = read(where, content)
    ids = [each.run.id for each in runs.values() if each.run is not None]
    assert ids == ["http://old.org/rest/smooth/aa", f"{RUN}/bb", f"{RUN}/cc"]


def test_what_has_no_name_is_a_problem(where: Path) -> None:
    content: Content = {
        "jobs": [job("aa"), job("bb")],
        "entities": [{"entity_id": "e", "file_name": "x"}],
    }
    runs, files, problems = read(where, content)
    assert (runs, files) == ({}, [])
    assert [each.where for each in problems] == ["entities e", "2 jobs"]


def test_a_time_that_is_none_is_a_problem_of_its_job(where: Path) -> None:
    content: Content = {
        "jobs": [job("aa", start_time="soon"), job("bb")],
        "job_results": [result("bb", "stdout")],
    }
    runs, _, problems = read(where, content)
    assert list(runs) == ["bb"]
    assert [each.where for each in problems] == ["jobs aa"]


@pytest.fixture(autouse=True)
def _nothing_is_left(where: Path) -> Iterator[None]:
    """Reading leaves no file beside the database."""
    yield
    assert [each.name for each in where.parent.iterdir()] == [where.name]
