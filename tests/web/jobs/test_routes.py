"""The resources of UWS 1.1, over HTTP, as its clients and those of OPUS use them."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import httpx
import pytest

from tests.ivoa import valid
from tests.web.jobs.conftest import ended, made

NAME = {"uws": "http://www.ivoa.net/xml/UWS/v1.0"}
HREF = "{http://www.w3.org/1999/xlink}href"
Users = Callable[[str], httpx.Client]


def results_of(text: str) -> dict[str, str]:
    """Name → URL of the results in a document."""
    root = valid(text)
    return {each.attrib["id"]: each.attrib[HREF] for each in root.iterfind(".//uws:result", NAME)}


def ids(client: httpx.Client, path: str, **said: str) -> list[str]:
    """The ids of jobs in a list."""
    answer = client.get(path, params=said)
    assert answer.status_code == 200, answer.text
    return [each.attrib["id"] for each in valid(answer.text)]


@pytest.mark.parametrize("base", ["/uws", "/rest"])
def test_a_job_from_its_form_to_its_results(base: str, alice: httpx.Client) -> None:
    """What OPUS's clients send: a form with PHASE=RUN, runId and executionDuration."""
    files = {"text": ("sky.txt", b"the sky, a sky\n", "text/plain")}
    job = made(
        alice, f"{base}/count_words", files, runId="run-one", PHASE="RUN", executionDuration="20"
    )
    assert job.startswith(f"{base}/count_words/")
    text = ended(alice, job)
    root = valid(text)
    assert root.attrib["version"] == "1.1"
    said = {each.tag.partition("}")[2]: each.text for each in root}
    assert list(said) == [
        "jobId",
        "runId",
        "ownerId",
        "phase",
        "quote",
        "creationTime",
        "startTime",
        "endTime",
        "executionDuration",
        "destruction",
        "parameters",
        "results",
    ]
    assert said["phase"] == "COMPLETED"
    assert (said["runId"], said["ownerId"], said["executionDuration"]) == ("run-one", "alice", "20")
    for name in ("creationTime", "startTime", "endTime", "destruction"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said[name] or ""), name
    found = results_of(text)
    assert list(found) == ["report", "provjson", "provn", "provsvg", "provxml", "stderr", "stdout"]
    report = alice.get(found["report"])
    assert (report.text, report.headers["content-type"]) == ("2\n", "text/plain; charset=utf-8")
    assert report.headers["content-disposition"] == 'attachment; filename="report.txt"'
    assert alice.get(f"{job}/results/report").text == "2\n"
    assert alice.get(f"{job}/parameters/text").content == files["text"][1]


def test_the_atoms(alice: httpx.Client) -> None:
    job = made(alice, "/uws/slow")
    for name, value in (
        ("phase", "PENDING"),
        ("owner", "alice"),
        ("executionduration", "3600"),
        ("error", ""),
    ):
        answer = alice.get(f"{job}/{name}")
        assert (answer.status_code, answer.text) == (200, value)
        assert answer.headers["content-type"].startswith("text/plain")
    assert alice.get(f"{job}/quote").text.endswith("Z")
    for name, value in (("executionduration", "7"), ("destruction", "2020-01-01T00:00:00Z")):
        answer = alice.post(f"{job}/{name}", data={name.upper(): value})
        assert (answer.status_code, httpx.URL(answer.headers["location"]).path) == (303, job)
    assert alice.get(f"{job}/executionduration").text == "7"
    assert alice.get(f"{job}/destruction").text == "2020-01-01T00:00:00.000Z"
    assert alice.post(f"{job}/executionduration", data={"x": "1"}).status_code == 400
    assert alice.post(f"{job}/owner", data={"OWNER": "bob"}).status_code == 405
    assert alice.get(f"{job}/provjson").status_code == 404
    assert alice.get(f"{job}/nonsense").status_code == 404


