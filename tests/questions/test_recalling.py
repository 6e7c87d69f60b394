"""What many runs have in common is found by what people call it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from provgraph.errors import NotFoundError, SettingsError
from provgraph.ingest.invalidation import invalidate
from provgraph.ingest.loading import load
from provgraph.interchange.export import export
from provgraph.model.filters import PageRequest
from provgraph.model.lineage import Direction
from provgraph.model.recalls import ToolVersion, UsesOfPath, recall_node, recall_of
from provgraph.questions.recalling import (
    impact,
    impact_of,
    meant,
    record_of,
    tainted,
    tool_version,
    uses_of_path,
)
from provgraph.questions.tracing import find, lineage
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS

CONFIGURATION = "/data/ctao/config/dl1.yaml"


@pytest.fixture(scope="module")
def night() -> Iterator[Store]:
    """The real logs; nothing is marked."""
    with closing(open_store("sqlite://")) as opened:
        list(load(opened, [str(LOGS)]))
        yield opened


def test_a_tool_version_is_spelt_as_its_runs_spell_it(night: Store) -> None:
    assert tool_version(night, "CTApipe-Process", "0.28.0") == ToolVersion(
        "ctapipe-process", "0.28.0"
    )


def test_an_unknown_version_is_refused_and_the_known_ones_are_named(night: Store) -> None:
    with pytest.raises(NotFoundError, match=r"known versions of ctapipe-process are 0\.28\.0"):
        tool_version(night, "ctapipe-process", "9")
    with pytest.raises(NotFoundError, match="no run of nothing is known"):
        tool_version(night, "nothing", "1")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"tool": "t"},
        {"version": "1"},
        {"name": "x", "tool": "t", "version": "1"},
        {"name": "x", "version": "1"},
        {"used_since": "2026-11-21"},
        {"tool": "t", "version": "1", "used_until": "2026-11-21"},
    ],
)
def test_what_does_not_go_together_is_refused(night: Store, given: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="or a tool and its version"):
        meant(night, **given)


def test_one_record_or_what_many_runs_have_in_common(night: Store) -> None:
    assert meant(night, CONFIGURATION) == find(night, CONFIGURATION)
    of_tool = meant(night, tool="ctapipe-process", version="0.28.0")
    assert recall_of(of_tool.id) == ToolVersion("ctapipe-process", "0.28.0")
    of_path = meant(night, CONFIGURATION, used_until="2026-11-22")
    assert of_path.id == UsesOfPath(f"file:{CONFIGURATION}", None, "2026-11-22T00:00:00.000").id
    assert impact(night, of_path).root.id == of_path.id
    below = lineage(night, find(night, CONFIGURATION), Direction.DOWNSTREAM)
    assert impact(night, meant(night, CONFIGURATION)) == below


def test_the_uses_of_a_path_are_named_by_the_path_or_the_file(night: Store) -> None:
    expected = UsesOfPath(f"file:{CONFIGURATION}", "2026-11-21T00:00:00.000")
    for name, folder in ((CONFIGURATION, None), ("dl1.yaml", Path("/data/ctao/config"))):
        assert uses_of_path(night, name, folder, "2026-11-21") == expected
    with pytest.raises(NotFoundError):
        uses_of_path(night, "/no/such/path", None, "2026-11-21")
    with pytest.raises(SettingsError, match="ends before it begins"):
        uses_of_path(night, CONFIGURATION, None, "2026-11-21", "2026-11-20")
    with pytest.raises(SettingsError, match="soon"):
        uses_of_path(night, CONFIGURATION, None, "soon")


def test_the_impact_of_all_uses_is_that_of_the_file(night: Store) -> None:
    """A file that stood at its path for ever has been used as often as the path."""
    answer = impact_of(night, uses_of_path(night, CONFIGURATION))
    below = lineage(night, find(night, CONFIGURATION), Direction.DOWNSTREAM)
    assert [node.id for node in answer.nodes[1:]] == [node.id for node in below.nodes[1:]]
    assert answer.root.name == f"uses of {CONFIGURATION}"
    assert record_of(night, uses_of_path(night, CONFIGURATION)).invalidation is None


def test_a_page_of_tainted_products_is_asked_for_sensibly(night: Store) -> None:
    with pytest.raises(SettingsError, match="yesterday"):
        tainted(night, "yesterday")
    with pytest.raises(SettingsError, match="take `next`"):
        tainted(night, None, PageRequest(after="x"))
    assert tainted(night).total == 0


def test_a_mark_can_be_taken_back_when_no_run_is_left() -> None:
    recall = ToolVersion("gone", "1")
    with closing(open_store("sqlite://")) as store:
        invalidate(store, recall_node(recall), None, "bad")
        assert tool_version(store, "gone", "1") == recall
        assert record_of(store, recall).invalidation is not None


def test_a_recall_comes_back_with_a_document(tmp_path: Path) -> None:
    recalls = (ToolVersion("ctapipe-process", "0.28.0"), UsesOfPath("file:/a b/ü", None, "2026"))
    document = tmp_path / "all.json"
    with closing(open_store("sqlite://")) as store, closing(open_store("sqlite://")) as other:
        list(load(store, [str(LOGS / "run02001.provlog")]))
        for recall in recalls:
            invalidate(store, recall_node(recall), None, "bad", "Ada")
        document.write_text("".join(export(store, "prov-json")))
        list(load(other, [str(document)]))
        assert other.recalls() == store.recalls() == sorted(recall.id for recall in recalls)
        assert digest(other.scan()) == digest(store.scan())
        dl1 = find(other, "/data/ctao/dl1/run02001.dl1.h5")
        assert lineage(other, dl1).root.tainted == (recalls[0].id,)
