"""Each edge log of the corpus, and what a user notices of it.

docs/contract.md, Identity and Bad input.
"""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provgraph.errors import AmbiguousError, NotFoundError
from provgraph.ingest.loading import load
from provgraph.ingest.reports import Report
from provgraph.model.lineage import Direction, Lineage, Node
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from provgraph.store.relational.store import open_sqlite
from tests.loaders.examples import LOGS

CTAO = "/data/ctao"
RUN00001_DL1 = "product:08f914e1-a9ee-45a4-aeda-b61ee0023356"
RUN00001_DL2 = "product:5924761e-d648-4587-828a-e9f374c9768c"
RUN00002_DL2 = "product:aa47d21e-d38f-4b97-89df-b9c25b88365b"


class Loaded:
    """A store that holds some logs, and what users ask of it."""

    def __init__(self, store: Store, logs: tuple[str, ...]) -> None:
        self.store = store
        self.reports: list[Report] = list(load(store, [str(LOGS / log) for log in logs]))

    def find(self, name: str) -> Node:
        return find(
            self.store,
            name
            if name.startswith(("/", "product:", "root:")) or "-" in name
            else f"{CTAO}/{name}",
        )

    def upstream(self, name: str, depth: int | None = None) -> Lineage:
        return lineage(self.store, self.find(name), depth=depth)

    def made_by(self, name: str) -> list[str]:
        """The ids of the runs that made it."""
        return [node.id for node in self.upstream(name, 1).of_kind(Kind.ACTIVITY)]

    def inputs(self, run: str) -> set[tuple[str, str | None]]:
        """What a run used, with the roles."""
        return self._ends(run, RelationType.USED, Direction.UPSTREAM)

    def outputs(self, run: str) -> set[tuple[str, str | None]]:
        return self._ends(run, RelationType.WAS_GENERATED_BY, Direction.DOWNSTREAM)

    def _ends(
        self, run: str, relation: RelationType, direction: Direction
    ) -> set[tuple[str, str | None]]:
        found = lineage(self.store, self.find(run), direction, 1, [relation])
        names = {node.key: node.id for node in found.nodes}
        up = direction is Direction.UPSTREAM
        return {(names[edge.target if up else edge.source], edge.role) for edge in found.edges}


Loading = Callable[..., Loaded]


@pytest.fixture
def loaded() -> Iterator[Loading]:
    store = open_sqlite("sqlite://")
    yield lambda *logs: Loaded(store, logs)
    store.close()


def test_nested(loaded: Loading) -> None:
    graph = loaded("edge_nested.provlog", "run00001.provlog", "run00002.provlog")
    outer, inner = "d60e9ae4-928e-4213-a732-dac5220dbf7d", "81c5464b-3930-440a-983f-e85a5bf8e4e4"
    summary = graph.upstream("tmp/summary.ecsv")
    assert graph.made_by("tmp/summary.ecsv") == [outer]
    assert {node.name for node in summary.of_kind(Kind.ACTIVITY)} == {
        "summarise-production",
        "count-events",
        "ctapipe-process",
    }
    assert len(summary.of_kind(Kind.ACTIVITY)) == 7
    assert {role for _, role in graph.inputs(outer)} == {"partial counts"}
    assert graph.find(outer).start_time is not None
    assert str(graph.find(outer).start_time) < str(graph.find(inner).start_time)
    assert {edge.relation for edge in summary.edges} == {
        RelationType.USED,
        RelationType.WAS_GENERATED_BY,
    }


def test_context(loaded: Loading) -> None:
    graph = loaded("edge_context.provlog", "run00001.provlog")
    outer, inner = (
        graph.find("5d2403ab-cf4e-4580-8265-2b5236f5addb"),
        graph.find("7cefcf8d-ea49-4b64-87bd-bf009a42124a"),
    )
    assert (outer.status, outer.name) == ("completed", "check-run")
    assert outer.attributes["status"] == ("check-run",)
    assert (inner.status, inner.attributes["exit_code"]) == ("error", (3,))
    assert "status" not in inner.attributes
    newest = graph.find("tmp/check.json")
    first = graph.find("/data/ctao/tmp/check.json@a613d66e-3667-47a1-be45-abf94aa3f161")
    assert newest.id == f"file:/data/ctao/tmp/check.json@{outer.id}"
    assert (
        first.invalidated_at == newest.generated_at == outer.end_time == "2026-11-21T08:34:07.467Z"
    )
    assert newest.invalidated_at is None