def test_parameters_change_while_the_job_is_pending(alice: httpx.Client) -> None:
    job = made(alice, "/uws/count_words", word='<sky> & "x" \x01')
    text = alice.get(f"{job}/parameters").text
    (parameter,) = valid(text)
    assert (parameter.attrib["id"], parameter.text) == ("word", '<sky> & "x" \ufffd')
    assert alice.post(f"{job}/parameters", data={"word": "sea"}).status_code == 303
    assert alice.get(f"{job}/parameters/word").text == "sea"
    bad = alice.post(f"{job}/parameters", data={"least": "-1"})
    assert (bad.status_code, bad.text) == (400, "least='-1' can't be: it has to be at least 0\n")
    assert valid(alice.get(f"{job}/results").text).tag.endswith("results")
    assert alice.post(f"{job}/phase", data={"PHASE": "RUN"}).status_code == 303
    text = ended(alice, job)  # the input is missing
    assert 'errorSummary type="fatal" hasDetail="true"' in text
    assert alice.get(f"{job}/error").text == "the input text is missing"
    assert alice.post(f"{job}/phase", data={"PHASE": "RUN"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "value", "status", "told"),
    [
        ("word", b"s\xc3\xa9a & sky", 303, ""),
        ("word", b"", 303, ""),
        ("least", b"-1", 400, "least='-1' can't be: it has to be at least 0"),
        ("word", b"\xff", 400, "the value is no text in UTF-8"),
        ("word", b"x" * 65_537, 413, "the value has more than 65,536 bytes"),
        ("nothing", b"1", 400, "count_words has no 'nothing' of this kind"),
        ("destruction", b"2020-01-01T00:00:00Z", 404, "the job has no parameters/destruction"),
        ("slurm_mem", b"1", 404, "the job has no parameters/slurm_mem"),
    ],
)
def test_the_value_of_a_parameter_is_put(
    name: str, value: bytes, status: int, told: str, alice: httpx.Client
) -> None:
    job = made(alice, "/uws/count_words", word="sky")
    answer = alice.put(f"{job}/parameters/{name}", content=value)
    assert (answer.status_code, answer.text.startswith(told)) == (status, True)
    if status == 303:
        assert httpx.URL(answer.headers["location"]).path == job
    sent = value.decode() if status == 303 else "sky"
    assert alice.get(f"{job}/parameters/word").text == sent


def test_nothing_else_is_put(users: Users) -> None:
    alice = users("alice")
    job = made(alice, "/uws/count_words")
    for path in (f"{job}/parameters", f"{job}/phase", job, "/uws/count_words", "/uws/"):
        assert alice.put(path, content=b"RUN").status_code == 405, path
    assert users("bob").put(f"{job}/parameters/word", content=b"x").status_code == 404
    alice.delete(job)
    late = alice.put(f"{job}/parameters/word", content=b"x")
    assert (late.status_code, late.text) == (
        400,
        "this can be changed only as long as the job is PENDING\n",
    )
    while alice.get(f"{job}/phase").text != "ARCHIVED":
        pass
    assert alice.put(f"{job}/parameters/word", content=b"x").text == late.text


def test_what_a_script_writes_and_how_it_fails(alice: httpx.Client) -> None:
    job = made(alice, "/uws/wrong", PHASE="RUN")
    assert "<uws:message>the script ended with 7</uws:message>" in ended(alice, job)
    assert alice.get(f"{job}/stderr").text == "oops\n"
    for part in ("", "bytes=-9"):
        answer = alice.get(f"{job}/results/stdout", headers={"range": part} if part else {})
        assert (answer.status_code, answer.text) == (200, "")
        assert answer.headers["content-disposition"] == 'attachment; filename="stdout"'


