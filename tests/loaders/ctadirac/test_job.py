"""What DIRAC knows of a job, from the files about it."""

import json
from typing import Any

import pytest

from provgraph.loaders.ctadirac.job import Job, job_in

LFN = "/vo/user/x.h5"


def job(**files: Any) -> Job:
    contents = {
        name.replace("__", "."): said if isinstance(said, bytes) else json.dumps(said).encode()
        for name, said in files.items()
    }
    found, problems = job_in(contents)
    assert not problems
    return found


def test_a_job_without_files_about_it_is_known_to_nobody() -> None:
    assert job() == Job(outputs=[])
    assert job().facts == {}


def test_the_number_stands_in_one_of_two_files() -> None:
    assert job(JOBID=b"17\n", job__json={"JobID": 18}).facts["jobID"] == (17,)
    assert job(job__json={"JobID": 18}).facts["jobID"] == (18,)
    assert job(JOBID=b"seventeen").facts["jobID"] == ("seventeen",)


def test_lfns_are_written_in_one_way() -> None:
    found = job(
        output_lfns__txt=b"LFN:/a/x\n\n lfn:///a/y \n", job__json={"OutputData": ["/a/x", 5]}
    )
    assert found.outputs == ["/a/x", "/a/y"]
    assert found.output_names == {"x": "/a/x", "y": "/a/y"}
    assert found.inputs is None


def test_a_base_name_that_two_files_have_means_neither() -> None:
    assert job(job__json={"InputData": ["/a/x", "/b/x", "/b/y"]}).input_names == {"y": "/b/y"}


def test_without_a_list_of_inputs_what_is_no_output_is_one() -> None:
    found = job(dfc__json={"/a/x": {}, "/a/y": {}, "/a/z": 5}, output_lfns__txt=b"/a/y")
    assert found.input_names == {"x": "/a/x"}


def test_what_the_catalogue_says_of_a_file() -> None:
    metadata = {"GUID": "G", "CreationDate": "2026-11-21 08:09:36", "Size": 5, "Owner": None}
    found = job(dfc__json={LFN: {"FileMetadata": metadata, "Replicas": {"SE": "url"}}})
    stated = found.stated(LFN)
    assert stated is not None
    assert stated.identifier == found.guid(LFN) == "guid:G"
    assert stated.attributes == {
        "lfn": (LFN,),
        "generatedAtTime": ("2026-11-21T08:09:36.000",),
        "Size": (5,),
        "storageElements": (["SE"],),
    }


@pytest.mark.parametrize(
    "answer", [{}, {"FileMetadata": None}, {"FileMetadata": {"GUID": ""}}, {"FileMetadata": []}]
)
def test_a_file_without_a_guid_is_not_stated(answer: Any) -> None:
    found = job(dfc__json={LFN: answer})
    assert (found.guid(LFN), found.stated(LFN), found.guid("/other")) == (None, None, None)


@pytest.mark.parametrize("content", [b"[1]", b'{"a": ', b"\xff", b"[" * 10_000])
def test_a_file_that_cannot_be_read_is_a_problem(content: bytes) -> None:
    found, problems = job_in({"JOBID": b"17", "job.json": content, "dfc.json": content})
    assert found == Job("17", outputs=[])
    assert [problem.where for problem in problems] == ["job.json", "dfc.json"]
    assert all("the runs are loaded without it" in problem.what for problem in problems)
