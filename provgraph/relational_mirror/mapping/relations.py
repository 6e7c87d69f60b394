"""The rows of relations that sources state.

The rules are in docs/contract.md, The ctaprov mirror. A relation is written with the record at
which it begins: the run of an association, the later file of a derivation.
"""

from collections import defaultdict
from collections.abc import Iterator

from provgraph.model.values import canonical_json
from provgraph.model.vocabulary import RelationType
from provgraph.relational_mirror.mapping.keys import end_key, shortened
from provgraph.relational_mirror.mapping.rows import Link, Reference, Rows, Value, Values
from provgraph.relational_mirror.records import Content, Record
from provgraph.store.journal import Subject

#: Which end of an input or output is open, when an activity or an entity alone has it.
_OPEN_END = {
    (RelationType.USED, Subject.ACTIVITY): "target",
    (RelationType.USED, Subject.ENTITY): "source",
    (RelationType.WAS_GENERATED_BY, Subject.ACTIVITY): "source",
    (RelationType.WAS_GENERATED_BY, Subject.ENTITY): "target",
    (RelationType.WAS_CONFIGURED_BY, Subject.ACTIVITY): "target",
}


def add_relations(record: Record, rows: Rows) -> None:
    """Add the rows of the relations that begin at a record.

    Relations that differ only in what the tables can't hold are one row. An end that a source
    leaves open is NULL.

    Args:
        record: an activity, entity or agent.
        rows: of the record; the links are added there.
    """
    found: dict[tuple[str, Values], set[str]] = defaultdict(set)
    own_key = end_key(record.kind, record.id)
    for relation in record.content["open"]:
        open_end = relation.get("open", _OPEN_END.get((relation["type"], record.kind)))
        ends = (own_key, None) if open_end == "target" else (None, own_key)
        for table, values in _link_of(relation, *ends):
            found[table, values].add(canonical_json(relation))
    for relation in record.content["relations"]:
        target = end_key(Subject(relation["target"][0]), relation["means"])
        for table, values in _link_of(relation, own_key, target):
            found[table, values].add(_origin(relation))
    add_links(found, rows)


def add_links(found: dict[tuple[str, Values], set[str]], rows: Rows) -> None:
    """Add one link for each row that was found.

    Args:
        found: table and cells of a row → the origins of the link.
        rows: of the record.
    """
    for (table, values), origins in found.items():
        rows.links[table].append(Link(values, frozenset(origins)))


def description_key(relation: Content, name: str) -> str | None:
    """The key of the description that a mention or a relation names.

    Args:
        relation: the content of a mention or a relation.
        name: ``usageDescription`` or ``generationDescription``.

    Returns:
        The key; None where no description is named, or the store has none of that name.
    """
    found = relation.get("described", {}).get(name)
    return None if found is None else shortened(found)


def _origin(relation: Content) -> str:
    """What stands for a statement, whatever the names of its ends mean."""
    return canonical_json(
        [
            relation["source"],
            relation["target"],
            relation.get("role"),
            relation.get("time"),
            relation.get("attributes"),
        ]
    )


def _link_of(
    relation: Content, source: Value | Reference, target: Value | Reference
) -> Iterator[tuple[str, Values]]:
    """The table that a relation of this type has, if any, and the cells; source is the effect."""
    role, kind = relation.get("role"), relation["type"]
    if kind == RelationType.USED:
        description = description_key(relation, "usageDescription")
        yield "used", (role, relation.get("time"), source, target, description)
    elif kind == RelationType.WAS_GENERATED_BY:
        description = description_key(relation, "generationDescription")
        yield "wasGeneratedBy", (role, target, source, description)
    elif kind in (RelationType.WAS_ASSOCIATED_WITH, RelationType.WAS_ATTRIBUTED_TO):
        yield kind, (role, source, target)
    elif kind == RelationType.WAS_DERIVED_FROM:
        yield kind, (source, target)
    elif kind == RelationType.WAS_INFORMED_BY:
        yield kind, (target, source)
    elif kind == RelationType.WAS_CONFIGURED_BY:
        yield kind, (relation.get("artefactType"), source, None, None)
