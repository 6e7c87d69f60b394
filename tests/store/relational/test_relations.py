"""Stated relations as rows, and back; the contract suite reads whole stores."""

from types import SimpleNamespace
from typing import Any

from provgraph.model.records import End, StatedRelation
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.relational import relations


def test_a_relation_keeps_the_ends_that_were_stated() -> None:
    ends = End(Kind.ENTITY, "product:other name"), End(Kind.AGENT, "a")
    relation = StatedRelation(RelationType.WAS_ATTRIBUTED_TO, *ends, "role", None, {"x": (1,)})
    row = relations.relation_row(relation, {ends[0]: b"entity", ends[1]: b"agent"})
    assert (row["source"], row["target"]) == (b"entity", b"agent")
    read: Any = SimpleNamespace(**row)
    assert relations.relation_of(read) == relation
