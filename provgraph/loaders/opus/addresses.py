"""How OPUS's provenance documents name jobs, files and users: by URLs of its server.

The database has these URLs only where it says where a result is, such as
``http://host//rest/NAME/ID/stdout`` or ``http://host/store?ID=bde6e3``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from provgraph.loaders.opus.tables import Row

#: Where the jobs are on a server of 2025; later ones say ``uws``.
_JOBS = "rest"


@dataclass(frozen=True, slots=True)
class OpusServer:
    """A server as its documents name it.

    Attributes:
        base: its URL, without a slash at the end.
        jobs: the name of the part with the jobs.
    """

    base: str
    jobs: str = _JOBS

    def run(self, name: str, job: str) -> str:
        """Name a job.

        Args:
            name: of its definition.
            job: its id.
        """
        return f"{self.base}/{self.jobs}/{name}/{job}"

    def entity(self, identifier: str) -> str:
        """Name a file.

        Args:
            identifier: its id in the database.
        """
        return f"prov:{self.base}/store/?ID={identifier}"

    def user(self, name: str) -> str:
        """Name a user.

        Args:
            name: of the user.
        """
        return f"{self.base}/user/{name}"


def server_of_job(job: Row, results: Iterable[Row]) -> OpusServer | None:
    """Find the server of a job by the URLs of its results.

    Args:
        job: of ``jobs``.
        results: its rows of ``job_results``.

    Returns:
        The server; None when no result names the job.
    """
    part = f"/{job['jobname']}/{job['jobid']}/"
    base = None
    for each in results:
        url = str(each.get("url") or "")
        if part in url:
            base, _, jobs = url[: url.index(part)].rpartition("/")
            return OpusServer(base.rstrip("/"), jobs)
        base = base or _base_of_file(url)
    return None if base is None else OpusServer(base)


def server_of_file(entity: Row, usual: OpusServer | None) -> OpusServer | None:
    """Find the server of a file by its URL.

    Args:
        entity: of ``entities``.
        usual: the server of the database.

    Returns:
        The server; the usual one when there is no such URL.
    """
    base = _base_of_file(str(entity.get("access_url") or ""))
    if base is None:
        return usual
    return replace(usual, base=base) if usual is not None else OpusServer(base)


def _base_of_file(url: str) -> str | None:
    """The server in the URL of a file, as ``http://host/store?ID=x`` or ``…/store/x``."""
    base, found, _ = url.rpartition("/store")
    return base.rstrip("/") if found and "://" in base else None
