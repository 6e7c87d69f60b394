"""provgraph from Python: what a notebook or a script of a user does."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient

import provgraph
from provgraph.commands.main import main
from provgraph.errors import (
    LookupFailedError,
    NoStoreError,
    NotFoundError,
    SettingsError,
    StoreError,
)
from tests.conftest import LOGS
from tests.services import PostgresServer

NOTEBOOK = Path(__file__).parent.parent / "docs" / "how-to" / "notebook.ipynb"
DL3 = "/data/ctao/dl3/run02001.dl3.fits"


@pytest.fixture
def night(tmp_path: Path) -> Iterator[provgraph.Provenance]:
    with provgraph.open(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        opened.load(LOGS)
        yield opened


def test_open_load_ask(tmp_path: Path) -> None:
    with provgraph.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        [report] = store.load(LOGS / "irf.provlog")
        assert (report.status, report.problems) == ("loaded", ())
        [again] = store.load(str(LOGS / "irf.provlog"))
        assert again.status == "unchanged"
        with pytest.raises(NotFoundError):
            store.what_produced("/no/such/file")


def test_questions_are_answered_as_of_an_earlier_time(tmp_path: Path) -> None:
    dl2 = "/data/ctao/dl2/run02001.dl2.h5"
    with provgraph.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        store.load(LOGS / "run02001.provlog")
        then = store.loads()[0].time
        before = (store.digest(), store.show(dl2), store.search("dl2"), store.versions(dl2))
        known = store.what_produced(dl2)
        store.load(LOGS / "apply_run02001.provlog", LOGS / "dl3_run02001.provlog")
        assert before == (
            store.digest(as_of=then),
            store.show(dl2, as_of=then),
            store.search("dl2", as_of=then),
            store.versions(dl2, as_of=then.isoformat()),
        )
        assert store.digest() != before[0]
        assert store.what_produced(dl2, as_of=then).nodes == known.nodes
        assert store.what_produced(dl2, as_of=then).summary == known.summary
        assert len(store.impact(dl2, as_of=then).nodes) == 1 < len(store.impact(dl2).nodes)
        assert store.stats(as_of="2020-01-01")["activities"] == 0
        with pytest.raises(NotFoundError, match="nothing known stood there"):
            store.lineage(dl2, at=datetime(2020, 1, 1, tzinfo=UTC))
        with pytest.raises(SettingsError, match="write a time as"):
            store.impact(dl2, as_of="soon")
    with pytest.raises(StoreError, match="was closed"):
        store.digest(as_of=then)


def test_ways_between_records(night: provgraph.Provenance) -> None:
    raw = "/data/ctao/dl1/run02001.dl1.h5"
    chain = night.path(DL3, raw)
    assert [each.distance for each in chain.nodes] == list(range(7))
    assert len(night.path(DL3, "/data/ctao/dl2/gamma_train.dl2.h5", every=True).nodes) > 7
    first, *_ = night.common(DL3, raw)
    assert (raw in first.node.locations, first.distances, first.is_nearest) == (True, (6, 0), True)
    assert len(night.common(DL3, raw, limit=2)) == 2
    with pytest.raises(SettingsError, match="two files"):
        night.common(DL3)


def test_a_load_is_taken_back(night: provgraph.Provenance) -> None:
    before = night.store.stats()
    load = night.store.loads()[0]
    would = night.would_go(load.id[:8])
    assert (would.load, night.store.stats()) == (load, before)
    assert night.forget(load.id).id == load.id
    assert before["activities"] - night.stats()["activities"] == would.activities
    assert load.id not in {each.id for each in night.store.loads()}
    with pytest.raises(LookupFailedError, match="too short"):
        night.forget(load.id[0])


def test_the_store_is_the_environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVGRAPH_STORE", f"sqlite:///{tmp_path / 'mine.db'}")
    with provgraph.open() as store:
        with pytest.raises(NoStoreError, match=r"mine\.db"):
            store.what_produced("x")
        assert list(tmp_path.iterdir()) == []
        store.load(LOGS / "irf.provlog")
        assert (tmp_path / "mine.db").exists()
        with pytest.raises(NotFoundError):
            store.what_produced("x")
    with pytest.raises(SettingsError, match="no store"):
        provgraph.open("nothing://here")


def test_answers_are_those_of_the_command(night: provgraph.Provenance, tmp_path: Path) -> None:
    told = json.loads(
        subprocess.run(
            [
                sys.executable,
                "-m",
                "provgraph.commands.main",
                "what-produced",
                DL3,
                "--format",
                "json",
                "--store",
                f"sqlite:///{tmp_path / 'store.db'}",
            ],
            check=True,
            capture_output=True,
        ).stdout
    )
    answer = night.what_produced(DL3)
    assert [node.id for node in answer.nodes] == [node["id"] for node in told["nodes"]]
    assert len(answer.edges) == len(told["edges"])
    nearest = night.what_produced(DL3, depth=1)
    assert nearest.depth == 1
    assert len(nearest.nodes) < len(answer.nodes)
    assert night.impact(nearest.nodes[-1].id).direction == "downstream"
    both = night.lineage(DL3, "both", relations=["wasGeneratedBy"])
    assert {edge.relation for edge in both.edges} == {"wasGeneratedBy"}


def test_a_wrong_direction_or_depth_is_explained(night: provgraph.Provenance) -> None:
    with pytest.raises(SettingsError, match="upstream, downstream, both"):
        night.lineage(DL3, "sideways")
    with pytest.raises(SettingsError, match="wasGeneratedBy"):
        night.lineage(DL3, relations=["made"])
    with pytest.raises(SettingsError, match="depth -1: give 0 or more"):
        night.what_produced(DL3, depth=-1)


def test_a_closed_store_says_so(night: provgraph.Provenance) -> None:
    answer = night.what_produced(DL3)
    pieces = night.export()
    night.close()
    night.close()
    asked: list[Callable[[], object]] = [
        night.stats,
        night.loads,
        night.digest,
        answer.to_prov,
        lambda: night.load(LOGS),
        lambda: night.show(DL3),
        lambda: list(pieces),
    ]
    for ask in asked:
        with pytest.raises(StoreError, match="closed"):
            ask()
    assert answer.to_svg().startswith("<svg")


def test_loads_are_listed_and_taken_back(night: provgraph.Provenance) -> None:
    before = night.digest()
    assert len(night.loads()) == len({load.id for load in night.loads()}) > 40
    assert night.loads()[0].time.tzinfo is UTC
    mark = night.invalidate(DL3, "pointing was off", datetime(2026, 11, 22, tzinfo=UTC))
    assert (mark.format, mark.status) == ("invalidation", "loaded")
    assert mark == night.loads()[-1]
    [marked] = night.search(invalid=True)
    assert marked.invalidation == provgraph.InvalidMark(
        datetime(2026, 11, 22, tzinfo=UTC), "pointing was off", None
    )
    assert night.digest() != before
    assert night.forget(mark.id) == mark
    assert night.digest() == before
    with pytest.raises(SettingsError, match="a reason is needed"):
        night.invalidate(DL3, " ")


def test_records_are_searched(night: provgraph.Provenance) -> None:
    files = night.search("run02001 dl2", kind="entity", order="name")
    assert [each.name for each in files] == sorted(each.name or "" for each in files) != []
    assert {each.kind for each in files} == {"entity"}
    since = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    runs = night.search(tool=["ctapipe-process"], since=since)
    assert runs
    assert all(each.start_time and each.start_time >= since for each in runs)
    assert night.search("run02001", under=Path("/data/ctao/dl2"), data_level="DL2", limit=1)
    for wrong in ({"kind": "file"}, {"limit": 0}, {"since": "soon"}, {"order": "id"}):
        with pytest.raises(SettingsError):
            night.search(**wrong)


def test_every_command_has_its_method(night: provgraph.Provenance, tmp_path: Path) -> None:
    def printed(*command: str) -> str:
        done = CliRunner().invoke(main, [*command, "--store", f"sqlite:///{tmp_path / 'store.db'}"])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert night.show(DL3) == json.loads(printed("show", DL3, "--json"))
    assert night.stats() == json.loads(printed("stats", "--json"))
    assert night.digest() == printed("digest").strip()
    assert "".join(night.export(DL3, format="prov-n")) == printed(
        "export", DL3, "--format", "prov-n"
    )
    [checked] = night.validate()
    assert checked.verdict is not None
    assert checked.verdict.is_valid
    [document] = night.validate(LOGS / "irf.provlog")
    assert document.sources == (str(LOGS / "irf.provlog"),)
    with pytest.raises(SettingsError, match="'word' is no format; there are prov-json"):
        night.export(format="word")


@pytest.mark.postgresql
def test_a_mirror_is_made_and_compared(
    night: provgraph.Provenance, postgres_server: PostgresServer
) -> None:
    url = postgres_server.create_database("mirror_of_python")
    assert night.sync(url).mode == "full"
    assert night.sync(url).turns == 0
    verification = night.verify_mirror(url)
    assert verification.differences == []
    assert verification.rows["activities"] == night.stats()["activities"]


@pytest.mark.slow
def test_the_notebook_in_the_docs_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is as a user would run it, top to bottom, with the outputs that stand in it."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    told = [_texts(cell) for cell in notebook.cells]
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert [_texts(cell) for cell in notebook.cells] == told


def _texts(cell: nbformat.NotebookNode) -> str:
    """What stands below a cell. On a busy machine one text may come in several outputs."""
    outputs = cell.get("outputs", [])
    return "".join(
        "".join(output.get("text") or output.get("data", {}).get("text/plain", ""))
        for output in outputs
    )


def test_importing_provgraph_is_quick() -> None:
    """The API's libraries are imported when they are used."""
    code = (
        "import sys, provgraph; "
        "print(sorted({'sqlalchemy', 'networkx', 'neo4j'} & set(sys.modules)))"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        ).stdout
        == "[]\n"
    )


