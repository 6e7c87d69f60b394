"""Jobs on the local engine: what one costs, a long queue, and a long list over HTTP."""

import os
import pwd
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx

from bench.graphql import our_server, started, wait_for
from bench.measure import Figure, say, shown, timed, within
from bench.servers import empty
from provgraph.ingest.describing import approve, describe
from provgraph.jobs.desk import JobDesk, JobRequest
from provgraph.jobs.records import JobRecord, Phase
from provgraph.model.descriptions import ToolDescription
from provgraph.server_settings import JobSettings
from provgraph.store.protocol import Store
from provgraph.web.roles import Role
from provgraph.web.tokens import TokenFile

ONE_BY_ONE, QUEUED, LISTED = 20, 1_000, 10_000
ROUNDS = 15
_SCRIPT = "echo done > out.txt"
_OWNER = "bench"


def figures() -> Iterator[Figure]:
    """All of it with an embedded store."""
    with _desk() as (desk, _, _):
        yield _overhead(desk)
    with _desk() as (desk, store, _):
        yield _queue(desk, store)
    with _desk(starts=False) as (desk, _, url):
        yield _list(desk, url)


@contextmanager
def _desk(*, starts: bool = True) -> Iterator[tuple[JobDesk, Store, str]]:
    """A desk with one approved definition, its store, and the URL of the store."""
    with TemporaryDirectory(prefix="provgraph-bench-") as folder, empty("SQLite") as (url, store):
        store.make()
        said = {"script": _SCRIPT}
        made = [{"role": "out", "default": "out.txt"}]
        describe(store, ToolDescription("job", None, said, generated=made), "bench")
        approve(store, "job", None, "bench")
        me = pwd.getpwuid(os.getuid()).pw_name
        desk = JobDesk(JobSettings(Path(folder), user=me), store)
        if starts:
            desk.start()
        yield desk, store, url
        if starts:
            desk.close()
        else:
            desk.jobs.close()


def _ask(desk: JobDesk) -> JobRecord:
    return desk.make(JobRequest("job", _OWNER, {"PHASE": "RUN"}, {}))


def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.005)


def _is_settled(desk: JobDesk, job: JobRecord) -> bool:
    found = desk.jobs.find(job.id)
    return found is not None and found.settled


def _overhead(desk: JobDesk) -> Figure:
    """From the request to the run in the store; beside a bare process with the same script."""
    say("jobs one by one")

    def ours() -> None:
        job = _ask(desk)
        _until(lambda: _is_settled(desk, job))

    def bare() -> None:
        subprocess.run(("bash", "-c", _SCRIPT), check=True, cwd="/tmp")

    both = [(timed(ours), timed(bare)) for _ in range(ONE_BY_ONE)]
    took, reference = (median(each) for each in zip(*both, strict=True))
    more = took - reference
    name = "a job on the local engine, until its run is in the store; a bare process"
    return Figure(name, shown(took), shown(reference), f"+ {shown(more)}", "≤ 150 ms", more <= 0.15)


def _queue(desk: JobDesk, store: Store) -> Figure:
    """Many at once on two slots: all are done, none is lost, none runs twice."""
    say(f"{QUEUED} jobs at once")
    begun = time.monotonic()
    jobs = {_ask(desk).id for _ in range(QUEUED)}
    _until(lambda: not desk.jobs.unfinished(_OWNER) and not desk.jobs.unsettled())
    took = time.monotonic() - begun
    loads = Counter(each.source.rpartition("/")[2] for each in store.loads())
    done = desk.jobs.phases().get(Phase.COMPLETED, 0)
    lost = QUEUED - done + len(jobs - loads.keys())
    twice = sum(loads[each] > 1 for each in jobs)
    found = f"{lost} lost, {twice} twice"
    name = f"{QUEUED} jobs queued at once, 2 slots"
    each = f"{shown(took / QUEUED)} each"
    return Figure(name, each, "", found, "none lost or twice", found == "0 lost, 0 twice")


def _list(desk: JobDesk, url: str) -> Figure:
    """The list of all, over HTTP with a token."""
    say(f"a list of {LISTED} jobs")
    first = desk.make(JobRequest("job", _OWNER, {}, {}))
    for _ in range(LISTED - 1):
        desk.jobs.add(replace(first, id=str(uuid4())))
    tokens = TokenFile(desk.settings.folder / "tokens.json")
    headers = {"authorization": f"Bearer {tokens.add('bench', Role.RUNNER)}"}
    kept = {"PROVGRAPH_TOKENS": str(tokens.path), "PROVGRAPH_JOBS": str(desk.settings.folder)}
    kept["PROVGRAPH_JOBS_USER"] = str(desk.settings.user)
    with (
        started(our_server(url, "--access"), kept) as (port, server),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client,
    ):
        wait_for(server, client)

        def ask() -> None:
            answer = client.get("/uws/job").raise_for_status()
            if answer.text.count("<uws:jobref") != LISTED:
                raise AssertionError(answer.text[:500])

        took = median(timed(ask) for _ in range(ROUNDS))
    return within(f"the list of {LISTED} jobs over HTTP", took, 0.2)
