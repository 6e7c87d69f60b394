"""Folders that CTADIRAC jobs leave behind.

Real ones (tests/corpus/ctaprov/ORIGIN.md), and what may befall them.
"""

import gzip
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from provgraph.collecting.delivery import deliver, spool_sources
from provgraph.ingest.loading import load
from provgraph.ingest.reports import Report
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind
from provgraph.questions.details import details_of
from provgraph.questions.tracing import find, lineage
from provgraph.settings import destination
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import CORPUS

BUNDLES = CORPUS / "ctaprov" / "bundles"
TRUTH = json.loads((CORPUS / "ctaprov" / "expected.json").read_text())["truth_from_ctapipe_logs"]
#: The bundle of the job that made the third one is not among ours.
IN_BUNDLES = ("merged_DL2", "run301_DL2_same_job_chain")
FIRST, SECOND = "12d12188-4fcd-48c3-bbe1-6d8acbca28a9", "458f544f-5890-4994-bc82-9664506cf2fa"


@pytest.fixture
def memory() -> Iterator[Store]:
    store = open_store("sqlite://")
    yield store
    store.close()


def loaded(store: Store, *sources: Path) -> list[Report]:
    return list(load(store, map(str, sources)))


def ancestors(store: Store, guid: str) -> tuple[set[str], set[str]]:
    """The runs, and the files by GUID, that led to a file."""
    answer = lineage(store, find(store, f"guid:{guid}"))
    files = [node for node in answer.of_kind(Kind.ENTITY) if node.key != answer.root.key]
    return {node.id for node in answer.of_kind(Kind.ACTIVITY)}, {guid_of(node) for node in files}


def guid_of(node: Node) -> str:
    guids = [name.removeprefix("guid:") for name in node.identifiers if name.startswith("guid:")]
    return guids[0] if guids else node.id


def copied(job: str, tmp_path: Path, *names: str) -> Path:
    """A job's folder with some of its files only."""
    folder = tmp_path / job
    folder.mkdir()
    for name in names:
        shutil.copy(BUNDLES / job / name, folder)
    return folder


def records(job: str) -> list[dict[str, Any]]:
    """What a job's runs say, as real 0.6.2 records: a Python repr."""
    found: list[dict[str, Any]] = json.loads(
        (BUNDLES / job / "provDict.txt").read_text().replace("'", '"').replace("None", "null")
    )
    return found


@pytest.mark.parametrize("file", IN_BUNDLES)
def test_what_produced_a_file_of_the_catalogue(store: Store, file: str) -> None:
    reports = loaded(store, BUNDLES)
    assert {report.status for report in reports} == {"loaded"}
    assert [Path(report.source).name for report in reports] == [
        f"481530{n:02}" for n in range(1, 11)
    ]
    expected = TRUTH[file]
    assert ancestors(store, expected["entity_id"]) == (
        set(expected["activities"]),
        set(expected["entities"]),
    )


@pytest.mark.slow
def test_the_job_is_part_of_the_record_of_its_runs(memory: Store) -> None:
    loaded(memory, BUNDLES / "48153007")
    for run in (FIRST, SECOND):
        shown = details_of(memory, find(memory, run))
        assert shown.node.attributes["jobID"] == (48153007,)
        assert len(shown.node.attributes["jobOutputData"][0]) == 2  # type: ignore[arg-type]
        causes = {
            (each.relation, shown.others[each.target].id)
            for each in shown.edges
            if each.source == shown.node.key
        }
        assert {
            ("wasAssociatedWith", "CTAO"),
            ("isDescribedBy", "ctapipe-process_0.28.0"),
        } <= causes
    description = next(
        node for node in shown.others.values() if node.kind is Kind.ACTIVITY_DESCRIPTION
    )
    assert (description.name, description.version) == ("ctapipe-process", "0.28.0")


def test_a_file_has_what_the_catalogue_says(memory: Store) -> None:
    loaded(memory, BUNDLES / "48153007")
    file = find(memory, "guid:85244949-5C8B-9EAA-E1EA-03C5C3D12B5A")
    assert file.location is not None
    assert file.location.startswith("/vo.cta.in2p3.fr/user/p/provtest/MC/Paranal")
    said = {
        name: file.attributes[name]
        for name in ("generatedAtTime", "Size", "Checksum", "storageElements")
    }
    assert said == {
        "generatedAtTime": ("2026-11-21T08:09:36.000",),
        "Size": (837672,),
        "Checksum": ("842488a4",),
        "storageElements": (["CYF-STORM-Disk"],),
    }
    shown = details_of(memory, file)
    assert "CTAO" in {
        shown.others[edge.target].id for edge in shown.edges if edge.relation == "wasAttributedTo"
    }


