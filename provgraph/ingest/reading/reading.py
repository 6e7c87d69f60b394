"""Reads one source: its documents, its problems, its counts.

Nothing here uses a store, so other processes can do this work.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BufferedReader
from typing import TYPE_CHECKING

from provgraph.errors import LoadError, UnknownFormatError
from provgraph.ingest.reading.process import SMALLEST, Found, ReadingOrder, read_elsewhere
from provgraph.ingest.reading.sources import (
    Checksum,
    Source,
    address_of,
    database_snapshot,
    opened,
    stamp_of,
)
from provgraph.loaders.protocol import HEAD, Loader, Problem, RelativeNames
from provgraph.loaders.registry import addressed, loader_for
from provgraph.model.descriptions import decides_what_runs
from provgraph.model.records import Document
from provgraph.model.values import counted
from provgraph.store.records import LoadRecord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: How many problems a report lists; the others are counted.
LISTED_PROBLEMS = 1000
#: How many new names are gathered before they are put to the others.
_GATHERED = 50_000
_AT_BYTE = re.compile(r"byte (\d+)")


class Distinct:
    """Counts the different names among those that are added.

    8 bytes of each name are kept, so two among billions may count as one.
    """

    def __init__(self) -> None:
        self._gathered: set[int] = set()
        self._settled: NDArray[np.int64] | None = None

    def add(self, names: Iterable[str]) -> None:
        """Add names.

        Args:
            names: each counts once, however often it is added.
        """
        self._gathered.update(map(hash, names))
        if len(self._gathered) > _GATHERED:
            self._settle()

    def __len__(self) -> int:
        """Tell how many different names were added."""
        if self._settled is None:
            return len(self._gathered)
        self._settle()
        return len(self._settled)

    def _settle(self) -> None:
        # Only large sources come here. numpy starts threads, which a watcher's signals must not
        # meet when it begins.
        import numpy as np  # noqa: PLC0415

        new = np.fromiter(self._gathered, np.int64, len(self._gathered))
        self._settled = np.unique(new) if self._settled is None else np.union1d(self._settled, new)
        self._gathered.clear()


@dataclass
class Reading:
    """One source, and what is known of it by now.

    Attributes:
        source: what is read.
        checksum: the source's checksum; None when its bytes can't be read, or changed meanwhile.
        begun: an earlier load, behind whose end the reading goes on; None to read from the start.
        format_name: the name of the loader that the user asks for, then of the one that reads;
            None until then.
        is_ours: false when no loader reads the source.
        has_relative_names: whether the source names records relative to its own address.
        documents: how many records could be read.
        read_to: the byte behind the last of these records; None in a format that can't be read from
            there on.
        problems: the parts that could not be read, the first `LISTED_PROBLEMS` of them.
    """

    source: Source
    checksum: Checksum | None = None
    begun: LoadRecord | None = None
    format_name: str | None = None
    is_ours: bool = True
    has_relative_names: bool = False
    documents: int = 0
    read_to: int | None = None
    problems: list[Problem] = field(init=False)
    _more_problems: int = 0
    _can_go_on: bool = True
    _can_change: bool = True
    _names: dict[str, Distinct] = field(
        default_factory=lambda: {
            "activities": Distinct(),
            "entities": Distinct(),
            "agents": Distinct(),
        }
    )
    _relations: int = 0

    def __post_init__(self) -> None:
        """Take over the problems of the part that is passed over: it can't be read now either."""
        before = self.begun.problems if self.begun else ()
        self.problems = [
            Problem(where, what) for where, what in before if self._is_passed_over(where)
        ]

    def read(self, namespace: str) -> Iterator[Document]:
        """Read the source.

        What is wrong with the source is noted as a problem; nothing is raised for it.

        Args:
            namespace: in which the source's paths mean files (docs/contract.md, rule 7).

        Yields:
            The documents in the order of the source.
        """
        try:
            with self._opened(namespace) as documents:
                for found in documents:
                    if isinstance(found, Problem):
                        self._note_problem(found)
                    elif isinstance(found, RelativeNames):
                        self.has_relative_names = True
                    else:
                        told = self._without_scripts(found)
                        self._note(told)
                        self.read_to = told.end if self._can_go_on else None
                        yield told
                self._see_changes()
        except UnknownFormatError as error:
            self.is_ours = False
            self._note_problem(Problem("the whole source", str(error)))
        except (LoadError, zlib.error) as error:
            self._note_problem(
                Problem("further on" if self.documents else "the whole source", str(error))
            )

    def _without_scripts(self, document: Document) -> Document:
        """What a source of others may say: not what a server runs as jobs."""
        if self.source.agent is None or not any(map(decides_what_runs, document.descriptions)):
            return document
        kept = []
        for each in document.descriptions:
            if not decides_what_runs(each):
                kept.append(each)
                continue
            self._note_problem(
                Problem(
                    f"the description {each.id}",
                    "what is sent to a server, or left behind by a job, defines and approves no "
                    "job: use `provgraph jobs` at the store, or /definitions",
                )
            )
        return replace(document, descriptions=tuple(kept))

    @contextmanager
    def _opened(self, namespace: str) -> Iterator[Iterator[Found]]:
        """Open the documents and problems, from the start or from the end of an earlier load."""
        if self.source.database is not None:
            with database_snapshot(self.source.database) as moment:
                self.format_name = moment.format_name
                self.checksum = Checksum(*moment.checksum(), None)
                same = self.begun is not None and self.begun.sha256 == self.sha256
                yield moment.documents(self._start if same else 0)
            return
        with opened(self.source, self._taken_content()) as stream:
            loader = loader_for(stream.peek(HEAD)[:HEAD], self.format_name)
            self.format_name = loader.name
            self._can_go_on = stream.seekable()
            yield self._found(loader, stream, namespace, self._start)

    def _taken_content(self) -> bytes | None:
        """The bytes, where the checksum was made of them; they are not kept while others are."""
        if self.checksum is None or self.checksum.content is None:
            return None
        content = self.checksum.content
        self.checksum = replace(self.checksum, content=None)
        self._can_change = False
        return content

    def _found(
        self, loader: Loader, stream: BufferedReader, namespace: str, start: int
    ) -> Iterator[Found]:
        if self.checksum is not None and self.checksum.size - start >= SMALLEST:
            order = ReadingOrder(self.source, loader.name, namespace, start, self._address)
            return read_elsewhere(order)
        if start:
            stream.seek(start)
        there = addressed(loader, lambda: self._address)
        return there.documents(stream, namespace, start)

    @property
    def _address(self) -> str:
        return address_of(self.source, self.checksum.sha256 if self.checksum else "")

    def again(self, begun: LoadRecord | None) -> "Reading":
        """The same source, to be read anew.

        Args:
            begun: the load behind whose end to go on; None to read from the start.
        """
        return Reading(
            self.source,
            self.checksum,
            begun,
            self.format_name,
            has_relative_names=self.has_relative_names,
        )

    @property
    def finishes(self) -> bool:
        """Whether this reading goes on with an interrupted load of the very same bytes."""
        return self.begun is not None and self.begun.status == "unfinished"

    @property
    def sha256(self) -> str:
        """The source's SHA-256; "" when its bytes can't be read."""
        return self.checksum.sha256 if self.checksum else ""

    @property
    def content_sha256(self) -> str:
        """What tells what was read from all else, as a SHA-256; "" when the bytes can't be read.

        It is that of the bytes. Where names are relative it covers the address of the source too:
        the same bytes at another address say something else.
        """
        if not self.has_relative_names or not self.sha256:
            return self.sha256
        return hashlib.sha256(f"{self._address} {self.sha256}".encode()).hexdigest()

    @property
    def status(self) -> str:
        """``loaded``, ``partial`` or ``refused`` (docs/contract.md, Commands)."""
        if not self.problems:
            return "loaded"
        return "partial" if self.documents or self.begun else "refused"

    @property
    def counts(self) -> dict[str, int]:
        """How many activities, entities, agents and relations the source names."""
        return {name: len(found) for name, found in self._names.items()} | {
            "relations": self._relations
        }

    @property
    def listed_problems(self) -> tuple[Problem, ...]:
        """The problems; if there are too many, a last one counts those that are not listed."""
        if not self._more_problems:
            return tuple(self.problems)
        return (*self.problems, Problem("further on", counted(self._more_problems, "more problem")))

    def _is_passed_over(self, where: str) -> bool:
        """Whether a place stands in the part that an earlier load has read."""
        byte = _AT_BYTE.fullmatch(where)
        return byte is not None and int(byte[1]) < self._start

    @property
    def _start(self) -> int:
        if self.source.database is not None and not self.finishes:
            return 0
        return (self.begun.read_to if self.begun else None) or 0

    def _see_changes(self) -> None:
        """Forget the checksum of a file that changed while it was read.

        Nobody knows which bytes were read of such a file. The next load looks at it again.
        """
        if (
            self._can_change
            and self.source.database is None
            and self.checksum is not None
            and self.checksum.stamp != stamp_of(self.source.path)
        ):
            self.checksum = None

    def _note(self, document: Document) -> None:
        self.documents += 1
        if document.run is not None:
            self._names["activities"].add((document.run.id,))
        if document.mentions:
            files = (mention.identifier or mention.place for mention in document.mentions)
            self._names["entities"].add(file for file in files if file is not None)
        if document.entities:
            self._names["entities"].add(entity.identifier for entity in document.entities)
        if document.agents:
            self._names["agents"].add(agent.id for agent in document.agents)
        self._relations += len(document.mentions) + len(document.relations)

    def _note_problem(self, problem: Problem) -> None:
        if len(self.problems) < LISTED_PROBLEMS:
            self.problems.append(problem)
        else:
            self._more_problems += 1


def format_of(source: Source, format_name: str | None = None) -> str:
    """The name of the loader that reads a source.

    Args:
        source: a file or a job's folder.
        format_name: the name of a loader, which is then taken whatever the source holds.

    Returns:
        The name of the loader that recognises the source's first bytes.

    Raises:
        SettingsError: no loader has that name.
        UnknownFormatError: no loader recognises the source.
        LoadError: the source can't be read.
    """
    with opened(source) as stream:
        return loader_for(stream.peek(HEAD)[:HEAD], format_name).name


def read_whole(reading: Reading, namespace: str) -> tuple[Reading, list[Document]]:
    """Read a source in one go, as another process does it.

    Args:
        reading: the source.
        namespace: in which the source's paths mean files (docs/contract.md, rule 7).

    Returns:
        The reading with what it has noted, and the source's documents.
    """
    documents = list(reading.read(namespace))
    return reading, documents
