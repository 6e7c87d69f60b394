"""The XML of UWS: its order, its escapes, and how soon a long list is written."""

import re
from time import process_time
from xml.etree import ElementTree

import pytest

from provgraph.jobs.records import JobRecord, JobResult, JobValue, Phase
from provgraph.web.jobs import documents
from provgraph.web.jobs.documents import JobAddress

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
    found = ElementTree.fromstring(documents.results_document(job, [RESULT], ADDRESS))
    assert [each.attrib["id"] for each in found] == names
    if names:
        assert (found[0].attrib["size"], found[0].attrib["mime-type"]) == ("3", "text/plain")
        assert next(iter(found[0].attrib.values())) == "r"
        assert "http://h/store?ID=file%3A%2Fx%20y%40j" in found[0].attrib.values()


def test_texts_are_texts() -> None:
    wild = 'a"<b>&\x0b'
    values = (JobValue("x", wild), JobValue("f", "x.txt", True, True))
    job = JobRecord("j", "job", wild, TIME, TIME, 60, message=wild, run_id=wild, values=values)
    root = ElementTree.fromstring(documents.job_document(job, (), ADDRESS))
    texts = [each.text for each in root.iter() if each.text and "b" in each.text]
    assert texts[:3] == ['a"<b>&\ufffd'] * 3
    assert "http://h/uws/job/j/parameters/f" in [each.text for each in root.iter()]
    listed = documents.job_list([("n", "j", "ERROR", wild, wild, TIME)], 'http://h/"')
    assert ElementTree.fromstring(listed)[0][1].text == 'a"<b>&\ufffd'


def test_ten_thousand_jobs_are_written_soon() -> None:
    rows = [("job", str(number), "COMPLETED", "alice", None, TIME) for number in range(10_000)]
    best = 1.0
    for _ in range(3):
        start = process_time()
        text = documents.job_list(rows, "http://h/uws")
        best = min(best, process_time() - start)
    assert text.count("<uws:jobref ") == 10_000
    assert best < 0.1
