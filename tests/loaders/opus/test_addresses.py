"""By which URLs OPUS names jobs and files."""

import pytest

from provgraph.loaders.opus.addresses import OpusServer, server_of_file, server_of_job

JOB = {"jobname": "smooth", "jobid": "aa"}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("http://h:8082//rest/smooth/aa/stdout", OpusServer("http://h:8082", "rest")),
        ("https://h/ops/uws/smooth/aa/provjson", OpusServer("https://h/ops", "uws")),
        ("http://h/store?ID=x", OpusServer("http://h", "rest")),
        ("http://h/store/?ID=x", OpusServer("http://h", "rest")),
        ("stdout", None),
        (None, None),
    ],
)
def test_the_url_of_a_result(url: str | None, server: OpusServer | None) -> None:
    assert server_of_job(JOB, [{"url": url}]) == server


def test_a_result_that_names_the_job_says_more_than_a_file() -> None:
    results = [{"url": "http://h/store?ID=x"}, {"url": "http://h/uws/smooth/aa/stdout"}]
    assert server_of_job(JOB, results) == OpusServer("http://h", "uws")


def test_files() -> None:
    usual = OpusServer("http://h", "uws")
    assert server_of_file({"access_url": "http://g/store?ID=x"}, usual) == OpusServer(
        "http://g", "uws"
    )
    assert server_of_file({"access_url": None}, usual) == usual
    assert server_of_file({}, None) is None
    assert usual.entity("x") == "prov:http://h/store/?ID=x"
    assert usual.run("smooth", "aa") == "http://h/uws/smooth/aa"
    assert usual.user("ann") == "http://h/user/ann"
