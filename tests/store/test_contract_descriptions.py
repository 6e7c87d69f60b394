"""Descriptions of tools are kept alike by every store: revisions, parts, and what undoes them."""

import pytest

from provgraph.errors import NotFoundError, SettingsError
from provgraph.ingest import describing
from provgraph.ingest.describing import approve, describe
from provgraph.ingest.forgetting import forget
from provgraph.model.descriptions import ToolDescription
from provgraph.model.records import SOFTWARE, Settings
from provgraph.model.vocabulary import Kind
from provgraph.questions.describing import described_parameters, descriptions_of
from provgraph.questions.tracing import find
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.revisions import current, parts_of, revisions
from tests.model.test_descriptions import MERGE
from tests.questions.runs import put, run

NEWER = ToolDescription("merge", "2", {"description": "Joins many files."})


def test_revisions(store: Store) -> None:
    assert describe(store, MERGE, "Ann") == (1, True)
    assert describe(store, MERGE, "Bob") == (1, False)
    assert describe(store, NEWER, None) == (2, True)
    known = revisions(store, ["merge_2", "other"])
    assert {base: sorted(found) for base, found in known.items()} == {"merge_2": [1, 2]}
    assert current(known["merge_2"]).id == "merge_2#2"
    first = known["merge_2"][1]
    parts = parts_of(store, [first])[first.key]
    assert [node.id for node in parts[Kind.PARAMETER_DESCRIPTION]] == ["merge_2_Merger.overwrite"]
    assert parts[Kind.PARAMETER_DESCRIPTION][0].attributes["default"] == (False,)


def test_each_revision_has_a_number_of_its_own(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of who describes the tool at the same time, and has not seen the other's yet."""
    monkeypatch.setattr(describing, "revisions", lambda *_: {})
    assert describe(store, MERGE, "Ann") == (1, True)
    assert describe(store, NEWER, "Bob") == (2, True)
    assert describe(store, NEWER, "Eve") == (2, False)


def test_the_last_approved_revision_counts(store: Store) -> None:
    describe(store, MERGE, "Ann")
    assert approve(store, "merge", "2", "Eve") == 1
    assert approve(store, "merge", "2", "Eve") == 1
    describe(store, NEWER, "Ann")
    found = current(revisions(store, ["merge_2"])["merge_2"])
    assert (found.id, found.attributes["approvedBy"]) == ("merge_2", ("Eve",))
    assert len(store.loads()) == 3
    with pytest.raises(NotFoundError):
        approve(store, "merge", "3", "Eve")
    with pytest.raises(SettingsError):
        approve(store, "merge", "2", " ")


def test_forgetting_takes_a_description_back(store: Store) -> None:
    describe(store, MERGE, "Ann")
    before = digest(store.scan())
    describe(store, NEWER, "Ann")
    assert digest(store.scan()) != before
    forget(store, store.loads()[-1].id)
    assert digest(store.scan()) == before
    assert sorted(revisions(store, ["merge_2"])["merge_2"]) == [1]


def test_what_is_said_of_a_run(store: Store) -> None:
    settings = (
        Settings("Tool.Merger", {"Tool.Merger.overwrite": True, "Tool.Merger.n": 5}),
        Settings(SOFTWARE, {"numpy": "2"}),
    )
    put(store, run("merge-1", 1, {}, {"/x": "out"}, *settings, version="2"))
    describe(store, MERGE, "Ann")
    node = find(store, "merge-1")
    tools = descriptions_of(store, [node])
    assert tools[node.key].id == "merge_2"
    found = described_parameters(store, store.parameters_of([node.key]), tools)[node.key]
    assert [(each.name, each.default, each.differs) for each in found] == [
        ("Tool.Merger.overwrite", False, True),
        ("Tool.Merger.n", None, None),
    ]
