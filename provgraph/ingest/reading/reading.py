"""Reads one source: documents, problems, counts. Knows no store, so other processes can do it."""

import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from typing import TYPE_CHECKING

from provgraph.errors import LoadError, UnknownFormatError
from provgraph.ingest.reading.databases import snapshot
from provgraph.ingest.reading.process import SMALLEST, Order, read_elsewhere
from provgraph.ingest.reading.sources import Checksum, Source, opened, stamp_of
from provgraph.loaders.ctaprov.address import NAME
from provgraph.loaders.protocol import HEAD, Loader, Problem
from provgraph.loaders.registry import loader_for
from provgraph.model.records import Document
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
    """How many different names were added.

    8 bytes are kept of each, so two among billions may count as one.
    """

    def __init__(self) -> None:
        self._gathered: set[int] = set()
        self._settled: NDArray[np.int64] | None = None

    def add(self, names: Iterable[str]) -> None:
        """Count these, too."""
        self._gathered.update(map(hash, names))
        if len(self._gathered) > _GATHERED:
            self._settle()

    def __len__(self) -> int:
        """How many there were."""
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
        checksum: of its bytes; None when they can't be read, or when they changed meanwhile.
        begun: the load behind whose end it goes on; None to read from the start.
        format_name: the loader's name as asked for, then as recognised; None until then.
        is_ours: false when no loader reads it.
        documents: how many records could be read.
        read_to: the byte behind the last of them; None where the format can't be gone on with.
        problems: the parts that could not, the first `LISTED_PROBLEMS` of them.
    """

    source: Source
    checksum: Checksum | None = None
    begun: LoadRecord | None = None
    format_name: str | None = None
    is_ours: bool = True
    documents: int = 0
    read_to: int | None = None
    problems: list[Problem] = field(init=False)
    _more_problems: int = 0
    _can_go_on: bool = True
    _names: dict[str, Distinct] = field(
        default_factory=lambda: {
            "activities": Distinct(),
            "entities": Distinct(),
            "agents": Distinct(),
        }
    )
    _relations: int = 0

    def __post_init__(self) -> None:
        """What could not be read of the part that is passed over can't be read now either."""
        before = self.begun.problems if self.begun else ()
        self.problems = [
            Problem(where, what) for where, what in before if self._is_passed_over(where)
        ]

    def read(self, namespace: str) -> Iterator[Document]:
        """The source's documents.

        Problems are noted, and nothing is raised for what is wrong with the source.
        """
        try:
            with self._opened(namespace) as documents:
                for found in documents:
                    if isinstance(found, Problem):
                        self._note_problem(found)
                    else:
                        self._note(found)
                        self.read_to = found.end if self._can_go_on else None
                        yield found
                self._see_changes()
        except UnknownFormatError as error:
            self.is_ours = False
            self._note_problem(Problem("the whole source", str(error)))
        except (LoadError, zlib.error) as error:
            self._note_problem(
                Problem("further on" if self.documents else "the whole source", str(error))
            )

    @contextmanager
    def _opened(self, namespace: str) -> Iterator[Iterator[Document | Problem]]:
        """What is found in the source, from its beginning or from where an earlier load has read
        to.
        """
        if self.source.database is not None:
            with snapshot(self.source.database) as moment:
                self.format_name = NAME
                self.checksum = Checksum(*moment.checksum(), None)
                same = self.begun is not None and self.begun.sha256 == self.sha256
                yield moment.documents(self._start if same else 0)
            return
        with opened(self.source) as stream:
            loader = loader_for(stream.peek(HEAD)[:HEAD], self.format_name)
            self.format_name = loader.name
            self._can_go_on = stream.seekable()
            yield self._found(loader, stream, namespace, self._start)

    def _found(
        self, loader: Loader, stream: BufferedReader, namespace: str, start: int
    ) -> Iterator[Document | Problem]:
        if self.checksum is not None and self.checksum.size - start >= SMALLEST:
            return read_elsewhere(Order(self.source, loader.name, namespace, start))
        if start:
            stream.seek(start)
        return loader.documents(stream, namespace, start)

    def again(self, begun: LoadRecord | None) -> "Reading":
        """The same source, to be read anew."""
        return Reading(self.source, self.checksum, begun, self.format_name)

    @property
    def finishes(self) -> bool:
        """Whether it goes on with a load of the very same bytes that was interrupted."""
        return self.begun is not None and self.begun.status == "unfinished"

    @property
    def sha256(self) -> str:
        """The source's checksum; "" when it has none."""
        return self.checksum.sha256 if self.checksum else ""

    @property
    def status(self) -> str:
        """``loaded``, ``partial`` or ``refused`` (CONTRACT section 4)."""
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
        """The problems, with a last one that counts those not listed."""
        rest = (
            [Problem("further on", f"{self._more_problems} more problems")]
            if self._more_problems
            else []
        )
        return (*self.problems, *rest)

    def _is_passed_over(self, where: str) -> bool:
        place = _AT_BYTE.fullmatch(where)
        return place is not None and int(place[1]) < self._start

    @property
    def _start(self) -> int:
        if self.source.database is not None and not self.finishes:
            return 0
        return (self.begun.read_to if self.begun else None) or 0

    def _see_changes(self) -> None:
        """Of a file that is another one than before nobody knows which bytes were read.

        The next load looks again.
        """
        if (
            self.source.database is None
            and self.checksum is not None
            and self.checksum.stamp != stamp_of(self.source.path)
        ):
            self.checksum = None

    def _note(self, document: Document) -> None:
        self.documents += 1
        if document.run is not None:
            self._names["activities"].add((document.run.id,))
        files = (mention.identifier or mention.place for mention in document.mentions)
        self._names["entities"].add(file for file in files if file is not None)
        self._names["entities"].add(entity.identifier for entity in document.entities)
        self._names["agents"].add(agent.id for agent in document.agents)
        self._relations += len(document.mentions) + len(document.relations)

    def _note_problem(self, problem: Problem) -> None:
        if len(self.problems) < LISTED_PROBLEMS:
            self.problems.append(problem)
        else:
            self._more_problems += 1


def format_of(source: Source, format_name: str | None = None) -> str:
    """The name of the loader that reads a source, by its first bytes.

    Args:
        source: what is looked at.
        format_name: a loader's name, which goes before recognition.

    Raises:
        UnknownFormatError: none recognises it.
        LoadError: it can't be read.
    """
    with opened(source) as stream:
        return loader_for(stream.peek(HEAD)[:HEAD], format_name).name


def read_whole(reading: Reading, namespace: str) -> tuple[Reading, list[Document]]:
    """Read a source in one go, as another process does it."""
    documents = list(reading.read(namespace))
    return reading, documents
