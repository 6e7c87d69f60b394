"""What a rule hides, and what is told of texts that name it."""

import pytest

from provgraph.model.hiding import HIDDEN_TEXT, HiddenFiles, told_attributes, told_value
from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind

HIDDEN = (HiddenFiles(("/data/p", "root://host/p")),)


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
        (HiddenFiles(("/",)), file("/x"), True),
        (HiddenFiles(types=("datasetentity",)), file(), True),
        (HiddenFiles(types=("Collection",)), file(), False),
        (HiddenFiles(data_levels=("dl0",)), file(level="DL0"), True),
        (HiddenFiles(data_levels=("DL0",)), file(), False),
        (HiddenFiles(data_levels=("DL0",), types=("Plan",)), file(level="DL0"), False),
        (HiddenFiles(since="2026-01-01"), file(made="2025-12-31T00:00:00.000Z"), False),
        (HiddenFiles(since="2026-01-01"), file(made="2026-01-01T00:00:00.000Z"), True),
        (HiddenFiles(since="2026-01-01"), file(), True),
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
