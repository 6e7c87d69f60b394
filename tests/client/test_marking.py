"""What a curator changes by a server is what the same words change in a store."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import provgraph
from provgraph import Provenance, RemoteProvenance
from provgraph.errors import LookupFailedError, NotFoundError, SettingsError
from provgraph.store.registry import open_store
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.roles import Role
from provgraph.web.tokens import TokenFile
from tests.conftest import LOGS
from tests.graphql.conftest import served

DL1, CONFIGURATION = "/data/ctao/dl1/run02001.dl1.h5", "/data/ctao/config/dl1.yaml"
TIME = "2026-11-30T00:00:00"
TOOL = {"tool": "ctapipe-process", "version": "0.28.0"}


def changes(server: RemoteProvenance) -> None:
    """What a curator does."""
    server.invalidate(DL1, "damaged", TIME)
    server.invalidate(reason="wrong units", at=TIME, **TOOL)
    server.invalidate(CONFIGURATION, "wrong gains", TIME, used_since="2026-01-01")
    assert len(server.take_back(DL1)) == 1


def same_changes(store: Provenance) -> None:
    """What somebody of the same name does who has the store itself."""
    mark: dict[str, Any] = {"by": "token cu", "at": datetime.fromisoformat(TIME)}
    store.invalidate(reason="wrong units", **mark, **TOOL)
    store.invalidate(CONFIGURATION, "wrong gains", used_since="2026-01-01", **mark)


def test_marks_and_descriptions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stores = [open_store(f"sqlite:///{tmp_path / name}.db") for name in ("far", "near")]
    far, near = map(Provenance, stores)
    for each in (far, near):
        each.load(LOGS / "run02001.provlog")
    tokens = TokenFile(tmp_path / "tokens.json")
    said = tmp_path / "merge.json"
    said.write_text('{"name": "merge", "version": "2", "parameters": {"Merger.n": "How many."}}')
    monkeypatch.setattr("provgraph.ingest.describing.current_time", lambda: f"{TIME}.000")
    with served(stores[0], Reception(access=AccessSettings(tokens.path))) as client:
        server = provgraph.connect(str(client.base_url), tokens.add("cu", Role.CURATOR))
        changes(server)
        assert server.describe(said) == {"merge_2": 1}
        assert server.approve_description("merge", "2") == 1
        assert [each.agent for each in server.loads()] == [None] + ["token cu"] * 4
        with pytest.raises(LookupFailedError, match="bears no mark"):
            server.take_back(DL1)
        with pytest.raises(SettingsError, match="a reason is needed"):
            server.invalidate(DL1)
        with pytest.raises(SettingsError, match="a tool and its version"):
            server.invalidate(DL1, "bad", tool="x")
        with pytest.raises(NotFoundError):
            server.approve_description("merge", "3")
    same_changes(near)
    near.describe(said, by="token cu")
    near.approve_description("merge", "2", by="token cu")
    assert far.digest() == near.digest()
    for each in (far, near):
        each.close()
