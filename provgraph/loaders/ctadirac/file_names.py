"""Which file of the catalogue a run means by a path on the worker node."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from provgraph.loaders.ctadirac.job import Job
from provgraph.model.derived import end_of, start_of
from provgraph.model.identifiers import place_of
from provgraph.model.records import Document, Mention, Run

#: The source of the mentions that are in the catalogue's words.
SOURCE = "ctadirac"
#: A file system that is the same everywhere; all other paths of a worker node are its own.
_SHARED = "/cvmfs/"


class FileNames:
    """The names of the files of a job's runs.

    A path on the worker node is that of an LFN when its base name is the base name of one of the
    job's input data, or of a file that the job registered. Only what the last run has written under
    that name is in the catalogue: a registered name means nothing else.
    """

    def __init__(self, job: Job, runs: Iterable[Document], namespace: str) -> None:
        """Note which run was the last to write each file.

        Args:
            job: what DIRAC knows of the job.
            runs: the job's runs, as ctapipe's loader reads them.
            namespace: of the file systems that are no worker node's own.
        """
        self._job = job
        self._namespace = namespace
        #: Base name → the end and the id of the last run that wrote such a file.
        self._last_writer: dict[str, tuple[str, str]] = {}
        #: Run → its end and its id.
        self._times: dict[str, tuple[str, str]] = {}
        for document in runs:
            if document.run is not None:
                self._note(document.run, document.mentions)

    def _note(self, run: Run, mentions: Iterable[Mention]) -> None:
        time = end_of(run.facts) or start_of(run.facts) or "", run.id
        self._times[run.id] = max(time, self._times.get(run.id, time))
        for mention in mentions:
            if mention.is_output and mention.base_name is not None:
                self._last_writer[mention.base_name] = max(
                    time, self._last_writer.get(mention.base_name, time)
                )

    def mentions(self, document: Document) -> list[Mention]:
        """The files of a run, as the catalogue and as their own headers call them.

        Args:
            document: the run, as ctapipe's loader reads it.

        Returns:
            One mention for a file that the catalogue does not have or whose header names nothing,
            else two.
        """
        return [named for mention in document.mentions for named in self._named(mention)]

    def place_of(self, mention: Mention) -> str | None:
        """The place of a file: its LFN, its path in a shared file system, or on the worker node.

        Args:
            mention: the file, as ctapipe's loader reads it.
        """
        if lfn := self.lfn(mention):
            return place_of(f"lfn:{lfn}")
        path = (
            ""
            if mention.place is None
            else "/" + mention.place.removeprefix("file://").partition("/")[2]
        )
        return place_of(path, self._namespace) if path.startswith(_SHARED) else mention.place

    def _named(self, mention: Mention) -> Iterator[Mention]:
        """The mention in the words of the file's header and in those of the catalogue.

        What the log says of this reading or writing stands in both.
        """
        lfn, place = self.lfn(mention), self.place_of(mention)
        if lfn is None:
            yield replace(mention, place=place)
            return
        guid = self._job.guid(lfn)
        if mention.identifier is not None:
            yield replace(mention, place=place)
        yield replace(mention, place=place, identifier=guid, source=SOURCE)

    def lfn(self, mention: Mention) -> str | None:
        """The LFN of a file.

        Args:
            mention: the file, as ctapipe's loader reads it.

        Returns:
            What the catalogue calls the file; None when the file is not there.
        """
        name = mention.base_name or ""
        registered = self._job.output_names.get(name)
        writer = self._last_writer.get(name)
        if mention.is_output:
            return registered if writer is not None and writer[1] == mention.run else None
        if name in self._job.input_names:
            return self._job.input_names[name]
        return registered if writer is None or writer < self._times[mention.run] else None
