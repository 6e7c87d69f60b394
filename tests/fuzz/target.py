"""What must hold of any bytes at all that a loader is given (docs/contract.md, Bad input)."""

import json
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from provgraph.ingest.deciding.integration import integrate
from provgraph.ingest.loading import load
from provgraph.ingest.reading.reading import Reading
from provgraph.ingest.reading.sources import Source
from provgraph.loaders.protocol import HEAD, Problem
from provgraph.loaders.registry import loader_named
from provgraph.model.records import Document
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store

#: Seconds that one input may take of the processor, on a machine that others keep busy too, and
#: more for each MiB.
MOST_SECONDS = 5
SECONDS_A_MIB = 10
_CUTS = 3
_BETWEEN = re.compile(r"[\s,\[\]\ufeff]*")


@dataclass
class Target:
    """One loader under fire.

    Attributes:
        loader: its name.
        folder: where it keeps the input and the stores.
    """

    loader: str
    folder: Path
    _template: Path = field(init=False)

    def __post_init__(self) -> None:
        # Stores are copies of an empty one: making the tables takes longer than all the rest.
        self._template = self.folder / "empty.db"
        with closing(open_store(f"sqlite:///{self._template}")) as empty:
            empty.make()

    def check(self, data: bytes) -> None:
        """Hold the loader and the store to what they promise of these bytes.

        Raises:
            AssertionError: they don't keep it.
        """
        begun = time.process_time()
        loader_named(self.loader).recognises(data[:HEAD])
        documents, problems = self._read(data)
        if documents:
            self._is_stored(data, documents)
        if (
            documents and not problems and self.loader == "ctapipe"
        ):  # whose records stand one behind the other
            self._keeps_what_is_before_a_cut(data, documents)
        lasted, most = (
            time.process_time() - begun,
            MOST_SECONDS + len(data) / (1 << 20) * SECONDS_A_MIB,
        )
        assert lasted < most, f"took {lasted:.1f} s"

    def _source(self, data: bytes) -> Source:
        path = self.folder / "input"
        path.write_bytes(data)
        return Source(str(path), path)

    def _read(self, data: bytes) -> tuple[list[Document], Sequence[Problem]]:
        reading = Reading(self._source(data), format_name=self.loader)
        documents = list(reading.read("default"))
        for problem in reading.listed_problems:
            assert problem.where
            assert problem.what
            (problem.where + problem.what).encode()
        return documents, reading.listed_problems

    def _is_stored(self, data: bytes, documents: Sequence[Document]) -> None:
        """Stores take the documents, in any order and again, and hold the same."""
        source = self._source(data)
        store = self._store("forward.db")
        first = self._loaded(store, source)
        assert self._loaded(store, source) == first, "loading the same again changed the graph"
        store.close()
        backward = self._store("backward.db")
        for document in reversed(documents):
            with backward.writing() as transaction:
                integrate(transaction, [document])
        assert digest(backward.scan()) == first, "the order of the records changed the graph"
        backward.close()

    def _loaded(self, store: Store, source: Source) -> str:
        list(load(store, [source.name], format_name=self.loader))
        return digest(store.scan())

    def _store(self, name: str) -> Store:
        for rest in self.folder.glob(f"{name}*"):
            rest.unlink()
        path = self.folder / name
        shutil.copy(self._template, path)
        return open_store(f"sqlite:///{path}")

    def _keeps_what_is_before_a_cut(self, data: bytes, documents: Sequence[Document]) -> None:
        ends = list(_record_ends(data))
        # Where an object within a record has the mark of a record, too, a cut makes it one.
        if len(ends) != len(documents) or data.count(b'"activity_uuid"') > len(documents):
            return
        random = Random(data)
        for cut in (*random.choices(range(len(data) + 1), k=_CUTS), random.choice(ends)):
            whole = sum(end <= cut for end in ends)
            kept, _ = self._read(data[:cut])
            assert list(map(repr, kept)) == list(map(repr, documents[:whole])), f"cut at byte {cut}"


def _record_ends(data: bytes) -> Iterator[int]:
    """Where each whole record of an undamaged JSON log ends; nothing of any other source."""
    text, at, offset = data.decode("utf-8", "surrogateescape"), 0, 0
    decode = json.JSONDecoder(strict=False).raw_decode
    while (between := _BETWEEN.match(text, at)) and between.end() < len(text):
        try:
            _, end = decode(text, between.end())
        except (ValueError, RecursionError):
            return
        offset += len(text[at:end].encode("utf-8", "surrogateescape"))
        at = end
        yield offset
