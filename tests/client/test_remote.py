"""A server answers as the store does that it serves, also when something is wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import provgraph
from provgraph import Provenance, RemoteProvenance
from provgraph.errors import (
    AmbiguousError,
    LoginError,
    NoMakerError,
    NotFoundError,
    ProvGraphError,
    SettingsError,
    StoreError,
    UnreachableError,
)
from provgraph.ingest.invalidation import invalidate
from provgraph.ingest.loading import load
from provgraph.model.fields import summary_document
from provgraph.questions.tracing import find
from provgraph.store.registry import open_store
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.roles import Role
from provgraph.web.tokens import TokenFile
from tests.conftest import LOGS
from tests.graphql.conftest import served

DL2, DL3 = "/data/ctao/dl2/run02001.dl2.h5", "/data/ctao/dl3/run02001.dl3.fits"
Ask = Callable[[Any], Any]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Provenance, RemoteProvenance]]:
    """A store, and a server on it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('client') / 'store.db'}"
    store = open_store(url)
    list(load(store, map(str, sorted(LOGS.glob("*.provlog")))))
    invalidate(store, find(store, DL2), None, "bad pointing", "Ann")
    with served(store) as client, provgraph.open(url) as local:
        yield local, provgraph.connect(str(client.base_url))
    store.close()


def nodes(answer: Any) -> Any:
    """What of an answer is the same here and there."""
    return (
        answer.root,
        answer.direction,
        answer.depth,
        answer.truncated,
        answer.nodes,
        answer.edges,
        summary_document(answer.summary),
        answer.to_dot(),
        [[step.id for step in proof] for proof in answer.proofs],
    )


def written(rerun: Any) -> Any:
    """What of a recipe is the same here and there."""
    return rerun.target, rerun.script, rerun.workflow, rerun.gaps


@pytest.mark.parametrize(
    "ask",
    [
        lambda of: nodes(of.what_produced(DL3)),
        lambda of: nodes(of.what_produced("run02001.dl3.fits", 2)),
        lambda of: nodes(of.impact(DL2)),
        lambda of: nodes(of.impact(DL2, 1, at="2026-11-29")),
        lambda of: nodes(of.impact(tool="ctapipe-merge", version="0.28.0")),
        lambda of: nodes(of.impact(DL2, used_since="2020-01-01")),
        lambda of: nodes(of.lineage(DL2, "both", 1, ["used", "wasGeneratedBy"])),
        lambda of: nodes(of.path(DL2, DL3)),
        lambda of: nodes(of.path(DL2, DL3, every=True)),
        lambda of: of.common(DL3, "run02002.dl3.fits"),
        lambda of: of.diff(DL3, "run02002.dl3.fits"),
        lambda of: written(of.rerun(DL3)),
        lambda of: of.versions(DL2),
        lambda of: of.search("run02001", limit=7),
        lambda of: of.search(kind="entity", data_level="DL3", until="2100-01-01"),
        lambda of: of.search("merge", kind="activity", status="completed", tool="ctapipe-merge"),
        lambda of: of.search(tool="ctapipe-merge", version="0.28.0", kind=["activity"]),
        lambda of: of.search(under=Path("/data/ctao/dl3")),
        lambda of: of.search(at="2026-11-21T08:31:00", under="/data/ctao"),
        lambda of: [of.search(kind="agent")],
        lambda of: of.tainted(),
        lambda of: of.stats(),
        lambda of: of.loads(),
        lambda of: nodes(of.what_produced(DL3, as_of="2100-01-01T00:00:00")),
    ],
)
def test_a_server_answers_as_its_store(both: tuple[Provenance, RemoteProvenance], ask: Ask) -> None:
    local, remote = both
    due = ask(local)
    assert due
    assert ask(remote) == due


def test_an_answer_opens_with_its_summary(both: tuple[Provenance, RemoteProvenance]) -> None:
    """It came with the answer, and is not asked for later."""
    text = str(both[1].what_produced(DL3))
    assert "Complete: every way leads back to raw data" in text
    assert text.endswith("made from 1 invalid file")


def test_what_a_server_shows_of_a_record(both: tuple[Provenance, RemoteProvenance]) -> None:
    local, remote = both
    for name in (DL3, local.search(kind="activity", tool="ctapipe-merge")[0].id):
        due, found = local.show(name), remote.show(name)
        order = lambda each: sorted(each.items(), key=str)  # noqa: E731
        assert sorted(found["relations"], key=order) == sorted(due["relations"], key=order)
        assert found["parameters"] == due["parameters"]
        assert found["packages"] == (due["packages"] or [{}])[0]
        assert found["configFiles"] == due["configFiles"]
        shared = found.keys() - {"relations", "packages"}
        assert {key: found[key] for key in shared} == {key: due[key] for key in shared}