def test_marks_of_many_runs_are_made_and_taken_back(night: provgraph.Provenance) -> None:
    before = night.digest()
    span = {"used_since": datetime(2026, 11, 21, tzinfo=UTC), "used_until": "2026-11-22"}
    assert night.tainted() == []
    mark = night.invalidate("/data/ctao/config/dl3.yaml", "typing error", by="Ada", **span)
    assert mark.format == "invalidation"
    night.invalidate(tool="create-dl3", version="0.28.0", reason="wrong units")
    recall = night.impact(tool="create-dl3", version="0.28.0")
    assert night.lineage(recall.root.id, "downstream").nodes == recall.nodes
    products = night.tainted(since=datetime(2026, 11, 21, tzinfo=UTC), limit=5)
    assert DL3 in [node.location for node in products]
    assert all(len(node.tainted) == 2 for node in products)
    again = night.impact("/data/ctao/config/dl3.yaml", **span).proofs
    assert DL3 in [proof[-1].location for proof in again]
    assert night.impact(tool="create-dl3", version="0.28.0", depth=0).proofs == ()
    taken = night.take_back("/data/ctao/config/dl3.yaml", **span)
    assert [each.id for each in taken] == [mark.id]
    assert len(night.take_back(tool="create-dl3", version="0.28.0")) == 1
    assert (night.tainted(), night.digest()) == ([], before)
    for wrong in ({"limit": 0}, {"since": "soon"}):
        with pytest.raises(SettingsError):
            night.tainted(**wrong)
    with pytest.raises(SettingsError):
        night.impact(depth=-1, tool="create-dl3", version="0.28.0")
