"""Brings the inputs of a job into its work folder, wherever they lie."""

import glob
import ipaddress
import re
import shutil
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from provgraph.errors import JobRefusedError, LookupFailedError
from provgraph.jobs.database import JobDatabase
from provgraph.jobs.definition import JobDefinition, JobInput, base_name
from provgraph.jobs.folder import JobFolder
from provgraph.jobs.outputs import output_names, size_and_sum
from provgraph.jobs.records import JobRecord, JobValue
from provgraph.model.hiding import HidingRules
from provgraph.model.vocabulary import Kind
from provgraph.questions.tracing import find
from provgraph.server_settings import JobSettings
from provgraph.store.protocol import Store
from provgraph.store.served import ServedStore

#: The role of who runs jobs (`provgraph.web.roles`).
_RUNNERS: Final = frozenset({"runner"})
_PIECE: Final = 1 << 20
_SECONDS: Final = 60
_MOST_REDIRECTS: Final = 5
_RESULT: Final = re.compile(r"/(?:uws|rest)/[^/]+/(?P<job>[^/]+)/results/(?P<name>[^/]+)/?\Z")


@dataclass(frozen=True, slots=True)
class StagedInput:
    """An input that is there.

    Attributes:
        name: of the input.
        role: that it plays.
        origin: where it came from: a path or a URL.
        file: what it is called in the work folder.
        size: in bytes.
        sha256: the checksum of its bytes.
        entity: the id by which the store knows it; None where nobody said.
    """

    name: str
    role: str
    origin: str
    file: str
    size: int
    sha256: str
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class _FoundFile:
    """A file that is to be an input.

    Attributes:
        path: where it lies now.
        entity: the id by which the store knows it; None where nobody said.
        url: from which it was fetched; None where it was not.
        is_linked: whether a link to it will do: it is a file of the site, and no job's.
    """

    path: Path
    entity: str | None = None
    url: str | None = None
    is_linked: bool = False


class InputDesk:
    """Finds inputs: uploads, results of earlier jobs, files of the site, and URLs."""

    def __init__(
        self,
        settings: JobSettings,
        jobs: JobDatabase,
        store: Store,
        rules: HidingRules | None = None,
    ) -> None:
        """Take what is needed to find them.

        Args:
            settings: which folders and machines inputs may come from.
            jobs: the jobs, for their results.
            store: that knows files by their ids.
            rules: what is hidden from whom; jobs find what a runner may see.
        """
        self._settings, self._jobs = settings, jobs
        self._stores = ServedStore(store, rules)

    def stage(
        self, job: JobRecord, folder: JobFolder, definition: JobDefinition
    ) -> list[StagedInput]:
        """Bring all inputs of a job into its work folder.

        Args:
            job: that is about to be run.
            folder: of the job.
            definition: of the job.

        Returns:
            The inputs that are there.

        Raises:
            JobRefusedError: one of them can't be had; the message says which, and why.
        """
        said, inputs = {each.name: each for each in job.values}, definition.inputs
        patterns = output_names(job, definition.outputs).values()
        missing = [each.name for each in inputs.values() if each.required and each.name not in said]
        if missing:
            raise JobRefusedError(f"the input {missing[0]} is missing")
        staged: list[StagedInput] = []
        for each in inputs.values():
            if each.name in said:
                found = self._found(job, folder, each, said[each.name])
                taken = [*patterns, *(glob.escape(other.file) for other in staged)]
                staged.append(_put(each, found, folder.work, taken))
        return staged

    def _found(
        self, job: JobRecord, folder: JobFolder, wanted: JobInput, said: JobValue
    ) -> _FoundFile:
        if said.is_upload:
            path = folder.inputs / wanted.name / said.value
            return _FoundFile(path)
        entity = self._entity_in(said.value)
        if entity is None and _is_url(said.value):
            return self._fetch(said.value, wanted, folder)
        return self._known(job, entity or said.value, wanted, folder)

    def _known(self, job: JobRecord, name: str, wanted: JobInput, folder: JobFolder) -> _FoundFile:
        """A result of an earlier job, or a file of the site, by its id or path."""
        if (made := self._jobs.maker(name)) is not None:
            maker, result = self._jobs.find(made[0]), made[1]
            if maker is None or maker.owner != job.owner:
                raise JobRefusedError(f"{wanted.name}: {name} is a result of somebody else's job")
            path = JobFolder(self._settings.folder, maker.id).work / result.file
            return _FoundFile(path, name)
        if "$ID" in wanted.url and not wanted.url.startswith("file:"):
            url = wanted.url.replace("$ID", quote(name, safe=""))
            return self._fetch(url, wanted, folder)
        path = Path(name.removeprefix("file://"))
        if path.is_absolute() and self._is_of_site(path):
            return _FoundFile(path, is_linked=True)
        return self._of_store(name, wanted)

    def _of_store(self, name: str, wanted: JobInput) -> _FoundFile:
        """A file that the store knows, if it lies where jobs may read."""
        try:
            node = find(self._stores.seen_by(_RUNNERS), name)
        except LookupFailedError as error:
            raise JobRefusedError(f"{wanted.name}: {error}") from None
        for each in node.locations if node.kind is Kind.ENTITY else ():
            path = Path(str(each))
            if path.is_absolute() and self._is_of_site(path):
                return _FoundFile(path, node.id, is_linked=True)
        raise JobRefusedError(
            f"{wanted.name}: {name} is not where jobs may read (PROVGRAPH_JOBS_DATA)"
        )

    def _entity_in(self, text: str) -> str | None:
        """The id in the URL of a result, ``/store?ID=…`` or ``/uws/JOB/ID/results/NAME``; None in
        any other text.
        """  # noqa: D205
        if not _is_url(text):
            return None
        parts = urlsplit(text)
        if parts.path.rstrip("/").endswith("/store"):
            return next(iter(parse_qs(parts.query).get("ID", ())), None)
        found = _RESULT.search(parts.path)
        results = self._jobs.results(found["job"]) if found else ()
        return next((each.entity for each in results if found and each.name == found["name"]), None)

    def _is_of_site(self, path: Path) -> bool:
        """Whether a file lies in a folder that all jobs may read, wherever links lead."""
        real = path.resolve()
        return real.is_file() and any(
            real.is_relative_to(each.resolve()) for each in self._settings.data
        )

    def _fetch(self, url: str, wanted: JobInput, folder: JobFolder) -> _FoundFile:
        target = folder.inputs / wanted.name
        target.mkdir(exist_ok=True)
        path = target / base_name(urlsplit(url).path, wanted.default)
        try:
            fetch(url, path, self._settings)
        except (OSError, HTTPException, ValueError) as error:
            raise JobRefusedError(f"{wanted.name}: {url} can't be fetched: {error}") from None
        return _FoundFile(path, url=url)