@pytest.mark.parametrize(
    ("error", "ask"),
    [
        (NotFoundError, lambda of: of.what_produced("/data/ctao/dl3/run02001.dl3.fit")),
        (NotFoundError, lambda of: of.diff("nowhere", DL3)),
        (NotFoundError, lambda of: of.versions("nowhere")),
        (AmbiguousError, lambda of: of.show("ctapipe-merge")),
        (NoMakerError, lambda of: of.rerun(of.search(kind="entity", external=True)[0].id)),
        (SettingsError, lambda of: of.what_produced(DL3, -1)),
        (SettingsError, lambda of: of.lineage(DL3, "sideways")),
        (SettingsError, lambda of: of.lineage(DL3, relations=["knows"])),
        (SettingsError, lambda of: of.search("x", kind="planet")),
        (SettingsError, lambda of: of.search("x", limit=0)),
        (SettingsError, lambda of: of.tainted("tomorrow")),
        (SettingsError, lambda of: of.common(DL3)),
        (SettingsError, lambda of: of.impact()),
        (SettingsError, lambda of: of.impact(DL3, tool="x", version="1")),
    ],
)
def test_errors_are_those_of_a_store(
    both: tuple[Provenance, RemoteProvenance], error: type[ProvGraphError], ask: Ask
) -> None:
    local, remote = both
    with pytest.raises(error) as due:
        ask(local)
    with pytest.raises(error) as found:
        ask(remote)
    if not isinstance(due.value, SettingsError) and "stood there" not in str(found.value):
        assert str(found.value) == str(due.value)
    for told in ("name", "suggestions", "described", "is_cut"):
        assert getattr(found.value, told, None) == getattr(due.value, told, None)


def test_a_relative_path_is_one_of_the_working_folder(
    both: tuple[Provenance, RemoteProvenance], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "cwd", lambda: Path("/data/ctao/dl3/x"))
    assert both[1].what_produced("../run02001.dl3.fits").root.location == DL3


def test_a_server_is_asked_for_one_kind_at_a_time(
    both: tuple[Provenance, RemoteProvenance],
) -> None:
    for conditions in ({"invalid": True}, {"status": "error", "data_level": "DL3"}, {}):
        with pytest.raises(SettingsError, match="one kind of record at a time"):
            both[1].search(**conditions)
    with pytest.raises(SettingsError, match="one value of status at a time"):
        both[1].search(status=["error", "completed"])


def test_a_document_needs_the_store(both: tuple[Provenance, RemoteProvenance]) -> None:
    with pytest.raises(StoreError, match=r"provgraph\.open at the store itself"):
        both[1].what_produced(DL3).to_prov()


def test_loading_and_who_may(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    tokens = TokenFile(tmp_path / "tokens.json")
    curator, reader = tokens.add("cu", Role.CURATOR), tokens.add("re", Role.READER)
    with served(store, Reception(access=AccessSettings(tokens.path))) as client:
        url = str(client.base_url)
        with provgraph.connect(url, curator) as mine:
            statuses = [
                each.status
                for _ in range(2)
                for each in mine.load(LOGS / "run02001.provlog", tmp_path / "tokens.json")
            ]
            assert statuses == ["loaded", "refused", "unchanged", "refused"]
            (kept,) = mine.loads()
            assert (kept.agent, kept.counts["activities"] > 0) == ("token cu", True)
        with pytest.raises(LoginError, match="right to load"):
            provgraph.connect(url, reader).load(LOGS / "run02001.provlog")
        assert provgraph.connect(url, reader).stats() == mine.stats()
        for token, why in ((None, "needs a token"), ("provgraph_x", "is not valid")):
            with pytest.raises(LoginError, match=why):
                provgraph.connect(url, token).stats()
    with pytest.raises(UnreachableError, match="can't be reached"):
        provgraph.connect(url, reader).stats()
    store.close()


def test_the_token_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVGRAPH_TOKEN", "hush")
    with provgraph.connect("https://prov.example.org") as server:
        assert server._server._headers["Authorization"] == "Bearer hush"
    for url in ("sqlite:///x.db", "https://", "http://u:p@h", "http://h:x", "https://h/?q"):
        with pytest.raises(SettingsError, match="a server is https://HOST"):
            provgraph.connect(url)
