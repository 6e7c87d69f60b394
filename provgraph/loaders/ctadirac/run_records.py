"""The records of a job's runs: in ``provDict.txt``, and in logs of ctapipe beside it."""

import re
from collections.abc import Iterator, Mapping
from io import BufferedReader, BytesIO
from typing import Any

from provgraph.loaders.ctadirac.job_folder import PROVENANCE
from provgraph.loaders.ctapipe import activity_records
from provgraph.loaders.protocol import BLANK, Problem
from provgraph.model.values import counted

_UUID = re.compile(rb"""activity_uuid['"]\s*:\s*u?['"]([^'"]+)['"]""")


def run_records(files: Mapping[str, bytes]) -> Iterator[Mapping[str, Any] | Problem]:
    """Find the records of a job's runs.

    Args:
        files: ``provDict.txt`` and logs of ctapipe by name, decompressed.

    Yields:
        The records in the form of ctapipe's logs; a problem for each part that can't be read.
    """
    for name, content in files.items():
        if not content.strip(BLANK):
            yield Problem(name, "is blank: the job noted no run in it")
            continue
        problems = _lines_left_out(name, content) if name == PROVENANCE else ()
        text = _last_record_line(content) if name == PROVENANCE else content
        for found in activity_records(BufferedReader(BytesIO(text))):
            if isinstance(found, Problem):
                yield Problem(f"{name}: {found.where}", found.what)
            else:
                yield found.record
        yield from problems


def _last_record_line(content: bytes) -> bytes:
    """The part of a ``provDict.txt`` that counts.

    The prototype reads the last line alone; where one value fills several lines, all of them count.
    """
    lines = [line for line in content.splitlines() if line.strip()]
    return (
        lines[-1]
        if lines and _UUID.search(lines[-1]) and lines[-1].strip()[:1] in b"[{("
        else content
    )


def _lines_left_out(name: str, content: bytes) -> Iterator[Problem]:
    """A problem for each line before the last that names runs which the last does not name."""
    last = _last_record_line(content)
    named = set(_UUID.findall(last))
    if last is content:
        return
    for number, line in enumerate(content.splitlines(), 1):
        if missing := set(_UUID.findall(line)) - named:
            yield Problem(
                f"{name}: line {number}",
                f"{counted(len(missing), 'activity')} left out, which the last line does not have: "
                "of several lines the last counts; load the others as files of their own",
            )
