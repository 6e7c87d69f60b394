"""A header is one run: with its inputs, its configuration, and joined with the run's own log."""

import itertools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from provgraph.collecting.delivery import deliver, spool_sources
from provgraph.ingest.loading import load
from provgraph.ingest.reports import Report
from provgraph.loaders.ctao.loader import document_of, named_by
from provgraph.loaders.protocol import Problem
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.values import Value
from provgraph.model.vocabulary import Kind, RelationType, Status
from provgraph.questions.details import details_of
from provgraph.questions.tracing import find, lineage
from provgraph.settings import destination
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.loaders.ctao.examples import (
    COUNTS,
    CTAO,
    DL2,
    DL3,
    INDEX,
    PACKED_DL3,
    PRODUCTS,
    RUNS,
    night,
)


@pytest.fixture
def memory() -> Iterator[Store]:
    store = open_store("sqlite://")
    yield store
    store.close()


def loaded(store: Store, *sources: Path) -> list[Report]:
    return list(load(store, map(str, sources)))


def runs_behind(store: Store, name: str) -> list[str]:
    answer = lineage(store, find(store, name))
    return sorted(node.id for node in answer.of_kind(Kind.ACTIVITY))


def log_of(header: Path, output: Path, *, product: str | None = None) -> str:
    """What ctapipe would log of the run that made a product."""
    entry = {"url": str(output), "role": "DL3/Event"}
    if product is not None:
        entry["reference_meta"] = {"CTA PRODUCT ID": product, "CTA ACTIVITY ID": RUNS[header]}  # type: ignore[assignment]
    return json.dumps(
        [
            {
                "activity_name": "create-dl3",
                "activity_uuid": RUNS[header],
                "start": {"time_utc": "2026-11-20T21:00:00"},
                "stop": {"time_utc": "2026-11-20T21:02:00"},
                "status": "completed",
                "input": [],
                "output": [entry],
                "system": {"ctapipe_version": "0.32.0"},
            }
        ]
    )


def test_a_folder_of_products_gives_their_lineage_without_any_log(
    store: Store, tmp_path: Path
) -> None:
    folder = night(tmp_path)
    reports = loaded(store, folder)
    assert {report.status for report in reports} == {"loaded"}
    assert {report.format for report in reports} == {"ctao"}
    counts = str(folder / "dl4" / "counts.ecsv")
    assert runs_behind(store, counts) == sorted(
        {RUNS[path] for path in (DL2, DL3, PACKED_DL3, COUNTS)}
    )
    answer = lineage(store, find(store, counts))
    assert answer.root.id == f"product:{PRODUCTS[COUNTS]}"
    assert answer.root.data_level == "DL4"
    roles = {edge.role for edge in answer.edges if edge.relation is RelationType.USED}
    assert roles == {"event-data", "reconstruction-model", "catalogue"}
    names = {node.name for node in answer.of_kind(Kind.ENTITY)}
    assert {"run02001.dl1.h5", "energy v2.pkl", "doi:10.5281/zenodo.6218687"} <= names


def test_a_run_has_its_software_configuration_and_times(memory: Store) -> None:
    loaded(memory, DL2, DL3)
    run = find(memory, RUNS[DL2])
    assert (run.name, run.version, run.status) == ("apply-models", "0.32.0", Status.COMPLETED)
    assert str(run.end_time).startswith("2026-11-20T20:30:00")
    assert run.attributes["software.name"] == ("ctapipe",)
    assert run.attributes["process"] == ("data_processing",)
    # Nobody said when it ended; that it made a product does not mean that it still runs.
    assert find(memory, RUNS[DL3]).status is Status.UNKNOWN
    (configuration,) = details_of(memory, find(memory, RUNS[DL3])).settings
    assert configuration.values == {"configuration_id": "dl3/hillas-standard/v1"}


def test_two_products_of_one_run_are_two_outputs_of_it(memory: Store) -> None:
    assert not any(report.disagreements for report in loaded(memory, COUNTS, INDEX))
    made = lineage(memory, find(memory, RUNS[COUNTS]), relations=(RelationType.WAS_GENERATED_BY,))
    assert made.root.status is Status.COMPLETED
    for path in (COUNTS, INDEX):
        assert runs_behind(memory, str(path)) == [RUNS[COUNTS]]


@pytest.mark.parametrize("named", [False, True], ids=["by its path", "by its id"])
def test_a_header_joins_with_the_log_of_its_run_in_any_order(named: bool, tmp_path: Path) -> None:
    log = tmp_path / "run.provlog"
    product = PRODUCTS[DL3] if named else None
    log.write_text(log_of(DL3, Path("/scratch/job17/run02001.dl3.fits"), product=product))
    copy = tmp_path / "copy" / DL3.name
    copy.parent.mkdir()
    shutil.copy(DL3, copy)
    digests = set()
    for order in itertools.permutations([DL3, copy, log]):
        store = open_store("sqlite://")
        loaded(store, *order)
        digests.add(digest(store.scan()))
        for name in (DL3, copy, "/scratch/job17/run02001.dl3.fits"):
            assert find(store, str(name)).id == f"product:{PRODUCTS[DL3]}"
        assert runs_behind(store, str(copy)) == [RUNS[DL3]]
        assert find(store, RUNS[DL3]).status is Status.COMPLETED
        store.close()
    assert len(digests) == 1


