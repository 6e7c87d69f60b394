"""Answers of stores in fixed orders, the same in every store: relations, explanations, counts."""

from collections.abc import Iterable, Mapping

from provgraph.model.assembly import distinct_edges
from provgraph.model.lineage import Edge
from provgraph.model.vocabulary import RelationType
from provgraph.store.records import Explained, StoredMention

#: What ``stats`` counts, besides relations.
RECORD_KINDS = ("activities", "entities", "agents", "descriptions", "settings", "loads")


def explained(stored: StoredMention) -> Explained:
    """A mention as ``show`` explains it.

    Args:
        stored: with the rule that joined it.
    """
    mention = stored.mention
    return Explained(
        mention.run,
        mention.relation,
        mention.role,
        mention.place,
        mention.identifier,
        mention.source,
        stored.rule,
    )


def explained_order(each: Explained) -> tuple[str, ...]:
    """Sorts explanations: outputs before inputs, then by run and names.

    Args:
        each: an explanation.

    Returns:
        The sort key.
    """
    outputs_first = "" if each.relation is RelationType.WAS_GENERATED_BY else each.relation
    return outputs_first, each.run, each.place or "", each.identifier or "", each.role or ""


def edges_in_order(edges: Iterable[Edge]) -> list[Edge]:
    """Edges as `provgraph.store.protocol.Questions.edges_of` returns them.

    Args:
        edges: perhaps several times the same, or the same with different locations.

    Returns:
        Each once, inferred ones only where no source states the same; sorted by type, source,
        target, role and time.
    """
    return sorted(
        distinct_edges(edges),
        key=lambda edge: (
            edge.relation,
            edge.source,
            edge.target,
            edge.role or "",
            edge.time or "",
        ),
    )


def stats_in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts as `provgraph.store.protocol.Contents.stats` returns them.

    Args:
        counts: kind of record, or type of relation, → how many.

    Returns:
        First all of `RECORD_KINDS`, then the relations that occur, in the order of the vocabulary.
    """
    records = {label: counts.get(label, 0) for label in RECORD_KINDS}
    return records | {
        relation: counts[relation] for relation in RelationType if counts.get(relation)
    }
