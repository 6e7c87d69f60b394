"""Runs as a strategy draws them, and the records and logs of ctapipe that tell of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Record = dict[str, Any]
Said = tuple[str, Record]  # (namespace, one activity of a ctapipe log)
History = list[Said]

PATHS = (
    "/data/a.h5",
    "/data/b.h5",
    "/data/c.pkl",
    "/mirror/a.h5",  # the base name of path 0
    "/data/sub/d.h5",
    "root://eos.example.org/data/b.h5",  # the base name of path 1
)
PRODUCTS = tuple(f"{n:08d}-0000-4000-8000-00000000000{n}" for n in range(5))
ACTIVITIES = tuple(f"{n:08d}-aaaa-4aaa-8aaa-aaaaaaaaaaaa" for n in range(20))
ROLES: tuple[str | None, ...] = ("data", "model", None)
STATUSES = ("completed", "error", "interrupted", "check-run")
NAMESPACES = ("default", "scratch")
LAST_TIME = 7
SPELLINGS = 7


@dataclass(frozen=True)
class Process:
    """What tells one process from another; None is unknown."""

    node: str | None = "wn1"
    boot_time: str | None = "2026-11-21T07:00:00.000"
    executable: str | None = "/opt/bin/python"
    arguments: tuple[str, ...] | None = ("run.py",)


PROCESSES = (
    Process(),
    Process(node="wn2"),
    Process(arguments=("run.py", "--again")),
    Process(boot_time="2026-11-21T07:30:00.000"),
    Process(node=None),
    Process(arguments=None),
)

# How a file is named in a list. A header without activity id gets a made-up product id each time it
# is looked at.
NULL, EMPTY, MADE_UP, NO_PRODUCT, REAL = range(5)


@dataclass(frozen=True)
class Listed:
    """One line of a run's inputs or outputs, as indexes into the tables."""

    path: int
    header: int = NULL
    product: int = 0
    header_activity: int = 0
    role: int = 0
    spelling: int = 0


@dataclass(frozen=True)
class Telling:
    """One record of a run: which of its lines it has and what it knows of the times."""

    namespace: int = 0
    scratch: bool = False  # in the second namespace: all files lie in one job folder
    skip_inputs: frozenset[int] = frozenset()
    skip_outputs: frozenset[int] = frozenset()
    forgets_products: bool = False
    later_start: int = 0
    earlier_end: int = 0
    never_ended: bool = False
    forgets_process: bool = False


@dataclass(frozen=True)
class Job:
    """One run as it really was."""

    activity: int
    start: int = 0
    duration: int | None = 0  # None: it never ended
    process: int = 0
    status: int = 0
    inputs: tuple[Listed, ...] = ()
    outputs: tuple[Listed, ...] = ()
    tellings: tuple[Telling, ...] = field(default=(Telling(),))


def rendered(drawn: Sequence[Job]) -> History:
    """The records of these runs, one for each telling."""
    made_up = (f"ffffffff-0000-4000-8000-{n:012d}" for n in itertools.count())
    return [
        (NAMESPACES[telling.namespace], record_of(job, telling, made_up))
        for job in drawn
        for telling in job.tellings
    ]


def ending(job: Job) -> int:
    return job.start + (job.duration or 0)


def record_of(job: Job, telling: Telling, made_up: Iterator[str]) -> Record:
    """One activity in ctapipe's shape, as one telling has it."""
    start = min(job.start + telling.later_start, ending(job))
    known_end = job.duration is not None and not telling.never_ended
    end = max(ending(job) - telling.earlier_end, start) if known_end else None
    return {
        "activity_name": "ctapipe-process",
        "activity_uuid": ACTIVITIES[job.activity],
        "status": STATUSES[job.status],
        "start": {"time_utc": time_text(start)},
        "stop": {"time_utc": time_text(end) if end is not None else None},
        "system": system_of(
            Process(None, None, None, None) if telling.forgets_process else PROCESSES[job.process]
        ),
        "input": lines_of(job.inputs, telling.skip_inputs, telling, made_up),
        "output": lines_of(job.outputs, telling.skip_outputs, telling, made_up),
        "exit_code": 0,
    }


def time_text(step: int) -> str:
    return f"2026-11-21T08:00:{step:02d}.000"


def system_of(process: Process) -> Record:
    return {
        "ctapipe_version": "0.28.0",
        "ctapipe_svc_path": None,
        "executable": process.executable,
        "platform": {"system": "Linux", "node": process.node, "boot_time": process.boot_time},
        "python": {"version": ["3", "11", "7"]},
        "arguments": list(process.arguments) if process.arguments is not None else None,
    }


def lines_of(
    lines: Sequence[Listed], skip: frozenset[int], telling: Telling, made_up: Iterator[str]
) -> list[Record]:
    return [
        {
            "url": spelled(path_in(line.path, telling), line.spelling),
            "role": ROLES[line.role],
            "reference_meta": None if telling.forgets_products else meta_of(line, made_up),
        }
        for index, line in enumerate(lines)
        if index not in skip
    ]


def path_in(path: int, telling: Telling) -> str:
    """The path in the telling's namespace.

    In the job folder of a worker node only the base name stays.
    """
    if telling.namespace and telling.scratch:
        return "/tmp/job/" + PATHS[path].rsplit("/", 1)[-1]
    return PATHS[path]


def meta_of(line: Listed, made_up: Iterator[str]) -> Record | None:
    """The header that ctapipe notes beside a file."""
    if line.header == NULL:
        return None
    if line.header == EMPTY:
        return {}
    if line.header == MADE_UP:
        return {"CTA PRODUCT ID": next(made_up), "CTA ACTIVITY ID": ""}
    product = "" if line.header == NO_PRODUCT else PRODUCTS[line.product]
    return {"CTA PRODUCT ID": product, "CTA ACTIVITY ID": ACTIVITIES[line.header_activity]}


def spelled(path: str, spelling: int) -> str:
    """One of the ways in which ctapipe may write this path (0: as it is)."""
    if "://" in path:
        scheme, rest = path.split("://")
        host, tail = rest.split("/", 1)
        remote = (
            path,
            f"/cwd/{scheme}:/{rest}",
            f"{scheme}://{host}//{tail}",
            f"/data/x/{scheme}:/{rest}",
        )
        return remote[spelling % len(remote)]
    folder, name = path.rsplit("/", 1)
    local = (
        path,
        f"/cwd/file:{path}",
        f"{folder}//{name}",
        f"{folder}/./{name}",
        f"{folder}/other/../{name}",
        f"{folder}/file:{name}",
        f"file://{path}",
    )
    return local[spelling % len(local)]


def as_log(records: Sequence[Record]) -> bytes:
    """One ctapipe log: a JSON array of these activities."""
    return json.dumps(list(records), indent=3).encode()


def as_scattered_log(records: Sequence[Record], sizes: Sequence[int]) -> bytes:
    """One ctapipe log of several arrays, concatenated without a break as ctapipe appends them.

    `sizes` are the lengths of the first arrays; what is left over makes the last one."""
    left, arrays = list(records), []
    for size in sizes:
        arrays.append(as_log(left[:size]))
        left = left[size:]
    return b"".join([*arrays, as_log(left)])


def scattered_logs(records: Sequence[Record]) -> st.SearchStrategy[bytes]:
    """`as_scattered_log` with random sizes, empty arrays among them."""
    return st.lists(st.integers(0, max(len(records), 1)), max_size=4).map(
        lambda sizes: as_scattered_log(records, sizes)
    )
