"""The enums of the model as GraphQL has them, each value with its description."""

from typing import Any

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from provgraph.model.lineage import Direction
from provgraph.model.vocabulary import RELATIONS, Relation, RelationType

__all__ = ["Direction", "RelationType"]


def _describe_enum(enum: Any, name: str, description: str, values: dict[str, str]) -> None:
    """Make a GraphQL enum of one of the model's own."""
    strawberry.enum(enum, name=name, description=description)
    definition: StrawberryEnumDefinition = enum.__strawberry_definition__
    for value in definition.values:
        value.description = values[value.name]


def _ends(relation: Relation) -> str:
    """What may stand at the ends of a relation, in words."""
    effects, causes = (" or ".join(sorted(kinds)) for kinds in (relation.effects, relation.causes))
    return f"{relation.type.value}: {effects} → {causes}."


_describe_enum(
    Direction,
    "Direction",
    "Which way a lineage goes.",
    {
        "UPSTREAM": "To the causes.",
        "DOWNSTREAM": "To the effects.",
        "BOTH": "Both ways from the root.",
    },
)
_describe_enum(
    RelationType,
    "RelationType",
    "The relations of W3C PROV and of the IVOA Provenance Data Model, drawn from effect to cause.",
    {relation.type.name: _ends(relation) for relation in RELATIONS.values()},
)
