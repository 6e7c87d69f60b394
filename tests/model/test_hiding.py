"""What a rule hides, and what is told of texts that name it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from provgraph.errors import HiddenError
from provgraph.model.hiding import (
    HIDDEN_TEXT,
    WITHHELD,
    HiddenFiles,
    HidingRule,
    HidingRules,
    check_whole,
    is_partly_hidden,
    told_attributes,
    told_value,
)
from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind

HIDDEN = (HiddenFiles(("/data/p", "root://host/p")),)
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def file(*locations: str, made: str | None = None, level: str | None = None) -> Node:
    return Node(
        bytes(16),
        "product:1",
        Kind.ENTITY,
        type="DatasetEntity",
        locations=locations,
        generated_at=made,
        data_level=level,
    )


@pytest.mark.parametrize(
    ("hidden", "node", "has"),
    [
        (HIDDEN[0], file("/data/p"), True),
        (HIDDEN[0], file("/data/pub/x"), False),
        (HIDDEN[0], file("/open/x", "/data/p/x"), True),
        (HIDDEN[0], file("root://host/p/x"), True),
        (HIDDEN[0], file(), False),
        (HIDDEN[0], replace(file(), identifiers=("product:1", "file:/data/p/x")), True),
        (HIDDEN[0], replace(file(), id="file:/data/p/x"), True),
        (HiddenFiles(("/",)), file("/x"), True),
        (HiddenFiles(("/data/",)), file("/data/x"), True),
        (HiddenFiles(("/data/X",)), file("/data/Y"), False),
        (HiddenFiles(types=("datasetentity",)), file(), True),
        (HiddenFiles(types=("Collection",)), file(), False),
        (HiddenFiles(data_levels=("dl0",)), file(level="DL0"), True),
        (HiddenFiles(data_levels=("DL0",)), file(), False),
        (HiddenFiles(data_levels=("DL0",), types=("Plan",)), file(level="DL0"), False),
        (HiddenFiles(since="2026-01-01"), file(made="2025-12-31T00:00:00.000Z"), False),
        (HiddenFiles(since="2026-01-01"), file(made="2026-01-01T00:00:00.000Z"), True),
        (HiddenFiles(since="2026-01-01"), file(), True),
        (HiddenFiles(since="2026-01-01T00:00:00.000"), file(made="2026-01-01T00:00:00.000Z"), True),
        (
            HiddenFiles(since="2026-01-01T00:00:00.001"),
            file(made="2026-01-01T00:00:00.000Z"),
            False,
        ),
        (
            HiddenFiles(since="2026-01-01T00:00:00.000500"),
            file(made="2026-01-01T00:00:00.000Z"),
            False,
        ),
    ],
)
def test_every_condition_of_a_rule_has_to_be_met(
    hidden: HiddenFiles, node: Node, has: bool
) -> None:
    assert hidden.has(node) == has


@pytest.mark.parametrize(
    "text", ["-o /data/p", "x=/data/p/y", "?ID=%2Fdata%2Fp%2Fy", '{"a": "\\/data\\/p"}']
)
def test_a_text_that_names_a_hidden_path_is_not_told(text: str) -> None:
    assert told_value(text, HIDDEN) == HIDDEN_TEXT
    assert told_value({"a": [text, 1], text: None}, HIDDEN) == {
        "a": [HIDDEN_TEXT, 1],
        HIDDEN_TEXT: None,
    }


def test_other_texts_are_told_and_what_is_for_documents_alone_is_not() -> None:
    said = {"comment": ("/data/pub",), "prov.inBundle": ("x",), "n": (1, "/data/p")}
    assert told_attributes(said, HIDDEN) == {"comment": ("/data/pub",), "n": (1, HIDDEN_TEXT)}


def test_a_rule_without_a_path_is_named_in_no_text() -> None:
    for hidden in (HiddenFiles(), HiddenFiles(("/",))):
        assert told_value("/data/p", (hidden,)) == "/data/p"


def test_a_rule_hides_what_is_young_until_it_ends() -> None:
    rule = HidingRule(("/p", "file://wn/q"), ("Plan",), ("DL0",), 30, "2026-01-31T12:00:00.001")
    hidden = HiddenFiles(
        ("/p", "/wn/q", "file://wn/q"), ("Plan",), ("DL0",), "2026-01-01T12:00:00.000"
    )
    assert rule.files_at(NOW) == hidden
    assert rule.files_at(NOW.astimezone(timezone(timedelta(hours=2)))) == hidden
    assert rule.files_at(NOW + timedelta(milliseconds=1)) is None
    assert HidingRule(("/p",)).files_at(NOW) == HiddenFiles(("/p",))


def test_who_has_a_role_sees_what_it_may_see() -> None:
    of_staff = HidingRule(("/staff",), seen_by=frozenset({"staff", "admin"}))
    of_nobody, ended = HidingRule(("/p",)), HidingRule(("/old",), until="2026-01-01")
    rules = HidingRules((of_staff, ended, of_nobody), b"")
    hidden = [HiddenFiles(("/staff",)), HiddenFiles(("/p",))]
    assert list(rules.files_for(frozenset(), NOW)) == hidden
    assert list(rules.files_for(frozenset({"guest"}), NOW)) == hidden
    assert list(rules.files_for(frozenset({"guest", "staff"}), NOW)) == hidden[1:]


def test_what_needs_all_is_refused_where_something_is_hidden() -> None:
    masked, withheld = replace(file(), masked=True), replace(file(), attributes={WITHHELD: ("x",)})
    assert [is_partly_hidden(each) for each in (file(), masked, withheld)] == [False, True, True]
    check_whole([file()], "a recipe")
    for hidden in (masked, withheld):
        with pytest.raises(HiddenError, match="a recipe"):
            check_whole([file(), hidden], "a recipe")
