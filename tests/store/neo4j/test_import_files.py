"""Files for ``neo4j-admin``: what is written, stopped and gone on with, and imported for good."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from provgraph.errors import StoreError
from provgraph.ingest.copying import copy
from provgraph.ingest.forgetting import forget
from provgraph.ingest.loading import load
from provgraph.model.records import Agent, Document, Run, StatedEntity
from provgraph.model.values import Values
from provgraph.store.digest import digest
from provgraph.store.neo4j.facts import REVISION
from provgraph.store.neo4j.import_files import ImportFiles
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import CORPUS, LOGS, missing
from tests.services import Neo4jServer, ServiceUnavailable
from tests.store.test_copying import StoppedError, copied, put, rows, stop_after, weakly_named

#: Names and values that CSV, the header or an array of an import could take for something else.
HOSTILE: dict[str, Values] = {
    "a:b": (1,),
    "a:string": ("x:y",),
    "with {braces} and (more)": ("{}",),
    "line\nbreak": (2.5, "two"),
    'quote"s': ('say "so"',),
    "comma, comma": ("a,b;c|d",),
    "lines": ("a\r\nb\rc\n",),
    "empty": ("",),
    "empties": ("", "x"),
    "list": ([],),
    "blank list": ([""],),
    "numbers": (1, 2, -(2**63)),
    "floats": (0.1, 1e22, -0.0, float("inf")),
    "truths": (True, False),
    "mixed": (1, "1", True),
    "objects": ({"a": [1, None]},),
    "big": (2**70,),
    "unicode": ("é\U0001f600\u200b\x1f\x7f",),
    " spaces ": ("  x  ",),
    "back\\slash": ("\\n\\",),
    "id": ("own id",),
    "startTime": ("2026-01-01T00:00:00.000",),
    "=formula": ("=1+1",),
}


@pytest.fixture(scope="module")
def rich() -> Iterator[Store]:
    """A store that has records of all kinds, hostile ones among them."""
    opened = open_store("sqlite://")
    list(load(opened, [str(LOGS), str(CORPUS / "opus")]))
    put(opened, *weakly_named(), *hostile())
    yield opened
    opened.close()


def hostile() -> list[Document]:
    changed = dict.fromkeys(HOSTILE, ("other", 7))
    long = "file:/" + "long/" * 400
    return [
        Document(run=Run("hostile", HOSTILE), agents=(Agent("who", 'A, "B"', None, HOSTILE),)),
        Document(run=Run("changed", {**changed, "startTime": ("2026-01-01T00:00:00.000001",)})),
        Document(entities=(StatedEntity("prov:hostile", HOSTILE), StatedEntity(long, changed))),
    ]


def written(store: Store, folder: Path, records: int | None = None) -> None:
    with closing(ImportFiles(folder)) as files, store.original() as reading:
        copy(reading, store.address, files, *([] if records is None else [stop_after(records)]))


def contents(folder: Path) -> dict[str, bytes]:
    """What the files say; ids of the new store aside."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if not path.name.startswith("store-")
    }


def test_stopped_files_go_on(rich: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provgraph.store.relational.originals.PIECE", 50)
    written(rich, tmp_path / "whole")
    for records in (0, 200, 700):
        with pytest.raises(StoppedError):
            written(rich, tmp_path / "stopped", records)
        assert not (tmp_path / "stopped" / "import.args").exists()
    with (tmp_path / "stopped" / "nodes-Activity-1.csv").open("ab") as file:
        file.write(b"what a killed process wrote")
    written(rich, tmp_path / "stopped")
    assert contents(tmp_path / "stopped") == contents(tmp_path / "whole")
    with pytest.raises(StoreError, match="is not empty, and no unfinished copy of sqlite"):
        written(rich, tmp_path / "whole")


def test_files_that_were_shortened_are_refused(rich: Store, tmp_path: Path) -> None:
    with pytest.raises(StoppedError):
        written(rich, tmp_path / "files", 100)
    (tmp_path / "files" / "nodes-Activity-1.csv").write_bytes(b"")
    with pytest.raises(StoreError, match="shorter than it was"):
        written(rich, tmp_path / "files")


def test_the_files_bear_the_revision_of_who_wrote_them(rich: Store, tmp_path: Path) -> None:
    """So an older provgraph refuses what was imported, before anybody writes there."""
    written(rich, tmp_path)
    names, values = (
        (tmp_path / name).read_text(encoding="utf-8").strip().split(",")
        for name in ("store-1-header.csv", "store-1.csv")
    )
    assert dict(zip(names, values, strict=True))['"revision:long"'] == str(REVISION)


def test_a_folder_that_is_a_file_is_refused(rich: Store, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="can't be written"):
        written(rich, tmp_path / "file" / "folder")


@pytest.mark.neo4j
@pytest.mark.xdist_group("imported")  # it has a server of its own
@pytest.mark.slow
def test_an_imported_database_is_the_store(rich: Store, tmp_path: Path) -> None:
    """By Neo4j's own importer, into a server that has never run."""
    written(rich, tmp_path)
    try:
        server = Neo4jServer()
        done = server.administer(
            "database", "import", "full", "neo4j", "@import.args", folder=tmp_path
        )
        assert "IMPORT DONE" in done.stdout, done.stdout + done.stderr
        server.start()
    except ServiceUnavailable as error:
        missing(error)
    with server:
        asked, target = open_store(server.url), open_store("sqlite://")
        assert digest(asked.scan()) == digest(rich.scan())
        assert asked.stats() == rich.stats()
        copied(asked, target)
        assert rows(target) == rows(rich)
        check_it_goes_on(asked, target)
        for each in (asked, target):
            each.close()


def check_it_goes_on(imported: Store, reference: Store) -> None:
    """Constraints and indexes are there, and so is what the next load and `forget` need."""
    log = str(LOGS / "run02001.provlog")
    first = next(each.id for each in imported.loads() if each.source == log)
    for store in (imported, reference):
        forget(store, first)
        (report,) = load(store, [log])
        assert report.status == "loaded"
    assert digest(imported.scan()) == digest(reference.scan())
    with imported.viewing(settled=True) as view:
        assert view.store_id()
        assert [each.turn for each in view.journal_from(1)] == [*range(1, view.turn + 1)]
