"""The XML of UWS: its order, its escapes, and how soon a long list is written."""

import re
from dataclasses import replace
from time import process_time

import pytest
from lxml import etree

from provgraph.jobs.records import JobRecord, JobResult, JobValue, Phase
from provgraph.web.jobs import documents
from provgraph.web.jobs.documents import JobAddress
from tests.ivoa import valid

TIME = "2026-11-29T03:09:15.123Z"
ADDRESS = JobAddress("http://h", "http://h/uws/job", "j")
JOB = JobRecord("j", "job", None, TIME, TIME, 60)
RESULT = JobResult("r", "role", "f", "text/plain", 3, "ab", "file:/x y@j")


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


@pytest.mark.parametrize("phase", Phase)
def test_every_document_of_every_phase_is_valid(phase: Phase) -> None:
    values = (JobValue("x", ""), JobValue("f", "x.txt", True, True))
    plain = replace(JOB, phase=phase, values=values)
    full = replace(plain, owner="alice", run_id="", message="it failed", settled=True)
    full = replace(full, started=TIME, ended=TIME, quote=TIME)
    for job in (plain, full):
        valid(documents.job_document(job, [RESULT], ADDRESS))
        valid(documents.results_document(job, [RESULT], ADDRESS))
        valid(documents.parameters_document(job, ADDRESS))
        valid(documents.job_list([("job", "j", phase, job.owner, job.run_id, TIME)], "http://h"))


def test_the_schemas_notice_what_is_wrong() -> None:
    text = documents.job_document(JOB, (), ADDRESS)
    moved = re.sub("(<uws:quote.*)\n(<uws:creationTime.*)", r"\2\n\1", text)
    offer = documents.capabilities([("ivo://ivoa.net/std/UWS#rest-1.1", "http://h/uws/")])
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
