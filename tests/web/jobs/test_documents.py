"""The XML of UWS: its order, its escapes, and how soon a long list is written."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from lxml import etree

from provgraph.jobs.records import JobRecord, JobResult, JobValue, Phase
from provgraph.web.jobs import documents
from provgraph.web.jobs.documents import JobAddress
from tests.conftest import missing
from tests.ivoa import valid
from tests.services import ServiceUnavailable
from tests.services.environments import PYVO, python_with

TIME = "2026-11-29T03:09:15.123Z"
ADDRESS = JobAddress("http://h", "http://h/uws/job", "j")
JOB = JobRecord("j", "job", None, TIME, TIME, 60)
RESULT = JobResult("r", "role", "f", "text/plain", 3, "ab", "file:/x y@j")
#: Reads job documents, and complains of all that pyvo doesn't expect.
_READ = """
import sys
from pyvo.io.uws import parse_job
for path in sys.argv[1:]:
    job = parse_job(path, pedantic=True)
    print(f"{job.phase}/{job.jobid}")
"""


def test_a_job_that_nobody_owns_and_that_has_not_begun() -> None:
    text = documents.job_document(JOB, (), ADDRESS)
    nil = re.findall(r'<uws:(\w+) xsi:nil="true"/>', text)
    assert nil == ["ownerId", "quote", "startTime", "endTime"]
    assert "runId" not in text
    assert "errorSummary" not in text


@pytest.mark.parametrize(
    ("job", "names"),
    [
        (JOB, ["r"]),
        (
            JobRecord("j", "job", None, TIME, TIME, 60, Phase.ERROR, started=TIME),
            ["r", "stderr", "stdout"],
        ),
        (JobRecord("j", "job", None, TIME, TIME, 60, Phase.ARCHIVED, settled=True), []),
    ],
)
def test_what_can_be_had_of_a_job(job: JobRecord, names: list[str]) -> None:
    found = valid(documents.results_document(job, [RESULT], ADDRESS))
    assert [each.attrib["id"] for each in found] == names
    if names:
        assert (found[0].attrib["size"], found[0].attrib["mime-type"]) == ("3", "text/plain")
        assert next(iter(found[0].attrib.values())) == "r"
        assert "http://h/store?ID=file%3A%2Fx%20y%40j" in found[0].attrib.values()


def in_phase(phase: Phase) -> tuple[JobRecord, JobRecord]:
    """A job that has little, and one that has all."""
    values = (JobValue("x", ""), JobValue("f", "x.txt", True, True))
    plain = replace(JOB, phase=phase, values=values)
    full = replace(plain, owner="alice", run_id="", message="it failed", settled=True)
    return plain, replace(full, started=TIME, ended=TIME, quote=TIME)


@pytest.mark.parametrize("phase", Phase)
def test_every_document_of_every_phase_is_valid(phase: Phase) -> None:
    for job in in_phase(phase):
        valid(documents.job_document(job, [RESULT], ADDRESS))
        valid(documents.results_document(job, [RESULT], ADDRESS))
        valid(documents.parameters_document(job, ADDRESS))
        valid(documents.job_list([("job", "j", phase, job.owner, job.run_id, TIME)], "http://h"))


@pytest.mark.slow
def test_pyvo_reads_every_job(tmp_path: Path) -> None:
    try:
        pyvo = python_with(PYVO)
    except ServiceUnavailable as error:
        missing(error)
        raise
    paths = []
    for number, job in enumerate(job for phase in Phase for job in in_phase(phase)):
        paths.append(tmp_path / str(number))
        paths[-1].write_text(documents.job_document(job, [RESULT], ADDRESS), encoding="utf-8")
    done = subprocess.run(
        (str(pyvo), "-W", "error", "-c", _READ, *map(str, paths)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [f"{phase}/j" for phase in Phase for _ in range(2)]


def test_the_schemas_notice_what_is_wrong() -> None:
    text = documents.job_document(JOB, (), ADDRESS)
    moved = re.sub("(<uws:quote.*)\n(<uws:creationTime.*)", r"\2\n\1", text)
    offer = documents.capabilities([("ivo://ivoa.net/std/UWS#rest-1.1", "http://h/uws/", "full")])
    for wrong in (moved, text.replace("PENDING", "SOON"), offer.replace("ParamHTTP", "NoHTTP")):
        with pytest.raises(etree.DocumentInvalid):
            valid(wrong)


def test_texts_are_texts() -> None:
    wild = 'a"<b>&\x0b'
    values = (JobValue("x", wild), JobValue("f", "x.txt", True, True))
    job = JobRecord("j", "job", wild, TIME, TIME, 60, message=wild, run_id=wild, values=values)
    root = valid(documents.job_document(job, (), ADDRESS))
    texts = [each.text for each in root.iter() if each.text and "b" in each.text]
    assert texts[:3] == ['a"<b>&\ufffd'] * 3
    assert "http://h/uws/job/j/parameters/f" in [each.text for each in root.iter()]
    listed = documents.job_list([("n", "j", "ERROR", wild, wild, TIME)], 'http://h/"')
    assert valid(listed)[0][1].text == 'a"<b>&\ufffd'


def test_ten_thousand_jobs_are_written_soon() -> None:
    rows = [("job", str(number), "COMPLETED", "alice", None, TIME) for number in range(10_000)]
    best = 1.0
    for _ in range(3):
        start = process_time()
        text = documents.job_list(rows, "http://h/uws")
        best = min(best, process_time() - start)
    assert text.count("<uws:jobref ") == 10_000
    assert best < 0.1
