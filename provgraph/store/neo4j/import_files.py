"""Files for ``neo4j-admin database import full``: the quickest way to fill an empty database.

The files are written as any copy is, and go on where they were stopped: a small database beside
them keeps the state, and how long each file was then. They hold no constraints and no indexes;
whoever opens the store first makes them (`provgraph.store.neo4j.opening`).
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from typing_extensions import override

from provgraph.errors import StoreError
from provgraph.store.copying import CopyState, Filling, StorePart
from provgraph.store.journal import new_mark, packed
from provgraph.store.neo4j.elements import (
    NEO4J_PARTS,
    SHARED,
    TIMES,
    Element,
    GraphNode,
    elements,
)
from provgraph.store.neo4j.facts import REVISION, journal_id
from provgraph.store.neo4j.import_rows import Columns, importable, quoted, type_of
from provgraph.store.neo4j.schema import BOOKKEEPING
from provgraph.store.neo4j.values import Properties

#: What ``neo4j-admin`` has to be told, in the folder.
ARGUMENTS = "import.args"
#: What an unfinished folder has alone.
_KEPT = "unfinished.db"
#: The length of a row, in bytes, that ``neo4j-admin`` reads without being told.
_USUAL_ROW = 2_000_000
#: How many shared nodes are kept in memory.
_MET = 100_000
_TABLES = """
CREATE TABLE state (content TEXT NOT NULL);
CREATE TABLE file (
    name TEXT PRIMARY KEY, option TEXT NOT NULL, heads TEXT NOT NULL, columns TEXT NOT NULL,
    size INTEGER NOT NULL, longest INTEGER NOT NULL
);
CREATE TABLE seen (label TEXT, id TEXT, PRIMARY KEY (label, id)) WITHOUT ROWID;
"""


@dataclass(slots=True)
class _ImportFile:
    """A file whose rows have the same columns.

    Attributes:
        name: of the file in the folder.
        option: of the import, for such files: ``--nodes=Entity:Plan``.
        heads: the first columns of the header, which are no properties alone.
        columns: the others.
        size: how many bytes are written for good.
        longest: how many bytes the longest row has.
        lines: those that are to be written.
    """

    name: str
    option: str
    heads: tuple[str, ...]
    columns: Columns
    size: int = 0
    longest: int = 0
    lines: list[bytes] = field(default_factory=list)


class ImportFiles(Filling):
    """Writes a copy as files; see `provgraph.store.copying.Filling`."""

    parts = NEO4J_PARTS

    def __init__(self, folder: Path) -> None:
        """Take a folder that may not be there."""
        self.address = str(folder)
        self._folder = folder
        self._files: defaultdict[str, list[_ImportFile]] = defaultdict(list)
        #: Shared nodes that were met a while ago; the database knows all of them.
        self._met: set[tuple[str, str]] = set()
        self._database: sqlite3.Connection | None = None

    def close(self) -> None:
        """Let go of the files."""
        if self._database is not None:
            self._database.close()
            self._database = None

    @override
    def state(self) -> CopyState | None:
        if not (self._folder / _KEPT).exists():
            return None
        with self._translated():
            kept = self._kept()
            self._files.clear()
            self._met.clear()
            for name, option, heads, columns, size, longest in kept.execute(
                "SELECT name, option, heads, columns, size, longest FROM file ORDER BY rowid"
            ):
                types = Columns(json.loads(columns))
                file = _ImportFile(name, option, tuple(json.loads(heads)), types, size, longest)
                self._files[file.option].append(file)
                self._cut_off(file)
            return CopyState.unpacked(kept.execute("SELECT content FROM state").fetchone()[0])

    def _cut_off(self, file: _ImportFile) -> None:
        """Take away what was written without the state behind it."""
        with (self._folder / file.name).open("r+b") as written:
            if written.seek(0, 2) < file.size:
                raise StoreError(
                    f"{self._folder / file.name} is shorter than it was: delete the folder, and "
                    "begin anew"
                )
            written.truncate(file.size)

    @override
    def is_empty(self) -> bool:
        with self._translated():
            return not self._folder.exists() or not any(self._folder.iterdir())

    @override
    def begin(self, state: CopyState) -> None:
        with self._translated():
            self._folder.mkdir(parents=True, exist_ok=True)
            part = self._folder / f"{_KEPT}.part"
            part.unlink(missing_ok=True)
            made = sqlite3.connect(part)
            made.executescript(_TABLES)
            made.execute("INSERT INTO state VALUES (?)", (state.packed(),))
            made.commit()
            made.close()
            part.rename(self._folder / _KEPT)

    @override
    def add(self, part: StorePart, records: Sequence[Any], state: CopyState) -> None:
        with self._translated(), self._kept() as kept:
            kept.execute("BEGIN IMMEDIATE")
            for each in elements(part, records):
                self._take(each)
            for file in (each for some in self._files.values() for each in some if each.lines):
                self._append(file)
            kept.execute("UPDATE state SET content = ?", (state.packed(),))

    @override
    def clear(self, state: CopyState) -> None:
        with self._translated(), self._kept() as kept:
            kept.execute("BEGIN IMMEDIATE")
            for table in ("file", "seen"):
                kept.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            kept.execute("UPDATE state SET content = ?", (state.packed(),))
        self._files.clear()
        self._met.clear()
        for path in self._folder.glob("*.csv"):
            path.unlink()

    @override
    def finish(self) -> None:
        with self._translated():
            files = [*(each for some in self._files.values() for each in some), *self._own()]
            for file in files:
                header = [*file.heads, *(f"{n}:{kind}" for n, kind in file.columns.types.items())]
                text = ",".join(map(quoted, header)) + "\n"
                (self._folder / _header(file)).write_text(text, encoding="utf-8")
            longest = max(file.longest for file in files)
            lines = [f"{file.option}={_header(file)},{file.name}" for file in files]
            lines += ["--array-delimiter=U+FFFF", "--multiline-fields=true"]
            if longest > _USUAL_ROW:
                lines.append(f"--read-buffer-size={2 * longest // 1_000_000 + 1}m")
            (self._folder / ARGUMENTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
            self.close()
            (self._folder / _KEPT).unlink()

    def _own(self) -> Iterator[_ImportFile]:
        """The writers' lock and the journal of a new store, in a file of their own."""
        lock = {
            "name": "writer lock",
            "store": str(uuid4()),
            "revision": REVISION,
            "turns": 1,
            "imported": True,
        }
        entry = {"name": "journal", "turn": 1, "mark": new_mark(), "content": packed({})}
        for number, (key, own) in enumerate(
            (("writer-lock", lock), (journal_id(1), entry)), start=1
        ):
            columns = Columns({name: type_of(value) for name, value in own.items()})
            heads = ("id:ID(Store)",)
            file = _ImportFile(f"store-{number}.csv", f"--nodes={BOOKKEEPING}", heads, columns)
            path = self._folder / file.name
            path.write_text(columns.line([key], own), encoding="utf-8")
            yield file

    # Rows.

    def _take(self, each: Element) -> None:
        """Make a row of a node or relationship, and put it to the others of its file."""
        if isinstance(each, GraphNode):
            if each.labels[0] not in SHARED or self._is_new(each.labels[0], each.properties["id"]):
                self._take_node(each.labels, importable(each.properties))
            return
        ends = {
            f":START_ID({each.source[0]})": each.source[1],
            f":END_ID({each.target[0]})": each.target[1],
        }
        self._put(f"--relationships={each.type}", ends, importable(each.properties))

    def _is_new(self, label: str, key: str) -> bool:
        """Whether a node that several records share is met for the first time."""
        if (label, key) in self._met:
            return False
        if len(self._met) >= _MET:
            self._met.clear()
        self._met.add((label, key))
        query = "INSERT OR IGNORE INTO seen VALUES (?, ?)"
        return self._kept().execute(query, (label, key)).rowcount == 1

    def _take_node(self, labels: tuple[str, ...], properties: Properties) -> None:
        key = properties.pop("id", None)
        heads = {} if key is None else {f"id:ID({labels[0]})": str(key)}
        self._put(f"--nodes={':'.join(labels)}", heads, properties, TIMES.get(labels[0], ()))

    def _put(
        self,
        option: str,
        heads: dict[str, str],
        properties: Properties,
        times: Collection[str] = (),
    ) -> None:
        types = {
            name: "datetime" if name in times else type_of(value)
            for name, value in properties.items()
        }
        file = self._file(option, tuple(heads), types)
        file.lines.append(file.columns.line(heads.values(), properties, times).encode())

    def _file(self, option: str, heads: tuple[str, ...], types: dict[str, str]) -> _ImportFile:
        """The first file that can take such a row."""
        files = self._files[option]
        for file in files:
            if file.heads == heads and file.columns.take(types):
                return file
        name = option.removeprefix("--").replace("=", "-").replace(":", "-")
        made = _ImportFile(f"{name}-{len(files) + 1}.csv", option, heads, Columns(types))
        files.append(made)
        return made

    def _append(self, file: _ImportFile) -> None:
        """Write the rows, and keep how long the file is then."""
        content = b"".join(file.lines)
        with (self._folder / file.name).open("ab") as written:
            written.write(content)
        file.size += len(content)
        file.longest = max(file.longest, *map(len, file.lines))
        file.lines.clear()
        self._kept().execute(
            "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET columns = excluded.columns, size = excluded.size, "
            "longest = excluded.longest",
            (
                file.name,
                file.option,
                json.dumps(file.heads),
                json.dumps(file.columns.types),
                file.size,
                file.longest,
            ),
        )

    def _kept(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = sqlite3.connect(self._folder / _KEPT, isolation_level=None)
            self._database.execute("PRAGMA synchronous=OFF")
        return self._database

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn errors of the disk into ours."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"{self._folder} can't be written: {error}; check its owner and the disk"
            ) from error


def _header(file: _ImportFile) -> str:
    return file.name.replace(".csv", "-header.csv")