def test_unnamed(loaded: Loading) -> None:
    graph = loaded("edge_unnamed.provlog", "run00002.provlog")
    run = graph.find("b54bdc3d-04eb-4ad4-9962-c4a0119e140c")
    assert run.name == "/opt/ctapipe/bin/python"
    assert graph.inputs(run.id) == {(RUN00002_DL2, None)}
    assert graph.outputs(run.id) == {(f"file:/data/ctao/tmp/note.txt@{run.id}", None)}
    assert len(graph.upstream("tmp/note.txt").of_kind(Kind.ACTIVITY)) == 3


def test_unfinished(loaded: Loading) -> None:
    graph = loaded("edge_unfinished.provlog")
    assert graph.store.stats()["activities"] == 1
    run = graph.find("ee2a6739-2d6f-4806-bb53-40b4325e28ba")
    assert (run.name, run.status) == ("inner-finished", "completed")
    assert run.shown_attributes["samples"] == [{"time_utc": "2026-11-21T08:31:18.655"}]


def test_empty(loaded: Loading) -> None:
    graph = loaded("edge_empty.provlog")
    (report,) = graph.reports
    assert (report.status, report.activities, report.entities, report.relations) == (
        "loaded",
        0,
        0,
        0,
    )
    assert report.load is not None
    assert graph.store.stats()["activities"] == 0


def test_paths(loaded: Loading) -> None:
    graph = loaded("edge_paths.provlog", "run00001.provlog")
    run = "e3df8c93-d04b-41c4-86c1-58357983ccdd"
    inputs = graph.inputs(run)
    assert len(inputs) == 9
    assert {entity for entity, _ in inputs} == {
        RUN00001_DL2,
        "root://eos.example.org/ctao/dl2/run00001.dl2.h5",
    }
    assert {role for entity, role in inputs if entity != RUN00001_DL2} == {
        "spelled root://eos.example.org//ctao/dl2/run00001.dl2.h5"
    }
    product = graph.find("dl2/run00001.dl2.h5")
    assert set(product.locations) == {
        f"{CTAO}/dl2/run00001.dl2.h5",
        f"{CTAO}/tmp/link_to_run00001.dl2.h5",
        f"{CTAO}/latest/run00001.dl2.h5",
    }
    for spelling in (
        "//data/ctao/./dl2/../dl2/run00001.dl2.h5",
        "/data/ctao/file:/data/ctao/dl2/run00001.dl2.h5",
    ):
        assert graph.find(spelling).id == product.id
    remote = graph.find("root://eos.example.org//ctao/dl2/run00001.dl2.h5")
    assert remote.location == "root://eos.example.org/ctao/dl2/run00001.dl2.h5"


def test_paths_mean_one_file_without_its_producer_too(loaded: Loading) -> None:
    graph = loaded("edge_paths.provlog")
    assert len({entity for entity, _ in graph.inputs("e3df8c93-d04b-41c4-86c1-58357983ccdd")}) == 2


def test_directory(loaded: Loading) -> None:
    graph = loaded("edge_directory.provlog")
    run = "08264742-13e7-45a9-abc4-a8c17b474263"
    assert graph.inputs(run) == {
        ("file:/data/ctao/dl1", "data directory"),
        ("file:/data/ctao/dl2", "data directory"),
    }
    assert graph.find("tmp/scan").id == f"file:/data/ctao/tmp/scan@{run}"
    assert graph.find("/data/ctao/tmp/scan/").id == f"file:/data/ctao/tmp/scan@{run}"
    assert graph.find("dl1").generated_at is None