def test_a_list_has_the_filters_of_uws(users: Users) -> None:
    bob = users("bob")
    first, second = (made(bob, "/uws/quick", runId=name).rpartition("/")[2] for name in "ab")
    assert ids(bob, "/uws/quick") == [first, second]
    assert ids(bob, "/uws/quick", LAST="1") == [second]
    created = re.search("<uws:creationTime>(.*)</", bob.get(f"/uws/quick/{first}").text)
    assert created is not None
    assert ids(bob, "/uws/quick", AFTER=created[1]) == [second]
    assert ids(bob, "/uws/quick", BEFORE=second) == [first]
    slow = made(bob, "/uws/slow")
    listed = valid(bob.get("/uws/", params={"LAST": "2"}).text)
    assert [httpx.URL(each.attrib[HREF]).path for each in listed] == [slow, f"/uws/quick/{second}"]
    bob.post(f"/uws/quick/{first}/phase", data={"PHASE": "ABORT"})
    for many in ("9", "9" * 30):
        assert ids(bob, "/uws/quick", PHASE="PENDING", LAST=many) == [second]
    both = bob.get("/uws/quick?PHASE=PENDING&PHASE=ABORTED&phase=ARCHIVED").text
    assert both.count("<uws:jobref ") == 2
    assert "<uws:runId>a</uws:runId><uws:ownerId>bob</uws:ownerId>" in both
    answer = bob.delete(f"/uws/quick/{second}")
    assert (answer.status_code, httpx.URL(answer.headers["location"]).path) == (303, "/uws/quick")
    assert bob.post(f"/uws/quick/{first}", data={"ACTION": "DELETE"}).status_code == 303
    while len(ids(bob, "/uws/quick", PHASE="ARCHIVED")) < 2:
        pass
    assert ids(bob, "/uws/quick") == []
    never = "0001-01-01T00:00:00+05:00"
    for bad in ({"PHASE": "NONE"}, {"LAST": "0"}, {"AFTER": "soon"}, {"AFTER": never}):
        assert bob.get("/uws/quick", params=bad).status_code == 400


def test_a_wait_holds_up_nobody(alice: httpx.Client) -> None:
    """Many clients wait for one job, and others are answered meanwhile."""
    job = made(alice, "/uws/slow", PHASE="RUN")
    quick = made(alice, "/uws/quick", PHASE="RUN")
    while alice.get(f"{job}/phase").text == "QUEUED":
        alice.get(job, params={"WAIT": "5", "PHASE": "QUEUED"})
    assert "PENDING" not in alice.get(job, params={"WAIT": "60", "PHASE": "PENDING"}).text
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(alice.get, job, params={"WAIT": "-1"}) for _ in range(20)]
        start = monotonic()
        assert ">COMPLETED<" in ended(alice, quick)
        assert alice.get("/healthz").status_code == 200
        assert monotonic() - start < 15
        assert not any(each.done() for each in waiting)
        alice.post(f"{job}/phase", data={"PHASE": "ABORT"})
        assert all(">ABORTED<" in each.result().text for each in waiting)
    assert alice.get(job, params={"WAIT": "soon"}).status_code == 400