def test_the_order_of_loading_and_the_working_folder_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = night(tmp_path)
    digests = set()
    for cwd, names in (
        (folder, ["dl2", "dl3", "dl4"]),
        (folder / "dl3", ["../dl4", ".", "../dl2"]),
        (tmp_path, [str(folder)]),
    ):
        monkeypatch.chdir(cwd)
        store = open_store("sqlite://")
        list(load(store, names))
        digests.add(digest(store.scan()))
        assert {report.status for report in load(store, names)} == {"unchanged"}
        store.close()
    assert len(digests) == 1


def test_a_product_goes_through_a_spool(memory: Store, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    loaded(memory, DL3)
    aside = spool_sources(
        tmp_path / "spool", [str(DL3)], format_name=None, namespace=DEFAULT_NAMESPACE, store=url
    )
    assert [report.status for report, _ in aside] == ["spooled"]
    store = open_store(url)
    (report,) = deliver(store, tmp_path / "spool", destination(url))
    assert report.status == "loaded"
    assert digest(store.scan()) == digest(memory.scan())
    store.close()


@pytest.mark.parametrize(
    ("uri", "place", "identifier"),
    [
        ("lfn://ctao/dpps/x.h5", "lfn:/ctao/dpps/x.h5", None),
        ("ctao.dpps:/ctao.dpps/x.h5", "lfn:/ctao.dpps/x.h5", None),
        ("ctao.dpps:x%20y.h5", "lfn:/ctao.dpps/x y.h5", None),
        ("file:///data/x%20y.h5", "file:/data/x y.h5", None),
        ("file://localhost/data/x.h5", "file:/data/x.h5", None),
        ("file://x.h5/", "file://ctao-run/x.h5", None),
        ("/data/x.h5", "file:/data/x.h5", None),
        ("root://host//eos/x.h5", "root://host/eos/x.h5", None),
        ("https://doi.org/10.5281/z", "https://doi.org/10.5281/z", None),
        ("doi:10.5281/z", None, "prov:doi:10.5281/z"),
        ("urn:uuid:1", None, "prov:urn:uuid:1"),
        ("file://[x", None, "prov:file://[x"),
    ],
)
def test_what_a_uri_names(uri: str, place: str | None, identifier: str | None) -> None:
    assert named_by(uri, "run", DEFAULT_NAMESPACE) == (place, identifier)


def test_paths_are_those_of_the_namespace(memory: Store) -> None:
    list(load(memory, [str(DL2)], namespace="wn1"))
    assert find(memory, f"file://wn1{DL2}").id == f"product:{PRODUCTS[DL2]}"
    assert find(memory, "file://wn1/data/models/energy v2.pkl").kind is Kind.ENTITY


@pytest.mark.parametrize(
    ("header", "where"),
    [
        ({"instance.id": "P", "activity.name": "x"}, "activity.id (ACTID)"),
        ({"activity.id": "A"}, "instance.id (DATAID)"),
        ({"instance.id": "P", "activity.id": "A", "activity.start": "soon"}, "activity.start"),
        (
            {"instance.id": "P", "activity.id": "A", "activity.inputs.0.role": "r"},
            "neither uri nor",
        ),
    ],
)
def test_what_a_header_lacks_is_a_problem(header: dict[str, Value], where: str) -> None:
    problems: list[Problem] = []
    document = document_of(header, None, DEFAULT_NAMESPACE, problems)
    assert [where in problem.what for problem in problems] == [True]
    assert len(document.entities) == ("instance.id" in header)


def test_a_header_without_an_activity_tells_of_the_product_alone() -> None:
    header: dict[str, Value] = {"instance.id": "P", "data.level": "R1"}
    document = document_of(header, "file:/x", DEFAULT_NAMESPACE, [])
    assert document.run is None
    assert [entity.identifier for entity in document.entities] == ["product:P"]


def test_products_without_ctaos_header_are_passed_over_in_a_folder(
    memory: Store, tmp_path: Path
) -> None:
    folder = night(tmp_path)
    other = CTAO.parent / "ctapipe" / "products" / "run02001.dl3.fits"
    shutil.copy(other, folder / "dl3" / "other.fits")
    assert {report.status for report in loaded(memory, folder)} == {"loaded"}
    (report,) = loaded(memory, folder / "dl3" / "other.fits")
    assert report.status == "refused"
    assert "load the log of the run that made it" in report.problems[0].what
