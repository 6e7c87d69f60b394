"""Large loads: sources that don't fit into memory are written batch by batch."""

import json
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest

from provgraph.errors import StoreError
from provgraph.ingest import sorting
from provgraph.ingest.forgetting import forget
from provgraph.ingest.loading import load
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.batches import limit_batches

PROV_DOCUMENT = {
    "prefix": {"ex": "http://ex.org/"},
    "entity": {f"ex:e{n}": {"ex:n": n} for n in range(6)},
    "activity": {f"ex:a{n}": {"prov:startTime": f"2026-01-0{n + 1}T00:00:00Z"} for n in range(3)},
    "used": {
        f"_:u{n}": {"prov:activity": f"ex:a{n % 3}", "prov:entity": f"ex:e{n}"} for n in range(6)
    },
    "wasGeneratedBy": {
        f"_:g{n}": {"prov:activity": f"ex:a{n % 3}", "prov:entity": f"ex:e{n}"} for n in range(5)
    },
    "wasDerivedFrom": {
        f"_:d{n}": {"prov:generatedEntity": f"ex:e{n}", "prov:usedEntity": f"ex:e{n - 1}"}
        for n in range(1, 6)
    },
}


def load_of(store: Store, path: Path) -> str:
    (report,) = load(store, [str(path)])
    return str(report.load)


def digest_of(path: Path) -> str:
    with closing(open_store("sqlite://")) as store:
        load_of(store, path)
        return digest(store.scan())


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "document.json"
    path.write_text(json.dumps(PROV_DOCUMENT))
    return path


@pytest.mark.parametrize("documents", [1, 2, 7])
def test_a_document_means_the_same_in_batches_of_any_size(
    documents: int, document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = digest_of(document)
    limit_batches(documents, monkeypatch)
    assert digest_of(document) == expected
    with closing(open_store("sqlite://")) as store:
        forget(store, load_of(store, document))
        assert not any(store.stats().values())


def test_a_large_document_without_room_for_its_statements_says_what_to_do(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is half loaded then, and it is loaded when there is room."""

    def full(**options: Any) -> None:
        raise OSError(28, "No space left on device")

    expected = digest_of(document)
    limit_batches(3, monkeypatch)
    with closing(open_store("sqlite://")) as store:
        monkeypatch.setattr(sorting, "TemporaryFile", full)
        with pytest.raises(StoreError, match="No space left on device; make room, or name"):
            load_of(store, document)
        assert not any(store.stats().values())
        monkeypatch.setattr(sorting, "TemporaryFile", TemporaryFile)
        load_of(store, document)
        assert digest(store.scan()) == expected