def test_a_result_is_the_input_of_the_next_job(alice: httpx.Client) -> None:
    """By its URL in either form, and by its id; as a multipart reference, too."""
    files = {"part": ("map.txt", b"sky\n")}
    first = made(alice, "/uws/stack_maps", files, PHASE="RUN", map="param:part")
    url = results_of(ended(alice, first))["stack"]
    for said in (
        url,
        str(alice.base_url.join(f"{first}/results/stack")),
        httpx.URL(url).params["ID"],
    ):
        job = made(alice, "/uws/stack_maps", PHASE="RUN", map=said, line="==", times="2")
        assert alice.get(results_of(ended(alice, job))["stack"]).text.count("sky") == 6
    document = alice.get(f"{job}/provjson").json()
    used = {each["prov:role"] for each in document["used"].values()}
    made_by = {each["prov:role"] for each in document["wasGeneratedBy"].values()}
    assert (used, made_by) == ({"counts"}, {"stack"})
    roles = {each["prov:role"] for each in document["wasAssociatedWith"].values()}
    assert roles == {"owner", "contact"}
    assert "times" in str(document["parameter"])
    assert "stack_maps" in str(document["activityDescription"])
    assert alice.get(f"{job}/prov/provn").text.startswith("document")
    assert "voprov:document" in alice.get(f"{job}/provxml").text
    picture = alice.get(f"{job}/results/provsvg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "stack_maps" in picture.text


def test_a_job_is_its_owners(users: Users) -> None:
    alice, bob, admin = users("alice"), users("bob"), users("root")
    files = {"text": ("sky.txt", b"sky\n")}
    job = made(alice, "/uws/count_words", files, PHASE="RUN")
    url = results_of(ended(alice, job))["report"]
    assert bob.get(job).status_code == 404
    assert "or it is not yours" in bob.get(job).text
    assert bob.get(url).status_code == 404
    assert bob.delete(job).status_code == 404
    assert bob.post(f"{job}/phase", data={"PHASE": "ABORT"}).status_code == 404
    assert job.rpartition("/")[2] not in ids(bob, "/uws/count_words")
    assert job.rpartition("/")[2] in ids(admin, "/uws/count_words")
    assert admin.get(url).text == "1\n"
    refused = made(bob, "/uws/count_words", PHASE="RUN", text=url)
    assert "is a result of somebody else's job" in ended(bob, refused)
    assert users("eve").get("/uws/count_words").status_code == 403
    assert users("alice by Basic").get(job).status_code == 200
    wrong = httpx.get(alice.base_url.join(job), auth=("bob", "provgraph_x"))
    assert wrong.status_code == 401


@pytest.mark.parametrize(
    ("path", "said", "status", "told"),
    [
        ("/uws/none", {}, 404, "no job of this name and version is defined here"),
        ("/uws/draft", {}, 403, "nobody has approved draft yet"),
        ("/uws/slow", {"x": "1"}, 403, "slow has no 'x' of this kind; it has: none"),
        ("/uws/slow/none", {}, 404, "there is no job 'none' here"),
    ],
)
def test_what_is_refused(
    path: str, said: dict[str, str], status: int, told: str, alice: httpx.Client
) -> None:
    answer = alice.post(path, data=said)
    assert answer.status_code == status
    assert told in answer.text


def test_a_list_of_a_job_that_nobody_defined(alice: httpx.Client) -> None:
    assert alice.get("/uws/none").status_code == 404
    assert alice.post("/uws/").status_code == 405


def test_forms_have_bounds(alice: httpx.Client) -> None:
    long = alice.post("/uws/count_words", files={"text": ("x", b"x" * 100_001)})
    assert (long.status_code, long.text) == (413, "a file has more than 100,000 bytes\n")
    other = alice.post("/uws/slow", content=b"{}", headers={"content-type": "application/json"})
    assert other.status_code == 415
    assert alice.delete("/uws/slow").status_code == 405
    sneaky = made(alice, "/uws/count_words", {"text": ("../../x.txt", b"sky")}, PHASE="RUN")
    assert ">COMPLETED<" in ended(alice, sneaky)


def test_vosi(alice: httpx.Client) -> None:
    offered = httpx.get(alice.base_url.join("/capabilities"))
    assert offered.headers["content-type"].startswith("application/xml")
    found = valid(offered.text)
    standards = {each.attrib["standardID"]: each[0][0].text for each in found}
    root = str(alice.base_url).rstrip("/")
    assert standards["ivo://ivoa.net/std/UWS#rest-1.1"] == f"{root}/uws/"
    uses = {httpx.URL(each[0][0].text).path: each[0][0].attrib["use"] for each in found}
    # A client appends parameters to a base, and takes the others as they are (VOSI 1.1).
    assert {path for path, use in uses.items() if use == "base"} == {"/provsap"}
    health = httpx.get(alice.base_url.join("/availability")).text
    assert [each.text for each in valid(health)] == ["true"]


def test_jobs_are_counted_for_prometheus(alice: httpx.Client) -> None:
    def pending() -> float:
        text = alice.get("/metrics").text
        return float(text.partition('provgraph_jobs{phase="PENDING"} ')[2].partition("\n")[0])

    before = pending()
    made(alice, "/uws/slow")
    assert pending() == before + 1