def test_inplace(loaded: Loading) -> None:
    graph = loaded("edge_inplace.provlog", "run00002.provlog")
    run = "a84d3d1a-2622-4cb1-a9b2-5a2671380030"
    new = "product:b407c938-e32c-4056-a658-c2125be6e583"
    assert graph.inputs(run) == {(RUN00002_DL2, "events")}
    assert graph.outputs(run) == {(new, "events")}
    assert graph.find("tmp/stamped.dl2.h5").id == new
    old = graph.find(RUN00002_DL2)
    assert old.location == f"{CTAO}/dl2/run00002.dl2.h5"
    assert old.locations == (f"{CTAO}/dl2/run00002.dl2.h5", f"{CTAO}/tmp/stamped.dl2.h5")
    assert old.invalidated_at is None
    assert len(graph.upstream("tmp/stamped.dl2.h5").of_kind(Kind.ACTIVITY)) == 3


def test_inplace_alone_loses_what_it_rewrote(loaded: Loading) -> None:
    old = loaded("edge_inplace.provlog").find(RUN00002_DL2)
    assert (old.generated_at, old.invalidated_at) == (None, "2026-11-21T08:31:35.494Z")


def test_twotools(loaded: Loading) -> None:
    graph = loaded("edge_twotools.provlog", "run00001.provlog", "run00003.provlog")
    report = graph.reports[0]
    assert (report.status, report.activities, report.disagreements) == ("loaded", 2, ())
    assert graph.store.stats()["activities"] == 6
    assert graph.made_by("tmp/two.dl2.h5") == ["1c5a22bc-9069-431c-8c39-89967cdc78e0"]
    assert graph.made_by("tmp/run00003.dl2.h5") == ["954de837-166b-4203-bafd-690048c480c8"]
    assert len(graph.upstream("tmp/two.dl2.h5").of_kind(Kind.ACTIVITY)) == 5


def test_overwrite(loaded: Loading) -> None:
    graph = loaded("edge_overwrite.provlog")
    first, second = (
        "product:5581e746-323f-4dd9-b5ca-62e45debdf8d",
        "product:5b5bc795-df94-492a-ac87-288230b6044f",
    )
    dl1 = graph.find("dl1/run03001.dl1.h5")
    assert dl1.id == second
    assert (
        graph.find("/data/ctao/dl1/run03001.dl1.h5@397ad2d6-4a58-4fd6-979e-5fe5a824d585").id
        == first
    )
    assert graph.find(first).invalidated_at == dl1.generated_at == "2026-11-21T08:32:01.558Z"
    assert (first, "Event") in graph.inputs("7413b85f-2627-4a03-b6e4-954d52c214ec")
    assert (second, "Event") in graph.inputs("f1e6a192-3e53-49d3-b027-ab10ac08f483")
    ancestors = {node.id for node in graph.upstream("dl2/run03001_v1.dl2.h5").nodes}
    assert first in ancestors
    assert second not in ancestors
    newest = graph.find("dl2/run03001_v2.dl2.h5")
    assert newest.id == "product:3738f94c-91b5-4a0d-aab5-f15a91932989"
    assert graph.find("dfc76d13-0e2a-4cde-83be-00909f01ac15").invalidated_at == newest.generated_at


def test_overwrite_irf(loaded: Loading) -> None:
    graph = loaded("edge_overwrite_irf.provlog", "apply_run00003.provlog", "apply_run00103.provlog")
    cuts, reader = f"file:{CTAO}/tmp/cuts_again.fits", "ee150108-d532-49a8-8f45-f21bb70d99de"
    first, second = (
        f"{cuts}@1685b2d8-83e4-46b0-a934-b6573e9516f2",
        f"{cuts}@0fbb2f45-7a21-4e13-86f0-3b17d665ec1a",
    )
    assert graph.find("tmp/cuts_again.fits").id == second
    assert graph.find(first).invalidated_at == "2026-11-21T08:32:23.630Z"
    assert graph.find("tmp/irf_again.fits").id == f"file:{CTAO}/tmp/irf_again.fits@{reader}"
    for made_up in ("6966471d-29f1-43ae-922e-063f3469fd56", "48dbb7c3-bb7b-4f0c-a70c-9f602ed9318d"):
        with pytest.raises(NotFoundError):
            graph.find(made_up)
    assert not any(each.startswith("product:") for each in graph.find(second).identifiers)
    read = {entity for entity, _ in graph.inputs(reader)}
    assert read == {
        f"file:{CTAO}/config/irf.yaml",
        "product:8704ea5f-d77e-4614-9b1d-687ce671287b",
        "product:50f62d2a-6251-4973-9263-98bf01128319",
    }