def test_a_job_is_one_source_with_one_checksum(tmp_path: Path, memory: Store) -> None:
    folder = tmp_path / "jobs" / "48153001"
    shutil.copytree(BUNDLES / "48153001", folder)
    (first,) = loaded(memory, tmp_path)
    assert (first.source, first.format, first.status) == (str(folder), "ctadirac", "loaded")
    (folder / "stdout.txt").write_text("what is none of ours changes nothing")
    assert [report.status for report in loaded(memory, folder)] == ["unchanged"]
    assert [report.status for report in loaded(memory, BUNDLES / "48153001")] == ["unchanged"]
    (folder / "JOBID").write_text("48153999\n")
    (changed,) = loaded(memory, folder)
    assert changed.status == "loaded"
    assert changed.sha256 != first.sha256


def test_a_folder_may_hold_jobs_and_logs(tmp_path: Path, memory: Store) -> None:
    shutil.copytree(BUNDLES / "48153001", tmp_path / "b" / "48153001")
    shutil.copytree(BUNDLES / "48153002", tmp_path / "b" / "48153001" / "child")
    shutil.copy(BUNDLES / "48153003" / "ctapipe_prov_1.log", tmp_path / "a.log")
    shutil.copy(BUNDLES / "dfc.json", tmp_path / "b")
    reports = loaded(memory, tmp_path)
    assert [(Path(report.source).name, report.format) for report in reports] == [
        ("a.log", "ctapipe"),
        ("48153001", "ctadirac"),
        ("child", "ctadirac"),
    ]


def test_a_modern_log_beside_the_job_is_enough(tmp_path: Path, memory: Store) -> None:
    for number in (1, 2, 3, 4):
        loaded(
            memory,
            copied(f"4815300{number}", tmp_path, "ctapipe_prov_1.log", "job.json", "dfc.json"),
        )
    expected = TRUTH["merged_DL2"]
    assert ancestors(memory, expected["entity_id"]) == (
        set(expected["activities"]),
        set(expected["entities"]),
    )
    found = find(memory, f"guid:{expected['entity_id']}")
    assert any(name.startswith("product:") for name in found.identifiers)


def test_the_same_run_from_its_log_and_its_job_is_one(store: Store) -> None:
    """docs/contract.md, rule 9; the log alone knows the files by their scratch paths."""
    loaded(store, BUNDLES / "48153007")
    before = store.stats()
    loaded(
        store,
        BUNDLES / "48153007" / "ctapipe_prov_1.log",
        BUNDLES / "48153007" / "ctapipe_prov_2.log",
    )
    after = store.stats()
    assert (after["activities"], after["entities"]) == (before["activities"], before["entities"])
    file = find(store, "guid:85244949-5C8B-9EAA-E1EA-03C5C3D12B5A")
    assert any(place.startswith("/scratch/dirac/48153007/") for place in file.locations)


def test_scratch_files_of_a_job_meet_each_other_and_no_others(
    tmp_path: Path, memory: Store
) -> None:
    """Two jobs with the same paths on their worker nodes, whose intermediate file was never
    registered.
    """
    for job in ("1", "2"):
        runs = json.loads(json.dumps(records("48153007")).replace("48153007", "job"))
        for run in runs:
            run["activity_uuid"] += job
        folder = tmp_path / job
        folder.mkdir()
        (folder / "provDict.txt").write_text(json.dumps(runs))
        (folder / "JOBID").write_text(job)
    assert [report.status for report in loaded(memory, tmp_path)] == ["loaded", "loaded"]
    for job in ("1", "2"):
        runs = lineage(memory, find(memory, f"{SECOND}{job}")).of_kind(Kind.ACTIVITY)
        assert {run.id for run in runs} == {FIRST + job, SECOND + job}


def test_the_catalogue_has_what_the_last_run_wrote(tmp_path: Path, memory: Store) -> None:
    """Three runs: the second writes the file again, which the third reads.

    Only that was registered.
    """
    first, second = records("48153007")
    again = {
        **first,
        "activity_uuid": "again",
        "start": {"time_utc": "2026-11-21T08:09:38.000"},
        "stop": {"time_utc": "2026-11-21T08:09:39.000"},
    }
    folder = copied("48153007", tmp_path, "job.json", "dfc.json", "output_lfns.txt")
    (folder / "provDict.txt").write_text(json.dumps([first, again, second]))
    loaded(memory, folder)
    runs = lineage(memory, find(memory, SECOND)).of_kind(Kind.ACTIVITY)
    assert {run.id for run in runs} == {SECOND, "again"}
    file = find(memory, "guid:85244949-5C8B-9EAA-E1EA-03C5C3D12B5A")
    assert {run.id for run in lineage(memory, file).of_kind(Kind.ACTIVITY)} == {"again"}


@pytest.mark.parametrize("job", ["48153009"])
def test_a_real_repr_of_ctapipe_is_read(job: str, tmp_path: Path, memory: Store) -> None:
    """Which has None and tuples, so the prototype could not read it; no code in it is run."""
    folder = copied(job, tmp_path, "JOBID", "job.json", "dfc.json")
    shutil.copy(
        BUNDLES / job / "provDict.repr-not-readable-by-prototype.txt", folder / "provDict.txt"
    )
    assert [report.status for report in loaded(memory, folder)] == ["loaded"]
    (run,) = (
        find(memory, each["activity_uuid"])
        for each in json.loads((BUNDLES / job / "provDict.txt").read_text())
    )
    assert run.attributes["system.platform.libcver"] == (["glibc", "2.36"],)


