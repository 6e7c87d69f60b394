"""A client inside a DIRAC environment loads a job with the answers of the file catalogue."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from provgraph.ingest.jobs import load_job
from provgraph.ingest.loading import load
from provgraph.questions.details import details_of
from provgraph.questions.tracing import find
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.loaders.ctadirac.test_loader import BUNDLES, copied, records

_JOB = BUNDLES / "48153001"


@pytest.fixture
def memory() -> Iterator[Store]:
    with closing(open_store("sqlite://")) as opened:
        yield opened


def given() -> dict[str, Any]:
    """What is known of the job beside its provenance."""
    job = json.loads((_JOB / "job.json").read_text())
    return {"job_id": job["JobID"], "inputs": job["InputData"], "outputs": job["OutputData"]}


def answers() -> dict[str, Any]:
    """The catalogue's answers, with times as DIRAC gives them."""
    catalogue: dict[str, Any] = json.loads((_JOB / "dfc.json").read_text())
    for answer in catalogue.values():
        metadata = answer["FileMetadata"]
        for time in ("CreationDate", "ModificationDate"):
            metadata[time] = datetime.fromisoformat(metadata[time])
    return catalogue


def test_a_client_hands_over_what_the_catalogue_said(store: Store) -> None:
    """From inside a DIRAC environment: the same graph as from the job's folder."""
    report = load_job(store, records("48153001"), **given(), catalogue=answers())
    assert (report.status, report.activities) == ("loaded", 1)
    again = load_job(store, records("48153001"), **given(), catalogue=answers())
    assert again.status == "unchanged"
    output = find(store, given()["outputs"][0])
    assert output.id == "guid:3FD36696-22FC-1A8D-FD19-0FE736383B28"


def test_the_graph_is_the_one_that_the_folder_of_the_job_gives(
    memory: Store, tmp_path: Path
) -> None:
    folder = copied("48153001", tmp_path, "provDict.txt", "job.json", "dfc.json")
    load_job(memory, records("48153001"), **given(), catalogue=answers())
    with closing(open_store("sqlite://")) as other:
        list(load(other, [str(folder)]))
        assert digest(memory.scan()) == digest(other.scan())


def test_without_the_catalogue_the_runs_are_loaded_all_the_same(memory: Store) -> None:
    report = load_job(memory, records("48153001"), job_id=48153001)
    assert (report.status, report.format, report.source) == (
        "loaded",
        "ctadirac",
        "CTADIRAC job 48153001",
    )
    assert memory.stats()["activities"] == 1


def test_values_that_json_has_no_form_for_become_text(memory: Store) -> None:
    """ctapipe's records hold paths where its own log has text."""
    (run,) = records("48153001")
    run["output"] = [{"url": Path("/cvmfs/shared/x.h5"), "role": "out"}]
    load_job(memory, [run], job_id=1)
    assert details_of(memory, find(memory, "/cvmfs/shared/x.h5")).others


def test_paths_mean_files_of_the_namespace(memory: Store) -> None:
    (run,) = records("48153001")
    run["output"] = [{"url": "/cvmfs/shared/x.h5", "role": "out"}]
    load_job(memory, [run], job_id=1, namespace="site")
    (kept,) = memory.loads()
    assert kept.namespace == "site"