def test_merge_append(loaded: Loading) -> None:
    graph = loaded("edge_merge_append.provlog", "run00001.provlog", "run00002.provlog")
    first, second = (
        "product:75a500f9-ca21-48c9-ba99-5ff1ebb73c66",
        "product:a1dd9bab-78f7-40fb-bb4c-2a12e31aa605",
    )
    appended = graph.find("tmp/appended.dl2.h5")
    assert appended.id == second
    assert graph.find(first).invalidated_at == appended.generated_at
    ancestors = {node.id for node in graph.upstream("tmp/appended.dl2.h5").nodes}
    assert RUN00002_DL2 in ancestors
    assert not {RUN00001_DL2, first} & ancestors


def test_failed(loaded: Loading) -> None:
    graph = loaded("edge_failed.provlog", "run00001.provlog")
    report = graph.reports[0]
    assert (report.status, report.activities) == ("loaded", 5)
    runs = {
        "620db51e-60aa-4e38-ba0c-565ce10111f2": (1, 2),
        "7d15d04b-86f3-434b-8c1a-b92d290dee1f": (2, 2),
        "71ae03f2-44e1-4eed-9209-d31e3e3550ae": (2, 0),
        "6f0238de-42a7-46f7-ac32-570d1a0a567f": (2, 0),
        "9a173734-1ee3-431d-afac-56af714f59f9": (2, 2),
    }
    for run, (code, inputs) in runs.items():
        node = graph.find(run)
        assert (node.status, node.attributes["exit_code"]) == ("error", (code,))
        assert len(graph.inputs(run)) == inputs
        assert graph.outputs(run) == set()
    # The failed second try at the same path noted no output, so it made no version.
    dl1 = graph.find("dl1/run00001.dl1.h5")
    assert (dl1.id, dl1.invalidated_at) == (RUN00001_DL1, None)
    for never_written in ("dl1/absent.dl1.h5", "dl1/run09001.dl1.h5", "tmp/same_twice.dl2.h5"):
        with pytest.raises(NotFoundError):
            graph.find(never_written)


def test_failed_with_output(loaded: Loading) -> None:
    graph = loaded("edge_failed_with_output.provlog", "run00001.provlog")
    half = graph.find("tmp/half_merged.dl2.h5")
    run = "c27947bc-74e3-47d7-98fb-4b7203a60bcb"
    # Its header carries the id of the activity that made its input on.
    assert half.id == "product:91412c32-35a0-4234-8008-eec35b563762"
    assert half.attributes["CTA ACTIVITY ID"] == ("f1ae28e0-440f-4db0-9612-5c36c2ba9964",)
    assert graph.made_by("tmp/half_merged.dl2.h5") == [run]
    assert graph.find(run).status == "error"
    assert graph.inputs(run) == {(RUN00001_DL2, "data product to merge")}
    assert set(graph.find(RUN00001_DL2).locations) == {
        f"{CTAO}/dl2/run00001.dl2.h5",
        f"{CTAO}/tmp/dup.dl2.h5",
    }


def test_sigint(loaded: Loading) -> None:
    graph = loaded("edge_sigint.provlog")
    run = graph.find("0624a757-d7d7-4a98-bf47-191f22846114")
    assert (run.status, run.attributes["exit_code"]) == ("interrupted", (130,))
    assert graph.made_by("tmp/int_SIGINT.dl1.h5") == [run.id]
    assert graph.find("tmp/int_SIGINT.dl1.h5").generated_at == run.end_time
    on_disk = find(graph.store, "int_SIGINT.dl1.h5", LOGS.parent / "products")
    assert on_disk.id == "product:541d6d8b-7dc3-401b-8a96-522ae8b53009"