def _is_url(text: str) -> bool:
    """Whether a text is a URL of HTTP; ``http://[x`` is none, for its bracket stays open."""
    try:
        return urlsplit(text).scheme in ("http", "https")
    except ValueError:
        return False


def _put(wanted: JobInput, found: _FoundFile, work: Path, taken: Sequence[str]) -> StagedInput:
    """Copy a file into the work folder, or link to it.

    Where another input or an output has its name, it comes into a folder of its own: a script
    empties a file before it writes there.
    """
    path = found.path
    if not path.is_file():
        raise JobRefusedError(f"{wanted.name}: {path.name} is not there any more")
    is_taken = any(fnmatchcase(path.name, pattern) for pattern in taken)
    name = f"{wanted.name}.input/{path.name}" if is_taken else path.name
    target = work / name
    target.parent.mkdir(exist_ok=True)
    target.unlink(missing_ok=True)
    if found.is_linked:
        target.symlink_to(path.resolve())
    else:
        shutil.copyfile(path, target)
    size, sha256 = size_and_sum(target)
    return StagedInput(
        wanted.name, wanted.role, found.url or str(path), name, size, sha256, found.entity
    )


def fetch(url: str, path: Path, settings: JobSettings) -> None:
    """Fetch a file by HTTP from a public address, or from a machine that the settings name.

    Args:
        url: where it lies.
        path: where to write it.
        settings: which machines are allowed, and how long a file may be.

    Raises:
        OSError: the machine is not allowed, or does not answer.
        HTTPException: it answers something that is no HTTP.
        ValueError: it has no such file, or the file is too long.
    """
    for _ in range(_MOST_REDIRECTS):
        parts = urlsplit(url)
        kind = {"http": HTTPConnection, "https": HTTPSConnection}.get(parts.scheme)
        if kind is None or parts.hostname is None:
            raise ValueError("it is no URL of HTTP")
        connection = kind(parts.hostname, parts.port, timeout=_SECONDS)
        is_named = parts.hostname in settings.hosts
        connection._create_connection = _named if is_named else _public
        try:
            connection.request(
                "GET", parts.path + (f"?{parts.query}" if parts.query else "") or "/"
            )
            answer = connection.getresponse()
            if answer.status in (301, 302, 303, 307, 308):
                url = answer.headers.get("location", "")
                continue
            if answer.status != 200:
                raise ValueError(f"the answer is {answer.status} {answer.reason}")
            length = 0
            with path.open("wb") as file:
                while piece := answer.read(_PIECE):
                    length += len(piece)
                    if length > settings.upload:
                        raise ValueError(f"it is longer than {settings.upload:,} bytes")
                    file.write(piece)
            return
        finally:
            connection.close()
    raise ValueError("it leads from one address to the next")


def _named(address: tuple[str, int], *given: object) -> socket.socket:
    return socket.create_connection(address, _SECONDS)


def _public(address: tuple[str, int], *given: object) -> socket.socket:
    """Connect to a machine at an address that anybody could ask; else this server would be used to
    reach what only it can reach.
    """  # noqa: D205
    found = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)
    for *_, place in found:
        if not ipaddress.ip_address(place[0]).is_global:
            raise OSError(
                f"{address[0]} has a private address; PROVGRAPH_JOBS_HOSTS names those allowed"
            )
    return socket.create_connection((str(found[0][4][0]), address[1]), _SECONDS)
