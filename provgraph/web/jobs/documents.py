"""The XML of UWS (IVOA recommendation "Universal Worker Service" 1.1, UWS.xsd) and of VOSI 1.1.

It is written as text: a list has ten thousand jobs, for which libraries that check each element
take a second and more.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from provgraph.jobs.records import JobRecord, JobResult, JobValue, Phase

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_UWS: Final = (
    'xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
#: What no document of XML 1.0 may hold (section 2.2).
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: What can be had of a job that has ended, beside its results → the media type.
DOCUMENTS: Final = {
    "provjson": "application/json",
    "provn": "text/provenance-notation",
    "provsvg": "image/svg+xml",
    "provxml": "text/xml",
}
#: What the script has written.
STREAMS: Final = ("stderr", "stdout")


@dataclass(frozen=True, slots=True)
class JobAddress:
    """Where a client reaches a job.

    Attributes:
        root: the URL of the server, without a slash at its end.
        jobs: that of the list of jobs of the same name.
        job: the id of the job.
    """

    root: str
    jobs: str
    job: str

    @property
    def url(self) -> str:
        """The URL of the job."""
        return f"{self.jobs}/{self.job}"

    def result(self, entity: str) -> str:
        """Make the URL of a file.

        Args:
            entity: the id by which the store knows it.
        """
        return f"{self.root}/store?ID={quote(entity, safe='')}"


def job_list(jobs: Iterable[tuple[str, str, str, str | None, str | None, str]], url: str) -> str:
    """Write a list of jobs.

    Args:
        jobs: for each its name, id, phase, owner, run id, and time of creation.
        url: below which lists of jobs stand by their names.

    Returns:
        The document.
    """
    base = escape(url, {'"': "&quot;"})
    owner_of = lru_cache(partial(_element, "ownerId"))
    rows = [
        f'<uws:jobref id="{job}" xlink:type="simple" xlink:href="{base}/{name}/{job}">'
        f"<uws:phase>{phase}</uws:phase>{_element('runId', run_id) if run_id is not None else ''}"
        f"{owner_of(owner)}<uws:creationTime>{created}</uws:creationTime></uws:jobref>\n"
        for name, job, phase, owner, run_id, created in jobs
    ]
    return f'{_HEAD}<uws:jobs {_UWS} version="1.1">\n{"".join(rows)}</uws:jobs>\n'


def job_document(job: JobRecord, results: Sequence[JobResult], address: JobAddress) -> str:
    """Write a job.

    Args:
        job: the job.
        results: that it made.
        address: where a client reaches it.

    Returns:
        The document.
    """
    facts = (
        ("ownerId", job.owner),
        ("phase", job.phase.value),
        ("quote", job.quote),
        ("creationTime", job.created),
        ("startTime", job.started),
        ("endTime", job.ended),
        ("executionDuration", str(job.duration)),
        ("destruction", job.destruction),
    )
    parts = [
        _element("jobId", job.id),
        "" if job.run_id is None else _element("runId", job.run_id),
        *(_element(name, said) for name, said in facts),
        _parameters(job.values, address),
        _results(job, results, address),
        _error(job),
    ]
    inner = "\n".join(filter(None, parts))
    return f'{_HEAD}<uws:job {_UWS} version="1.1">\n{inner}\n</uws:job>\n'


def parameters_document(job: JobRecord, address: JobAddress) -> str:
    """Write the parameters of a job.

    Args:
        job: the job.
        address: where a client reaches it.

    Returns:
        The document.
    """
    return _HEAD + _parameters(job.values, address, f" {_UWS}") + "\n"


def results_document(job: JobRecord, results: Sequence[JobResult], address: JobAddress) -> str:
    """Write the results of a job.

    Args:
        job: the job.
        results: that it made.
        address: where a client reaches it.

    Returns:
        The document.
    """
    return _HEAD + _results(job, results, address, f" {_UWS}") + "\n"


def _parameters(values: Iterable[JobValue], address: JobAddress, more: str = "") -> str:
    rows = [
        f"<uws:parameter id={_quoted(each.name)} "
        f'byReference="{"true" if each.by_reference else "false"}">'
        f"{_text(_said(each, address))}</uws:parameter>"
        for each in values
    ]
    return f"<uws:parameters{more}>{''.join(rows)}</uws:parameters>"


def _said(value: JobValue, address: JobAddress) -> str:
    """The value; of a file that came with the request, where it can be had."""
    return f"{address.url}/parameters/{value.name}" if value.is_upload else value.value


def _results(
    job: JobRecord, results: Iterable[JobResult], address: JobAddress, more: str = ""
) -> str:
    rows = [
        f'<uws:result id={_quoted(name)} xlink:type="simple" xlink:href={_quoted(href)}'
        f"{'' if size is None else f' size={_quoted(str(size))}'} mime-type={_quoted(kind)}/>"
        for name, href, size, kind in _all_results(job, results, address)
    ]
    return f"<uws:results{more}>{''.join(rows)}</uws:results>"


def _all_results(
    job: JobRecord, results: Iterable[JobResult], address: JobAddress
) -> Iterator[tuple[str, str, int | None, str]]:
    """Name, URL, size and media type of all that can be had of a job."""
    if job.phase is Phase.ARCHIVED:
        return
    for each in results:
        yield each.name, address.result(each.entity), each.size, each.content_type
    if job.settled:
        for name, kind in DOCUMENTS.items():
            yield name, f"{address.url}/{name}", None, kind
    if job.started and not job.phase.is_active:
        for name in STREAMS:
            yield name, f"{address.url}/{name}", None, "text/plain"


def _error(job: JobRecord) -> str:
    if job.message is None:
        return ""
    message = f"<uws:message>{_text(job.message)}</uws:message>"
    return f'<uws:errorSummary type="fatal" hasDetail="true">{message}</uws:errorSummary>'


def _element(name: str, said: str | None) -> str:
    if said is None:
        return f'<uws:{name} xsi:nil="true"/>'
    return f"<uws:{name}>{_text(said)}</uws:{name}>"


def _text(said: str) -> str:
    return escape(_ILLEGAL.sub("\ufffd", said))


def _quoted(said: str) -> str:
    return quoteattr(_ILLEGAL.sub("\ufffd", said))


def availability(is_available: bool, note: str = "") -> str:
    """Write whether the service is there (VOSI 1.1, section 5.3).

    Args:
        is_available: whether it answers.
        note: what people should know.

    Returns:
        The document.
    """
    said = f"<vosi:note>{_text(note)}</vosi:note>" if note else ""
    return (
        f'{_HEAD}<vosi:availability xmlns:vosi="http://www.ivoa.net/xml/VOSIAvailability/v1.0">'
        f"<vosi:available>{str(is_available).lower()}</vosi:available>{said}</vosi:availability>\n"
    )


def capabilities(offered: Iterable[tuple[str, str, str]]) -> str:
    """Write what the service offers (VOSI 1.1, section 5.1).

    Args:
        offered: for each the id of a standard, a URL, and its use: ``full``, or ``base`` when
            clients append parameters.

    Returns:
        The document.
    """
    rows = "".join(
        f"<capability standardID={_quoted(standard)}>"
        f'<interface xsi:type="vs:ParamHTTP" version="1.0">'
        f"<accessURL use={_quoted(use)}>{_text(url)}</accessURL></interface></capability>\n"
        for standard, url, use in offered
    )
    return (
        f'{_HEAD}<vosi:capabilities xmlns:vosi="http://www.ivoa.net/xml/VOSICapabilities/v1.0" '
        'xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"{rows}</vosi:capabilities>\n"
    )