@pytest.mark.parametrize("log", ["edge_truncated.provlog", "edge_truncated_then_appended.provlog"])
def test_truncated(loaded: Loading, log: str) -> None:
    graph = loaded(log, "run00001.provlog")
    report = graph.reports[0]
    appended = "then" in log
    assert (report.status, report.activities) == ("partial", 2 if appended else 1)
    (problem,) = report.problems
    data = (LOGS / log).read_bytes()
    assert problem.where == f"byte {data.index(b'{', data.index(b']['))}"
    assert graph.made_by("tmp/full1.dl2.h5") == ["96a98e5b-9ded-4aba-9f03-6241ecd2f7a0"]
    with pytest.raises(NotFoundError):
        graph.find("c23b6d5d-17b1-415e-86e1-d93c0b70c877")
    with pytest.raises(NotFoundError):
        graph.find("tmp/full2.dl2.h5")
    if appended:
        assert graph.made_by("tmp/full3.dl2.h5") == ["29094abf-c514-4ec6-8cdb-fe9e31cdb75f"]


def test_spellings(loaded: Loading) -> None:
    graph = loaded("edge_spellings.provlog", "run00001.provlog")
    for spelling in ("rel", "abs", "url", "sym"):
        (run,) = graph.made_by(f"tmp/sp_{spelling}.dl2.h5")
        assert (RUN00001_DL1, "Event") in graph.inputs(run)
        assert len(graph.upstream(f"tmp/sp_{spelling}.dl2.h5").of_kind(Kind.ACTIVITY)) == 2
    dl1 = graph.find(RUN00001_DL1)
    assert set(dl1.locations) == {f"{CTAO}/dl1/run00001.dl1.h5", f"{CTAO}/tmp/sym.dl1.h5"}
    made = lineage(graph.store, dl1, Direction.DOWNSTREAM, 2)
    assert {node.name for node in made.nodes if str(node.name).startswith("sp_")} == {
        f"sp_{spelling}.dl2.h5" for spelling in ("rel", "abs", "url", "sym")
    }


def test_input_dir(loaded: Loading) -> None:
    graph = loaded("edge_input_dir.provlog", "run00001.provlog", "run00002.provlog")
    (run,) = graph.made_by("tmp/dir_merged.dl2.h5")
    assert {entity for entity, _ in graph.inputs(run)} == {RUN00001_DL2, RUN00002_DL2}
    with pytest.raises(NotFoundError):
        graph.find("tmp/tomerge")
    key = graph.find(run).key
    values = {
        name: value
        for each in graph.store.parameters_of([key])[key]
        for name, value in each.values.items()
    }
    assert values["MergeTool.input_dir"] == f"{CTAO}/tmp/tomerge"


def test_many_configs(loaded: Loading) -> None:
    graph = loaded("edge_many_configs.provlog")
    failed, run = (
        "21e4b8fe-143f-4650-9bce-4fb3858e6651",
        graph.find("86a589e7-f451-41ca-8931-e7a226be97d6"),
    )
    assert graph.find(failed).status == "error"
    files = {
        f"file:{CTAO}/config/{name}" for name in ("base.yaml", "dl1.yaml", "over.json", "over.py")
    }
    assert set(graph.store.setups_of([run.key])[run.key].config_files) == files
    assert {
        entity for entity, role in graph.inputs(run.id) if role == "Tool Configuration"
    } == files
    values = {
        name: value
        for each in graph.store.parameters_of([run.key])[run.key]
        for name, value in each.values.items()
    }
    assert values["ProcessorTool.SimTelEventSource.ThresholdGainSelector.threshold"] == math.inf


def test_odd_name(loaded: Loading) -> None:
    graph = loaded("edge_odd_name.provlog", "run00001.provlog")
    made = graph.find("tmp/run 00001 é.dl2.h5")
    assert made.name == "run 00001 é.dl2.h5"
    assert find(graph.store, "run 00001 é.dl2.h5").id == made.id
    assert RUN00001_DL1 in {
        entity for entity, _ in graph.inputs("a4acd8bd-fc1f-4fc5-ad23-a6b9091c5c25")
    }
    assert f"{CTAO}/tmp/run 00001 é.dl1.h5" in graph.find(RUN00001_DL1).locations
    assert len(graph.upstream(made.id).of_kind(Kind.ACTIVITY)) == 2


