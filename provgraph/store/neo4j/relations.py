"""Mentions and stated relations as properties of relationships, and back.

An input or output is the relationship ``USED`` or ``WAS_GENERATED_BY`` itself. A stated relation is
told from a mention by the properties ``statedSource`` and ``statedTarget``.
"""

from collections.abc import Iterable

from provgraph.model.records import End, Mention, StatedRelation
from provgraph.model.vocabulary import NODE_LABEL, Kind, RelationType
from provgraph.store.neo4j.values import (
    MARKS,
    Properties,
    Stored,
    attribute_properties,
    attributes_of,
    canonical_time,
    full_text,
    native_time,
    text_property,
    with_full_texts,
    without_none,
)
from provgraph.store.records import StoredMention

_MENTION = (
    MARKS
    | with_full_texts("place", "identifier")
    | {"key", "role", "twin", "source", "rule", "time"}
)
_RELATION = MARKS | frozenset({"key", "role", "time", "statedSource", "statedTarget"})


def mention_properties(stored: StoredMention) -> Properties:
    """A mention as properties; its run and its entity are the ends of the relationship.

    Args:
        stored: with the entity that it is of.
    """
    mention = stored.mention
    properties: Properties = {
        "key": mention.key.hex(),
        "role": mention.role,
        "source": mention.source,
        "rule": stored.rule,
        "time": native_time(mention.time),
        "twin": stored.twin.hex() if stored.twin is not None else None,
    }
    properties |= text_property("place", mention.place) | text_property(
        "identifier", mention.identifier
    )
    return attribute_properties(mention.attributes, _MENTION) | without_none(properties)


def mention_of(run: str, entity: str, relation: str, stored: Stored) -> StoredMention:
    """A mention from its relationship.

    Args:
        run: the id of the run at one end.
        entity: the id of the entity at the other end.
        relation: the relationship's type, ``USED`` or ``WAS_GENERATED_BY``.
        stored: the relationship's properties, with the time as text.
    """
    twin = stored.get("twin")
    mention = Mention(
        run=run,
        relation=RelationType[relation],
        role=stored.get("role"),
        place=full_text(stored, "place"),
        identifier=full_text(stored, "identifier"),
        source=stored["source"],
        time=canonical_time(stored.get("time")),
        attributes=attributes_of(stored, _MENTION),
    )
    return StoredMention(mention, bytes.fromhex(twin) if twin else None, entity, stored["rule"])


def relation_properties(relation: StatedRelation) -> Properties:
    """A stated relation as properties.

    The ids of its ends are kept as they are stated, because the entity that bears an id may get
    another id later.

    Args:
        relation: as it is stated.
    """
    return attribute_properties(relation.attributes, _RELATION) | {
        "key": relation.key.hex(),
        "role": relation.role,
        "time": native_time(relation.time),
        "statedSource": relation.source.id,
        "statedTarget": relation.target.id,
    }


def relation_of(
    relation: str, stored: Stored, source: Iterable[str], target: Iterable[str]
) -> StatedRelation:
    """A stated relation from its relationship.

    Args:
        relation: the relationship's type, such as ``WAS_DERIVED_FROM``.
        stored: the relationship's properties, with the time as text.
        source: the labels of the node where the relationship begins.
        target: the labels of the node where it ends.
    """
    return StatedRelation(
        RelationType[relation],
        End(kind_of(source), stored["statedSource"]),
        End(kind_of(target), stored["statedTarget"]),
        stored.get("role"),
        canonical_time(stored.get("time")),
        attributes_of(stored, _RELATION),
    )


def kind_of(labels: Iterable[str]) -> Kind:
    """The kind of record that a node is.

    Args:
        labels: of the node. An entity may have the label ``Collection`` too, which settings have.
    """
    found = set(labels)
    return next(kind for kind, label in NODE_LABEL.items() if label in found)
