"""Stated relations as rows, and back."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from provgraph.model.records import End, StatedRelation
from provgraph.model.values import canonical_json
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.relational.records import Record, attributes_of


def relation_row(relation: StatedRelation, ends: Mapping[End, bytes]) -> Record:
    """A stated relation as a row.

    Args:
        relation: as it is stated.
        ends: the key of the record that each of its ends means now.
    """
    return {
        "key": relation.key,
        "type": relation.relation,
        "source": ends[relation.source],
        "target": ends[relation.target],
        "role": relation.role,
        "time": relation.time,
        "attributes": canonical_json(relation.attributes) if relation.attributes else None,
        "place": None,
        "identifier": None,
        "twin": None,
        "structural": None,
        "said_by": None,
        "rule": None,
        "stated": canonical_json(
            [relation.source.kind, relation.source.id, relation.target.kind, relation.target.id]
        ),
    }


def relation_of(row: Row[Any]) -> StatedRelation:
    """A stated relation from its row.

    Args:
        row: of `tables.relation`.
    """
    source_kind, source, target_kind, target = json.loads(row.stated)
    return StatedRelation(
        RelationType(row.type),
        End(Kind(source_kind), source),
        End(Kind(target_kind), target),
        row.role,
        row.time,
        attributes_of(row.attributes),
    )
