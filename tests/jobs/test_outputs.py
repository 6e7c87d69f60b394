"""The files that a job made: their names, sizes, checksums, and those that are none of them."""

from pathlib import Path

import pytest

from provgraph.jobs.definition import JobOutput
from provgraph.jobs.folder import JobFolder
from provgraph.jobs.outputs import files_in, results_of
from provgraph.jobs.records import JobRecord, JobValue

#: Of the three bytes ``abc`` (FIPS 180-4, Secure Hash Standard; its example for SHA-256).
SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
OUTPUTS = {
    "table": JobOutput("table", "result", "table.txt", "text/plain"),
    "maps": JobOutput("maps", "map", "map-*.dat"),
}


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    made = JobFolder(tmp_path, "job-1")
    made.work.mkdir(parents=True)
    return made


def job(*values: JobValue) -> JobRecord:
    times = "2027-01-01T00:00:00.000Z", "2027-02-01T00:00:00.000Z"
    return JobRecord("job-1", "stack", "alice", *times, 60, values=values)


def test_a_file_is_a_result_with_size_and_checksum(folder: JobFolder) -> None:
    (folder.work / "table.txt").write_text("abc", encoding="ascii")
    (result,) = results_of(job(), folder, OUTPUTS)
    assert (result.name, result.role, result.content_type) == ("table", "result", "text/plain")
    assert (result.file, result.size, result.sha256) == ("table.txt", 3, SHA256_OF_ABC)
    assert result.entity.endswith("@job-1")


def test_several_files_of_a_pattern_are_numbered_in_the_order_of_their_names(
    folder: JobFolder,
) -> None:
    for name in ("map-b.dat", "map-a.dat", "other.dat"):
        (folder.work / name).touch()
    found = [(each.name, each.file) for each in results_of(job(), folder, OUTPUTS)]
    assert found == [("maps-1", "map-a.dat"), ("maps-2", "map-b.dat")]


def test_a_name_that_the_owner_chose_counts(folder: JobFolder) -> None:
    for name in ("table.txt", "mine.txt"):
        (folder.work / name).touch()
    results = results_of(job(JobValue("table", "mine.txt")), folder, OUTPUTS)
    assert [each.file for each in results] == ["mine.txt"]


@pytest.mark.parametrize("pattern", ["leak.txt", "*.txt", "../secret.txt", "out/secret.txt"])
def test_what_leads_out_of_the_work_folder_is_no_result(folder: JobFolder, pattern: str) -> None:
    secret = folder.path / "secret.txt"
    secret.touch()
    (folder.work / "leak.txt").symlink_to(secret)
    (folder.work / "out").symlink_to(folder.path)
    assert not list(files_in(folder.work, pattern))