def test_second_machine(loaded: Loading) -> None:
    graph = loaded("edge_second_machine.provlog", "run02001.provlog")
    copy, original = (
        graph.find("/data/mirror/dl1/run02001.dl1.h5"),
        graph.find("dl1/run02001.dl1.h5"),
    )
    assert copy.id == original.id == "product:0ca26da2-c10d-46a8-add5-4380ba2ac4b1"
    assert set(copy.locations) == {
        "/data/ctao/dl1/run02001.dl1.h5",
        "/data/mirror/dl1/run02001.dl1.h5",
    }
    run = graph.find("37f615e9-0328-4711-bb8a-04cb76c373b8")
    assert run.host == "worker2"
    assert graph.find("/data/mirror/dl2/run02001.dl2.h5").id != graph.find("dl2/run02001.dl2.h5").id
    assert {
        node.host
        for node in graph.upstream("/data/mirror/dl2/run02001.dl2.h5").of_kind(Kind.ACTIVITY)
    } == {
        "wn042",
        "worker2",
    }
    with pytest.raises(AmbiguousError) as caught:
        find(graph.store, "run02001.dl2.h5")
    assert len(caught.value.candidates) == 2


def test_moved(loaded: Loading) -> None:
    graph = loaded(
        "edge_moved.provlog", "run00002.provlog", "train_energy.provlog", "merge.provlog"
    )
    product = "product:0413b8df-0511-4b8a-8382-574ee6aa5767"
    assert (
        graph.find("tmp/before_move.dl2.h5").id
        == graph.find("archive/after_move.dl2.h5").id
        == product
    )
    # It was seen last at its new place.
    assert graph.find(product).location == f"{CTAO}/archive/after_move.dl2.h5"
    assert graph.made_by("archive/after_move.dl2.h5") == ["6935f5da-56e2-4267-9cd0-7bc874df9214"]
    run = "12fa22b6-e5b4-4a38-a77f-5379a41cbb2b"
    model = f"file:{CTAO}/models/energy.pkl@5a620a10-d7a4-41b7-9814-f9e5bac5287f"
    # One file in two roles is one entity, used twice.
    assert graph.inputs(run) == {
        (product, "data product to merge"),
        (product, "Event data"),
        (model, "reconstructor"),
    }
    # The header names the activity that made its input; the run's own output list counts.
    assert graph.made_by("tmp/after_move_full.dl2.h5") == [run]


def test_newer_ctapipe(loaded: Loading) -> None:
    graph = loaded("edge_newer_ctapipe.provlog")
    whole = graph.upstream("tmp/newer_full.dl2.h5")
    assert [node.version for node in whole.of_kind(Kind.ACTIVITY)] == ["0.32.0"] * 4
    train, apply = "ab4d4a42-213c-4bb0-8756-4e9d3b78af53", "ae689ef0-ad64-4266-891d-7f9a0dffe872"
    model = f"file:{CTAO}/tmp/newer_energy.pkl@{train}"
    assert graph.outputs(train) == {(model, "EnergyRegressor-model")}
    assert (model, "reconstructor") in graph.inputs(apply)
    assert graph.find("tmp/newer_full.dl2.h5").data_level == "DL2"
    # ctapipe writes role DL1/Event on a DL2 file; its header says more.
    assert graph.find("tmp/newer.dl2.h5").data_level == "DL2"
    assert graph.find("dl0/gamma_run00001.simtel.zst").data_level == "DL0"


def test_default_name(loaded: Loading) -> None:
    graph = loaded("edge_default_name.provenance.log", "run00003.provlog")
    assert (graph.reports[0].status, graph.reports[0].format) == ("loaded", "ctapipe")
    assert len(graph.upstream("tmp/default.dl2.h5").of_kind(Kind.ACTIVITY)) == 3
    assert graph.find("tmp/default.dl2.h5").data_level == "DL2"


def test_every_edge_log_has_a_test() -> None:
    edges = {log.name.removeprefix("edge_").partition(".")[0] for log in LOGS.glob("edge_*")}
    assert len(edges) == 25
    text = Path(__file__).read_text("utf-8")
    assert not [edge for edge in edges if f"edge_{edge}." not in text]