def test_of_several_lines_the_last_counts(tmp_path: Path, memory: Store) -> None:
    folder = copied("48153007", tmp_path, "JOBID", "job.json", "dfc.json")
    first, second = records("48153007")
    lines = [json.dumps([first]), json.dumps([first, second]), "", ""]
    (folder / "provDict.txt").write_text("\n".join(lines))
    assert [report.status for report in loaded(memory, folder)] == ["loaded"]
    assert memory.stats()["activities"] == 2
    (folder / "provDict.txt").write_text(
        "\n".join([repr([{**first, "activity_uuid": "other"}]), *lines[1:]])
    )
    (report,) = loaded(memory, folder)
    assert report.status == "partial"
    (problem,) = report.problems
    assert problem.where == "provDict.txt: line 1"
    assert "last" in problem.what


def test_one_record_may_fill_several_lines(tmp_path: Path, memory: Store) -> None:
    folder = copied("48153007", tmp_path, "JOBID", "job.json", "dfc.json")
    (folder / "provDict.txt").write_text(json.dumps(records("48153007"), indent=2))
    assert [(report.status, report.activities) for report in loaded(memory, folder)] == [
        ("loaded", 2)
    ]


@pytest.mark.parametrize("name", ["job.json", "dfc.json"])
def test_what_is_broken_beside_the_runs_keeps_them_not_back(
    name: str, tmp_path: Path, memory: Store
) -> None:
    folder = copied(
        "48153001", tmp_path, "provDict.txt", "JOBID", "job.json", "dfc.json", "output_lfns.txt"
    )
    (folder / name).write_text('{"JobID": 1,')
    (report,) = loaded(memory, folder)
    assert (report.status, report.activities) == ("partial", 1)
    assert [problem.where for problem in report.problems] == [name]


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"[]", b"[{", b"\x00\xff", b"[1, 2]", b"[{'activity_uuid': exit()}]"]
)
def test_a_job_without_one_whole_run_is_refused(
    content: bytes, tmp_path: Path, memory: Store
) -> None:
    folder = copied("48153001", tmp_path, "JOBID", "job.json")
    (folder / "provDict.txt").write_bytes(content)
    (report,) = loaded(memory, folder)
    assert report.status == ("loaded" if content == b"[]" else "refused")
    assert memory.stats()["activities"] == 0


def test_logs_of_a_job_may_be_packed(tmp_path: Path, memory: Store) -> None:
    folder = copied("48153001", tmp_path, "JOBID", "job.json", "dfc.json")
    log = (BUNDLES / "48153001" / "ctapipe_prov_1.log").read_bytes()
    (folder / "run.provlog.gz").write_bytes(gzip.compress(log))
    assert [(report.format, report.status) for report in loaded(memory, folder)] == [
        ("ctadirac", "loaded")
    ]


def test_shared_software_is_no_scratch(tmp_path: Path, memory: Store) -> None:
    """A calibration file on /cvmfs that two jobs read is one file."""
    for job in ("1", "2"):
        run = {**records("48153001")[0], "activity_uuid": f"run {job}"}
        run["input"] = [{"url": "/cvmfs/sw.cta/calibration.fits", "role": "calibration"}]
        (tmp_path / job).mkdir()
        (tmp_path / job / "provDict.txt").write_text(json.dumps([run]))
        (tmp_path / job / "JOBID").write_text(job)
    loaded(memory, tmp_path)
    shown = details_of(memory, find(memory, "/cvmfs/sw.cta/calibration.fits"))
    assert {node.id for node in shown.others.values()} == {"run 1", "run 2"}


@pytest.mark.slow
def test_jobs_go_through_a_spool(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    put = list(
        spool_sources(
            tmp_path / "spool",
            [str(BUNDLES)],
            format_name=None,
            namespace=DEFAULT_NAMESPACE,
            store=url,
        )
    )
    assert {report.format for report, _ in put} == {"ctadirac"}
    store, direct = open_store(url), open_store("sqlite://")
    assert {report.status for report in deliver(store, tmp_path / "spool", destination(url))} == {
        "loaded"
    }
    loaded(direct, BUNDLES)
    assert digest(store.scan()) == digest(direct.scan())
    store.close()
    direct.close()


@pytest.mark.slow
def test_the_order_of_jobs_and_logs_does_not_matter(memory: Store) -> None:
    sources: Sequence[Path] = [
        *sorted(BUNDLES.glob("48153*")),
        *sorted(BUNDLES.glob("*/ctapipe_prov_*.log")),
    ]
    loaded(memory, *sources)
    for order in (sources[::-1], [*sources[1::2], *sources[::2], *sources]):
        other = open_store("sqlite://")
        for source in order:
            loaded(other, source)
        assert digest(other.scan()) == digest(memory.scan())
        other.close()
